"""All rules together, and how they are asked."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.errors import RulesError
from migrator.model.datatype import DataType
from migrator.model.name import ObjectName
from migrator.rules.checks import CheckRule, ObjectRule, plain_word
from migrator.rules.collations import CollationRule
from migrator.rules.functions import FunctionRule
from migrator.rules.match import best, matches
from migrator.rules.names import RenameRule, SchemaRule
from migrator.rules.types import TypeRule


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force. Two that contradict each other are refused when they are asked about the same thing."""

    types: tuple[TypeRule, ...]
    schemas: tuple[SchemaRule, ...]
    renames: tuple[RenameRule, ...]
    collations: tuple[CollationRule, ...]
    functions: tuple[FunctionRule, ...]
    checks: dict[str, CheckRule]
    objects: tuple[ObjectRule, ...]

    def type_rule(self, type_: DataType, table: ObjectName, column: str) -> TypeRule:
        """The rule for a column. Raises RulesError where none fits or two contradict each other."""
        candidates = (rule for rule in self.types if rule.fits(type_, table, column))
        rule = best(candidates, f"the type of {table}.{column}")
        if rule is None:
            raise RulesError(
                f"no rule says what {type_} becomes ({table}.{column})", todo="add a [[type]] for it to types.toml"
            )
        return rule

    def prefix(self, schema: str) -> str:
        """What stands before the names of a schema's tables."""
        rule = best((rule for rule in self.schemas if matches(rule.schema, schema)), f"the schema {schema}")
        return "" if rule is None else rule.prefix.replace("{schema}", schema)

    def chosen_name(self, table: ObjectName, column: str | None = None) -> str | None:
        """The name that a person chose for a table or a column, None where nobody did."""
        rule = best(
            (
                rule
                for rule in self.renames
                if rule.table.casefold() == str(table).casefold()
                and (rule.column is None) == (column is None)
                and (rule.column or "").casefold() == (column or "").casefold()
            ),
            f"the name of {table}" + (f".{column}" if column else ""),
        )
        return None if rule is None else rule.to

    def collation(self, name: str) -> CollationRule | None:
        """The rule for a SQL Server collation, None where none knows it."""
        return best((rule for rule in self.collations if matches(rule.collation, name)), f"the collation {name}")

    def function(self, name: str, arguments: int) -> FunctionRule | None:
        """The rule for a call with that many arguments, None where none knows it."""
        folded = name.casefold()
        return best(
            (rule for rule in self.functions if rule.name == folded and len(rule.arguments) == arguments),
            f"the function {name}",
        )

    def check(self, id_: str) -> CheckRule:
        """The remark of that name. Raises RulesError where checks.toml lacks it."""
        try:
            return self.checks[id_]
        except KeyError:
            raise RulesError(f"checks.toml has no [[check]] with id {id_!r}") from None

    def object_rule(self, word: str) -> ObjectRule:
        """The rule for objects of a kind that is read by name only. Raises RulesError where none fits."""
        plain = plain_word(word)
        rule = best((rule for rule in self.objects if matches(rule.word, plain)), f"objects of the kind {word}")
        if rule is None:
            raise RulesError(f"no [[object]] of checks.toml fits {word}", todo='keep one with word = "*"')
        return rule
