"""How fast, against what could be: every figure of one run on one machine, ratios against a floor measured beside it.

The floor is what MySQL itself takes: LOAD DATA of the same rows from ready files, with as many connections, into the
same table. Ours and the floor run in turn, so that a machine which slows down slows both.
"""

from __future__ import annotations

import json
import os
import shlex
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, Final, TypeVar

import psutil

from migrator import workers
from migrator.copy import plan as copy_planning
from migrator.copy import run as copying
from migrator.copy.build import create_tables
from migrator.copy.plan import CopyPlan, SegmentCopy
from migrator.errors import MigratorError
from migrator.events import silent
from migrator.lab.generate import generate
from migrator.model.mapping import Form
from migrator.model.segment import Bounds
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.mysql import control
from migrator.mysql.connect import commit, execute, quoted, session
from migrator.mysql.load import load_file, prepare_loads
from migrator.mysql.ranges import conditions
from migrator.mysql.url import Target
from migrator.packages.open import open_package
from migrator.rules.load import load_rules
from migrator.translate.plan import plan as translate
from migrator.validate.reading import Reading
from migrator.validate.wire import PieceJob, compare_piece, read_piece
from migrator.wire.rows import encode

VISITS: Final = "care.Visit"
_ROWS_OF_SCALE: Final = 100_000
_BATCH_BYTES: Final = 4 << 20

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class CopyBench:
    """Medians over the rounds, in seconds; ``bytes`` is the size of the ready files."""

    rows: int
    bytes: int
    workers: int
    rounds: int
    decode_s: float
    encode_s: float
    floor_s: float
    load_s: float

    @property
    def ratio(self) -> float:
        """The whole load (read, decode, encode, fingerprint, LOAD DATA) over the floor."""
        return self.load_s / self.floor_s

    @property
    def decoding_limits(self) -> bool:
        """True where making the lines alone takes longer than MySQL takes to load them."""
        return self.encode_s > self.floor_s


@dataclass(frozen=True, slots=True)
class WireBench:
    """Medians over the rounds, in seconds; ``peak`` as in ``MemoryBench``, of one more comparison.

    ``read_s``: both sides are read, as Arrow batches and as columns of bytes, and nothing is done with them.
    ``equal_s``: they are compared. ``different_s``: with one changed cell, one missing and one extra row.
    """

    rows: int
    workers: int
    rounds: int
    read_s: float
    equal_s: float
    different_s: float
    peak: int

    @property
    def ratio(self) -> float:
        """Comparing over reading."""
        return self.equal_s / self.read_s


@dataclass(frozen=True, slots=True)
class MemoryBench:
    """The peak of a whole rehearsal: all our processes together, shared pages counted once (PSS), in bytes."""

    scale: float
    rows: int
    seconds: float
    peak: int


@dataclass(frozen=True, slots=True)
class FileWork:
    """A segment and the file that holds its lines."""

    item: SegmentCopy
    source: Source
    target: Target
    path: str


def bench_copy(folder: Path, target: Target, *, rows: int, worker_count: int, rounds: int) -> CopyBench:
    """Copy ``rows`` generated visits and load the same rows from ready files, in turn. Raises MigratorError."""
    workers.prepare()
    source, translation, plan = _visits(folder, rows)
    works = [
        FileWork(item, source, target, str(folder / f"visits-{index}.tsv")) for index, item in enumerate(plan.segments)
    ]
    decode, floor, ours = [], [], []
    try:
        fresh(target, translation)  # before the long work: a target that is not ours is refused at once
        encode_s = timed(lambda: each(write_file, works, worker_count))
        size = sum(Path(work.path).stat().st_size for work in works)
        for _ in range(rounds):
            decode.append(timed(lambda: each(_decode, works, worker_count)))
            fresh(target, translation)
            floor.append(timed(lambda: each(load_ready, works, worker_count)))
            fresh(target, translation)
            ours.append(timed(lambda: _copy(plan, source, target, worker_count)))
    finally:
        for work in works:
            Path(work.path).unlink(missing_ok=True)
    return CopyBench(
        rows=rows,
        bytes=size,
        workers=worker_count,
        rounds=rounds,
        decode_s=statistics.median(decode),
        encode_s=encode_s,
        floor_s=statistics.median(floor),
        load_s=statistics.median(ours),
    )


