"""Rounds of changes against a real MySQL: whatever happened in the source, and whatever breaks on the way, the target
ends as the source is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from support.changing import Changing, Row, Rows, batch_of, table_of

from migrator.copy import catch_up as catching
from migrator.copy.catch_up import Bound, catch_up
from migrator.errors import (
    ChangesLost,
    SourceUnreachable,
    TargetOccupied,
    TargetRejected,
    TargetUnreachable,
)
from migrator.events import Advanced, Event, Found, silent
from migrator.model.datatype import DataType, SqlType
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, Part, TableMapping, TargetColumn
from migrator.model.schema import Table
from migrator.model.segment import Slice
from migrator.mysql import control, versions
from migrator.mysql.connect import Connection, commit, execute, fetch, kill, session
from migrator.mysql.fingerprint import table_fingerprint
from migrator.mysql.keyed import delete_staged
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.wire.rows import fingerprint

INT, TEXT = DataType(SqlType.INT), DataType(SqlType.NVARCHAR, length=20)
GUID, MOMENT = DataType(SqlType.UNIQUEIDENTIFIER), DataType(SqlType.DATETIMEOFFSET, scale=3)

ONCE = Bound(changes=0, rounds=1)
Pair = tuple[Table, TableMapping]


def whole(name: str, type_: str, form: Form, *, nullable: bool = True) -> TargetColumn:
    return TargetColumn(name, name, type_, form, nullable)


PEOPLE = table_of("people", {"id": INT, "name": TEXT, "boss": INT}, ["id"])
PEOPLE_IN_MYSQL = TableMapping(
    PEOPLE.name,
    "people",
    (
        whole("id", "INT", Form.INTEGER, nullable=False),
        whole("name", "VARCHAR(20)", Form.TEXT),
        whole("boss", "INT", Form.INTEGER),
    ),
    ("id",),
)
PEOPLE_DDL = """CREATE TABLE `people` (`id` INT NOT NULL PRIMARY KEY, `name` VARCHAR(20), `boss` INT,
  UNIQUE KEY (`name`), FOREIGN KEY (`boss`) REFERENCES `people` (`id`) ON DELETE CASCADE)
  COLLATE utf8mb4_0900_as_ci"""
THEM: Pair = (PEOPLE, PEOPLE_IN_MYSQL)


def prepared(target: Target, source: Changing, ddl: dict[str, str]) -> Target:
    """The target as an empty copy of the source's first moment leaves it."""
    with session(target) as connection:
        control.claim(connection, control.Run("r" * 32, "changing", "m" * 64, tuple(ddl)))
        for statement in ddl.values():
            execute(connection, statement, doing="making a table")
        versions.begin(connection, source.now, ddl)
    return target


@pytest.fixture
def source() -> Changing:
    return Changing({"people": Rows(PEOPLE)})


@pytest.fixture
def target(mysql: Target, source: Changing) -> Target:
    return prepared(mysql, source, {"people": PEOPLE_DDL})


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching, "retrying", lambda **how: retrying(**how).copy(sleep=lambda _: None))


def same(source: Changing, target: Target, *pairs: Pair) -> bool:
    """True if every row of these tables is the same on both sides."""
    with session(target) as connection:
        return all(
            table_fingerprint(connection, mapping)
            == fingerprint(batch_of(table, list(source.tables[table.name.name].rows.values())), mapping)
            for table, mapping in pairs
        )


def held(target: Target) -> list[Row]:
    with session(target) as connection:
        return fetch(connection, "SELECT * FROM `people` ORDER BY `id`")


def reached(target: Target, table: str = "people") -> versions.Reached:
    with session(target) as connection:
        return versions.reached(connection)[table]


def test_what_came_changed_and_went(source: Changing, target: Target) -> None:
    source.put("people", *((n, f"name {n}", None) for n in range(10)))
    first = catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert (first.changes, first.left, first.done) == (10, 0, True)
    assert same(source, target, THEM)

    source.put("people", (3, "renamed", 4))
    source.take("people", (5,), (6,))
    source.put("people", (6, "again", None))  # deleted and inserted anew
    source.take("people", (7,))
    source.put("people", (70, "name 7", None))  # another key for the same row
    source.put("people", (11, "short life", None))
    source.take("people", (11,))
    second = catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert second.changes == 6
    assert same(source, target, THEM)
    assert reached(target) == versions.Reached(source.now, 16)
    [table] = second.tables
    assert (table.source, table.target, table.version, table.changes) == ("dbo.people", "people", source.now, 6)


