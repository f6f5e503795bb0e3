"""Both ends of a comparison at work side by side: processes read the source, connections ask the target."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from migrator.events import Advanced, Emit, Finished, Started, Unit
from migrator.model.source import Source
from migrator.mysql.connect import Connection
from migrator.mysql.snapshots import Snapshots
from migrator.validate.reading import SOURCE_TASK, STAGE
from migrator.workers import run_all

_SMALL_BYTES: Final = 64 << 20
"""So much is read before the first worker process has come up."""


class Job(Protocol):
    """A picklable piece of work on the source."""

    @property
    def bytes(self) -> int:
        """Source bytes that it reads."""


AnyJob = TypeVar("AnyJob", bound=Job)
Result = TypeVar("Result")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Sides:
    """The source with ``workers`` processes, the target with its snapshots."""

    source: Source
    snapshots: Snapshots
    workers: int
    emit: Emit

    def compare(
        self,
        work: Callable[[AnyJob], Result],
        jobs: Sequence[AnyJob],
        take: Callable[[Result], None],
        questions: Sequence[Callable[[Connection], Answer]],
    ) -> list[Answer]:
        """Do all jobs on the source, ``take`` each result as it comes; the answers to ``questions``, in their order.

        The first failure on either side ends the work on the source. Raises what work and questions raise.
        """
        futures = [self.snapshots.ask(question) for question in questions]
        if jobs:
            size = sum(job.bytes for job in jobs)
            self.emit(Started(STAGE, SOURCE_TASK, size, Unit.BYTES))
            with closing(self._here(work, jobs) if size <= _SMALL_BYTES else self._there(work, jobs)) as results:
                for result in results:
                    take(result)
                    for future in futures:
                        if future.done():
                            future.result()
            self.emit(Finished(STAGE, SOURCE_TASK))
        return [future.result() for future in futures]

    def _here(self, work: Callable[[AnyJob], Result], jobs: Sequence[AnyJob]) -> Generator[Result, None, None]:
        for job in jobs:
            yield work(job)
            self.emit(Advanced(STAGE, SOURCE_TASK, job.bytes))

    def _there(self, work: Callable[[AnyJob], Result], jobs: Sequence[AnyJob]) -> Generator[Result, None, None]:
        """In worker processes, which tell their progress themselves."""
        return run_all(work, jobs, workers=self.workers, emit=self.emit)
