"""types.toml: what a T-SQL type becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from migrator.errors import RulesError
from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, Part
from migrator.model.name import ObjectName
from migrator.rules.entry import Entry, Origin, suggestion
from migrator.rules.example import Example, read_examples
from migrator.rules.forms import HOLDERS, forms_of, impossible
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
_WHOLE: Final = re.compile(
    r"[A-Z]+(?:\((?:\d+|\{\w+\})(?:,(?:\d+|\{\w+\}))?\))?(?: UNSIGNED)?"
    r"(?: CHARACTER SET (?:ascii|utf8mb4))?(?: COLLATE (?:ascii|utf8mb4)_\w+)?"
)
"""What copy and the checks of sizes can read. Rows are loaded as UTF-8 bytes, which other character sets would take for
something else."""
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

    ``default`` is MySQL's DEFAULT for columns that SQL Server fills by itself; one that is not ``loaded`` gets nothing
    else, not even the values that are there.
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
    loaded: bool = True
    examples: tuple[Example, ...] = ()

    def fits(self, type_: DataType, table: ObjectName, column: str) -> bool:
        """True if the rule speaks of this column."""
        return self.misfit(type_, table, column) is None

    def misfit(self, type_: DataType, table: ObjectName, column: str) -> str | None:
        """Why the rule does not speak of this column, None where it does."""
        if type_.base is not self.type:
            return f"it is for {self.type}"
        if not matches(self.column, column):
            return f"it is for columns {self.column}"
        if not matches(self.table, str(table)):
            return f"it is for the table {self.table}"
        if self.alias is not None and (type_.alias is None or not matches(self.alias, str(type_.alias))):
            return f"it is for the alias type {self.alias}"
        if type_.is_max != bool(self.max):
            return "it is for (max)" if self.max else "it is not for (max)"
        if self.over_length is not None and (type_.length or 1) <= self.over_length:
            return f"it is for lengths over {self.over_length}"
        if self.over_scale is not None and scale_of(type_) <= self.over_scale:
            return f"it is for scales over {self.over_scale}"
        return None

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
        """``to`` with the sizes of ``type_``. Raises RulesError where MySQL has no such type."""
        scale = scale_of(type_)
        text = self.to.format(
            length=type_.length or 1,
            precision=type_.precision or 18,
            scale=scale,
            fraction=min(scale, FRACTION_DIGITS),
        )
        why = impossible(text)
        if why is not None:
            raise RulesError(
                f"{self.origin}: {type_} becomes {text}, which MySQL does not have",
                why=why,
                todo="write a rule of its own for such sizes, with over_length or over_scale",
            )
        return text


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
        loaded=entry.flag("loaded", default=True),
        examples=read_examples(entry),
    )
    entry.done()
    if not rule.compared and not rule.why_not:
        raise entry.error("a column that is not compared needs why_not", todo="say in one sentence why")
    if rule.collated and " " in rule.to:
        raise entry.error(f"to = {rule.to!r} has words of its own, but the rule is collated", todo="leave one of them")
    _can_be_copied(rule, entry)
    return rule


def _can_be_copied(rule: TypeRule, entry: Entry) -> None:
    forms = forms_of(rule.type)
    if not rule.loaded:
        _can_be_left_empty(rule, entry)
    elif rule.form not in forms:
        raise entry.error(
            f"form = {str(rule.form)!r}: values of {rule.type} cannot be brought into it",
            todo=f"known for {rule.type} are {', '.join(sorted(forms))}",
        )
    word = _word(rule.to)
    if word not in HOLDERS[rule.form]:
        raise entry.error(
            f"a {word} cannot hold values of the form {str(rule.form)!r}",
            todo=f"known are {', '.join(sorted(HOLDERS[rule.form]))}",
        )
    second = rule.companion
    if second is not None and _word(second.to) not in HOLDERS[second.form]:
        raise entry.error(
            f"a {_word(second.to)} cannot hold values of the form {str(second.form)!r}",
            todo=f"known are {', '.join(sorted(HOLDERS[second.form]))}",
        )
    parts = _PARTS.get(rule.type, (Part.WHOLE, None))
    if (rule.part, second and second.part) != parts:
        wanted = f"part = {str(parts[0])!r}" + (f" and a companion with {str(parts[1])!r}" if parts[1] else " alone")
        raise entry.error(f"a value of {rule.type} cannot be split like this", todo=f"it takes {wanted}")


def _can_be_left_empty(rule: TypeRule, entry: Entry) -> None:
    if rule.type is not SqlType.ROWVERSION:
        raise entry.error(f"loaded = false would lose the values of {rule.type}", todo="only rowversion may be left")
    if rule.default is None or rule.finding is None:
        raise entry.error(
            "a column that is not loaded needs default and finding",
            todo='add finding = "rowversion-renewed", default = "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"',
        )


_PARTS: Final = {
    SqlType.DATETIMEOFFSET: (Part.UTC, Part.OFFSET_MINUTES),
    SqlType.SQL_VARIANT: (Part.VARIANT_VALUE, Part.VARIANT_TYPE),
}
"""What arrives as two values: a rule has to take both, or one would be lost."""


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
    word = _word(text)
    if word not in MYSQL_TYPES:
        raise entry.error(f"{key}: {word!r} is no MySQL type in capitals", todo=suggestion(word.upper(), MYSQL_TYPES))
    if not _WHOLE.fullmatch(text):
        raise entry.error(
            f"{key} = {text!r} cannot be read as a MySQL type",
            todo="write TYPE(n) or TYPE(n,m), then UNSIGNED, CHARACTER SET ascii or utf8mb4, COLLATE, where they apply",
        )
    return text


def _word(text: str) -> str:
    return re.split(r"\W", text, maxsplit=1)[0]