def bench_wire(folder: Path, target: Target, *, rows: int, worker_count: int, rounds: int) -> WireBench:
    """Copy ``rows`` generated visits, then read both sides and compare them, in turn. Raises MigratorError."""
    workers.prepare()
    source, translation, plan = _visits(folder, rows)
    fresh(target, translation)
    _copy(plan, source, target, worker_count)
    jobs = _pieces(source, translation, target)
    table, key = quoted(jobs[0].mapping.target), quoted(jobs[0].mapping.key[0])
    column = quoted(
        next(item.name for item in jobs[0].mapping.columns if item.form is Form.DATETIME and not item.nullable)
    )
    read, equal = [], []
    for _ in range(rounds):
        read.append(timed(lambda: each(read_piece, jobs, worker_count)))
        equal.append(timed(lambda: _found(jobs, worker_count, 0)))
    with _peak() as peak:  # by itself: looking at memory takes time
        _found(jobs, worker_count, 0)
    with session(target) as connection:
        for statement in (
            f"UPDATE {table} SET {column} = {column} + INTERVAL 1 SECOND WHERE {key} = {rows // 2}",  # noqa: S608
            f"DELETE FROM {table} WHERE {key} = {rows // 3}",  # noqa: S608 - names are quoted
            f"UPDATE {table} SET {key} = {2 * rows} WHERE {key} = {rows // 4}",  # noqa: S608 - as above
        ):
            execute(connection, statement, doing="planting a difference")
    # A key that changed is a missing and an extra row.
    different = [timed(lambda: _found(jobs, worker_count, 4)) for _ in range(rounds)]
    return WireBench(
        rows=rows,
        workers=worker_count,
        rounds=rounds,
        read_s=statistics.median(read),
        equal_s=statistics.median(equal),
        different_s=statistics.median(different),
        peak=peak[0],
    )


def _found(jobs: list[PieceJob], count: int, expected: int) -> None:
    outcomes = [compared.outcome for compared in _results(compare_piece, jobs, count)]
    found = sum(len(outcome.differences) + outcome.more for outcome in outcomes)
    if found != expected or any(outcome.unsettled for outcome in outcomes):
        raise MigratorError(f"{found} differences were found where {expected} are", todo="report this as a bug")


def _pieces(source: Source, translation: Translation, target: Target) -> list[PieceJob]:
    """The visits in ranges of their key, as a live source would give them: a package's parts are in its order."""
    [mapping] = translation.mappings
    table = source.catalog().table(mapping.source)
    segments = source.segments(table)
    column = mapping.key_columns[0].source
    firsts = [str(next(source.read(table, segment, batch_bytes=1)).column(column)[0].as_py()) for segment in segments]
    cuts = [None, *((first,) for first in firsts[1:]), None]
    ranges = conditions([Bounds((column,), low, high) for low, high in pairwise(cuts)], mapping, table) or ()
    return [
        PieceJob((Reading(source, table, mapping, segment, part),), target, where, part)
        for part, (segment, where) in enumerate(zip(segments, ranges, strict=True))
    ]


def bench_memory(folder: Path, *, scale: float) -> MemoryBench:
    """Rehearse the whole generated database at ``scale`` in processes of its own and watch their memory."""
    package = folder / f"homecare-{scale:g}.bacpac"
    folder.mkdir(parents=True, exist_ok=True)
    if not package.exists():
        generate(package, scale=scale, seed=1)
    command = ["rehearse", str(package), "--out", str(folder / f"out-{scale:g}")]
    result, seconds, peak = watched(command)
    return MemoryBench(scale, result["rows"], seconds, peak)


