"""A copy, then what changed since: the target is whole after every call."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from support.arrow_source import ArrowSource
from support.changing import Changing, Rows, batch_of

from migrator.copy.catch_up import Bound
from migrator.errors import ChangesLost, ConfigError, LedgerError, TargetOccupied, TargetRejected, TargetUnreachable
from migrator.events import silent
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, Database, ForeignKey, Identity, Key, KeyColumn, Table
from migrator.mysql import control, versions
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target
from migrator.report.catch_up import catch_up_json, catch_up_text
from migrator.workflows import catch_up as workflow
from migrator.workflows.catch_up import Following, catch_up
from migrator.workflows.copy import copy
from migrator.workflows.migrate import Setting

INT, TEXT, MOMENT = DataType(SqlType.INT), DataType(SqlType.NVARCHAR, length=20), DataType(SqlType.DATETIME)
PEOPLE = Table(
    ObjectName("dbo", "people"),
    (
        Column("id", INT, nullable=False, identity=Identity(1, 1)),
        Column("name", TEXT, nullable=True),
        Column("born", MOMENT, nullable=True),
        Column("boss", INT, nullable=True),
    ),
    Key("PK_people", (KeyColumn("id"),), clustered=True),
    foreign_keys=(ForeignKey("FK_boss", ("boss",), ObjectName("dbo", "people"), ("id",)),),
    checks=(Check("CK_born", "([born]<=getdate())"),),
)
EMPTY = replace(PEOPLE, name=ObjectName("dbo", "empty"), foreign_keys=(), checks=())
DATABASE = Database("shop", "Latin1_General_CI_AS", ("dbo",), (PEOPLE, EMPTY))
THEN = datetime(1960, 1, 2)  # noqa: DTZ001 - datetime knows no zone
FUTURE = datetime(2960, 1, 2)  # noqa: DTZ001
FIRST = [(1, "Ann", THEN, None), (2, "Bob", FUTURE, 1)]


@pytest.fixture
def source() -> ArrowSource:
    return ArrowSource(DATABASE, {PEOPLE.name: [batch_of(PEOPLE, FIRST)], EMPTY.name: []})


@pytest.fixture
def changes() -> Changing:
    made = Changing({"people": Rows(PEOPLE), "empty": Rows(EMPTY)})
    for row in FIRST:
        made.tables["people"].rows[(row[0],)] = row
    return made


@pytest.fixture
def target(mysql: Target, source: ArrowSource, changes: Changing, tmp_path: Path) -> Target:
    copy(source, Setting("shop", mysql, tmp_path, workers=1), silent)
    with session(mysql) as connection:
        execute(connection, f"DELETE FROM `{control.VERSION_TABLE}`", doing="an earlier version")
        for table in ("people", "empty"):
            execute(
                connection,
                f"INSERT INTO `{control.VERSION_TABLE}` (`table`, `version`) VALUES (%s, %s)",
                (table, changes.now),
                doing="a version as of the copy",
            )
    return mysql


def following(target: Target, *, final: bool = False) -> Following:
    return Following(target, Bound(changes=0, rounds=1), final=final)


def triggers(target: Target) -> set[str]:
    with session(target) as connection:
        return {row[0] for row in fetch(connection, "SHOW TRIGGERS")}


def names(target: Target) -> list[tuple[object, ...]]:
    with session(target) as connection:
        return fetch(connection, "SELECT `id`, `name`, `boss` FROM `people` ORDER BY `id`")


def test_a_copy_is_brought_to_what_the_source_is(source: ArrowSource, target: Target, changes: Changing) -> None:
    there = triggers(target)
    assert there, "the check over the clock is a trigger: it must not look at rows that are only copied"
    changes.put("people", (2, "Bobby", FUTURE, 40), (40, "Cid", FUTURE, None))
    changes.take("people", (1,))
    done = catch_up(source, following(target), silent, changes=changes)
    assert (done.changes, done.left, done.done) == (3, 0, True)
    assert names(target) == [(2, "Bobby", 40), (40, "Cid", None)]
    assert triggers(target) == there

    changes.put("people", (41, "Dan", None, 2))
    last = catch_up(source, following(target, final=True), silent, changes=changes)
    assert last.done
    assert triggers(target) == there
    with session(target) as connection:
        execute(connection, "INSERT INTO `people` (`name`) VALUES ('Eve')", doing="what comes after")
    assert names(target)[-1] == (42, "Eve", None)


def test_triggers_come_back_where_changes_are_lost(source: ArrowSource, target: Target, changes: Changing) -> None:
    there = triggers(target)
    changes.put("people", (3, "Cid", None, None))
    changes.clean_up("people")
    with pytest.raises(ChangesLost):
        catch_up(source, following(target), silent, changes=changes)
    assert triggers(target) == there


def test_triggers_come_back_with_the_next_call_where_the_target_was_lost(
    source: ArrowSource, target: Target, changes: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = triggers(target)

    def gone(*_: object, **__: object) -> None:
        raise TargetUnreachable("gone")

    with monkeypatch.context() as patch, pytest.raises(TargetUnreachable):
        patch.setattr(workflow, "run", gone)
        catch_up(source, following(target), silent, changes=changes)
    assert triggers(target) == set()
    catch_up(source, following(target), silent, changes=changes)
    assert triggers(target) == there


def test_triggers_come_back_when_somebody_interrupts(source: ArrowSource, target: Target, changes: Changing) -> None:
    there = triggers(target)

    def die(place: str) -> None:
        if place == "rows":
            raise KeyboardInterrupt

    changes.put("people", (3, "Cid", None, None))
    changes.at = die
    with pytest.raises(KeyboardInterrupt):
        catch_up(source, following(target), silent, changes=changes)
    assert triggers(target) == there
    changes.at = lambda _: None
    catch_up(source, following(target), silent, changes=changes)
    assert names(target)[-1] == (3, "Cid", None)


def test_triggers_of_others_are_not_touched(source: ArrowSource, target: Target, changes: Changing) -> None:
    with session(target) as connection:
        execute(
            connection,
            "CREATE TRIGGER `theirs` BEFORE INSERT ON `empty` FOR EACH ROW SET NEW.`name` = 'x'",
            doing="making a trigger",
        )
    with pytest.raises(TargetOccupied, match="theirs on empty"):
        catch_up(source, following(target), silent, changes=changes)
    assert "theirs" in triggers(target)


def test_a_final_round_proves_the_foreign_keys(source: ArrowSource, target: Target, changes: Changing) -> None:
    changes.put("people", (3, "Cid", None, 99))  # a source that says it checks this key cannot hold it
    there = triggers(target)
    with pytest.raises(TargetRejected, match="no parent"):
        catch_up(source, following(target, final=True), silent, changes=changes)
    assert triggers(target) == there


def test_another_source_or_other_rules_are_refused(
    source: ArrowSource, target: Target, changes: Changing, mysql: Target
) -> None:
    with pytest.raises(LedgerError, match="no copy of this source"):
        catch_up(replace(source, identity="other"), following(target), silent, changes=changes)
    wider = replace(PEOPLE, columns=(*PEOPLE.columns, Column("more", INT, nullable=True)))
    changed = replace(source, database=replace(DATABASE, tables=(wider, EMPTY)))
    with pytest.raises(LedgerError, match="other rules"):
        catch_up(changed, following(target), silent, changes=changes)


def test_a_copy_that_is_not_finished_is_refused(mysql: Target, changes: Changing, tmp_path: Path) -> None:
    source = ArrowSource(DATABASE, {PEOPLE.name: [batch_of(PEOPLE, FIRST)], EMPTY.name: []}, volatile=True)
    copy(source, Setting("shop", mysql, tmp_path, workers=1), silent)
    with session(mysql) as connection:
        versions.forget(connection, "people")
        execute(connection, f"UPDATE `{control.SLICE_TABLE}` SET `last` = 0", doing="as if it had died")
    with pytest.raises(LedgerError, match="not finished: people"):
        catch_up(source, following(mysql), silent, changes=changes)


def test_a_source_without_memory(source: ArrowSource, target: Target) -> None:
    with pytest.raises(ConfigError, match="remembers no changes") as caught:
        catch_up(source, following(target), silent)
    assert "CHANGE_TRACKING = ON" in caught.value.todo


def test_what_is_said(source: ArrowSource, target: Target, changes: Changing) -> None:
    changes.put("people", (3, "Cid", None, None))
    changes.at = lambda place: changes.put("people", (4, "Dan", None, None)) if place == "rows" else None
    done = catch_up(source, following(target), silent, changes=changes)
    text = catch_up_text(done)
    assert text.splitlines()[0].split() == ["round", "changes", "seconds", "version"]
    assert text.splitlines()[2].split()[:2] == ["1", "1"]
    assert "BEHIND. 1 changed row in 1 round; 1 changed row left" in text
    values = json.loads(json.dumps(catch_up_json(done)))
    assert (values["done"], values["changes"], values["left"]) == (False, 1, 1)
    assert values["tables"][0] == {"source": "dbo.people", "target": "people", "version": 8, "changes": 1, "left": 1}
    assert values["findings"][0]["rule"] == "catch-up-behind"

    changes.at = lambda _: None
    final = catch_up(source, following(target, final=True), silent, changes=changes)
    assert "CAUGHT UP. 1 changed row in 1 round; nothing is left." in catch_up_text(final)
    del changes.tables["empty"]
    unfollowed = catch_up(source, following(target, final=True), silent, changes=changes)
    assert "INCOMPLETE." in catch_up_text(unfollowed)
    assert catch_up_json(unfollowed)["unfollowed"] == ["dbo.empty"]
