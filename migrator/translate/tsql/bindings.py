"""Rules and defaults of old: objects of their own that are bound to columns and types.

At the end a rule becomes the CHECK and a default the DEFAULT of every column that it is bound to, by itself or by its
type.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from migrator.model.name import ObjectName
from migrator.model.schema import Check, Default
from migrator.translate.tsql.cursor import DEFAULT_SCHEMA
from migrator.translate.tsql.draft import ColumnDraft, TableDraft
from migrator.translate.tsql.problems import Missing
from migrator.translate.tsql.stream import Stream

Id = tuple[str, str]


class Bound(StrEnum):
    """What is bound."""

    RULE = "RULE"
    DEFAULT = "DEFAULT"


def _key(name: ObjectName) -> Id:
    return (name.schema.lower(), name.name.lower())


class Bindings:
    """The text of rules and defaults, and the alias types that they are bound to; columns know theirs themselves."""

    def __init__(self) -> None:
        self._texts: dict[tuple[Bound, Id], str] = {}
        self._types: dict[tuple[Bound, Id], Id] = {}
        self._used: set[tuple[str, Id]] = set()

    def define(self, kind: Bound, name: ObjectName, text: str) -> None:
        """CREATE RULE or CREATE DEFAULT."""
        self._texts[kind, _key(name)] = text

    def bind_type(self, kind: Bound, type_: ObjectName, bound: ObjectName | None) -> None:
        """Bind to an alias type; ``bound`` is None to unbind. Raises Missing."""
        if bound is None:
            self._types.pop((kind, _key(type_)), None)
        else:
            self._types[kind, _key(type_)] = self._known(kind, bound)

    def bind_column(self, kind: Bound, table: TableDraft, column: str, bound: ObjectName | None) -> None:
        """Bind to a column; ``bound`` is None to unbind. Raises Missing."""
        index = table.position(column)
        id_ = None if bound is None else self._known(kind, bound)
        draft = table.columns[index]
        table.columns[index] = replace(draft, rule=id_) if kind is Bound.RULE else replace(draft, default=id_)

    def _known(self, kind: Bound, name: ObjectName) -> Id:
        if (kind, _key(name)) not in self._texts:
            raise Missing(f"there is no {kind.lower()} {name}")
        return _key(name)

    def apply(self, table: TableDraft) -> None:
        """Give the table the checks and defaults that are bound to its columns. A column's own default goes first."""
        for index, draft in enumerate(table.columns):
            rule = draft.rule or self._of_type(Bound.RULE, draft)
            if rule is not None:
                self._used.add((Bound.RULE, rule))
                text = _with_column(self._texts[Bound.RULE, rule], draft.name)
                table.checks.append(Check(None, text, place=draft.column.place))
            default = draft.default or self._of_type(Bound.DEFAULT, draft)
            if default is not None and draft.column.default is None:
                self._used.add((Bound.DEFAULT, default))
                column = replace(draft.column, default=Default(None, self._texts[Bound.DEFAULT, default]))
                table.columns[index] = replace(draft, column=column)

    def is_used(self, word: str, id_: Id) -> bool:
        """True for a rule or default that ``apply`` gave to a column."""
        return (word, id_) in self._used

    def _of_type(self, kind: Bound, draft: ColumnDraft) -> Id | None:
        written = draft.written
        if written is None or not self._types:
            return None
        return self._types.get((kind, ((written.schema or DEFAULT_SCHEMA).lower(), written.name.lower())))


def _with_column(rule: str, column: str) -> str:
    """A rule's condition about ``column`` instead of its one variable, however that is called."""
    stream = Stream("", rule)
    quoted = "[" + column.replace("]", "]]") + "]"
    pieces: list[str] = []
    position = 0
    for token, word in zip(stream.tokens, stream.words, strict=True):
        if word.startswith("@") and not word.startswith("@@"):
            pieces += [rule[position : token.start], quoted]
            position = token.end + 1
    return "".join(pieces) + rule[position:]
