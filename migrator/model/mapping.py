"""The one map between a source table and its target table.

``translate`` makes it from the rules; DDL, the copy engine, the validator and (later) DMS mappings all read it, so that
they cannot disagree about a name, a type or a conversion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from migrator.model.name import ObjectName


class Form(StrEnum):
    """The canonical form of a value: what both engines are compared in. design: one definition a form, three makers.

    The canonical text of a value that is not NULL:

    INTEGER   decimal digits with a leading minus; bit as 0 or 1
    DECIMAL   digits with exactly ``scale`` decimals, no plus, no minus on zero, at least one digit before the point
    FLOAT     the 16 lower-case hex digits of the IEEE 754 double, big-endian; a real is widened first; -0.0 counts as
    0.0
              (MySQL stores no negative zero that SQL Server would keep apart by any comparison)
    DATE      YYYY-MM-DD
    TIME      HH:MM:SS.ffffff
    DATETIME  YYYY-MM-DD HH:MM:SS.ffffff
    TEXT      as it is, UTF-8
    CHAR      as TEXT, trailing U+0020 removed
    CLOB      the 64 lower-case hex digits of the SHA-256 of the UTF-8 bytes
    BINARY    lower-case hex digits
    BLOB      the 64 lower-case hex digits of the SHA-256 of the bytes
    UUID      8-4-4-4-12 lower-case hex digits
    GEOMETRY  lower-case hex digits of the SHA-256 of the WKB, little-endian, longitude (x) first
    """

    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    TEXT = "text"
    CHAR = "char"
    CLOB = "clob"
    BINARY = "binary"
    BLOB = "blob"
    UUID = "uuid"
    GEOMETRY = "geometry"


class Part(StrEnum):
    """Which part of the source's value a target column holds: one T-SQL value may need two MySQL columns."""

    WHOLE = "whole"
    UTC = "utc"
    OFFSET_MINUTES = "offset minutes"
    VARIANT_VALUE = "variant value"
    VARIANT_TYPE = "variant type"


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of the target table that rows are loaded into.

    ``type`` is the full MySQL type as DDL has it. ``scale``: decimals of DECIMAL, kept fraction digits (0-6) of TIME
    and DATETIME. ``srid`` for GEOMETRY. ``compared`` is False where a fingerprint leaves the column out (rowversion),
    and then ``why_not`` says why. ``source`` is the source column. ``surrogate`` marks values that the database made up
    itself (an identity, a uniqueidentifier, a foreign key to one): reports may show them, while other keys are hashed.
    """

    name: str
    source: str
    type: str
    form: Form
    nullable: bool
    part: Part = Part.WHOLE
    scale: int = 0
    srid: int = 0
    compared: bool = True
    why_not: str = ""
    surrogate: bool = False


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One source table and what it becomes.

    ``columns`` are the loaded columns in the target's order (generated columns are not among them). ``key`` names
    target columns that identify a row (primary key, else a unique constraint over NOT NULL columns), empty where there
    is none. ``auto_increment`` is the target column that counts by itself.
    """

    source: ObjectName
    target: str
    columns: tuple[TargetColumn, ...]
    key: tuple[str, ...] = ()
    auto_increment: str | None = None

    @property
    def compared_columns(self) -> tuple[TargetColumn, ...]:
        """The columns that enter a fingerprint, in the target's order."""
        return tuple(column for column in self.columns if column.compared)

    @property
    def key_columns(self) -> tuple[TargetColumn, ...]:
        """The columns of the key, in key order."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.key)


def digest(mappings: Sequence[TableMapping]) -> str:
    """SHA-256 in hex over everything that decides how rows look in the target; equal for equal mappings."""
    return hashlib.sha256(repr(sorted(mappings, key=lambda mapping: mapping.target)).encode()).hexdigest()
