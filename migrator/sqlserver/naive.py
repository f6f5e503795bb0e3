"""The reading half of the script that everybody writes first; measured, never used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from migrator.errors import MigratorError
from migrator.model.name import ObjectName
from migrator.sqlserver.connect import connection_string, quoted, trusting
from migrator.sqlserver.driver import load_manager
from migrator.sqlserver.errors import explain
from migrator.sqlserver.url import Server


def fetch_many(
    server: Server, table: ObjectName, columns: Sequence[str], *, rows: int, at_a_time: int
) -> Iterator[list[tuple[Any, ...]]]:
    """At most ``rows`` rows of a table as Python values: pyodbc's ``fetchmany``. Raises SourceError, also for types
    that it cannot read."""
    load_manager()
    import pyodbc  # noqa: PLC0415 - it is linked with the driver manager, which is there only now

    names = ", ".join(quoted(column) for column in columns)
    query = f"SELECT TOP ({rows}) {names} FROM {quoted(table.schema)}.{quoted(table.name)}"  # noqa: S608 - quoted
    try:
        with trusting(server):
            connection = pyodbc.connect(connection_string(server))
        try:
            cursor = connection.cursor()
            cursor.execute(query)
            while found := cursor.fetchmany(at_a_time):
                yield [tuple(row) for row in found]
        finally:
            connection.close()
    except MigratorError:
        raise  # the caller's own, thrown into us
    except pyodbc.Error as error:
        raise explain(error, f"reading {table} the naive way") from None
