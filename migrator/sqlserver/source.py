"""A live SQL Server as a source: schema, segments and rows, in one picture where one can be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from migrator.errors import ConfigError
from migrator.model.consistency import Hold
from migrator.model.name import ObjectName
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.sqlserver import pictures
from migrator.sqlserver.catalog.reader import read_catalog
from migrator.sqlserver.connect import session
from migrator.sqlserver.errors import TRANSIENT
from migrator.sqlserver.hold import hold
from migrator.sqlserver.pressure import SqlServerGauge
from migrator.sqlserver.reading import read_segment
from migrator.sqlserver.segments import Size, segments
from migrator.sqlserver.sizes import table_sizes
from migrator.sqlserver.url import Server
from migrator.sqlserver.version import read_product

if TYPE_CHECKING:
    import pyarrow as pa


class SqlServer:
    """A ``model.source.Source``. Its catalog and its segments are asked for once; workers get them with it.

    ``resuming`` says that an interrupted run goes on: a database snapshot that it left is read again.
    """

    has_rows = True
    volatile = True
    row_total = None

    def __init__(self, server: Server, *, resuming: bool = False) -> None:
        if not server.database:
            raise ConfigError("the source's address names no database", todo="write mssql://user@host:1433/database")
        self.server = server
        self.resuming = resuming
        self._database: Database | None = None
        self._notes: tuple[str, ...] = ()
        self._sizes: Mapping[ObjectName, Size] | None = None
        self._segments: dict[ObjectName, tuple[Segment, ...]] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.server.identity!r})"

    @property
    def identity(self) -> str:
        """Server and database."""
        return self.server.identity

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read with our permissions, as sentences for people."""
        return self._notes

    @property
    def repaired(self) -> Mapping[str, int]:
        """Nothing is counted: half of a UTF-16 pair comes as U+FFFD, and the driver does not say where."""
        return {}

    @property
    def slipped(self) -> int:
        """How many times this process lost its picture of the source and went on in a later one."""
        return pictures.slipped(self.server)

    def catalog(self) -> Database:
        """The whole schema, asked for once. Raises SourceError."""
        if self._database is None:
            with session(self.server) as link:
                found = read_catalog(link.rows, read_product(link.rows))
            self._database, self._notes = found.database, found.notes
        return self._database

    def hold(self, workers: int) -> AbstractContextManager[Hold]:
        """One picture for ``workers`` processes, as the address wants it. Raises SourceError."""
        return hold(self.server, self.catalog().tables, workers, resuming=self.resuming)

    def segments(self, table: Table) -> tuple[Segment, ...]:
        """The table cut into ranges of even size, the same as long as this object lives. Raises SourceError."""
        if table.name not in self._segments:
            with session(self.server) as link:
                size = self.size(table)
                self._segments[table.name] = segments(table, self.catalog(), size, link.rows)
        return self._segments[table.name]

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        """The segment's rows, typed as wire/schema.py says. Raises SourceError."""
        link = pictures.bulk(self.server)
        try:
            yield from read_segment(
                link, table, self.catalog(), segment, still=pictures.is_still(self.server), batch_bytes=batch_bytes
            )
        except TRANSIENT:
            # A deadlock ends the transaction too: the next query would begin another, and nobody would know.
            pictures.forget(self.server)
            raise

    def gauge(self) -> SqlServerGauge:
        """What asks the server how busy it is."""
        return SqlServerGauge(self.server)

    def size(self, table: Table) -> Size:
        """Rows and bytes of a table, about. Raises SourceError."""
        if self._sizes is None:
            with session(self.server) as link:
                self._sizes = table_sizes(link.rows, read_product(link.rows))
        return self._sizes.get(table.name, Size(0, 0))
