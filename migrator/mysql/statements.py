"""Many statements over several connections, each retried when the target is busy, all stopped by Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

import pymysql

from migrator.errors import TargetRejected
from migrator.model.translation import Statement
from migrator.mysql.connect import Connection, connection_id, execute, kill, session
from migrator.mysql.errors import explain, number
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target

TABLE_EXISTS = 1050
DUPLICATE_KEY_NAME = 1061
DUPLICATE_FOREIGN_KEY = 1826
ROUTINE_EXISTS = 1304
TRIGGER_EXISTS = 1359
THERE_ALREADY = frozenset({TABLE_EXISTS, DUPLICATE_KEY_NAME, DUPLICATE_FOREIGN_KEY, ROUTINE_EXISTS, TRIGGER_EXISTS})
"""What a statement answers that an interrupted run had finished: DDL is atomic in MySQL 8, so all of it is there."""


def run_statements(
    target: Target,
    statements: Iterable[Statement],
    *,
    workers: int,
    before: str = "",
    tolerate: Collection[int] = (),
    done: Callable[[Statement], None],
) -> None:
    """Run every statement on its own connection, ``workers`` at a time, in their order; ``done`` hears of each.

    ``before`` is run first on every connection (a SET). Error numbers in ``tolerate`` count as done. The first failure
    ends the others, and so does Ctrl-C. Raises TargetError that names the object.
    """
    running: set[int] = set()
    stopped = threading.Event()

    def run(statement: Statement) -> Statement:
        tolerated = set(tolerate)
        for attempt in retrying(stopping=stopped):
            with attempt:
                if stopped.is_set():
                    return statement
                with session(target) as connection:
                    own_id = connection_id(connection)
                    running.add(own_id)
                    try:
                        # Looked at behind the entry in the list: who stops us either finds it there or stops us here.
                        if stopped.is_set():
                            return statement
                        if before:
                            execute(connection, before, doing="preparing statements")
                        _run(connection, statement, tolerated)
                    finally:
                        running.discard(own_id)
            # A statement whose answer was lost may have been carried out.
            tolerated |= THERE_ALREADY
        return statement

    with ThreadPoolExecutor(workers, thread_name_prefix="statements") as pool:
        futures = [pool.submit(run, statement) for statement in statements]
        try:
            for future in as_completed(futures):
                done(future.result())
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            kill(target, list(running))
            raise


def _run(connection: Connection, statement: Statement, tolerate: Collection[int]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement.sql)
    except (pymysql.MySQLError, OSError) as error:
        if number(error) in tolerate:
            return
        explained = explain(error, f"{statement.phase}: {statement.object}")
        if isinstance(explained, TargetRejected):
            raise TargetRejected(
                f"the target rejected a statement for {statement.object} ({statement.phase})",
                why=explained.why,
                todo=f"this is the statement: {statement.sql[:2000]}",
            ) from error
        raise explained from error
