"""What an expression may refer to."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.model.datatype import DataType
from migrator.rules import Rules
from migrator.translate.expressions.value import Untranslatable


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A column as an expression sees it: the target's name, the T-SQL type, SQL Server's collation."""

    target: str
    type: DataType
    nullable: bool
    collation: str
    auto_increment: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns in reach (by source name, letter case folded) and what is allowed.

    ``missing`` are columns that the target does not have, with the reason. ``stable`` forbids what differs from call to
    call: MySQL takes it in a DEFAULT only. ``fraction`` is the number of second digits that the result's column keeps.
    ``lenient`` is for queries: where a constraint must mean exactly the same or be refused, the result of a view may
    differ in a way that a remark names. ``row`` stands before every column: a trigger's ``NEW.``.
    """

    rules: Rules
    columns: dict[str, ColumnValue] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    stable: bool = True
    fraction: int | None = None
    lenient: bool = False
    row: str = ""
    collation: str = "SQL_Latin1_General_CP1_CI_AS"

    def mysql_collation(self, collation: str | None) -> str:
        """MySQL's collation for SQL Server's, that of the database for None. Raises Untranslatable."""
        rule = self.rules.collation(collation or self.collation)
        if rule is None:
            raise Untranslatable(f"the collation {collation or self.collation} is not known")
        return rule.to

    def column(self, name: str) -> ColumnValue:
        """The column of that name. Raises Untranslatable."""
        folded = name.casefold()
        if folded in self.missing:
            raise Untranslatable(f"it uses the column {name}, which {self.missing[folded]}")
        try:
            found = self.columns[folded]
        except KeyError:
            raise Untranslatable(f"{name} is no column of the table") from None
        if found.auto_increment:
            raise Untranslatable(f"MySQL allows no reference to the AUTO_INCREMENT column {name} here")
        return found
