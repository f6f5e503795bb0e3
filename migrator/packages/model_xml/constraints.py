"""Primary keys, unique constraints, foreign keys, checks and defaults: each names the table that it belongs to."""

from __future__ import annotations

from typing import Final

from migrator.model.schema import Action, Check, Default, ForeignKey, Key, KeyColumn
from migrator.packages.model_xml.elements import Element

_ACTIONS: Final = {
    "0": Action.NO_ACTION,
    "1": Action.CASCADE,
    "2": Action.SET_NULL,
    "3": Action.SET_DEFAULT,
}
"""The numbers of sys.foreign_keys.delete_referential_action; packages are known to use 1 for CASCADE."""

_NOT_TRUSTED: Final = "IsNotTrustedPropertyAnnotation"
KEY_WORDS: Final = frozenset(
    {"ColumnSpecifications", "DefiningTable", "IsClustered", "PartitionColumn", "PartitionScheme"}
)
FOREIGN_KEY_WORDS: Final = frozenset(
    {
        "Columns",
        "DefiningTable",
        "ForeignColumns",
        "ForeignTable",
        "IsDisabled",
        "IsNotForReplication",
        "OnDeleteAction",
        "OnUpdateAction",
    }
)
CHECK_WORDS: Final = frozenset({"CheckExpressionScript", "DefiningTable", "IsDisabled", "IsNotForReplication"})
DEFAULT_WORDS: Final = frozenset({"DefaultExpressionScript", "DefiningTable", "ForColumn"})


def key_columns(element: Element) -> tuple[KeyColumn, ...]:
    """The columns of a key or an index in key order."""
    return tuple(
        KeyColumn(item.reference("Column").parts[-1], descending=not item.true("IsAscending", default=True))
        for item in element.elements("ColumnSpecifications")
    )


def column_names(element: Element, relationship: str) -> tuple[str, ...]:
    """The columns that a relationship points to, in order."""
    return tuple(reference.parts[-1] for reference in element.references(relationship))


def read_key(element: Element, *, clustered: bool) -> Key:
    """A primary key or unique constraint; ``clustered`` is what silence means. Raises PackageDamaged."""
    columns = key_columns(element)
    if not columns:
        raise element.damaged("has no columns")
    return Key(
        name=element.own_name,
        columns=columns,
        clustered=element.true("IsClustered", default=clustered),
        place=element.place,
    )


def read_foreign_key(element: Element) -> ForeignKey:
    """A foreign key. Raises PackageDamaged."""
    columns, referenced = column_names(element, "Columns"), column_names(element, "ForeignColumns")
    if not columns or len(columns) != len(referenced):
        raise element.damaged("does not pair its columns with those of the other table")
    return ForeignKey(
        name=element.own_name,
        columns=columns,
        references=element.table("ForeignTable"),
        referenced_columns=referenced,
        on_delete=_action(element, "OnDeleteAction"),
        on_update=_action(element, "OnUpdateAction"),
        trusted=_NOT_TRUSTED not in element.annotations,
        enabled=not element.true("IsDisabled"),
        place=element.place,
    )


def read_check(element: Element) -> Check:
    """A check constraint."""
    return Check(
        name=element.own_name,
        expression=element.properties.get("CheckExpressionScript", ""),
        trusted=_NOT_TRUSTED not in element.annotations,
        enabled=not element.true("IsDisabled"),
        place=element.place,
    )


def read_default(element: Element) -> tuple[str, Default]:
    """A default constraint and the column that it is for. Raises PackageDamaged."""
    column = element.reference("ForColumn").parts[-1]
    return column, Default(element.own_name, element.properties.get("DefaultExpressionScript", ""))


def _action(element: Element, name: str) -> Action:
    number = element.properties.get(name, "0")
    if number not in _ACTIONS:
        raise element.damaged(f"has an {name} of {number}, which is not known")
    return _ACTIONS[number]
