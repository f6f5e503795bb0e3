"""A SQL Server and a MySQL with which nothing is wrong; tests change what they are about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from migrator.model.checkup import Check, Clock, Grade
from migrator.mysql.grants import PRIVILEGES
from migrator.mysql.probe import Contents, TargetFacts
from migrator.sqlserver.facts import Automatic, Log, Options, Retention, SourceFacts, TableFacts, Transactions, Volume
from migrator.sqlserver.grants import Scope, Task, needs
from migrator.sqlserver.version import EngineEdition, Product

SQL_2022 = Product(16, EngineEdition.SERVER, "Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64)")
OPTIONS = Options(
    compatibility=160,
    collation="Latin1_General_100_CI_AS_SC_UTF8",
    read_only=False,
    updatable=True,
    snapshot_isolation=True,
    read_committed_snapshot=True,
    recovery="FULL",
    log_wait="NOTHING",
    cdc=False,
    encrypted=False,
    published=False,
)
ORDERS = TableFacts(
    "sales", "orders", primary_key=True, key=True, tracked=True, selectable=True, changes_visible=True, lob_bytes=8192
)


def held(product: Product, *lacking: str) -> tuple[Any, ...]:
    """Everything that is needed, except what is named."""
    wanted = [need for need in needs(product, tuple(Task)) if need.scope is not Scope.SCHEMA]
    return tuple((need, need.permission not in lacking) for need in wanted)


SOURCE = SourceFacts(
    product=SQL_2022,
    database="shop",
    build=(16, 0, 1000, 6),
    edition="Enterprise Edition (64-bit)",
    user="mover",
    options=OPTIONS,
    bytes=50_000_000_000,
    log=Log(1_000_000_000, 10_000_000),
    volumes=(Volume("D:\\", 1_000_000_000_000, 500_000_000_000),),
    retention=Retention(2 * 24 * 60, cleanup=True),
    tables=(ORDERS,),
    collations=(("Latin1_General_100_CI_AS_SC_UTF8", 12),),
    encrypted_columns=0,
    assemblies=0,
    automatic=Automatic(0, 0, 0),
    memory_filegroup=False,
    held=held(SQL_2022),
    transactions=Transactions(0, 0),
    blocked=0,
    clock=Clock(0.01, 0.001, 0.002),
    offset=0,
)
VARIABLES = {
    "basedir": "/usr/",
    "binlog_format": "ROW",
    "binlog_row_image": "FULL",
    "event_scheduler": "OFF",
    "innodb_buffer_pool_size": str(8 << 30),
    "innodb_flush_log_at_trx_commit": "1",
    "innodb_page_size": "16384",
    "innodb_read_only": "OFF",
    "innodb_redo_log_capacity": str(4 << 30),
    "local_infile": "ON",
    "log_bin": "OFF",
    "log_bin_trust_function_creators": "OFF",
    "lower_case_table_names": "0",
    "max_allowed_packet": str(1 << 30),
    "max_connections": "500",
    "read_only": "OFF",
    "sql_generate_invisible_primary_key": "OFF",
    "sql_mode": "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
    "sql_require_primary_key": "OFF",
    "super_read_only": "OFF",
    "time_zone": "+00:00",
}
TARGET = TargetFacts(
    database="shop",
    text="8.0.36",
    user="mover@%",
    variables=VARIABLES,
    privileges=frozenset(privilege.name for privilege in PRIVILEGES),
    exists=True,
    contents=Contents(ours=False, tables=0, collation="utf8mb4_0900_as_ci"),
    collations=frozenset({"utf8mb4_0900_as_ci", "utf8mb4_0900_as_cs", "utf8mb4_0900_bin", "utf8mb4_0900_ai_ci"}),
    connections=10,
    zones=True,
    offset=0,
    clock=Clock(0.011, 0.001, 0.001),
)
AURORA = {"aurora_version": "3.05.2", "basedir": "/rdsdbbin/oscar-8.0.mysql_aurora.3.05.2/"}


def source(**changes: Any) -> SourceFacts:
    """The healthy source with other facts; those of ``Options`` by their own names."""
    own = {name: value for name, value in changes.items() if name in Options.__slots__}
    rest = {name: value for name, value in changes.items() if name not in own}
    return replace(SOURCE, **({"options": replace(OPTIONS, **own)} if own else {}), **rest)


def target(variables: dict[str, str | None] | None = None, **changes: Any) -> TargetFacts:
    """The healthy target with other facts and variables; None takes a variable away."""
    merged = {name: value for name, value in {**VARIABLES, **(variables or {})}.items() if value is not None}
    return replace(TARGET, variables=merged, **changes)


def named(checks: Any, name: str) -> Check:
    """The one check of that name."""
    [found] = [check for check in checks if check.name == name]
    return found  # type: ignore[no-any-return]


def not_ok(checks: Any) -> dict[str, Grade]:
    """Names and grades of what is not fine."""
    return {check.name: check.grade for check in checks if check.grade is not Grade.OK}
