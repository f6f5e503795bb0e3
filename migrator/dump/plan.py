"""What is to be dumped into which files. Pure but for the source's own list of segments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from migrator.dump import manifest, mysqlsh
from migrator.dump.manifest import Compression, Format, Outline, TableOutline
from migrator.dump.place import Place
from migrator.dump.segment import Job
from migrator.dump.select import Chosen
from migrator.model.consistency import Hold
from migrator.model.mapping import digest
from migrator.model.schema import Database
from migrator.model.source import Source

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
    """The outline, and a job for every file; those of the largest tables come first."""

    outline: Outline
    jobs: tuple[Job, ...]
    empty: tuple[str, ...]
    """Names of files without a row: a table without rows has one all the same in MySQL Shell's folder."""

    @property
    def bytes(self) -> int:
        """Source bytes in all."""
        return sum(job.segment.bytes for job in self.jobs)


def plan(source: Source, database: Database, chosen: Chosen, hold: Hold, setting: Setting) -> DumpPlan:
    """The work for every chosen table. Raises SourceError."""
    tables, per_table, empty = [], [], []
    for mapping in chosen.translation.mappings:
        table = database.table(mapping.source)
        segments = source.segments(table)
        tables.append(TableOutline(str(mapping.source), mapping.target, tuple(segment.id for segment in segments)))
        names = [
            _NAMES[setting.format](setting.database, mapping.target, number, max(1, len(segments)), setting.compression)
            for number in range(max(1, len(segments)))
        ]
        if not segments and setting.format is Format.MYSQLSH:
            empty += names
        jobs = [
            Job(
                source,
                segment,
                table,
                mapping,
                setting.place,
                name,
                setting.format,
                setting.compression,
                hold.begin,
            )
            for segment, name in zip(segments, names, strict=False)
        ]
        per_table.append(jobs)
    per_table.sort(key=lambda jobs: -sum(job.segment.bytes for job in jobs))
    outline = Outline(
        version=manifest.VERSION,
        format=setting.format,
        compression=setting.compression,
        source=source.identity,
        database=setting.database,
        mapping=digest(chosen.translation.mappings),
        consistency=hold.consistency,
        why=hold.why,
        tables=tuple(tables),
    )
    return DumpPlan(outline, tuple(job for jobs in per_table for job in jobs), tuple(empty))
