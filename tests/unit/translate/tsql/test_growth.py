"""Twice the script takes about twice the time: no statement is read again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

RULES = load_rules()
COLUMNS = ", ".join(f"a{number} int" for number in range(200))


def _each(text: str) -> Callable[[int], str]:
    """``text`` for every number up to the size, with the number in it."""
    return lambda size: " ".join(text.replace("#", str(number)) for number in range(size))


def _nested(opening: str, closing: str, around: str) -> Callable[[int], str]:
    return lambda size: around.replace("...", f"{opening * size}1{closing * size}")


GROWING: dict[str, tuple[int, Callable[[int], str]]] = {
    "adds": (300, lambda n: "create table t (a int) " + _each("alter table t add c# int")(n)),
    "checks": (300, lambda n: "create table t (a int) " + _each("alter table t add constraint c# check (a > 1)")(n)),
    "indexes": (300, lambda n: f"create table t ({COLUMNS}) " + _each("create index i# on t (a9, a150)")(n)),
    "early indexes": (300, lambda n: _each("create index i# on t (a9, a150)")(n) + f" create table t ({COLUMNS})"),
    "columns": (1000, lambda n: "create table t (" + _each("c# int,")(n) + ")"),
    "tables": (300, _each("create table t# (a int primary key)")),
    "rows": (5000, _each("insert t values (1, 'x')")),
    "batches": (5000, _each("select 1\nGO\n")),
    "views without GO": (1000, _each("create view v# as select 1 as a")),
    "renames": (200, _each("create table t# (a int) exec sp_rename 't#', 'u#'")),
    "blocks": (5000, _nested("begin ", " end", "... create table t (a int)")),
    "conditions": (5000, _nested("if 1 = 1 ", "", "... create table t (a int)")),
    "cases": (2000, _nested("case when a = 1 then ", " else 0 end", "create table t (a int, check (... = 1))")),
    "brackets": (5000, _nested("(", ")", "create table t (a int default ...)")),
    "permissions": (2000, _nested("select, ", "", "grant ... on t to public")),
    "placeholders": (2000, _nested("${x}", "", "create table a... (a int)")),
    "damage": (2000, _each("create table ( (\n")),
    "comments": (5000, _nested("/*", "", "...")),
}


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_script(name: str) -> None:
    size, script = GROWING[name]

    def seconds(count: int) -> float:
        text = script(count)
        started = time.process_time()
        plan(read_script(text), RULES)
        return time.process_time() - started

    once = min(seconds(size), seconds(size))
    # Twice the size in four times the time would be one loop within another; half a second is for a slow moment.
    assert seconds(4 * size) < 10 * once + 0.5, name


def test_ten_thousand_levels_are_no_end_of_the_world() -> None:
    for opening, closing in (("begin ", "end "), ("(", ")"), ("case when 1 = 1 then ", " end"), ("if 1 = 1 ", "")):
        nested = opening * 10_000 + "1" + closing * 10_000
        for text in (nested, f"create table t (a int, b as {nested})", f"create view v as select {nested} as a"):
            plan(read_script(text), RULES)
