"""What is to be dumped into which files. Pure but for the source's own list of segments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from migrator.dump import mysqlsh
from migrator.dump.manifest import Compression, Format, Outline, TableOutline
from migrator.dump.place import Place
from migrator.dump.segment import Job
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.translation import Translation

_NAMES: Final[dict[Format, Callable[[str, str, int, int, Compression], str]]] = {
    Format.MYSQLSH: mysqlsh.data_name,
    Format.PARQUET: lambda _database, table, number, _count, _: f"{mysqlsh.encoded_name(table)}/{number:05d}.parquet",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a dump goes and how it lies there. ``database`` is its name in MySQL."""

    place: Place
    format: Format
    compression: Compression
    database: str
    workers: int
    resume: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class DumpPlan:
    """A job for every file; those of the largest tables come first."""

    tables: tuple[TableOutline, ...]
    jobs: tuple[Job, ...]
    empty: tuple[str, ...]
    """Names of files without a row: a table without rows has one all the same in MySQL Shell's folder."""

    @property
    def bytes(self) -> int:
        """Source bytes in all."""
        return sum(job.segment.bytes for job in self.jobs)


def plan(
    source: Source, database: Database, translation: Translation, setting: Setting, before: Outline | None = None
) -> DumpPlan:
    """The work for every table. A dump that goes on keeps the segments that it had ``before``: a live source would cut
    its tables otherwise today. Raises SourceError."""
    kept = {table.source: table.segments for table in before.tables} if before is not None else {}
    tables: list[TableOutline] = []
    per_table: list[list[Job]] = []
    empty: list[str] = []
    for mapping in translation.mappings:
        table = database.table(mapping.source)
        label = str(mapping.source)
        segments = kept[label] if label in kept else source.segments(table)
        tables.append(TableOutline(label, mapping.target, segments))
        count = max(1, len(segments))
        names = [
            _NAMES[setting.format](setting.database, mapping.target, number, count, setting.compression)
            for number in range(count)
        ]
        if not segments and setting.format is Format.MYSQLSH:
            empty += names
        jobs = [
            Job(source, segment, table, mapping, setting.place, name, setting.format, setting.compression)
            for segment, name in zip(segments, names, strict=False)
        ]
        per_table.append(jobs)
    per_table.sort(key=lambda jobs: -sum(job.segment.bytes for job in jobs))
    return DumpPlan(tuple(tables), tuple(job for jobs in per_table for job in jobs), tuple(empty))