def test_a_round_without_changes_moves_the_version_alone(source: Changing, target: Target) -> None:
    source.now += 100  # other tables changed
    result = catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert (result.changes, result.left) == (0, 0)
    assert reached(target) == versions.Reached(source.now, 0)


@pytest.mark.parametrize("rows_a_batch", [1, 2, 100])
def test_unique_values_change_places(source: Changing, target: Target, rows_a_batch: int) -> None:
    source.rows_a_batch = rows_a_batch
    source.put("people", (1, "a", None), (2, "b", None), (3, "c", None), (4, "d", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    source.put("people", (1, "b", None), (2, "c", None), (3, "a", None))
    source.take("people", (4,))
    source.put("people", (0, "d", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert held(target) == [(0, "d", None), (1, "b", None), (2, "c", None), (3, "a", None)]


def test_children_stay_when_their_parent_goes_and_comes_back(source: Changing, target: Target) -> None:
    source.put("people", (1, "boss", None), (2, "child", 1), (3, "grandchild", 2))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    source.put("people", (1, "the boss", 9), (9, "chairman", 1))  # a ring, and children that come before their parents
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert held(target) == [(1, "the boss", 9), (2, "child", 1), (3, "grandchild", 2), (9, "chairman", 1)]


def test_two_rows_with_one_unique_value_are_an_error_and_change_nothing(source: Changing, target: Target) -> None:
    source.put("people", (1, "Ann", None), (2, "Bob", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    before = reached(target)
    source.put("people", (2, "ann", None), (3, "Cid", None))  # as the target compares, it is there already
    with pytest.raises(TargetRejected, match="people"):
        catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert held(target) == [(1, "Ann", None), (2, "Bob", None)]
    assert reached(target) == before


# Keys of other kinds.


def test_composite_keys(mysql: Target) -> None:
    table = table_of("lines", {"order": INT, "line": TEXT, "what": TEXT}, ["line", "order"])
    columns = (
        replace(whole("order", "INT", Form.INTEGER, nullable=False), name="or`der"),
        whole("line", "VARCHAR(20)", Form.TEXT, nullable=False),
        whole("what", "VARCHAR(20)", Form.TEXT),
    )
    pair = (table, TableMapping(table.name, "li`nes", columns, ("line", "or`der")))
    source = Changing({"lines": Rows(table)})
    ddl = (
        "CREATE TABLE `li``nes` (`or``der` INT NOT NULL, `line` VARCHAR(20) NOT NULL, `what` VARCHAR(20), "
        "PRIMARY KEY (`line`, `or``der`))"
    )
    prepared(mysql, source, {"li`nes": ddl})
    source.put("lines", *((n, f"l{m}", "x\t\\y\n") for n in range(4) for m in range(4)))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    source.take("lines", ("l1", 2), ("l2", 1))
    source.put("lines", (1, "l2", "back"), (3, "l3", "new"))
    assert catch_up(source, [pair], mysql, bound=ONCE, emit=silent).changes == 3
    assert same(source, mysql, pair)


def test_guid_keys_and_companion_columns(mysql: Target) -> None:
    table = table_of("visits", {"token": GUID, "at": MOMENT}, ["token"])
    columns = (
        whole("token", "CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci", Form.UUID, nullable=False),
        TargetColumn("at", "at", "DATETIME(3)", Form.DATETIME, True, Part.UTC, scale=3),
        TargetColumn("at_offset", "at", "SMALLINT", Form.INTEGER, True, Part.OFFSET_MINUTES),
    )
    pair = (table, TableMapping(table.name, "visits", columns, ("token",)))
    source = Changing({"visits": Rows(table)})
    ddl = (
        "CREATE TABLE `visits` (`token` CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL PRIMARY KEY, "
        "`at` DATETIME(3), `at_offset` SMALLINT)"
    )
    prepared(mysql, source, {"visits": ddl})
    tokens = [UUID(int=n << 90 | 0xABC).bytes for n in range(1, 9)]
    source.put("visits", *((token, {"utc": 10**17 + n * 10_000, "minutes": n - 4}) for n, token in enumerate(tokens)))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    source.put("visits", (tokens[0], None), (tokens[1], {"utc": 10**17, "minutes": 330}))
    source.take("visits", (tokens[2],))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    assert same(source, mysql, pair)


def test_a_moment_with_offset_as_key_is_known_by_its_moment(mysql: Target) -> None:
    table = table_of("beats", {"at": MOMENT, "what": TEXT}, ["at"])
    columns = (
        TargetColumn("at", "at", "DATETIME(3)", Form.DATETIME, False, Part.UTC, scale=3),
        TargetColumn("at_offset", "at", "SMALLINT", Form.INTEGER, False, Part.OFFSET_MINUTES),
        whole("what", "VARCHAR(20)", Form.TEXT),
    )
    pair = (table, TableMapping(table.name, "beats", columns, ("at",)))

    def moment(key: Row) -> Row:
        [at] = key
        assert isinstance(at, dict)
        return (at["utc"],)

    source = Changing({"beats": Rows(table, same=moment)})
    ddl = (
        "CREATE TABLE `beats` (`at` DATETIME(3) NOT NULL PRIMARY KEY, `at_offset` SMALLINT NOT NULL, "
        "`what` VARCHAR(20))"
    )
    prepared(mysql, source, {"beats": ddl})
    source.put("beats", ({"utc": 10**17, "minutes": 60}, "there"), ({"utc": 10**17 + 10_000, "minutes": 0}, "too"))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    source.put("beats", ({"utc": 10**17, "minutes": -60}, "elsewhere"))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    assert same(source, mysql, pair)


def test_text_keys_whose_case_does_not_count(mysql: Target) -> None:
    table = table_of("codes", {"code": TEXT, "what": TEXT}, ["code"])
    columns = (whole("code", "VARCHAR(20)", Form.TEXT, nullable=False), whole("what", "VARCHAR(20)", Form.TEXT))
    pair = (table, TableMapping(table.name, "codes", columns, ("code",)))
    source = Changing({"codes": Rows(table, same=lambda key: (str(key[0]).lower(),))})
    ddl = (
        "CREATE TABLE `codes` (`code` VARCHAR(20) NOT NULL PRIMARY KEY, `what` VARCHAR(20)) COLLATE utf8mb4_0900_as_ci"
    )
    prepared(mysql, source, {"codes": ddl})
    source.put("codes", ("żółw", "1"), ("Zolw", "2"), ("it's", "3"), ("gone", "4"))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    source.put("codes", ("ŻÓŁW", "loud"))
    source.take("codes", ("GONE",))
    catch_up(source, [pair], mysql, bound=ONCE, emit=silent)
    assert same(source, mysql, pair)


# What breaks.


def broken_before(connection: Connection) -> None:
    connection.rollback()
    raise TargetUnreachable("gone before the commit")


def broken_after(connection: Connection) -> None:
    commit(connection, doing="committing")
    raise TargetUnreachable("gone before the answer")


@pytest.mark.parametrize("broken", [broken_before, broken_after])
@pytest.mark.parametrize("at", [1, 2])
def test_a_commit_without_an_answer(
    source: Changing,
    target: Target,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[Connection], None],
    at: int,
) -> None:
    commits = 0

    def unsure(connection: Connection, *, doing: str) -> None:
        nonlocal commits
        commits += 1
        if commits == at:
            broken(connection)
        commit(connection, doing=doing)

    source.put("people", *((n, f"name {n}", None) for n in range(10)))
    monkeypatch.setattr(catching, "commit", unsure)
    result = catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert commits > at
    assert (result.changes, result.tables[0].changes) == (10, 10)
    assert reached(target) == versions.Reached(source.now, 10)
    assert same(source, target, THEM)


def test_a_source_that_is_lost_in_the_middle_is_asked_again(source: Changing, target: Target) -> None:
    source.put("people", *((n, f"name {n}", None) for n in range(10)))
    left = ["keys", "rows"]

    def lost(place: str) -> None:
        if place in left:
            left.remove(place)
            raise SourceUnreachable("gone")

    source.at = lost
    assert catch_up(source, [THEM], target, bound=ONCE, emit=silent).changes == 10
    assert not left
    assert same(source, target, THEM)


def test_a_target_that_drops_the_connection_is_asked_again(source: Changing, target: Target) -> None:
    source.put("people", *((n, f"name {n}", None) for n in range(10)))
    left = ["keys", "rows"]

    def drop(place: str) -> None:
        if place in left:
            left.remove(place)
            with session(target) as connection:
                others = fetch(
                    connection,
                    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
                )
            kill(target, [number for (number,) in others])

    source.at = drop
    assert catch_up(source, [THEM], target, bound=ONCE, emit=silent).changes == 10
    assert not left
    assert same(source, target, THEM)


def test_a_killed_run_goes_on_where_it_was(source: Changing, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    source.put("people", (1, "a", None), (2, "b", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    source.put("people", (1, "b", None), (2, "a", None))

    def killed(*parts: object) -> int:
        delete_staged(*parts)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(catching, "delete_staged", killed)
        catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert held(target) == [(1, "a", None), (2, "b", None)]
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert held(target) == [(1, "b", None), (2, "a", None)]


def test_a_source_without_snapshots_is_read_again_when_rows_do_not_fit_together(
    source: Changing, target: Target
) -> None:
    source.put("people", (1, "a", None), (2, "b", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    source.steady = False
    source.put("people", (1, "c", None))

    def meanwhile(place: str) -> None:
        if place == "keys":
            source.at = lambda _: None
            source.put("people", (2, "d", None), (1, "b", None))

    # The keys of the first reading say nothing of 2, whose old value 1 has now.
    source.at = meanwhile
    events: list[Event] = []
    catch_up(source, [THEM], target, bound=Bound(changes=0, rounds=3), emit=events.append)
    assert held(target) == [(1, "b", None), (2, "d", None)]
    assert [event.finding.rule for event in events if isinstance(event, Found)] == ["catch-up-no-snapshot"]


@pytest.mark.parametrize("lose", [Changing.clean_up, Changing.truncate])
def test_changes_that_the_source_forgot(
    source: Changing, target: Target, lose: Callable[[Changing, str], None]
) -> None:
    source.put("people", (1, "a", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    source.put("people", (2, "b", None))
    lose(source, "people")
    with pytest.raises(ChangesLost, match=r"dbo\.people") as caught:
        catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert "copy these tables again" in caught.value.todo
    assert held(target) == [(1, "a", None)]


def test_a_source_that_was_restored(source: Changing, target: Target) -> None:
    source.put("people", (1, "a", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    source.now -= 1
    with pytest.raises(ChangesLost):
        catch_up(source, [THEM], target, bound=ONCE, emit=silent)


# Which tables, and how many rounds.


def test_tables_that_cannot_be_followed_are_named(source: Changing, target: Target) -> None:
    heap = table_of("heap", {"id": INT}, [])
    untracked = table_of("untracked", {"id": INT}, ["id"])
    elsewhere = table_of("elsewhere", {"id": INT, "code": INT}, ["id"])
    late = table_of("late", {"id": INT}, ["id"])
    source.tables |= {"heap": Rows(heap), "elsewhere": Rows(elsewhere), "late": Rows(late)}
    column = whole("id", "INT", Form.INTEGER, nullable=False)
    pairs = [
        THEM,
        (heap, TableMapping(heap.name, "heap", (column,))),
        (untracked, TableMapping(untracked.name, "untracked", (column,), ("id",))),
        (
            elsewhere,
            TableMapping(elsewhere.name, "elsewhere", (whole("code", "INT", Form.INTEGER, nullable=False),), ("code",)),
        ),
        (late, TableMapping(late.name, "late", (column,), ("id",))),
    ]
    source.put("people", (1, "a", None))
    result = catch_up(source, pairs, target, bound=ONCE, emit=silent)
    assert result.unfollowed == ("dbo.heap", "dbo.untracked", "dbo.elsewhere", "dbo.late")
    assert [(finding.rule, finding.object) for finding in result.findings] == [
        ("catch-up-no-key", "dbo.heap"),
        ("catch-up-untracked", "dbo.untracked"),
        ("catch-up-other-key", "dbo.elsewhere"),
        ("catch-up-no-version", "dbo.late"),
    ]
    assert (result.changes, result.done) == (1, True)
    assert not catch_up(source, pairs, target, bound=ONCE, final=True, emit=silent).done


def writing(source: Changing, amounts: list[int]) -> Callable[[str], None]:
    """Let as many rows change while a round reads its keys, round by round."""
    waiting = iter(amounts)

    def write(place: str) -> None:
        if place == "keys":
            source.at = lambda _: None
            amount = next(waiting, 0)
            if amount:
                source.put("people", *((n, f"at {source.now} {n}", None) for n in range(amount)))
            source.at = lambda place: None if place != "version" else setattr(source, "at", write)

    return write


def test_rounds_go_on_until_little_is_left(source: Changing, target: Target) -> None:
    source.put("people", *((n, f"name {n}", None) for n in range(50)))
    source.at = writing(source, [20, 8, 2])
    events: list[Event] = []
    result = catch_up(source, [THEM], target, bound=Bound(changes=5), emit=events.append)
    assert [round_.changes for round_ in result.rounds] == [50, 20, 8]
    assert (result.left, result.done, result.findings) == (2, True, ())
    assert sum(event.amount for event in events if isinstance(event, Advanced)) == 78
    assert result.tables[0].left == 2
    last = catch_up(source, [THEM], target, bound=Bound(), final=True, emit=silent)
    assert (last.changes, last.left, last.done, last.final) == (2, 0, True, True)
    assert same(source, target, THEM)


def test_a_source_that_changes_faster_than_it_is_followed(source: Changing, target: Target) -> None:
    source.put("people", (1, "a", None))
    source.at = writing(source, [20, 20, 20, 20])
    result = catch_up(source, [THEM], target, bound=Bound(changes=5, rounds=3), emit=silent)
    assert (len(result.rounds), result.left, result.done) == (3, 20, False)
    [finding] = result.findings
    assert finding.rule == "catch-up-behind"
    assert "20 changed rows are left" in finding.reason


def test_a_round_that_is_quick_enough_is_near_enough(source: Changing, target: Target) -> None:
    source.put("people", (1, "a", None))
    source.at = writing(source, [20, 20])
    result = catch_up(source, [THEM], target, bound=Bound(changes=None, seconds=3600.0), emit=silent)
    assert (len(result.rounds), result.left, result.near) == (1, 20, True)


def test_a_frozen_source_that_still_changes(source: Changing, target: Target) -> None:
    source.put("people", (1, "a", None))
    source.at = writing(source, [3])
    result = catch_up(source, [THEM], target, bound=Bound(), final=True, emit=silent)
    assert (len(result.rounds), result.left, result.done) == (1, 3, False)
    assert [finding.rule for finding in result.findings] == ["catch-up-not-frozen"]


def test_rounds_begin_some_time_apart(source: Changing, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(catching, "sleep", slept.append)
    source.put("people", (1, "a", None))
    source.at = writing(source, [20, 20, 20])
    catch_up(source, [THEM], target, bound=Bound(changes=5, rounds=3, every_s=60.0), emit=silent)
    assert len(slept) == 2
    assert all(50 < pause <= 60 for pause in slept)


# What else the target knows.


def test_a_fingerprint_of_the_copy_is_forgotten_with_the_first_change(source: Changing, target: Target) -> None:
    with session(target, autocommit=False) as connection:
        done = Slice(PEOPLE.name, "0", 0, 1)
        control.record(connection, PEOPLE_IN_MYSQL, done, Fingerprint(1, 2, 3), 10, last=True, repaired={})
        commit(connection, doing="committing")
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    with session(target) as connection:
        assert "people" in control.recorded(connection)
    source.put("people", (1, "a", None))
    catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    with session(target) as connection:
        assert control.recorded(connection) == {}


def test_tables_with_triggers_are_left_alone(source: Changing, target: Target) -> None:
    with session(target) as connection:
        execute(
            connection,
            "CREATE TRIGGER `stamp` BEFORE INSERT ON `people` FOR EACH ROW SET NEW.`name` = 'fired'",
            doing="making a trigger",
        )
    source.put("people", (1, "a", None))
    with pytest.raises(TargetOccupied, match="stamp on people"):
        catch_up(source, [THEM], target, bound=ONCE, emit=silent)
    assert held(target) == []
