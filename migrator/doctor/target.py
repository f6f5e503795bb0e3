"""The target: what it is, and what it is set to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.doctor.settings import how
from migrator.model.checkup import Area, Check, Grade
from migrator.mysql.grants import DEFINER
from migrator.mysql.probe import TargetFacts
from migrator.units import count, counted, volume

_LEAST: Final = (8, 0, 23)
_GIB: Final = 1 << 30
_LARGEST_PACKET: Final = _GIB
_USUAL_PACKET: Final = 64 << 20
_USUAL_PAGE: Final = 16_384
_REDO_CAPACITY: Final = (8, 0, 30)
"""Since then one variable says what innodb_log_file_size and innodb_log_files_in_group said before."""
_SPARE_CONNECTIONS: Final = 16


def target(facts: TargetFacts) -> Iterator[Check]:
    """Every check of the target that needs no knowledge of the source."""
    yield _version(facts)
    yield _writable(facts)
    yield from _local_infile(facts)
    yield from _packet(facts)
    yield from _contents(facts)
    yield from _sql_mode(facts)
    yield from _binary_log(facts)
    yield from _hidden_keys(facts)
    yield from _engine(facts)
    yield from _connections(facts)
    yield from _zones(facts)


def _version(facts: TargetFacts) -> Check:
    found = facts.text + (f", Aurora MySQL {facts.aurora}" if facts.aurora else "")
    if "mariadb" in facts.text.lower():
        return _check(
            "version",
            Grade.BLOCKER,
            found,
            "MariaDB is not MySQL: it lacks collations, index parts on expressions and JSON as they are used here",
            "use Aurora MySQL 3 or MySQL 8.0.23 and later",
        )
    if facts.version and facts.version < _LEAST:
        return _check(
            "version",
            Grade.BLOCKER,
            found,
            "what is written for the target is MySQL 8.0.23's dialect",
            "upgrade to Aurora MySQL 3 or MySQL 8.0.23 and later",
        )
    return _check("version", Grade.OK, found)


def _writable(facts: TargetFacts) -> Check:
    if facts.on("innodb_read_only"):
        return _check(
            "writes",
            Grade.BLOCKER,
            "innodb_read_only is on: a reader instance",
            "nothing can be loaded there",
            "use the writer endpoint of the cluster (the one without -ro-)" if facts.managed else "use the primary",
        )
    read_only = facts.on("read_only") and "SUPER" not in (facts.privileges or ())
    if facts.on("super_read_only") or read_only:
        return _check(
            "writes",
            Grade.BLOCKER,
            "super_read_only is on" if facts.on("super_read_only") else "read_only is on",
            "nothing can be loaded there",
            "use the primary; on the primary itself, turn it off",
            () if facts.managed else ("SET GLOBAL super_read_only = OFF, read_only = OFF;",),
        )
    return _check("writes", Grade.OK, "it takes writes")


def _local_infile(facts: TargetFacts) -> Iterator[Check]:
    on = facts.on("local_infile")
    if on:
        yield _check("local_infile", Grade.OK, "on")
    elif on is not None:
        yield _set(
            facts, "local_infile", Grade.BLOCKER, "off", "rows are loaded by LOAD DATA LOCAL: without it none is", "1"
        )


def _packet(facts: TargetFacts) -> Iterator[Check]:
    size = facts.number("max_allowed_packet")
    if size is None:
        return
    if size >= _USUAL_PACKET:
        yield _check("max_allowed_packet", Grade.OK, volume(size))
        return
    yield _set(
        facts,
        "max_allowed_packet",
        Grade.WARNING,
        volume(size),
        "a value that is longer cannot be compared, nor read by an application: functions answer NULL",
        str(_LARGEST_PACKET),
    )


def _contents(facts: TargetFacts) -> Iterator[Check]:
    if facts.exists is False and facts.database:
        yield _check("database", Grade.OK, f"{facts.database} is not there yet: it will be made")
    found = facts.contents
    if found is None:
        return
    if found.ours:
        yield _check(
            "database",
            Grade.OK,
            f"{facts.database} holds an earlier run ({counted(found.tables, 'table')})",
            "it is not written over by itself",
            "go on with --resume, or begin anew with --replace",
        )
    elif found.tables:
        yield _check(
            "database",
            Grade.BLOCKER,
            f"{facts.database} holds {counted(found.tables, 'table')} that migrator did not make",
            "rows are never mixed with those of others: a migration will refuse it",
            "name an empty database",
        )
    else:
        yield _check("database", Grade.OK, f"{facts.database} is there and empty ({found.collation})")


def _sql_mode(facts: TargetFacts) -> Iterator[Check]:
    mode = facts.variables.get("sql_mode")
    if mode is None:
        return
    modes = set(mode.split(","))
    if modes & {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"}:
        yield _check("sql_mode", Grade.OK, "strict")
        return
    yield _set(
        facts,
        "sql_mode",
        Grade.WARNING,
        f"not strict ({mode})" if mode else "empty",
        "our own sessions are strict; the application's would cut and bend values without an error, as SQL Server "
        "never does",
        ",".join(sorted(modes - {""} | {"STRICT_TRANS_TABLES", "ERROR_FOR_DIVISION_BY_ZERO"})),
    )


def _binary_log(facts: TargetFacts) -> Iterator[Check]:
    if facts.on("log_bin") is None:
        return
    if not facts.on("log_bin"):
        yield _check("binary log", Grade.OK, "off")
        return
    form = facts.variables.get("binlog_format", "ROW").upper()
    image = facts.variables.get("binlog_row_image", "FULL").lower()
    if form == "ROW":
        yield _check(
            "binary log",
            Grade.OK,
            f"on, by rows ({image} images)",
            "what is loaded is written twice; who needs no binary log during the load saves that time",
        )
    else:
        yield _set(
            facts,
            "binlog_format",
            Grade.WARNING,
            form.lower(),
            "a replica may get other rows than the source of a statement that is not deterministic",
            "ROW",
            name="binary log",
        )
    trusted = facts.on("log_bin_trust_function_creators")
    if trusted is False and not DEFINER & (facts.privileges or frozenset()):
        yield _set(
            facts,
            "log_bin_trust_function_creators",
            Grade.WARNING,
            "off, and the binary log is on",
            "triggers and functions are refused without SUPER (error 1419): those for row versions, histories and "
            "sequences are made after the load, and a migration that needs one stops there",
            "1",
        )


def _hidden_keys(facts: TargetFacts) -> Iterator[Check]:
    if facts.on("sql_generate_invisible_primary_key"):
        yield _set(
            facts,
            "sql_generate_invisible_primary_key",
            Grade.WARNING,
            "on",
            "tables without a primary key get a hidden column that the source does not have",
            "0",
        )


def _engine(facts: TargetFacts) -> Iterator[Check]:
    pool = facts.number("innodb_buffer_pool_size")
    if pool is not None and pool < _GIB:
        yield _set(
            facts,
            "innodb_buffer_pool_size",
            Grade.WARNING,
            volume(pool),
            "indexes that do not fit are built from disk, which takes many times as long",
            str(4 * _GIB),
        )
    elif pool is not None:
        yield _check("innodb_buffer_pool_size", Grade.OK, volume(pool))
    page = facts.number("innodb_page_size")
    if page is not None and page < _USUAL_PAGE:
        yield _check(
            "innodb_page_size",
            Grade.WARNING,
            f"{count(page)} bytes",
            "the longest key and the longest row are shorter than with 16,384: some tables and indexes may be refused",
            "make the data folder anew with the usual page size",
        )
    if facts.aurora:
        return  # its storage keeps the log, and flushes as it does
    flush = facts.number("innodb_flush_log_at_trx_commit")
    if flush == 1:
        yield _check(
            "innodb_flush_log_at_trx_commit",
            Grade.OK,
            "1",
            "every commit waits for the disk. During the load 2 is faster: --resume loads again what a power cut takes",
        )
    elif flush is not None:
        yield _check(
            "innodb_flush_log_at_trx_commit",
            Grade.OK,
            str(flush),
            "fast: a power cut takes the last second, rows and the record of them together, so --resume loads it again",
            "set it to 1 before the cutover: the application's last second would be lost",
        )
    yield from _redo(facts)


def _redo(facts: TargetFacts) -> Iterator[Check]:
    capacity = facts.number("innodb_redo_log_capacity")
    variable = "innodb_redo_log_capacity"
    if capacity is None:
        size, files = facts.number("innodb_log_file_size"), facts.number("innodb_log_files_in_group")
        if size is None or files is None:
            return
        capacity, variable = size * files, "innodb_log_file_size"
    if capacity >= _GIB:
        yield _check("redo log", Grade.OK, volume(capacity))
        return
    yield _set(
        facts,
        variable,
        Grade.WARNING,
        volume(capacity),
        "a load fills it in seconds and then waits until pages are written",
        str(4 * _GIB if variable == "innodb_redo_log_capacity" else 2 * _GIB),
        name="redo log",
    )


def _connections(facts: TargetFacts) -> Iterator[Check]:
    most = facts.number("max_connections")
    if most is None or facts.connections is None:
        return
    free = most - facts.connections
    if free >= _SPARE_CONNECTIONS:
        yield _check("connections", Grade.OK, f"{count(free)} of {count(most)} are free")
        return
    yield _set(
        facts,
        "max_connections",
        Grade.WARNING,
        f"{count(max(free, 0))} of {count(most)} are free",
        "every worker takes one or two",
        str(most + 100),
        name="connections",
    )


def _zones(facts: TargetFacts) -> Iterator[Check]:
    scheduler = facts.on("event_scheduler")
    if scheduler is not None:
        yield _check(
            "event_scheduler", Grade.OK, "on: events of the target go on during the load" if scheduler else "off"
        )
    if facts.zones:
        yield _check("time zones", Grade.OK, "their tables are filled")
    elif facts.zones is False:
        yield _check(
            "time zones",
            Grade.WARNING,
            "their tables are empty",
            "AT TIME ZONE becomes CONVERT_TZ with a zone's name, which then answers NULL",
            "fill them, on the server's machine"
            if not facts.managed
            else "ask Amazon's support: they are filled there",
            () if facts.managed else ("mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql -u root mysql",),
        )


def _set(facts: TargetFacts, variable: str, grade: Grade, found: str, why: str, value: str, *, name: str = "") -> Check:
    advice, statements = how(facts, variable, value)
    return Check(Area.TARGET, name or variable, grade, found, why, advice, statements)


def _check(
    name: str, grade: Grade, found: str, why: str = "", advice: str = "", statements: tuple[str, ...] = ()
) -> Check:
    return Check(Area.TARGET, name, grade, found, why, advice, statements)
