"""What the examples of rules become, put before a real server."""

from __future__ import annotations

import secrets
from dataclasses import replace

from migrator.errors import TargetRejected
from migrator.model.explanation import ExampleOutcome, ExampleReport
from migrator.mysql.connect import Connection, execute, fetch, quoted, session
from migrator.mysql.url import Target


def tried(report: ExampleReport, target: Target) -> ExampleReport:
    """The report, in which what the server refuses does not hold. Raises TargetError where there is no server.

    It all goes on in databases with names of chance, which are dropped again; ``target``'s own is not touched.
    """
    with session(target, database="") as connection:
        outcomes = tuple(_tried(outcome, connection) for outcome in report.outcomes)
    return replace(report, outcomes=outcomes)


def _tried(outcome: ExampleOutcome, connection: Connection) -> ExampleOutcome:
    if outcome.problem or not outcome.statements:
        return outcome
    database = quoted(f"migrator_rules_{secrets.token_hex(6)}")
    execute(connection, f"CREATE DATABASE {database} CHARACTER SET utf8mb4", doing="making a database for examples")
    try:
        execute(connection, f"USE {database}", doing="trying an example")
        for statement in outcome.statements:
            if statement.startswith("SELECT"):
                fetch(connection, statement)
            else:
                execute(connection, statement, doing="trying an example")
    except TargetRejected as error:
        return replace(outcome, problem=f"MySQL refuses it: {error.why or error.what}")
    finally:
        execute(connection, f"DROP DATABASE {database}", doing="dropping the database of examples")
    return outcome
