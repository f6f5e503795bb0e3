"""What surrounds the load: tables before it; indexes, foreign keys, counters and programs after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from migrator.errors import TargetRejected
from migrator.events import Advanced, Emit, Finished, Found, Started, Unit
from migrator.model.finding import Finding, Severity, Status
from migrator.model.mapping import TableMapping
from migrator.model.schema import Database, ForeignKey, ObjectKind, Table
from migrator.model.translation import Phase, Statement, Translation
from migrator.mysql.connect import execute, fetch, quoted, session
from migrator.mysql.statements import THERE_ALREADY, run_statements
from migrator.mysql.tuning import build_settings
from migrator.mysql.url import Target

CREATE: Final = "create"
BUILD: Final = "build"
VIEW_REJECTED: Final = "view-rejected"
"""The rule of a finding on a view that the server does not take."""
_COUNTER: Final = (
    "SELECT auto_increment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s"
)
_NO_CHECKS: Final = "SET foreign_key_checks = 0"


def create_tables(translation: Translation, target: Target, *, workers: int, emit: Emit) -> None:
    """Make every table, without secondary indexes and foreign keys; tables that are there stay. Raises TargetError."""
    _run(CREATE, translation.of(Phase.TABLES), target, workers=workers, emit=emit)


def build(translation: Translation, target: Target, *, sizes: Mapping[str, int], workers: int, emit: Emit) -> None:
    """Secondary indexes, largest table first (``sizes``: bytes by target table), foreign keys, then routines and
    triggers, which must not see the rows that are loaded. Raises TargetError.

    Foreign keys are added unchecked, which does not rebuild the table; ``check_foreign_keys`` proves them by a query.
    """
    indexes = sorted(translation.of(Phase.INDEXES), key=lambda statement: -sizes.get(statement.table, 0))
    memory = build_settings(target, workers) if indexes else ""
    _run(BUILD, indexes, target, workers=workers, emit=emit, settings=memory)
    _run(BUILD, translation.of(Phase.FOREIGN_KEYS), target, workers=workers, emit=emit)
    create_programs(translation, target, emit=emit)


def create_programs(translation: Translation, target: Target, *, emit: Emit) -> None:
    """Routines and triggers, those that are not there. Raises TargetError."""
    for phase in (Phase.ROUTINES, Phase.TRIGGERS):  # the second may need the first
        _run(BUILD, translation.of(phase), target, workers=1, emit=emit)


def create_views(translation: Translation, target: Target, *, emit: Emit) -> tuple[Finding, ...]:
    """Make the views in their order; one finding for each that the server takes not, and it goes on. Raises TargetError
    where the server is lost."""
    statements = translation.of(Phase.VIEWS)
    findings: list[Finding] = []
    if not statements:
        return ()
    task = str(Phase.VIEWS)
    emit(Started(BUILD, task, len(statements), Unit.STATEMENTS))
    for statement in statements:
        try:
            run_statements(target, [statement], workers=1, tolerate=THERE_ALREADY, done=lambda _: None)
        except TargetRejected as error:
            findings.append(_refused(statement, error))
            emit(Found(BUILD, findings[-1]))
        emit(Advanced(BUILD, task, 1))
    emit(Finished(BUILD, task))
    return tuple(findings)


def _refused(statement: Statement, error: TargetRejected) -> Finding:
    return Finding(
        rule=VIEW_REJECTED,
        severity=Severity.ERROR,
        status=Status.MANUAL,
        kind=ObjectKind.VIEW,
        object=statement.object,
        reason=f"the server did not take it: {error.why}",
        advice="change its query, in the source or in 04_views.sql",
    )


def _run(
    stage: str, statements: Sequence[Statement], target: Target, *, workers: int, emit: Emit, settings: str = ""
) -> None:
    if not statements:
        return
    task = str(statements[0].phase)
    emit(Started(stage, task, len(statements), Unit.STATEMENTS))
    run_statements(
        target,
        statements,
        workers=workers,
        before=f"{_NO_CHECKS}, {settings}" if settings else _NO_CHECKS,
        tolerate=THERE_ALREADY,
        done=lambda _: emit(Advanced(stage, task, 1)),
    )
    emit(Finished(stage, task))


def set_counters(mappings: Sequence[TableMapping], target: Target, *, emit: Emit) -> None:
    """Let every AUTO_INCREMENT go on above the largest value, and refresh the statistics. Raises TargetError."""
    counted = [mapping for mapping in mappings if mapping.auto_increment]
    statements = []
    with session(target) as connection:
        execute(connection, "SET information_schema_stats_expiry = 0", doing="asking for counters as they are now")
        for mapping in counted:
            column = quoted(mapping.auto_increment or "")
            [(largest,)] = fetch(connection, f"SELECT MAX({column}) FROM {quoted(mapping.target)}")  # noqa: S608
            [(counter,)] = fetch(connection, _COUNTER, (mapping.target,))
            following = int(largest or 0) + 1
            if largest is None or following <= int(counter or 0):
                continue  # the seed of the source's identity may be far above the rows: a counter never goes back
            statements.append(
                Statement(
                    Phase.INDEXES,
                    str(mapping.source),
                    mapping.target,
                    f"ALTER TABLE {quoted(mapping.target)} AUTO_INCREMENT = {following}",
                )
            )
    _run(BUILD, statements, target, workers=1, emit=emit)
    with session(target) as connection:
        for mapping in mappings:
            fetch(connection, f"ANALYZE TABLE {quoted(mapping.target)}")


def check_foreign_keys(
    database: Database, mappings: Sequence[TableMapping], target: Target, *, emit: Emit
) -> tuple[Finding, ...]:
    """Count child rows without a parent for every foreign key that the target has; one finding for each that has some.

    A trusted key of the source cannot have any: then TargetRejected is raised.
    """
    by_source = {mapping.source: mapping for mapping in mappings}
    findings = []
    with session(target) as connection:
        # A server with lower_case_table_names = 1 answers in small letters.
        existing = {
            table.lower()
            for (table,) in fetch(
                connection,
                "SELECT DISTINCT table_name FROM information_schema.referential_constraints "
                "WHERE constraint_schema = DATABASE()",
            )
        }
        for table in database.tables:
            mapping = by_source.get(table.name)
            if mapping is None or mapping.target.lower() not in existing:
                continue
            for key in table.foreign_keys:
                query = _orphans(mapping, by_source.get(key.references), key)
                if query is None or not key.enabled:
                    continue
                [(orphans,)] = fetch(connection, query)
                if orphans:
                    findings.append(_found(table, key, int(orphans)))
                    emit(Found(BUILD, findings[-1]))
    return tuple(findings)


def _orphans(child: TableMapping, parent: TableMapping | None, key: ForeignKey) -> str | None:
    """The query that counts orphans; None where a column of the key did not come over."""
    if parent is None:
        return None
    names = {column.source: column.name for column in child.columns}
    parent_names = {column.source: column.name for column in parent.columns}
    if not (set(key.columns) <= set(names) and set(key.referenced_columns) <= set(parent_names)):
        return None
    ours = [f"c.{quoted(names[name])}" for name in key.columns]
    theirs = [f"p.{quoted(parent_names[name])}" for name in key.referenced_columns]
    matches = " AND ".join(f"{a} = {b}" for a, b in zip(ours, theirs, strict=True))
    given = " AND ".join(f"{column} IS NOT NULL" for column in ours)
    return (
        f"SELECT COUNT(*) FROM {quoted(child.target)} c "  # noqa: S608 - every name is quoted
        f"LEFT JOIN {quoted(parent.target)} p ON {matches} WHERE {given} AND {theirs[0]} IS NULL"
    )


def _found(table: Table, key: ForeignKey, orphans: int) -> Finding:
    name = f"{table.name}.{key.name or 'foreign key'}"
    if key.trusted:
        raise TargetRejected(
            f"{orphans:,} rows of {table.name} have no parent in {key.references}",
            why=f"{name} was checked in the source: there two keys may be equal that are not equal here",
            todo="choose a collation by rule under which they are equal, then start anew",
        )
    return Finding(
        rule="foreign-key-orphans",
        severity=Severity.WARNING,
        status=Status.LOSSY,
        kind=ObjectKind.FOREIGN_KEY,
        object=name,
        reason=f"{orphans:,} rows have no parent: the source keeps this key WITH NOCHECK, it was never proved there",
        advice="clean these rows, or drop the key; MySQL checks new rows only",
        place=key.place,
    )
