"""The questions of the doctor, before a server that answers by query and refuses some."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from support.sys_views import SysViews

from migrator.errors import SourceDenied, SourceRejected, SourceUnreachable
from migrator.sqlserver.facts import Automatic, Log, Options, Retention, SourceFacts, TableFacts, Transactions, Volume
from migrator.sqlserver.probe import probe_source
from migrator.sqlserver.version import NEWEST, OLDEST

Answers = dict[str, Any]
VERSION: Final = "Microsoft SQL Server 2019 (RTM) - 15.0.2000.5 (X64)\n\tSep 24 2019"
HEALTHY: Final[Answers] = {
    r"@@VERSION": [(VERSION, "15.0.2000.5", "3", None)],
    r"'Edition'": [("shop", "15.0.2000.5", "Developer Edition (64-bit)", "mover")],
    r"HAS_PERMS_BY_NAME\((NULL|DB_NAME)": None,  # as many as are asked for
    r"FROM sys\.databases": [(150, "Latin1_General_CI_AS", 0, 1, 0, "FULL", "LOG_BACKUP", 1, 0, 1, "READ_WRITE", 0)],
    r"CASE WHEN EXISTS": [("dbo", "zebra", 0, 1, 0), ("dbo", "apes", 1, 1, 1)],
    r"QUOTENAME\(t\.name\)": [("dbo", "apes", 1, 0), ("dbo", "zebra", 0, None)],
    r"change_tracking_tables": [("dbo", "apes")],
    r"dm_db_partition_stats": [("dbo", "apes", 81920), ("dbo", "zebra", 0)],
    r"FILEPROPERTY": [(123456,)],
    r"dm_db_log_space_usage": [(1000, 10)],
    r"dm_os_volume_stats": [("E:\\", 100, 50), ("D:\\", 200, 20)],
    r"change_tracking_databases": [(3, "HOURS", 1)],
    r"GROUP BY c\.collation_name": [("Latin1_General_CI_AS", 4), ("Finnish_CS_AS", 1)],
    r"encryption_type": [(2,)],
    r"sys\.assemblies": [(1,)],
    r"sys\.sequences": [(1, 2, 3)],
    r"sys\.filegroups": [(1,)],
    r"dm_tran_database_transactions": [(2, 3600)],
    r"blocking_session_id": [(5,)],
    r"SYSUTCDATETIME\(\), SYSDATETIME": [(119,)],
    r"^SELECT SYSUTCDATETIME\(\)$": lambda _: [(datetime.now(UTC).replace(tzinfo=None),)],
}


class FakeLink:
    """Answers each query by the one pattern that fits it; an error is raised, a function is asked."""

    def __init__(self, **changes: Any) -> None:
        self.answers = HEALTHY | changes
        self.asked: list[str] = []

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        self.asked.append(sql)
        [pattern] = [pattern for pattern in self.answers if re.search(pattern, sql)]
        answer = self.answers[pattern]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return [(1,) * sql.count("HAS_PERMS_BY_NAME")]
        found: list[tuple[Any, ...]] = answer(sql) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]
        return found


def probed(**changes: Any) -> SourceFacts:
    return probe_source(FakeLink(**changes).rows)


def test_every_answer_is_kept() -> None:
    facts = probed()
    assert (facts.database, facts.user, facts.build) == ("shop", "mover", (15, 0, 2000, 5))
    assert facts.edition == "Developer Edition (64-bit)"
    assert facts.options == Options(
        150, "Latin1_General_CI_AS", False, True, True, False, "FULL", "LOG_BACKUP", True, False, True, False
    )
    assert facts.tables == (
        TableFacts("dbo", "apes", True, True, True, True, True, False, 81920),
        TableFacts("dbo", "zebra", False, True, False, False, False, None, 0),
    )
    assert facts.log == Log(1000, 10)
    assert facts.volumes == (Volume("D:\\", 200, 20), Volume("E:\\", 100, 50))
    assert facts.retention == Retention(180, cleanup=True)
    assert facts.collations == (("Finnish_CS_AS", 1), ("Latin1_General_CI_AS", 4))
    assert (facts.bytes, facts.encrypted_columns, facts.assemblies, facts.memory_filegroup) == (123456, 2, 1, True)
    assert (facts.transactions, facts.blocked, facts.offset) == (Transactions(2, 3600), 5, 120)
    assert facts.automatic == Automatic(1, 2, 3)
    assert facts.clock is not None
    assert abs(facts.clock.ahead) < 1
    assert all(granted for _, granted in facts.held)
    assert facts.unasked == ()


OPTIONAL: Final = tuple(HEALTHY)[1:]
"""Every question but the first: that one says whether it is a server of ours at all."""


@pytest.mark.parametrize("pattern", OPTIONAL)
@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (SourceDenied("refused", why="SQL Server error 300: VIEW SERVER STATE permission was denied"), "300"),
        (SourceRejected("refused", why="SQL Server error 208: Invalid object name"), "208"),
        ([("what", "is", "this")], "not as expected"),
    ],
)
def test_what_is_refused_or_strange_has_a_name(pattern: str, answer: object, word: str) -> None:
    facts = probed(**{pattern: answer})
    assert len(facts.unasked) in (1, 2), facts.unasked  # without permissions, others' sessions are not seen either
    assert word in facts.unasked[0].why


def test_a_server_that_refuses_everything_is_still_a_server() -> None:
    facts = probed(**dict.fromkeys(OPTIONAL, SourceDenied("no", why="no")))
    assert facts.product.major == 15
    assert len(facts.unasked) == len({item.question for item in facts.unasked}) == len(HEALTHY) - 1 - 3  # no tables
    assert facts.tables is None
    assert facts.held == ()


@pytest.mark.parametrize("pattern", OPTIONAL)
def test_a_lost_connection_is_an_error(pattern: str) -> None:
    with pytest.raises(SourceUnreachable):
        probed(**{pattern: SourceUnreachable("gone")})


def test_sessions_of_others_are_not_taken_for_none() -> None:
    def all_but_state(sql: str) -> list[tuple[Any, ...]]:
        wanted = re.findall(r"HAS_PERMS_BY_NAME\([^)]*?N'([^']*)'\)", sql.replace("DB_NAME()", "x"))
        return [tuple(int("STATE" not in name) for name in wanted)]

    link = FakeLink(**{r"HAS_PERMS_BY_NAME\((NULL|DB_NAME)": all_but_state})
    facts = probe_source(link.rows)
    assert facts.blocked is None
    assert [item.question for item in facts.unasked] == ["blocked sessions"]
    assert "VIEW SERVER STATE" in facts.unasked[0].why
    assert not any("blocking_session_id" in sql for sql in link.asked)


def _asked(version: str, edition: str, text: str = "Microsoft SQL", babelfish: str | None = None) -> str:
    link = FakeLink(**{r"@@VERSION": [(text, version, edition, babelfish)]})
    probe_source(link.rows)
    return "\n".join(link.asked)


def test_nothing_is_asked_that_a_release_does_not_know() -> None:
    old = _asked("11.0.7001.0", "3")
    assert "encryption_type" not in old  # 2016
    assert "temporal_type" not in old  # 2016
    assert "is_memory_optimized" not in old  # 2014
    assert "PERFORMANCE STATE" not in old  # 2022
    new = _asked("16.0.1000.6", "3")
    assert "encryption_type" in new
    assert "is_memory_optimized" in new
    assert "VIEW SERVER PERFORMANCE STATE" in new
    assert "VIEW SERVER STATE" not in new


@pytest.mark.parametrize("major", range(OLDEST, NEWEST + 1))
def test_the_catalog_of_every_release_takes_the_questions(major: int) -> None:
    """The views that are known column by column answer themselves; what goes beyond them is the fake's."""
    views, link = SysViews(major), FakeLink(**{r"@@VERSION": [(f"SQL Server {major}", f"{major}.0.1.1", "3", None)]})
    answered: list[str] = []

    def rows(sql: str) -> list[tuple[Any, ...]]:
        named = set(re.findall(r"\bsys\.(\w+)", sql))
        if not named or named & BEYOND or "HAS_PERMS_BY_NAME" in sql:
            return link.rows(sql)
        answered.append(sql)
        return views.rows(sql)

    facts = probe_source(rows)
    assert facts.unasked == ()
    assert len(answered) == (7 if major >= 13 else 6)  # Always Encrypted came with 2016


