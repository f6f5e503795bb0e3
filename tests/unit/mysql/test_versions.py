from __future__ import annotations

from collections.abc import Iterator

import pytest

from migrator.errors import TargetError
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.segment import Slice
from migrator.mysql import control, versions
from migrator.mysql.connect import Connection, session
from migrator.mysql.url import Target
from migrator.mysql.versions import Reached


@pytest.fixture
def connection(mysql: Target) -> Iterator[Connection]:
    with session(mysql, autocommit=False) as opened:
        control.claim(opened, control.Run("a" * 32, "mssql://here", "b" * 64, ("t", "u")))
        yield opened


def test_a_resumed_copy_keeps_the_first_version(connection: Connection) -> None:
    versions.begin(connection, 5, ["t"])
    versions.begin(connection, 9, ["t", "u"])
    assert versions.reached(connection) == {"t": Reached(5), "u": Reached(9)}


def test_rows_that_were_loaded_before_anything_was_tracked_have_no_version(connection: Connection) -> None:
    mapping = TableMapping(
        ObjectName("dbo", "t"), "t", (TargetColumn("id", "id", "INT", Form.INTEGER, nullable=False),), ("id",)
    )
    done = Slice(mapping.source, "1", 0, 10)
    control.record(connection, mapping, done, Fingerprint(10, 1, 1), 100, last=False, repaired={})
    versions.begin(connection, 5, ["t", "u"])
    assert versions.reached(connection) == {"u": Reached(5)}


def test_a_table_that_is_copied_again_begins_anew(connection: Connection) -> None:
    versions.begin(connection, 5, ["t", "u"])
    versions.advance(connection, "t", 7, 12)
    versions.forget(connection, "t")
    versions.begin(connection, 9, ["t"])
    assert versions.reached(connection) == {"t": Reached(9), "u": Reached(5)}


def test_versions_only_grow_and_changes_add_up(connection: Connection) -> None:
    versions.begin(connection, 5, ["t"])
    versions.advance(connection, "t", 9, 2)
    versions.advance(connection, "t", 8, 3)
    assert versions.locked(connection, "t") == Reached(9, 5)


def test_a_table_without_a_version_is_no_version_zero(connection: Connection) -> None:
    with pytest.raises(TargetError, match="no version is recorded for t"):
        versions.locked(connection, "t")


def test_a_version_belongs_to_its_transaction(connection: Connection) -> None:
    versions.begin(connection, 5, ["t"])
    connection.commit()
    versions.advance(connection, "t", 9, 2)
    connection.rollback()
    assert versions.reached(connection) == {"t": Reached(5)}


def test_a_new_claim_forgets_all(connection: Connection) -> None:
    versions.begin(connection, 5, ["t"])
    connection.commit()
    control.claim(connection, control.Run("c" * 32, "mssql://here", "b" * 64, ("t",)))
    assert versions.reached(connection) == {}
    control.release(connection)
