"""Which product answers: SQL Server, one of its cloud services, or another server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from migrator.errors import SourceError

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Runs one query and gives its rows. Raises SourceError."""


class EngineEdition(StrEnum):
    """What kind of server it is; all editions that are installed from a box are SERVER."""

    SERVER = "SQL Server"
    AZURE_SQL_DATABASE = "Azure SQL Database"
    MANAGED_INSTANCE = "Azure SQL Managed Instance"
    EDGE = "Azure SQL Edge"
    FABRIC = "SQL database in Microsoft Fabric"
    BABELFISH = "Babelfish"


_EDITIONS: Final = {
    **dict.fromkeys((2, 3, 4), EngineEdition.SERVER),
    5: EngineEdition.AZURE_SQL_DATABASE,
    8: EngineEdition.MANAGED_INSTANCE,
    9: EngineEdition.EDGE,
    12: EngineEdition.FABRIC,
}
"""SERVERPROPERTY('EngineEdition'). Source: Transact-SQL reference, SERVERPROPERTY. 6 and 11 are Azure Synapse
Analytics, which has tables of another kind."""

OLDEST: Final = 11
"""SQL Server 2012."""
NEWEST: Final = 17
"""SQL Server 2025."""
_LEAST: Final = {
    EngineEdition.AZURE_SQL_DATABASE: NEWEST,
    EngineEdition.FABRIC: NEWEST,
    EngineEdition.MANAGED_INSTANCE: 16,
    EngineEdition.EDGE: 15,
}
"""The services call themselves version 12 and are newer: the release whose catalog each of them has at least. A managed
instance that is held at SQL Server 2022 has that one's."""

_QUERY: Final = (
    "SELECT CAST(@@VERSION AS nvarchar(4000)), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), "
    "CAST(SERVERPROPERTY('EngineEdition') AS nvarchar(20)), CAST(SERVERPROPERTY('BabelfishVersion') AS nvarchar(128))"
)


@dataclass(frozen=True, slots=True)
class Product:
    """The server. ``major`` is the release whose catalog it has: 11 is SQL Server 2012, 17 is 2025; of a cloud service
    it is the latest one that it is sure to be as new as, whatever it calls itself. ``text`` is the first line of
    @@VERSION."""

    major: int
    edition: EngineEdition
    text: str

    @property
    def is_single_database(self) -> bool:
        """True where a database stands alone: no server objects, no Service Broker, no other databases beside it."""
        return self.edition in (EngineEdition.AZURE_SQL_DATABASE, EngineEdition.FABRIC)


def read_product(rows: Rows) -> Product:
    """Ask the server what it is. Raises SourceError for one that is too old, or has other tables than SQL Server."""
    version, number, edition, babelfish = rows(_QUERY)[0]
    text = str(version or "").partition("\n")[0].strip()
    major = _first_number(number)
    if babelfish or "babelfish" in text.casefold():
        return Product(major or 12, EngineEdition.BABELFISH, text)
    known = _EDITIONS.get(_first_number(edition))
    if known is None or not major:
        raise SourceError(
            f"This server cannot be migrated: {text or 'it does not say what it is'}.",
            why=f"Its engine edition is {edition}: neither SQL Server nor Azure SQL.",
            todo="Move its data to SQL Server or Azure SQL first.",
        )
    if major < OLDEST:
        raise SourceError(
            f"SQL Server 2012 and later can be read, not {text}.",
            todo="Export the database as a .bacpac and migrate that.",
        )
    return Product(max(major, _LEAST.get(known, 0)), known, text)


def _first_number(text: Any) -> int:
    """The number before the first dot; 0 where there is none."""
    first = str(text if text is not None else "").partition(".")[0].strip()
    return int(first) if first.isdecimal() else 0
