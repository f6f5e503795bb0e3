"""Partition functions and schemes. Source: Transact-SQL reference, CREATE PARTITION FUNCTION and SCHEME."""

from __future__ import annotations

from dataclasses import replace

from migrator.model.schema import PartitionFunction, PartitionScheme
from migrator.translate.tsql.catalog import Catalog
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.expressions import default_expression
from migrator.translate.tsql.problems import Exists, Missing, Unreadable
from migrator.translate.tsql.types import resolve, type_name


def create_function(cursor: Cursor, catalog: Catalog) -> bool:
    """Everything behind ``CREATE PARTITION FUNCTION``."""
    name = cursor.name("a partition function")
    if name.lower() in catalog.partition_functions:
        raise Exists(f"{name} exists already")
    cursor.expect("(")
    type_ = resolve(type_name(cursor), catalog.aliases).type
    cursor.expect(")", "AS", "RANGE")
    right = cursor.take_any("LEFT", "RIGHT") == "RIGHT"
    cursor.expect("FOR", "VALUES", "(")
    boundaries = []
    while not cursor.take(")"):
        boundaries.append(default_expression(cursor))
        cursor.take(",")
    cursor.finish()
    catalog.partition_functions[name.lower()] = PartitionFunction(name, type_, right, tuple(boundaries))
    return True


def create_scheme(cursor: Cursor, catalog: Catalog) -> bool:
    """Everything behind ``CREATE PARTITION SCHEME``; its filegroups say nothing here."""
    name = cursor.name("a partition scheme")
    if name.lower() in catalog.partition_schemes:
        raise Exists(f"{name} exists already")
    cursor.expect("AS", "PARTITION")
    function = cursor.name("a partition function")
    catalog.partition_schemes[name.lower()] = PartitionScheme(name, function)
    return True


def alter_function(cursor: Cursor, catalog: Catalog) -> bool:
    """``ALTER PARTITION FUNCTION f() SPLIT or MERGE RANGE (value)``."""
    name = cursor.name("a partition function")
    function = catalog.partition_functions.get(name.lower())
    if function is None:
        raise Missing(f"there is no partition function {name}")
    cursor.expect("(", ")")
    word = cursor.take_any("SPLIT", "MERGE")
    cursor.expect("RANGE", "(")
    value = default_expression(cursor)
    cursor.expect(")")
    cursor.finish()
    if word == "MERGE":
        left = tuple(boundary for boundary in function.boundaries if boundary != value)
        if len(left) == len(function.boundaries):
            raise Unreadable(f"{name} has no such boundary")
    else:
        left = (*function.boundaries, value)
    catalog.partition_functions[name.lower()] = replace(function, boundaries=left)
    return True
