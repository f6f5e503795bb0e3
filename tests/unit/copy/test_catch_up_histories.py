"""Any history of a source, cut into rounds anywhere and killed anywhere: the target ends as the source is.

What must hold is said once, for histories that nobody wrote down; the cases with names are in test_catch_up.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.changing import Changing, Row, Rows, batch_of, table_of

from migrator.copy import catch_up as catching
from migrator.copy.catch_up import Bound, catch_up
from migrator.events import silent
from migrator.model.datatype import DataType, SqlType
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.mysql import control, keyed, versions
from migrator.mysql.connect import commit, execute, quoted, session
from migrator.mysql.fingerprint import table_fingerprint
from migrator.mysql.url import Target
from migrator.wire.rows import fingerprint

INT, TEXT = DataType(SqlType.INT), DataType(SqlType.NVARCHAR, length=4)
TABLE = table_of("t", {"code": TEXT, "part": INT, "mark": INT, "parent": TEXT, "parent_part": INT}, ["code", "part"])
MAPPING = TableMapping(
    TABLE.name,
    "t",
    (
        TargetColumn("code", "code", "VARCHAR(4)", Form.TEXT, nullable=False),
        TargetColumn("part", "part", "INT", Form.INTEGER, nullable=False),
        TargetColumn("mark", "mark", "INT", Form.INTEGER, nullable=True),
        TargetColumn("parent", "parent", "VARCHAR(4)", Form.TEXT, nullable=True),
        TargetColumn("parent_part", "parent_part", "INT", Form.INTEGER, nullable=True),
    ),
    ("code", "part"),
)
DDL = """CREATE TABLE `t` (`code` VARCHAR(4) NOT NULL, `part` INT NOT NULL, `mark` INT, `parent` VARCHAR(4),
  `parent_part` INT, PRIMARY KEY (`code`, `part`), UNIQUE KEY (`mark`),
  FOREIGN KEY (`parent`, `parent_part`) REFERENCES `t` (`code`, `part`) ON DELETE CASCADE ON UPDATE CASCADE)
  COLLATE utf8mb4_0900_as_ci"""


class Killed(BaseException):
    """What no retry catches, as if the process had died."""


# A history is a list of steps; the source keeps its own rules: keys are unique whatever their case, marks are unique.

KEYS = st.tuples(st.sampled_from(["a", "A", "b", "B", "ż", "Ż", "z", "\\t\n"]), st.integers(0, 2))
MARKS = st.one_of(st.none(), st.integers(0, 6))


@dataclass(frozen=True)
class Put:
    key: Row
    mark: object
    parent: Row | None


@dataclass(frozen=True)
class Take:
    key: Row


@dataclass(frozen=True)
class Swap:
    """Two rows change their marks."""

    one: Row
    other: Row


@dataclass(frozen=True)
class CatchUp:
    """A round, which dies at its ``dies``-th place (never, where it has not as many)."""

    dies: int


STEPS = st.lists(
    st.one_of(
        st.builds(Put, KEYS, MARKS, st.none() | KEYS),
        st.builds(Put, KEYS, MARKS, st.none() | KEYS),
        st.builds(Take, KEYS),
        st.builds(Swap, KEYS, KEYS),
        st.builds(CatchUp, st.integers(0, 14)),
    ),
    max_size=25,
)


def folded(key: Row) -> Row:
    return (str(key[0]).casefold(), key[1])


def happen(source: Changing, step: object) -> None:
    """Let a step happen in the source, as far as its unique values allow it."""
    rows = source.tables["t"].rows
    match step:
        case Put(key, mark, parent):
            taken = any(row[2] == mark for same, row in rows.items() if same != folded(key))
            source.put("t", (*key, None if taken else mark, *(parent or (None, None))))
        case Take(key):
            source.take("t", key)
        case Swap(one, other):
            if folded(one) in rows and folded(other) in rows:
                a, b = rows[folded(one)], rows[folded(other)]
                if a is not b:
                    source.put("t", (*a[:2], b[2], *a[3:]), (*b[:2], a[2], *b[3:]))


@pytest.fixture(scope="module")
def target(server: Target) -> Iterator[Target]:
    """One database for all histories."""
    made = server.with_database(f"test_{secrets.token_hex(6)}")
    with session(made, database="") as connection:
        execute(connection, f"CREATE DATABASE {quoted(made.database)}", doing="making a test's database")
    with session(made) as connection:
        control.claim(connection, control.Run("r" * 32, "changing", "m" * 64, ("t",)))
        execute(connection, DDL, doing="making a table")
    yield made
    with session(made, database="") as connection:
        execute(connection, f"DROP DATABASE {quoted(made.database)}", doing="dropping a test's database")


def emptied(target: Target, version: int) -> None:
    with session(target) as connection:
        execute(connection, "SET foreign_key_checks = 0", doing="emptying")
        execute(connection, "DELETE FROM `t`", doing="emptying")
        versions.forget(connection, "t")
        versions.begin(connection, version, ["t"])


def found(target: Target) -> tuple[Fingerprint, int]:
    with session(target) as connection:
        return table_fingerprint(connection, MAPPING), versions.reached(connection)["t"].version


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], None]:
    """Have a function called wherever a round can die: between two statements, before and after a COMMIT."""
    current: list[Callable[[str], None]] = [lambda _: None]

    def around(name: str, made: Callable[..., object]) -> Callable[..., object]:
        def called(*parts: object, **named: object) -> object:
            current[0](f"before {name}")
            result = made(*parts, **named)
            current[0](f"after {name}")
            return result

        return called

    monkeypatch.setattr(catching, "delete_staged", around("delete", keyed.delete_staged))
    monkeypatch.setattr(catching, "commit", around("commit", commit))
    monkeypatch.setattr(versions, "advance", around("advance", versions.advance))

    def use(place: Callable[[str], None]) -> None:
        current[0] = place

    return use


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS, rows_a_batch=st.integers(1, 5))
def test_the_target_ends_as_the_source_is(
    target: Target, places: Callable[[Callable[[str], None]], None], steps: list[object], rows_a_batch: int
) -> None:
    source = Changing({"t": Rows(TABLE, same=folded)}, rows_a_batch=rows_a_batch)
    emptied(target, source.now)
    for step in [*steps, CatchUp(dies=-1)]:
        if not isinstance(step, CatchUp):
            happen(source, step)
            continue
        left = step.dies

        def die(_: str) -> None:
            nonlocal left
            left -= 1
            if left == -1:
                raise Killed

        source.at = die if step.dies >= 0 else lambda _: None
        places(source.at)
        before = found(target)
        now = fingerprint(batch_of(TABLE, list(source.tables["t"].rows.values())), MAPPING)
        try:
            catch_up(source, [(TABLE, MAPPING)], target, bound=Bound(changes=0, rounds=1), emit=silent)
        except Killed:
            # All of the round or nothing of it, and the version says which.
            assert found(target) in (before, (now, source.now))
        else:
            assert found(target) == (now, source.now)
