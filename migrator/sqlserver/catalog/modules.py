"""Views, procedures, functions and triggers as text; rules and defaults that stand alone, which are text too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Module, ObjectKind, OtherObject
from migrator.sqlserver.catalog.indexes import DISABLED
from migrator.sqlserver.catalog.query import Fields, Reading, listed, name, number, text
from migrator.sqlserver.connect import quoted

_KINDS: Final = {
    "V": ObjectKind.VIEW,
    **dict.fromkeys(("P", "PC", "RF"), ObjectKind.PROCEDURE),
    **dict.fromkeys(("FN", "IF", "TF", "FS", "FT"), ObjectKind.FUNCTION),
    **dict.fromkeys(("TR", "TA"), ObjectKind.TRIGGER),
}
"""By sys.objects.type."""
_BOUND: Final = {"R": "RULE", "D": "DEFAULT"}


class _ModuleRow(NamedTuple):
    id: int
    schema: str | None
    name: str
    type: str
    definition: str | None
    encrypted: int | None
    assembly: str | None
    assembly_class: str | None
    method: str | None
    parent: int | None
    parent_schema: str | None
    parent_name: str | None
    disabled: int | None


@dataclass(frozen=True, slots=True)
class Bindable:
    """A rule or a default that stands alone; ``definition`` is None where the login may not see it."""

    name: ObjectName
    word: str
    definition: str | None


@dataclass(frozen=True, slots=True)
class Modules:
    """All that is text: modules and triggers that are switched off by name, rules and defaults by object_id."""

    modules: tuple[Module, ...]
    disabled: tuple[OtherObject, ...]
    bindables: dict[int, Bindable]


_FIELDS: Final[Fields] = {
    "id": number("o.object_id"),
    "schema": name("s.name"),
    "name": name("o.name"),
    "type": name("RTRIM(o.type)"),
    "definition": text("m.definition"),
    "encrypted": number("OBJECTPROPERTY(o.object_id, 'IsEncrypted')"),
    "assembly": name("a.name"),
    "assembly_class": name("am.assembly_class"),
    "method": name("am.assembly_method"),
    "parent": number("o.parent_object_id"),
    "parent_schema": name("ps.name"),
    "parent_name": name("p.name"),
    "disabled": number("tr.is_disabled"),
}
_FROM: Final = (
    "FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id "
    "LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id "
    "LEFT JOIN sys.assembly_modules AS am ON am.object_id = o.object_id "
    "LEFT JOIN sys.assemblies AS a ON a.assembly_id = am.assembly_id "
    "LEFT JOIN sys.objects AS p ON p.object_id = o.parent_object_id "
    "LEFT JOIN sys.schemas AS ps ON ps.schema_id = p.schema_id "
    "LEFT JOIN sys.triggers AS tr ON tr.object_id = o.object_id "
    "WHERE o.is_ms_shipped = 0 AND (o.type IN ('V', 'P', 'PC', 'RF', 'FN', 'IF', 'TF', 'FS', 'FT', 'TR', 'TA', 'R') "
    "OR (o.type = 'D' AND o.parent_object_id = 0))"
)
_TRIGGER_FIELDS: Final[Fields] = {
    **_FIELDS,
    "schema": name("NULL"),
    "encrypted": number("NULL"),
    "parent": number("NULL"),
    "parent_schema": name("NULL"),
    "parent_name": name("NULL"),
    "disabled": number("o.is_disabled"),
}
_TRIGGERS_FROM: Final = (
    "FROM sys.triggers AS o LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id "
    "LEFT JOIN sys.assembly_modules AS am ON am.object_id = o.object_id "
    "LEFT JOIN sys.assemblies AS a ON a.assembly_id = am.assembly_id "
    "WHERE o.parent_class = 0 AND o.is_ms_shipped = 0"
)
"""Triggers of the database are in no schema, and not in sys.objects."""


def read_modules(reading: Reading) -> Modules:
    """Everything, by name. Raises SourceError."""
    rows = reading.read(_ModuleRow, _FIELDS, _FROM)
    rows += reading.read_if_allowed("Triggers of the database", _ModuleRow, _TRIGGER_FIELDS, _TRIGGERS_FROM)
    bindables = {
        row.id: Bindable(ObjectName(row.schema or "", row.name), _BOUND[row.type], row.definition)
        for row in rows
        if row.type in _BOUND
    }
    rows = sorted((row for row in rows if row.type in _KINDS), key=lambda row: (row.schema or "", row.name))
    _note_hidden(rows, reading)
    return Modules(
        modules=tuple(map(_module, rows)),
        disabled=tuple(OtherObject(_name(row), _KINDS[row.type], DISABLED) for row in rows if row.disabled),
        bindables=bindables,
    )


def other_bindables(bindables: dict[int, Bindable], used: Collection[int]) -> list[OtherObject]:
    """The rules and defaults by name, those that a column has in another word."""
    return [
        OtherObject(item.name, ObjectKind.OTHER, f"BOUND {item.word}" if id_ in used else item.word)
        for id_, item in bindables.items()
    ]


def _module(row: _ModuleRow) -> Module:
    parent = ObjectName(row.parent_schema or "", row.parent_name or "") if row.parent else None
    text_ = _clr(row) if row.assembly else row.definition
    text_ = None if text_ is None else text_.replace("\r\n", "\n")
    return Module(name=_name(row), kind=_KINDS[row.type], text=text_, body=text_, parent=parent)


def _name(row: _ModuleRow) -> ObjectName:
    return ObjectName(row.schema or "", row.name)


def _clr(row: _ModuleRow) -> str:
    """What is known of a module that a .NET assembly carries out: all but its parameters."""
    own, method = (
        ".".join(quoted(part) for part in parts if part)
        for parts in ((row.schema, row.name), (row.assembly, row.assembly_class, row.method))
    )
    return f"CREATE {_KINDS[row.type].upper()} {own} /* parameters: those of the method */ AS EXTERNAL NAME {method}"


def _note_hidden(rows: list[_ModuleRow], reading: Reading) -> None:
    without = [row for row in rows if row.definition is None and not row.assembly]
    encrypted = [_name(row) for row in without if row.encrypted]
    hidden = [_name(row) for row in without if not row.encrypted]
    if encrypted:
        reading.note(f"The text of these modules is encrypted (WITH ENCRYPTION): {listed(encrypted)}")
    if hidden:
        reading.note(f"The text of these modules is hidden (no VIEW DEFINITION permission): {listed(hidden)}")
