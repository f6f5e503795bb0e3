"""types.toml: what a T-SQL type becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, Part
from migrator.model.name import ObjectName
from migrator.rules.entry import Entry, Origin, suggestion
from migrator.rules.match import matches, pattern_weight

FRACTION_DIGITS: Final = 6
"""What MySQL keeps of a second (MySQL 8.0 Reference Manual, "Fractional Seconds in Time Values")."""
MYSQL_TYPES: Final = frozenset(
    {
        *("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE"),
        *("DATE", "TIME", "DATETIME", "TIMESTAMP", "YEAR", "CHAR", "VARCHAR", "BINARY", "VARBINARY"),
        *("TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB"),
        *("JSON", "GEOMETRY"),
    }
)
"""The types that a rule may name: those whose sizes are known to the checks of row and key length."""
_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_KNOWN: Final = {"length", "precision", "scale", "fraction"}


@dataclass(frozen=True, slots=True)
class CompanionRule:
    """The second column of a value that needs two; its name is the first one's plus ``suffix``."""

    suffix: str
    to: str
    form: Form
    part: Part


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One ``[[type]]``. ``to`` is a MySQL type with placeholders; ``finding`` names a rule of checks.toml.

    ``default`` is MySQL's DEFAULT for columns that SQL Server fills by itself.
    """

    type: SqlType
    to: str
    form: Form
    origin: Origin
    alias: str | None = None
    table: str | None = None
    column: str | None = None
    max: bool | None = None
    over_length: int | None = None
    over_scale: int | None = None
    collated: bool = False
    part: Part = Part.WHOLE
    companion: CompanionRule | None = None
    srid: int | None = None
    compared: bool = True
    why_not: str = ""
    finding: str | None = None
    default: str | None = None

    def fits(self, type_: DataType, table: ObjectName, column: str) -> bool:
        """True if the rule speaks of this column."""
        if type_.base is not self.type or not matches(self.table, str(table)) or not matches(self.column, column):
            return False
        if self.alias is not None and (type_.alias is None or not matches(self.alias, str(type_.alias))):
            return False
        if type_.is_max != bool(self.max):
            return False
        if self.over_length is not None and (type_.length or 1) <= self.over_length:
            return False
        return self.over_scale is None or scale_of(type_) > self.over_scale

    @property
    def specificity(self) -> tuple[int, ...]:
        """Column, table, alias, then the declared sizes."""
        return (
            pattern_weight(self.column),
            pattern_weight(self.table),
            pattern_weight(self.alias),
            -1 if self.over_length is None else self.over_length,
            -1 if self.over_scale is None else self.over_scale,
        )

    def mysql_type(self, type_: DataType) -> str:
        """``to`` with the sizes of ``type_``."""
        scale = scale_of(type_)
        return self.to.format(
            length=type_.length or 1,
            precision=type_.precision or 18,
            scale=scale,
            fraction=min(scale, FRACTION_DIGITS),
        )


def scale_of(type_: DataType) -> int:
    """The scale in force: 7 for a time type that declares none, 3 for datetime, 4 for money, else 0.

    Source: MS Learn, "Data types (Transact-SQL)".
    """
    if type_.scale is not None:
        return type_.scale
    if type_.base in (SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET):
        return 7
    return {SqlType.DATETIME: 3, SqlType.MONEY: 4, SqlType.SMALLMONEY: 4}.get(type_.base, 0)


def read_type(entry: Entry) -> TypeRule:
    """Read one ``[[type]]``. Raises RulesError."""
    rule = TypeRule(
        type=entry.choice("type", SqlType),
        to=_template(entry, "to"),
        form=entry.choice("form", Form),
        origin=entry.origin,
        alias=entry.optional("alias"),
        table=entry.optional("table"),
        column=entry.optional("column"),
        max=entry.flag("max", default=False),
        over_length=entry.optional_number("over_length"),
        over_scale=entry.optional_number("over_scale"),
        collated=entry.flag("collated", default=False),
        part=entry.choice("part", Part, Part.WHOLE),
        companion=_companion(entry.nested("companion")),
        srid=entry.optional_number("srid"),
        compared=entry.flag("compared", default=True),
        why_not=entry.text("why_not", ""),
        finding=entry.optional("finding"),
        default=entry.optional("default"),
    )
    entry.done()
    if not rule.compared and not rule.why_not:
        raise entry.error("a column that is not compared needs why_not", todo="say in one sentence why")
    return rule


def _companion(entry: Entry | None) -> CompanionRule | None:
    if entry is None:
        return None
    rule = CompanionRule(
        suffix=entry.text("suffix"),
        to=_template(entry, "to"),
        form=entry.choice("form", Form),
        part=entry.choice("part", Part),
    )
    entry.done()
    return rule


def _template(entry: Entry, key: str) -> str:
    text = entry.text(key)
    for placeholder in _PLACEHOLDER.findall(text):
        if placeholder not in _KNOWN:
            raise entry.error(
                f"{key} has an unknown placeholder {{{placeholder}}}", todo=suggestion(placeholder, _KNOWN)
            )
    word = re.split(r"\W", text, maxsplit=1)[0]
    if word not in MYSQL_TYPES:
        raise entry.error(f"{key}: {word!r} is no MySQL type in capitals", todo=suggestion(word.upper(), MYSQL_TYPES))
    return text
