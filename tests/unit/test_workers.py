from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from migrator import workers
from migrator.errors import Interrupted, MigratorError, TargetFull
from migrator.events import Advanced, Event, silent


def double(number: int) -> int:
    workers.emit(Advanced("s", "t", number))
    return 2 * number


def fail_at_three(number: int) -> int:
    if number == 3:
        raise TargetFull("full", why="why", todo="do")
    for _ in range(200):
        workers.checkpoint()
        time.sleep(0.05)
    return number


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def sleep_long(_: int) -> int:
    Path(os.environ["WORKER_FILE"]).touch()
    time.sleep(60)
    return 0


def test_results_and_events_all_arrive() -> None:
    events: list[Event] = []
    results = sorted(workers.run_all(double, range(20), workers=2, emit=events.append))
    assert results == [2 * number for number in range(20)]
    assert sorted(event.amount for event in events if isinstance(event, Advanced)) == list(range(20))


def test_nothing_to_do() -> None:
    assert list(workers.run_all(double, [], workers=2, emit=silent)) == []


def test_the_first_failure_stops_the_others_soon() -> None:
    started = time.monotonic()
    with pytest.raises(TargetFull, match="full") as caught:
        list(workers.run_all(fail_at_three, [1, 3, 2], workers=2, emit=silent))
    assert (caught.value.why, caught.value.todo) == ("why", "do")
    assert time.monotonic() - started < 8


def test_a_worker_that_is_killed_is_an_error_with_advice() -> None:
    with pytest.raises(MigratorError, match="ended from outside"):
        list(workers.run_all(die, [0, 1], workers=2, emit=silent))


def test_a_consumer_that_stops_ends_the_workers() -> None:
    before = psutil.Process().children(recursive=True)
    results = workers.run_all(fail_at_three, [1, 2, 4, 5], workers=2, emit=silent)
    results.close()
    left = [child for child in psutil.Process().children(recursive=True) if child not in before]
    assert not [child for child in left if "spawn_main" in " ".join(child.cmdline())]


def test_checkpoint_outside_a_worker_does_nothing() -> None:
    workers.checkpoint()
    workers.emit(Advanced("s", "t", 1))


def test_checkpoint_speaks_when_asked_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    class Set:
        def is_set(self) -> bool:
            return True

    monkeypatch.setattr(workers, "_stop", Set())
    with pytest.raises(Interrupted):
        workers.checkpoint()


SCRIPT = """
from migrator import workers
from migrator.events import silent
from test_workers import sleep_long
if __name__ == "__main__":
    list(workers.run_all(sleep_long, [1, 2], workers=2, emit=silent))
"""


def test_no_worker_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(SCRIPT)
    marker = tmp_path / "working"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "WORKER_FILE": str(marker)}
    with subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not marker.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


EARLY = """
import time
from migrator.workers import prepare
prepare()
print("ready", flush=True)
try:
    time.sleep(30)
except KeyboardInterrupt:
    pass
"""


def test_an_early_interrupt_leaves_no_trace(tmp_path: Path) -> None:
    """Ctrl-C while the process that workers come from still imports: no traceback of its own."""
    script = tmp_path / "early.py"
    script.write_text(EARLY)
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert err == ""
