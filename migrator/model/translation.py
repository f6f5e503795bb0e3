"""What a source database becomes: statements for the target, the map, and a status for every object."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from migrator.model.finding import Finding, Status
from migrator.model.mapping import TableMapping
from migrator.model.schema import ObjectKind


class Phase(StrEnum):
    """When a statement runs: rows are loaded between TABLES and INDEXES."""

    TABLES = "tables"
    INDEXES = "indexes"
    FOREIGN_KEYS = "foreign keys"
    VIEWS = "views"
    ROUTINES = "routines"
    TRIGGERS = "triggers"


@dataclass(frozen=True, slots=True)
class Statement:
    """One MySQL statement without a final semicolon. ``table`` is the target table that it works on.

    ``unchecked`` wants foreign_key_checks = 0 in its session: a key over rows that the source never checked either.
    ``compound`` has semicolons inside: a file needs another DELIMITER around it. ``makes`` is the kind (VIEW, FUNCTION,
    PROCEDURE) of what it creates under the name in ``table``, empty where it creates a table or works on one.
    """

    phase: Phase
    object: str
    table: str
    sql: str
    unchecked: bool = False
    compound: bool = False
    makes: str = ""


@dataclass(frozen=True, slots=True)
class TranslatedObject:
    """The fate of one source object: ``object`` is its full source name, ``target`` its name in MySQL (empty if
    none)."""

    object: str
    kind: ObjectKind
    status: Status
    target: str = ""


@dataclass(frozen=True, slots=True)
class TranslatedColumn:
    """Why a column became what it is. ``object`` is its full source name, ``source_type`` as T-SQL writes it.

    ``target`` is ``table.column`` in MySQL and ``type`` its whole type; both are empty where the column is not there.
    ``rules`` names every rule that had a say, as ``file:line``, the one of the type first; an overlay's file stands
    with its folder.
    """

    object: str
    source_type: str
    target: str
    type: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """Everything that the target needs and everything that a person must know."""

    mappings: tuple[TableMapping, ...]
    statements: tuple[Statement, ...]
    objects: tuple[TranslatedObject, ...]
    findings: tuple[Finding, ...]
    columns: tuple[TranslatedColumn, ...] = ()
    character_set: str = "utf8mb4"
    collation: str = "utf8mb4_0900_as_cs"

    def of(self, phase: Phase) -> tuple[Statement, ...]:
        """The statements of one phase, in their order."""
        return tuple(statement for statement in self.statements if statement.phase is phase)

    def counts(self) -> dict[Status, int]:
        """How many objects have each status; every status is present."""
        counted = Counter(item.status for item in self.objects)
        return {status: counted[status] for status in Status}