BEYOND: Final = {
    "databases", "database_files", "filegroups", "change_tracking_databases", "dm_db_log_space_usage",
    "dm_os_volume_stats", "dm_tran_database_transactions", "dm_exec_requests",
}  # fmt: skip


def test_a_single_database_has_no_server_around_it() -> None:
    azure = _asked("12.0.2000.8", "5", "Microsoft SQL Azure")
    assert "HAS_PERMS_BY_NAME(NULL" not in azure
    assert "dm_os_volume_stats" not in azure
    assert "N'VIEW DATABASE STATE'" in azure


def test_babelfish_is_asked_what_it_may_know() -> None:
    asked = _asked("12.0.2000.8", "2", "Babelfish for PostgreSQL", "4.3.0")
    assert "is_memory_optimized" not in asked
    assert "dm_os_volume_stats" not in asked


def test_a_database_without_change_tracking_says_so_by_an_empty_answer() -> None:
    facts = probed(change_tracking_databases=[])
    assert facts.retention is None
    assert facts.unasked == ()


def test_no_secret_of_a_row_is_asked_for() -> None:
    link = FakeLink()
    probe_source(link.rows)
    assert all("FROM sys." in sql or "FROM" not in sql for sql in link.asked)
    assert not any(re.search(r"\b(UPDATE|DELETE|INSERT|ALTER|CREATE|DROP)\b(?! ANY)", sql) for sql in link.asked)
