"""All rules together, and how they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from migrator.errors import RulesError
from migrator.model.datatype import DataType
from migrator.model.name import ObjectName
from migrator.rules.checks import CheckRule, ObjectRule, plain_word
from migrator.rules.collations import CollationRule
from migrator.rules.functions import FunctionRule
from migrator.rules.match import Ranked, best, matches
from migrator.rules.names import Case, CaseRule, Named, Naming, RenameRule, SchemaRule, StripRule
from migrator.rules.types import TypeRule
from migrator.rules.usage import Usage

R = TypeVar("R", bound=Ranked)
Rule = TypeRule | SchemaRule | RenameRule | StripRule | CaseRule | CollationRule | FunctionRule | CheckRule | ObjectRule


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force. Two that contradict each other are refused when they are asked about the same thing.

    ``usage`` keeps the places of those that won, ``collations_asked`` the answers about collations.
    """

    types: tuple[TypeRule, ...]
    schemas: tuple[SchemaRule, ...]
    renames: tuple[RenameRule, ...]
    collations: tuple[CollationRule, ...]
    functions: tuple[FunctionRule, ...]
    checks: dict[str, CheckRule]
    objects: tuple[ObjectRule, ...]
    strips: tuple[StripRule, ...] = ()
    cases: tuple[CaseRule, ...] = ()
    usage: Usage = field(default_factory=Usage, compare=False, repr=False)
    collations_asked: dict[str, CollationRule | None] = field(default_factory=dict, compare=False, repr=False)

    def watched(self) -> Rules:
        """The same rules, with a record of their own of who won."""
        return replace(self, usage=Usage())

    def __iter__(self) -> Iterator[Rule]:
        """Every rule, also those that others beat; of checks the winners."""
        yield from self.types
        yield from self.schemas
        yield from self.renames
        yield from self.strips
        yield from self.cases
        yield from self.collations
        yield from self.functions
        yield from self.checks.values()
        yield from self.objects

    def type_rule(self, type_: DataType, table: ObjectName, column: str) -> TypeRule:
        """The rule for a column. Raises RulesError where none fits or two contradict each other."""
        same = (rule for rule in self.types if rule.type is type_.base)
        candidates = (rule for rule in same if rule.fits(type_, table, column))
        rule = self._best(candidates, f"the type of {table}.{column}")
        if rule is None:
            raise RulesError(
                f"no rule says what {type_} becomes ({table}.{column})", todo="add a [[type]] for it to types.toml"
            )
        return rule

    def prefix(self, schema: str) -> str:
        """What stands before the names of a schema's tables."""
        rule = self.schema_rule(schema)
        return "" if rule is None else rule.prefix.replace("{schema}", schema)

    def schema_rule(self, schema: str) -> SchemaRule | None:
        """The rule for a schema, None where none knows it."""
        return self._best((rule for rule in self.schemas if matches(rule.schema, schema)), f"the schema {schema}")

    def table_name(self, table: ObjectName) -> Naming:
        """The name of a table (or of what shares names with tables): as chosen, else prefix dropped, schema's prefix
        before it, then its case."""
        return self._naming(Named.TABLE, table, table.name)

    def column_name(self, table: ObjectName, column: str) -> Naming:
        """The name of a column: as chosen, else without its prefix and in its case."""
        return self._naming(Named.COLUMN, table, column)

    def chosen_name(self, table: ObjectName, column: str | None = None) -> str | None:
        """The name that a person chose for a table or a column, None where nobody did."""
        rule = self.rename_rule(table, column)
        return None if rule is None else rule.to

    def rename_rule(self, table: ObjectName, column: str | None = None) -> RenameRule | None:
        """The rule that chose a name for a table or a column, None where nobody did."""
        return self._best(
            (
                rule
                for rule in self.renames
                if rule.table.casefold() == str(table).casefold()
                and (rule.column is None) == (column is None)
                and (rule.column or "").casefold() == (column or "").casefold()
            ),
            f"the name of {table}" + (f".{column}" if column else ""),
        )

    def collation(self, name: str) -> CollationRule | None:
        """The rule for a SQL Server collation, None where none knows it."""
        if name not in self.collations_asked:  # for every text column, and there are many rules
            fitting = (rule for rule in self.collations if matches(rule.collation, name))
            self.collations_asked[name] = best(fitting, f"the collation {name}")
        return self._won(self.collations_asked[name])

    def function(self, name: str, arguments: int) -> FunctionRule | None:
        """The rule for a call with that many arguments, None where none knows it."""
        folded = name.casefold()
        return self._best(
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
        rule = self._best((rule for rule in self.objects if matches(rule.word, plain)), f"objects of the kind {word}")
        if rule is None:
            raise RulesError(f"no [[object]] of checks.toml fits {word}", todo='keep one with word = "*"')
        return rule

    def _best(self, candidates: Iterable[R], what: str) -> R | None:
        return self._won(best(candidates, what))

    def _won(self, rule: R | None) -> R | None:
        if rule is not None:
            self.usage.won.add(rule.origin)
        return rule

    def _naming(self, of: Named, table: ObjectName, name: str) -> Naming:
        label = str(table) if of is Named.TABLE else f"{table}.{name}"
        chosen = self.rename_rule(table, None if of is Named.TABLE else name)
        schema = self.schema_rule(table.schema) if of is Named.TABLE and chosen is None else None
        if chosen is not None:
            wanted, rules = chosen.to, [chosen.origin]
        else:
            strip = self._best((rule for rule in self.strips if rule.fits(of, table, name)), f"the prefix of {label}")
            case = self._best(
                (rule for rule in self.cases if rule.of is of and matches(rule.table, str(table))),
                f"the letter case of {label}",
            )
            prefix = "" if schema is None else schema.prefix.replace("{schema}", table.schema)
            wanted = (Case.KEEP if case is None else case.to).apply(prefix + name[len(strip.prefix) if strip else 0 :])
            rules = [rule.origin for rule in (strip, schema, case) if rule is not None]
        own = tuple(origin for origin in rules if origin.overlay)
        plain = self._plain(of, table, name)
        made = own if own and wanted.casefold() != plain.casefold() else ()
        return Naming(wanted, tuple(rules), made, chosen=chosen is not None)

    def _plain(self, of: Named, table: ObjectName, name: str) -> str:
        """What the shipped rules make of a name."""
        if of is Named.COLUMN:
            return name
        shipped = (rule for rule in self.schemas if not rule.origin.overlay and matches(rule.schema, table.schema))
        rule = best(shipped, f"the schema {table.schema}")
        return ("" if rule is None else rule.prefix.replace("{schema}", table.schema)) + name