def watched(arguments: Sequence[str]) -> tuple[dict[str, Any], float, int]:
    """Run a command of ours in processes of its own: what it answered, seconds, and the peak of their memory (PSS, in
    bytes; MySQL left out). Raises MigratorError where it fails."""
    command = [sys.executable, "-m", "migrator", *arguments]
    started = perf_counter()
    with subprocess.Popen([*command, "--json", "--quiet"], stdout=subprocess.PIPE, text=True) as process:
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watcher.start()
        output, _ = process.communicate()
    seconds = perf_counter() - started
    watcher.join()
    if process.returncode:
        raise MigratorError(f"`migrator {arguments[0]}` failed", todo=f"run it by itself: {shlex.join(command)}")
    return json.loads(output), seconds, peak[0]


def _visits(folder: Path, rows: int) -> tuple[Source, Translation, CopyPlan]:
    """A package of generated visits, made where it is not there yet, and how it comes over."""
    package = folder / f"visits-{rows}.bacpac"
    folder.mkdir(parents=True, exist_ok=True)
    if not package.exists():
        generate(package, scale=rows / _ROWS_OF_SCALE, seed=1, tables={VISITS})
    source = open_package(package)
    database = source.catalog()
    translation = translate(database, load_rules())
    return source, translation, copy_planning.plan(source, database, translation.mappings)


@contextmanager
def _peak() -> Iterator[list[int]]:
    """The peak of this process and its children while the block runs, as the list's one item."""
    peak, done = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(os.getpid(), peak, done), daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _watch(pid: int, peak: list[int], done: threading.Event | None = None) -> None:
    """Keep the largest sum of PSS over a process and its children in ``peak[0]`` until it is gone, or ``done``."""
    done = done or threading.Event()
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE and not done.is_set():
            total = 0
            for process in [root, *root.children(recursive=True)]:
                try:
                    # A MySQL that the lab started is no part of us.
                    if "mysqld" not in " ".join(process.cmdline()[:4]):
                        total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], total)
            sleep(0.1)
    except psutil.NoSuchProcess:
        return


def timed(work: Callable[[], object]) -> float:
    """The seconds that it takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def each(work: Callable[[Item], object], items: list[Item], count: int) -> None:
    """Run ``work`` on every item in ``count`` processes. Raises MigratorError."""
    for _ in _results(work, items, count):
        pass


def _results(work: Callable[[Item], Result], items: list[Item], count: int) -> list[Result]:
    with closing(workers.run_all(work, items, workers=count, emit=silent)) as results:
        return list(results)


def _decode(work: FileWork) -> None:
    for _ in work.source.read(work.item.table, work.item.segment, batch_bytes=_BATCH_BYTES):
        pass


def write_file(work: FileWork) -> None:
    """Read and encode a segment into its file. Raises SourceError."""
    with Path(work.path).open("wb") as file:
        for batch in work.source.read(work.item.table, work.item.segment, batch_bytes=_BATCH_BYTES):
            lines, _ = encode(batch, work.item.mapping)
            file.write(lines.data)


def load_ready(work: FileWork) -> None:
    """LOAD DATA of a segment's file, one transaction. Raises TargetError."""
    with session(work.target, autocommit=False, loads=True) as connection:
        prepare_loads(connection)
        load_file(connection, work.item.mapping, work.path)
        commit(connection, doing="committing")


def _copy(plan: CopyPlan, source: Source, target: Target, count: int) -> None:
    copying.run(plan, source, target, workers_count=count, emit=silent)


def fresh(target: Target, translation: Translation) -> None:
    """An empty database with the tables of the translation and our control tables."""
    control.make_database(target, translation.character_set, translation.collation)
    tables = tuple(mapping.target for mapping in translation.mappings)
    with session(target) as connection:
        control.release(connection)  # an earlier round's tables; a database of somebody else is refused
        control.claim(connection, control.Run("bench", "bench", "", tables))
    create_tables(translation, target, workers=1, emit=silent)
