"""Every object of the source once: with its findings, its place, its complexity and both of its texts."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from migrator.assess import complexity
from migrator.assess.tsql import create_table
from migrator.model.assessment import AssessedObject
from migrator.model.finding import Finding
from migrator.model.places import places
from migrator.model.schema import Database, Module, ObjectKind, Place, Table
from migrator.model.translation import TranslatedObject, Translation

_PARTS: Final = frozenset(
    {
        ObjectKind.COLUMN,
        ObjectKind.PRIMARY_KEY,
        ObjectKind.UNIQUE,
        ObjectKind.FOREIGN_KEY,
        ObjectKind.CHECK,
        ObjectKind.DEFAULT,
        ObjectKind.INDEX,
    }
)
"""What is a part of a table, or of a view, and has its name before its own."""


def assessed_objects(database: Database, translation: Translation) -> tuple[AssessedObject, ...]:
    """Every object of the translation, in its order."""
    maker = _Maker(database, translation)
    return tuple(maker.object(item) for item in translation.objects)


class _Maker:
    def __init__(self, database: Database, translation: Translation) -> None:
        self._tables = {str(table.name): table for table in database.tables}
        self._modules = {(module.kind, str(module.name)): module for module in database.modules}
        self._places = places(database)
        self._whole = {item.object for item in translation.objects if item.kind not in _PARTS}
        self._own: dict[tuple[ObjectKind, str], list[Finding]] = defaultdict(list)
        self._below: dict[str, list[Finding]] = defaultdict(list)
        for finding in translation.findings:
            self._own[finding.kind, finding.object].append(finding)
            if finding.kind in _PARTS:
                self._below[self._parent(finding.object)].append(finding)
        self._mysql: dict[str, list[str]] = defaultdict(list)
        for statement in translation.statements:
            name = statement.object if statement.object in self._whole else self._parent(statement.object)
            self._mysql[name].append(statement.sql)

    def object(self, item: TranslatedObject) -> AssessedObject:
        """One object with all that is known about it."""
        own = tuple(self._own[item.kind, item.object])
        place = self._places.get((item.kind, item.object)) or next((one.place for one in own if one.place), None)
        return self._part(item, own, place) if item.kind in _PARTS else self._alone(item, own, place)

    def _part(self, item: TranslatedObject, own: tuple[Finding, ...], place: Place | None) -> AssessedObject:
        parent = self._parent(item.object)
        if place is None and parent in self._tables:
            place = self._tables[parent].place
        points = complexity.of_object(item.status, own)
        return AssessedObject(item.object, item.kind, item.status, item.target, points, own, parent=parent, place=place)

    def _alone(self, item: TranslatedObject, own: tuple[Finding, ...], place: Place | None) -> AssessedObject:
        table = self._tables.get(item.object) if item.kind is ObjectKind.TABLE else None
        module = self._modules.get((item.kind, item.object))
        below = tuple(self._below[item.object]) if table is not None or module is not None else ()
        unknown = module is not None and module.text is None
        points = complexity.of_object(
            item.status,
            (*own, *below),
            unknown=unknown,
            lines=complexity.code_lines(module.text or "") if module is not None else 0,
            columns=len(table.columns) if table is not None else 0,
        )
        return AssessedObject(
            item.object,
            item.kind,
            item.status,
            item.target,
            points,
            own,
            below,
            unknown=unknown,
            place=place,
            tsql=_tsql(table, module),
            mysql=tuple(self._mysql[item.object]),
        )

    def _parent(self, name: str) -> str:
        """``dbo.Orders`` for ``dbo.Orders.total``: the longest shorter name that an object has; "" where none has."""
        position = name.rfind(".")
        while position > 0:
            if name[:position] in self._whole:
                return name[:position]
            position = name.rfind(".", 0, position)
        return ""


def _tsql(table: Table | None, module: Module | None) -> str:
    if table is not None:
        return create_table(table)
    return (module.text or "").strip() if module is not None else ""
