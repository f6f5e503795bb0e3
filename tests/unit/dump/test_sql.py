"""A script is taken by the server as it is, and says when it is whole."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from support.arrow_source import ArrowSource
from support.dumps import run_script, statements, visits

from migrator.dump import sql
from migrator.dump.sql import DONE, Script, write_script
from migrator.errors import RowsDamaged
from migrator.events import Advanced, Event, silent
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Identity, Key, KeyColumn, Table
from migrator.model.source import Source
from migrator.model.translation import Phase, Translation
from migrator.mysql.connect import fetch, session
from migrator.mysql.fingerprint import table_fingerprint
from migrator.mysql.url import Target
from migrator.packages.bacpac import Bacpac
from migrator.rules.load import load_rules
from migrator.translate.plan import plan


def dumped(source: Source, translation: Translation | None = None) -> tuple[bytes, Script]:
    database = source.catalog()
    out = io.BytesIO()
    with source.hold(1) as hold:
        made = translation or plan(database, load_rules())
        script = write_script(source, database, made, hold, out, whole=True, emit=silent)
    return out.getvalue(), script


@pytest.fixture(scope="module")
def script(homecare: Path) -> tuple[bytes, Script]:
    return dumped(Bacpac(homecare))


def differing(target: Target, translation: Translation, script: Script) -> list[str]:
    with session(target) as connection:
        return [
            mapping.target
            for mapping in translation.mappings
            if table_fingerprint(connection, mapping) != script.tables[mapping.target]
        ]


def test_the_generated_database_comes_back_whole(homecare: Path, script: tuple[bytes, Script], mysql: Target) -> None:
    text, said = script
    translation = plan(Bacpac(homecare).catalog(), load_rules())
    run_script(mysql, text)
    assert said.rows == Bacpac(homecare).row_total
    assert differing(mysql, translation, said) == []
    with session(mysql) as connection:
        found = fetch(
            connection,
            "SELECT (SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()),"
            " (SELECT COUNT(*) FROM information_schema.views WHERE table_schema = DATABASE()),"
            " (SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE())",
        )
        assert found == [
            (
                len(translation.of(Phase.TRIGGERS)),
                len(translation.of(Phase.VIEWS)),
                sum(bool(item.makes) for item in translation.of(Phase.ROUTINES)),
            )
        ]


@pytest.mark.skipif(shutil.which("mysql") is None, reason="no mysql client on PATH")
def test_the_mysql_client_takes_it(homecare: Path, script: tuple[bytes, Script], mysql: Target) -> None:
    text, said = script
    where = ["--socket", mysql.socket] if mysql.socket else ["--host", mysql.host, "--port", str(mysql.port)]
    subprocess.run(
        ["mysql", "--no-defaults", *where, "--user", mysql.user, mysql.database],
        input=text,
        env={**os.environ, "MYSQL_PWD": mysql.password},
        check=True,
    )
    assert differing(mysql, plan(Bacpac(homecare).catalog(), load_rules()), said) == []


def test_every_form_of_a_value(mysql: Target) -> None:
    source = visits(range(300), range(300, 500))
    text, said = dumped(source)
    run_script(mysql, text)
    assert differing(mysql, plan(source.catalog(), load_rules()), said) == []
    assert said.tables["empty"].rows == 0


def test_a_session_is_left_as_it_was(mysql: Target) -> None:
    names = (
        "sql_mode, @@time_zone, @@foreign_key_checks, @@unique_checks, @@autocommit, @@character_set_client,"
        " @@character_set_results, @@collation_connection"
    )
    with session(mysql) as connection:
        connection.query("SET NAMES latin1")
        connection.query(
            "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+05:00', foreign_key_checks = 1,"
            " unique_checks = 1, autocommit = 1"
        )
        before = fetch(connection, f"SELECT @@{names}")
        for statement in statements(dumped(visits(range(3)))[0]):
            connection.query(statement)
        assert fetch(connection, f"SELECT @@{names}") == before


COUNTED = Table(
    ObjectName("dbo", "counted"),
    (
        Column("id", DataType(SqlType.INT), nullable=False, identity=Identity(-3, 1)),
        Column("note", DataType(SqlType.NVARCHAR, MAX), nullable=True),
    ),
    Key("pk", (KeyColumn("id"),), clustered=True),
)


def counted(*ids: int) -> ArrowSource:
    batch = pa.record_batch({"id": pa.array(ids, pa.int32()), "note": pa.array([f"n{one}" for one in ids])})
    return ArrowSource(
        Database("d", "Latin1_General_CI_AS", ("dbo",), (COUNTED,)), {COUNTED.name: (batch,)}, row_total=len(ids)
    )


def test_identity_values_stay_and_the_counter_goes_on(mysql: Target) -> None:
    text, _ = dumped(counted(-3, 0, 41))
    run_script(mysql, text)
    with session(mysql) as connection:
        connection.query("INSERT INTO counted (note) VALUES ('next')")
        assert fetch(connection, "SELECT id FROM counted ORDER BY id") == [(-3,), (0,), (41,), (42,)]


def test_rows_that_are_missing_leave_a_script_without_its_last_line() -> None:
    source = replace(counted(1, 2), row_total=3)
    out = io.BytesIO()
    with source.hold(1) as hold, pytest.raises(RowsDamaged):
        write_script(source, source.catalog(), plan(source.catalog(), load_rules()), hold, out, whole=True, emit=silent)
    assert DONE.encode() not in out.getvalue()
    assert DONE.encode() in dumped(counted(1, 2))[0]


def test_rows_are_committed_now_and_then(mysql: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "_COMMIT_BYTES", 1)
    source = visits(range(50), range(50, 100))
    text, said = dumped(source)
    assert text.count(b"COMMIT;\n") > 2
    run_script(mysql, text)
    assert differing(mysql, plan(source.catalog(), load_rules()), said) == []


def test_progress_ends_where_it_should() -> None:
    source = visits(range(100), range(100, 300))
    events: list[Event] = []
    with source.hold(1) as hold:
        made = plan(source.catalog(), load_rules())
        write_script(source, source.catalog(), made, hold, io.BytesIO(), whole=True, emit=events.append)
    moved = [event for event in events if isinstance(event, Advanced)]
    table = source.catalog().tables[0]
    assert sum(event.amount for event in moved) == sum(segment.bytes for segment in source.segments(table))
    assert sum(event.rows for event in moved) == 300


def test_a_name_that_breaks_a_comment_does_not_break_out(mysql: Target) -> None:
    text, _ = dumped(replace(visits(range(3)), identity="x\nDROP TABLE visits;\n"))
    assert not any(line.startswith(b"DROP") for line in text.splitlines())
    run_script(mysql, text)
