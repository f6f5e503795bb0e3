"""The demo database written as a .bacpac: a zip of model.xml, row data in parts, and the small files that tie them."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from migrator.errors import ConfigError, OutputError
from migrator.events import Advanced, Emit, Finished, Started, Unit, silent
from migrator.lab.generate.bcp import encode
from migrator.lab.generate.census import Census
from migrator.lab.generate.model_xml.writer import write_model
from migrator.lab.generate.origin import CONTENT_TYPES, Export, metadata_xml, origin_xml, relationships_xml
from migrator.lab.generate.population import Population
from migrator.lab.generate.schema import census_at, design
from migrator.model.name import ObjectName

STAGE: Final = "generate"
_PART_BYTES: Final = 4 << 20
"""A part is closed once it has this many bytes, so that readers have pieces to read side by side."""
_LEVEL: Final = 1
"""Of deflate: most of the time goes there."""


@dataclass(frozen=True, slots=True)
class GeneratedPackage:
    """What was written: ``rows`` in ``tables`` tables, and ``bytes`` of row data before compression."""

    path: Path
    rows: int
    tables: int
    bytes: int


def generate(
    out: Path, *, scale: float, seed: int, tables: Collection[str] | None = None, emit: Emit = silent
) -> GeneratedPackage:
    """Write the demo database to ``out``, replacing what is there only when it is whole.

    Scale 1 has about 320,000 rows, 100,000 of them visits; large tables grow with the scale, lookups stay. The same
    arguments make the same bytes, as long as zlib is the same; what is in the entries is the same everywhere.
    ``tables`` (``{"care.Visit"}``) keeps only these, and no foreign keys to others. Memory stays flat at any scale.
    Raises ConfigError for a scale or a table that cannot be, OutputError where the file cannot be written.
    """
    if not 0 < scale < float("inf"):
        raise ConfigError(
            f"a scale of {scale} is not possible", todo="choose a number above 0; 1 is about 320,000 rows"
        )
    if seed < 0:
        raise ConfigError(f"a seed of {seed} is not possible", todo="choose a whole number from 0")
    plan = design(tables)
    model = write_model(plan.database, plan.programs, plan.sequences, plan.synonyms)
    with _replacing(out) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        package = _Package(archive)
        package.add("model.xml", model.data)
        package.add("DacMetadata.xml", metadata_xml(plan.database.name).encode())
        package.add("[Content_Types].xml", CONTENT_TYPES.encode())
        census = census_at(scale)
        for population in plan.populations:
            package.add_rows(population, census, seed, emit)
        package.add("_rels/.rels", relationships_xml(package.parts).encode())
        names = [population.name for population in plan.populations]
        export = Export(seed, model.data, model.counts, names, package.rows, package.row_bytes)
        package.add("Origin.xml", origin_xml(export).encode())
    return GeneratedPackage(out, package.rows, len(plan.populations), package.row_bytes)


@dataclass
class _Package:
    """An open zip and what has gone into it."""

    archive: zipfile.ZipFile
    parts: list[tuple[ObjectName, str]] = field(default_factory=list)
    rows: int = 0
    row_bytes: int = 0

    def add(self, name: str, data: bytes) -> None:
        with self._entry(name) as entry:
            entry.write(data)

    def add_rows(self, population: Population, census: Census, seed: int, emit: Emit) -> None:
        """All rows of a table, in parts of whole rows."""
        table = str(population.name)
        emit(Started(STAGE, table, census.rows(population.name), Unit.ROWS))
        batches = population.batches(census, seed)
        batch = next(batches, None)
        number = 0
        while batch is not None:
            name = f"Data/{_folder(population.name)}/TableData-000-{number:05}.BCP"
            self.parts.append((population.name, name))
            written = 0
            with self._entry(name) as entry:
                while batch is not None and written < _PART_BYTES:
                    data = encode(batch, population.table)
                    entry.write(data.data)
                    written += len(data)
                    self.rows += batch.num_rows
                    emit(Advanced(STAGE, table, batch.num_rows))
                    batch = next(batches, None)
            self.row_bytes += written
            number += 1
        emit(Finished(STAGE, table))

    def _entry(self, name: str) -> IO[bytes]:
        # An entry opened by name is stamped 1980-01-01, whatever the clock says.
        return self.archive.open(name, "w")


def _folder(table: ObjectName) -> str:
    return f"{quote(table.schema, safe='')}.{quote(table.name, safe='')}"


@contextmanager
def _replacing(out: Path) -> Iterator[IO[bytes]]:
    """A file beside ``out`` that takes its place at the end, and is gone if there is no good end."""
    partial = out.with_name(out.name + ".partial")
    try:
        try:
            with partial.open("wb") as file:
                yield file
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{out} cannot be written", why=error.strerror or str(error), todo="choose another place with --out"
        ) from error
