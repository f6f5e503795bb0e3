"""What the target database has to read from: tables and the views that are already translated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from migrator.model.datatype import SqlType
from migrator.model.name import ObjectName
from migrator.translate.draft import TableDraft
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.names import fold
from migrator.translate.queries.relation import ComputedColumn, Output, Relation

_SYSTEM: Final = frozenset({"sys", "information_schema"})
DEFAULT_SCHEMA: Final = "dbo"


def folded(name: ObjectName) -> tuple[str, str]:
    """What names are compared by: SQL Server's default collation knows no letter case."""
    return name.schema.casefold(), name.name.casefold()


class Catalog:
    """Relations by their source name; ``database`` is the name by which the source may call itself."""

    def __init__(self, database: str, tables: Iterable[TableDraft], collation: str) -> None:
        self._database = database.casefold()
        self._collation = collation
        self._relations = {folded(draft.object): self._of_table(draft) for draft in tables}
        self._refused: dict[tuple[str, str], str] = {}
        self._meant: dict[tuple[str, str], ObjectName] = {}
        self._targets = {fold(relation.target) for relation in self._relations.values()}

    def add(self, name: ObjectName, target: str, columns: tuple[Output, ...]) -> None:
        """A view that was translated."""
        self._relations[folded(name)] = Relation(name.name, target, columns, schema=name.schema)
        self._targets.add(fold(target))

    def refuse(self, name: ObjectName, reason: str) -> None:
        """An object that the target has not; ``reason`` follows its name."""
        self._refused[folded(name)] = reason

    def stands_for(self, synonym: ObjectName, meant: ObjectName) -> None:
        """A query that names ``synonym`` reads ``meant``; SQL Server allows no synonym of a synonym."""
        self._meant[folded(synonym)] = meant

    def has_target(self, name: str) -> bool:
        """True where a table or view of the target is called so."""
        return fold(name) in self._targets

    def find(self, parts: list[str], schema: str) -> Relation:
        """The relation of a name of one to four parts, as seen from ``schema``. Raises Untranslatable."""
        if len(parts) > 3:
            raise Untranslatable(f"it reads {parts[-1]} through the linked server {parts[0]}")
        if len(parts) == 3 and parts[0] and parts[0].casefold() != self._database:
            raise Untranslatable(f"it reads {parts[-1]} of the database {parts[0]}")
        name = parts[-1]
        if name.startswith("#"):
            raise Untranslatable(f"it reads the temporary table {name}")
        given = parts[-2] if len(parts) > 1 and parts[-2] else ""
        for each in [given] if given else [schema, DEFAULT_SCHEMA]:
            key = folded(ObjectName(each, name))
            meant = self._meant.get(key)
            key = key if meant is None else folded(meant)
            if key in self._relations:
                return self._relations[key]
            if key in self._refused:
                raise Untranslatable(f"it reads {each}.{name}, which {self._refused[key]}")
        if given.casefold() in _SYSTEM:
            raise Untranslatable(f"it reads the system view {given}.{name}")
        raise Untranslatable(f"it reads {given or schema}.{name}, which the source does not have")

    def _of_table(self, draft: TableDraft) -> Relation:
        outputs: list[Output] = []
        missing = dict(draft.missing)
        unfilled = {column.target.source for column in draft.columns if column.unfilled}
        for column in draft.source.columns:
            target = draft.of_source(column.name)
            if target is None or target.source is None or target.source.type is None:
                missing.setdefault(column.name.casefold(), "MySQL has not")
                continue
            type_ = target.source.type.without_alias()
            outputs.append(
                Output(
                    column.name,
                    target.name,
                    type_,
                    target.target.nullable,
                    (column.collation or self._collation) if type_.base in _TEXTS else None,
                )
            )
        computed = tuple(
            ComputedColumn(column.name, column.computed.expression)
            for column in draft.source.columns
            if column.computed is not None and (column.name.casefold() in missing or column.name in unfilled)
        )
        order = tuple(column.name for column in draft.source.columns)
        return Relation(draft.object.name, draft.name, tuple(outputs), missing, draft.object.schema, computed, order)


_TEXTS: Final = frozenset({
    SqlType.CHAR, SqlType.VARCHAR, SqlType.NCHAR, SqlType.NVARCHAR, SqlType.TEXT, SqlType.NTEXT, SqlType.XML,
})  # fmt: skip
