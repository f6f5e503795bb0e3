"""Worker processes that stop when told to, and never outlive their parent.

Work is a list of items and a picklable function of one item. Workers ignore Ctrl-C and SIGTERM (a terminal or a
service manager sends them to everybody): the parent takes them, asks its workers to stop at the next safe place and,
when they do not, ends them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event as Stop
from time import sleep
from typing import Final, TypeVar

from migrator.errors import Interrupted, MigratorError
from migrator.events import Emit, Event

Item = TypeVar("Item")
Result = TypeVar("Result")

_GRACE_SECONDS: Final = 5.0
_FORKED: Final = "migrator.forked"

_events: SimpleQueue[Event | None] | None = None
_stop: Stop | None = None
_failures: Final[list[MigratorError]] = []
"""Why this worker could not begin."""


def emit(event: Event, /) -> None:
    """In a worker: send an event to the parent's listener."""
    if _events is not None:
        _events.put(event)


def checkpoint() -> None:
    """In a worker, at a safe place: raise Interrupted if the parent wants us to stop."""
    if _stop is not None and _stop.is_set():
        raise Interrupted("stopped", todo="run again with --resume")


def pause(seconds: float) -> None:
    """In a worker: sleep, and raise Interrupted as soon as the parent wants us to stop."""
    if _stop is None:
        sleep(seconds)
    elif _stop.wait(seconds):
        checkpoint()


def context() -> ForkServerContext:
    """What workers are made with; locks and barriers that they share are made of it too."""
    return multiprocessing.get_context("forkserver")


def worker_count(workers: int, items: Sequence[object]) -> int:
    """How many workers ``run_all`` starts: no more than there is work for."""
    return min(workers, len(items)) or 1


def _start(events: SimpleQueue[Event | None], stop: Stop, begin: Callable[[], None] | None) -> None:
    global _events, _stop
    _events, _stop = events, stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, name="follow-parent", daemon=True).start()
    if begin is not None:
        try:
            begin()
        except MigratorError as error:
            _failures.append(error)  # raised here it would only break the pool, and nobody would know why


def _run(work: Callable[[Item], Result], item: Item) -> Result:
    if _failures:
        raise _failures[0]
    return work(item)


def _follow_parent() -> None:
    """End this process when its parent is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def prepare() -> None:
    """Start the process that workers are forked from, and let it load what they need while we do something else.

    Returns at once. Only the first call counts; ``run_all`` makes one itself where nobody has.
    """
    context().set_forkserver_preload([_FORKED])
    with _deaf():
        forkserver.ensure_running()


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started in here ignore Ctrl-C from their first moment on, also while they still import."""
    if threading.current_thread() is not threading.main_thread():  # only there signals can be set
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def run_all(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    workers: int,
    emit: Emit,
    begin: Callable[[], None] | None = None,
) -> Generator[Result, None, None]:
    """Run ``work`` on every item, in order of ``items`` as workers come free; yield results as they come.

    Every worker runs ``begin`` first; there are as many of them as ``worker_count`` says, all at once. The first
    failure stops the others at their next checkpoint and is raised. Raises whatever ``begin`` and ``work`` raise, and
    MigratorError if a worker dies.
    """
    prepare()
    with _listener(context(), emit) as events:
        stop = context().Event()
        pool = ProcessPoolExecutor(worker_count(workers, items), context(), _start, (events, stop, begin))
        processes = pool._processes
        waiting: set[Future[Result]] = {pool.submit(_run, work, item) for item in items}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool as error:
            raise MigratorError(
                "a worker process was ended from outside",
                why="the system may have run out of memory (see the kernel's log), or somebody killed it",
                todo="run again with --resume and fewer --workers; nothing is lost",
            ) from error
        finally:
            stop.set()
            watchdog = threading.Timer(_GRACE_SECONDS, _end, (processes,))
            watchdog.daemon = True
            watchdog.start()
            pool.shutdown(wait=True, cancel_futures=True)
            watchdog.cancel()


def _end(processes: dict[int, multiprocessing.Process]) -> None:
    for process in list(processes.values()):
        process.kill()


@contextmanager
def _listener(context: ForkServerContext, emit: Emit) -> Iterator[SimpleQueue[Event | None]]:
    """A queue whose events are passed on to ``emit`` by a thread, to the last one."""
    events: SimpleQueue[Event | None] = context.SimpleQueue()

    def listen() -> None:
        while (event := events.get()) is not None:
            emit(event)

    thread = threading.Thread(target=listen, name="events", daemon=True)
    thread.start()
    try:
        yield events
    finally:
        events.put(None)
        thread.join(_GRACE_SECONDS)
