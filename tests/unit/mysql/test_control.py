from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from migrator.errors import TargetOccupied, TargetRejected
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.segment import Slice
from migrator.mysql import control
from migrator.mysql.connect import Connection, commit, execute, fetch, session
from migrator.mysql.url import Target

RUN = control.Run("a" * 32, "sha256:1", "b" * 64, ("t", "o`dd"), (("VIEW", "v`w"), ("FUNCTION", "f")))
INNER: dict[str, Any] = {"last": False, "repaired": {}}
MAPPING = TableMapping(
    ObjectName("dbo", "t"), "t", (TargetColumn("id", "id", "INT", Form.INTEGER, nullable=False),), ("id",)
)


@pytest.fixture
def connection(mysql: Target) -> Iterator[Connection]:
    with session(mysql, autocommit=False) as opened:
        yield opened


def test_an_empty_database_is_nobodys(connection: Connection) -> None:
    assert control.find_run(connection) is None


def test_a_claim_is_found_again(connection: Connection) -> None:
    control.claim(connection, RUN)
    assert control.find_run(connection) == RUN


def test_a_stranger_table_is_never_touched(connection: Connection) -> None:
    execute(connection, "CREATE TABLE `payroll` (`id` INT)", doing="making a stranger")
    with pytest.raises(TargetOccupied, match="payroll"):
        control.claim(connection, RUN)
    with pytest.raises(TargetOccupied):
        control.release(connection)
    assert fetch(connection, "SHOW TABLES") == [("payroll",)]


def test_release_drops_the_runs_own_tables_and_no_other(connection: Connection) -> None:
    control.claim(connection, RUN)
    for name in ("t", "o``dd", "stranger"):
        execute(connection, f"CREATE TABLE `{name}` (`id` INT PRIMARY KEY)", doing="making a table")
    execute(connection, "CREATE VIEW `v``w` AS SELECT 1 AS `one`", doing="making a view")
    for name in ("f", "theirs"):
        execute(connection, f"CREATE FUNCTION `{name}`() RETURNS INT DETERMINISTIC RETURN 1", doing="making a function")
    control.release(connection)
    assert fetch(connection, "SHOW TABLES") == [("stranger",)]
    routines = "SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()"
    assert fetch(connection, routines) == [("theirs",)]


def test_release_drops_the_runs_views_before_its_tables(connection: Connection) -> None:
    control.claim(
        connection, control.Run("a" * 32, "sha256:1", "b" * 64, ("t",), (("VIEW", "shown"), ("VIEW", "never made")))
    )
    execute(connection, "CREATE TABLE `t` (`id` INT PRIMARY KEY)", doing="making a table")
    execute(connection, "CREATE VIEW `shown` AS SELECT `id` FROM `t`", doing="making a view")
    execute(connection, "CREATE VIEW `stranger` AS SELECT 1 AS `one`", doing="making a view")
    control.release(connection)
    assert fetch(connection, "SHOW TABLES") == [("stranger",)]


def test_slices_add_up(connection: Connection) -> None:
    control.claim(connection, RUN)
    big = 2**56 - 1
    control.record(connection, MAPPING, Slice(MAPPING.source, "p-1", 0, 10), Fingerprint(10, 10 * big, 5), 100, **INNER)
    control.record(connection, MAPPING, Slice(MAPPING.source, "p-1", 10, 5), Fingerprint(5, 1, 2), 100, **INNER)
    control.record(
        connection,
        MAPPING,
        Slice(MAPPING.source, "p-2", 0, 1),
        Fingerprint(1, 1, 1),
        100,
        last=True,
        repaired={"dbo.t.name": 3},
    )
    assert control.progress(connection, MAPPING, "p-1") == control.Progress(15, complete=False)
    assert control.progress(connection, MAPPING, "p-2") == control.Progress(1, complete=True)
    assert control.progress(connection, MAPPING, "p-3") == control.Progress(0, complete=False)
    assert control.repaired(connection) == {"dbo.t.name": 3}
    assert control.recorded(connection) == {"t": control.Recorded(Fingerprint(16, 10 * big + 2, 8), segments=1)}


def test_a_slice_belongs_to_its_transaction(connection: Connection) -> None:
    control.claim(connection, RUN)
    control.record(connection, MAPPING, Slice(MAPPING.source, "p", 0, 10), Fingerprint(10, 1, 1), 100, **INNER)
    connection.rollback()
    assert control.recorded(connection) == {}


def test_the_same_slice_twice_is_refused(connection: Connection) -> None:
    control.claim(connection, RUN)
    once = Slice(MAPPING.source, "p", 0, 10)
    control.record(connection, MAPPING, once, Fingerprint(10, 1, 1), 100, **INNER)
    with pytest.raises(TargetRejected):
        control.record(connection, MAPPING, once, Fingerprint(10, 1, 1), 100, **INNER)


def test_a_new_claim_forgets_old_slices(connection: Connection) -> None:
    control.claim(connection, RUN)
    control.record(connection, MAPPING, Slice(MAPPING.source, "p", 0, 10), Fingerprint(10, 1, 1), 100, **INNER)
    commit(connection, doing="committing")
    control.claim(connection, RUN)
    assert control.recorded(connection) == {}
