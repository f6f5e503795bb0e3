"""A table of a live SQL Server into MySQL: ours, what MySQL itself takes, and the script that everybody writes first.

All three run in turn, so that a machine which slows down slows all of them. Ours and the floor use as many connections
and build the secondary indexes behind the load; the naive script loads a share of the rows into the same table without
secondary indexes, which is kind to it, and its rate is taken for all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from migrator import workers
from migrator.bench import FileWork, each, fresh, load_ready, timed, watched, write_file
from migrator.copy import plan as copy_planning
from migrator.copy import run as copying
from migrator.copy.build import build
from migrator.errors import ConfigError, MigratorError
from migrator.events import silent
from migrator.model.schema import Database, Table
from migrator.model.selection import selected
from migrator.model.translation import Translation
from migrator.mysql.naive import insert_many
from migrator.mysql.url import Target
from migrator.rules.load import load_rules
from migrator.sqlserver.naive import fetch_many
from migrator.sqlserver.seed import seeded
from migrator.sqlserver.source import SqlServer
from migrator.sqlserver.url import Server
from migrator.translate.plan import plan as translate

NAIVE_ROWS: Final = 100_000
_AT_A_TIME: Final = 1_000


@dataclass(frozen=True, slots=True)
class Naive:
    """The naive script over ``rows`` rows in ``seconds`` (the median of the rounds)."""

    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


@dataclass(frozen=True, slots=True)
class Loaded:
    """Seconds for the rows, and for the secondary indexes behind them."""

    load_s: float
    build_s: float

    @property
    def seconds(self) -> float:
        """Both."""
        return self.load_s + self.build_s


@dataclass(frozen=True, slots=True)
class LiveBench:
    """Medians over the rounds, in seconds; ``plan_s`` is what reading the catalog and cutting the table takes, which no
    row waits for in a longer run. ``bytes`` is the size of the ready files, ``peak`` the memory of a whole
    `migrator copy` of the table (all its processes, PSS, in bytes) and ``whole_s`` what that took.

    ``naive`` is None where such a script cannot read or write the table at all; ``naive_why`` then says why.
    """

    table: str
    rows: int
    bytes: int
    workers: int
    rounds: int
    read_s: float
    floor: Loaded
    ours: Loaded
    plan_s: float
    naive: Naive | None
    naive_why: str
    whole_s: float
    peak: int

    @property
    def ratio(self) -> float:
        """Ours over the floor: reading, encoding, hashing and LOAD DATA over LOAD DATA alone, both with indexes."""
        return self.ours.seconds / self.floor.seconds

    @property
    def speedup(self) -> float | None:
        """How many times as many rows a second as the naive script, which builds no index, loads."""
        return self.rows / self.ours.load_s / self.naive.rate if self.naive else None


@dataclass(frozen=True, slots=True)
class _Study:
    """What is measured, and where it goes."""

    source: SqlServer
    database: Database
    table: Table
    translation: Translation
    target: Target
    workers: int


def bench_copy(
    folder: Path,
    address: str,
    target: Target,
    *,
    table: str = "",
    seed_rows: int = 0,
    naive_rows: int = NAIVE_ROWS,
    worker_count: int,
    rounds: int,
) -> LiveBench:
    """Measure the copy of one table: ``table`` (schema.table), by default the largest.

    ``seed_rows`` makes a database with so many visits for it, which must not be there and is dropped afterwards. Raises
    MigratorError.
    """
    workers.prepare()
    with _server(Server.parse(address), seed_rows) as server:
        study = _studied(server, table, target, worker_count)
        works: list[FileWork] = []
        folder.mkdir(parents=True, exist_ok=True)
        try:
            fresh(target, study.translation)  # before the long work: a target that is not ours is refused at once
            for item in _plan(study, study.source).segments:
                works.append(FileWork(item, study.source, target, str(folder / f"copy-{len(works)}.tsv")))
            read_s = timed(lambda: each(write_file, works, worker_count))
            size = sum(Path(work.path).stat().st_size for work in works)
            floor, ours, planned, naive = [], [], [], _NaiveRounds(naive_rows)
            rows = 0
            for _ in range(rounds):
                fresh(target, study.translation)
                floor.append(_floor(study, works))
                fresh(target, study.translation)
                started = perf_counter()
                source = SqlServer(study.source.server)  # its own object plans anew, as every copy has to
                plan = _plan(study, source)
                planned.append(perf_counter() - started)
                rows, loaded = _ours(study, source, plan)
                ours.append(loaded)
                naive.run(study)
        finally:
            for work in works:
                Path(work.path).unlink(missing_ok=True)
        whole_s, peak = _whole(study, folder)
    return LiveBench(
        table=str(study.table.name),
        rows=rows,
        bytes=size,
        workers=worker_count,
        rounds=rounds,
        read_s=read_s,
        floor=_median(floor),
        ours=_median(ours),
        plan_s=statistics.median(planned),
        naive=naive.median(),
        naive_why=naive.why,
        whole_s=whole_s,
        peak=peak,
    )


@contextmanager
def _server(server: Server, seed_rows: int) -> Iterator[Server]:
    if not seed_rows:
        yield server
        return
    with seeded(server, seed_rows) as made:
        yield made


def _studied(server: Server, table: str, target: Target, count: int) -> _Study:
    source = SqlServer(server)
    database = source.catalog()
    if not database.tables:
        raise ConfigError(f"{server.place} has no table that we may read", todo="name a database that has rows")
    name = table or str(max(database.tables, key=lambda one: source.size(one).bytes).name)
    chosen = selected(database, (name,))
    if len(chosen.tables) != 1:
        raise ConfigError(f"{name} fits {len(chosen.tables)} tables", todo="name one as schema.table")
    return _Study(source, chosen, chosen.tables[0], translate(chosen, load_rules()), target, count)


class _NaiveRounds:
    """The naive script, as often as it works."""

    def __init__(self, rows: int) -> None:
        self._most = rows
        self._seconds: list[float] = []
        self._rows = 0
        self.why = ""

    def run(self, study: _Study) -> None:
        """Once more, unless it could not the last time."""
        if self.why:
            return
        fresh(study.target, study.translation)
        started = perf_counter()
        try:
            self._rows = _naive(study, self._most)
        except MigratorError as error:
            self.why = error.why or error.what
        self._seconds.append(perf_counter() - started)

    def median(self) -> Naive | None:
        """All rounds as one; None where it could not."""
        return None if self.why else Naive(self._rows, statistics.median(self._seconds))


def _median(runs: list[Loaded]) -> Loaded:
    return Loaded(statistics.median(run.load_s for run in runs), statistics.median(run.build_s for run in runs))


def _plan(study: _Study, source: SqlServer) -> copy_planning.CopyPlan:
    return copy_planning.plan(source, study.database, study.translation.mappings)


def _floor(study: _Study, works: list[FileWork]) -> Loaded:
    load_s = timed(lambda: each(load_ready, works, study.workers))
    return Loaded(load_s, timed(partial(_build, study)))


def _ours(study: _Study, source: SqlServer, plan: copy_planning.CopyPlan) -> tuple[int, Loaded]:
    started = perf_counter()
    done = copying.run(plan, source, study.target, workers_count=study.workers, emit=silent)
    load_s = perf_counter() - started
    return done.rows, Loaded(load_s, timed(partial(_build, study)))


def _build(study: _Study) -> None:
    build(study.translation, study.target, sizes={}, workers=study.workers, emit=silent)


def _naive(study: _Study, rows: int) -> int:
    [mapping] = study.translation.mappings
    columns = [column.source for column in mapping.columns]
    batches = fetch_many(study.source.server, study.table.name, columns, rows=rows, at_a_time=_AT_A_TIME)
    return insert_many(study.target, mapping, batches)


def _whole(study: _Study, folder: Path) -> tuple[float, int]:
    """Seconds and peak memory of the command itself."""
    command = ["copy", str(study.source.server), "--tables", str(study.table.name), "--target", str(study.target)]
    options = ["--workers", str(study.workers), "--no-throttle", "--replace", "--out", str(folder / "copy")]
    _, seconds, peak = watched([*command, *options])
    return seconds, peak
