"""How fast scripts are read and planned, and whether twice as many lines take twice as long."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time
from typing import Final

import psutil

from migrator.errors import MigratorError
from migrator.lab.generate.script import script
from migrator.rules.load import load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

LINES: Final = (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class TranslateBench:
    """Reading and planning one generated script, in seconds of this process; ``peak`` is its largest size in bytes."""

    lines: int
    seconds: float
    tables: int
    peak: int

    @property
    def rate(self) -> float:
        """Lines a second."""
        return self.lines / self.seconds


def bench_translate(lines: int) -> TranslateBench:
    """Read and plan ``lines`` generated lines in a process of its own, so that its peak memory is that of this work
    alone. Raises MigratorError."""
    command = [sys.executable, "-m", "migrator.bench_translate", str(lines)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise MigratorError(f"translating {lines:,} lines failed", todo=f"run it by itself: {' '.join(command)}")
    counted, seconds, tables, peak = done.stdout.split()
    return TranslateBench(int(counted), float(seconds), int(tables), int(peak))


def growth(benches: Sequence[TranslateBench]) -> float:
    """The time that a line takes in the last of them, over the time that it takes in the first."""
    return benches[0].rate / benches[-1].rate if benches else 1.0


def measure(lines: int) -> TranslateBench:
    """Read and plan in this process."""
    text = script(lines)
    rules = load_rules()
    plan(read_script(script(200)), rules)  # what is done once is no part of a line's time
    started = process_time()
    database = read_script(text)
    if database.unread:
        raise MigratorError("the generated script is not read as a whole", why=database.unread[0].reason)
    plan(database, rules)
    seconds = process_time() - started
    return TranslateBench(text.count("\n"), seconds, len(database.tables), _peak())


def _peak() -> int:
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return int(psutil.Process().memory_info().rss)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


if __name__ == "__main__":
    found = measure(int(sys.argv[1]))
    print(found.lines, found.seconds, found.tables, found.peak)  # noqa: T201 - for the process that started this one
