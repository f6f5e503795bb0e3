"""What a FROM clause puts in reach: relations, their columns, and the rules by which T-SQL finds a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrator.model.datatype import DataType
from migrator.mysql.connect import quoted
from migrator.translate.expressions.value import PADDED_TYPES, Untranslatable, Value


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a relation: its T-SQL name (empty where it has none), MySQL's name, and what is known of its values.

    ``type`` is None for a column that is NULL in every row.
    """

    name: str
    target: str
    type: DataType | None
    nullable: bool = True
    collation: str | None = None
    foreign: bool = False

    @staticmethod
    def of(value: Value, name: str, target: str) -> Output:
        """The column that shows ``value``."""
        return Output(name, target, value.type, value.nullable, value.collation, value.foreign)


@dataclass(frozen=True, slots=True)
class ComputedColumn:
    """A computed column that the target's table has not, or has unfilled, with its T-SQL expression."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view, derived table or the like under the name by which a query's expressions call it.

    ``target`` is its alias in MySQL. ``missing`` are columns (letter case folded) that MySQL has not, with the reason;
    ``computed`` are those that have an expression, and those that MySQL has but leaves NULL. ``order`` names all
    columns as the source has them.
    """

    name: str
    target: str
    columns: tuple[Output, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    schema: str = ""
    computed: tuple[ComputedColumn, ...] = ()
    order: tuple[str, ...] = ()

    def find(self, column: str) -> Output | None:
        """Its column of that name, whatever the letter case."""
        folded = column.casefold()
        return next((output for output in self.columns if output.name.casefold() == folded), None)

    def value(self, output: Output) -> Value:
        """One of its columns in an expression."""
        return Value(
            f"{quoted(self.target)}.{quoted(output.target)}",
            output.type,
            nullable=output.nullable,
            raw_char=output.type is not None and output.type.base in PADDED_TYPES,
            collation=output.collation,
            foreign=output.foreign,
        )

    def optional(self) -> Relation:
        """The same on the far side of an outer join, where every column may be NULL."""
        return replace(self, columns=tuple(replace(output, nullable=True) for output in self.columns))


@dataclass(slots=True)
class Reach:
    """The relations of one FROM clause, in their order, and behind them those of the query around it."""

    outer: Reach | None = None
    relations: list[Relation] = field(default_factory=list)

    def column(self, name: str, table: str = "", schema: str = "") -> Value:
        """The column that T-SQL means by ``schema.table.name``. Raises Untranslatable."""
        reach: Reach | None = self
        while reach is not None:
            found = reach._here(name, table, schema)
            if found is not None:
                return found
            reach = reach.outer
        raise Untranslatable(f"{f'{table}.' if table else ''}{name} is no column of what it reads")

    def _here(self, name: str, table: str, schema: str) -> Value | None:
        near = [relation for relation in self.relations if not table or _is_called(relation, table, schema)]
        hits = [(relation, output) for relation in near if (output := relation.find(name)) is not None]
        if len(hits) > 1:
            raise Untranslatable(f"{name} is a column of more than one table that it reads")
        if hits:
            relation, output = hits[0]
            return relation.value(output)
        for relation in near:
            reason = relation.missing.get(name.casefold())
            if reason is not None:
                raise Untranslatable(f"it uses the column {name}, which {reason}")
        return None

    def of(self, table: str, schema: str = "") -> list[Relation]:
        """The relations that ``table.*`` stands for. Raises Untranslatable where there is none."""
        reach: Reach | None = self
        while reach is not None:
            found = [relation for relation in reach.relations if _is_called(relation, table, schema)]
            if found:
                return found
            reach = reach.outer
        raise Untranslatable(f"{table} is nothing that it reads")


def _is_called(relation: Relation, table: str, schema: str) -> bool:
    if relation.name.casefold() != table.casefold():
        return False
    return not schema or not relation.schema or relation.schema.casefold() == schema.casefold()
