"""A database of visits that lasts as long as a measurement: made, filled by the server itself, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from migrator.errors import SourceError, SourceRejected
from migrator.sqlserver.connect import literal, quoted, session
from migrator.sqlserver.url import Server

DATABASE: Final = "migrator_bench"
TABLE: Final = "dbo.visits"
_AT_A_TIME: Final = 100_000

_CREATE: Final = """CREATE TABLE dbo.visits (
  visit_id int NOT NULL CONSTRAINT pk_visits PRIMARY KEY,
  patient_id int NOT NULL,
  nurse_id int NOT NULL,
  starts datetime2(3) NOT NULL,
  ends datetime2(3) NULL,
  status varchar(20) NOT NULL,
  amount decimal(9, 2) NOT NULL,
  mileage float NULL,
  token uniqueidentifier NOT NULL,
  note nvarchar(200) NULL)"""
_INDEXES: Final = (
    "CREATE INDEX ix_visits_patient ON dbo.visits (patient_id, starts)",
    "CREATE INDEX ix_visits_nurse ON dbo.visits (nurse_id, starts)",
)
_TENS: Final = " CROSS JOIN ".join(
    f"(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS {name}(n)" for name in "abcde"
)
_NUMBERS: Final = f"SELECT {{first}} + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS i FROM {_TENS}"  # noqa: S608
_FILL: Final = f"""INSERT INTO dbo.visits
  (visit_id, patient_id, nurse_id, starts, ends, status, amount, mileage, token, note)
SELECT i, 1 + i % 50000, 1 + i % 3000,
  DATEADD(second, i % 86400, DATEADD(day, i % 1500, CAST('2021-01-01' AS datetime2(3)))),
  CASE WHEN i % 10 = 0 THEN NULL ELSE
    DATEADD(second, 2700 + i % 86400, DATEADD(day, i % 1500, CAST('2021-01-01' AS datetime2(3)))) END,
  CASE i % 4 WHEN 0 THEN 'planned' WHEN 1 THEN 'done' WHEN 2 THEN 'missed' ELSE 'cancelled' END,
  CAST(i % 100000 AS decimal(9, 2)) / 100,
  CASE WHEN i % 7 = 0 THEN NULL ELSE CAST(i % 997 AS float) / 8 END,
  NEWID(),
  CASE WHEN i % 20 = 0 THEN NULL ELSE
    N'Visit note number ' + CAST(i AS nvarchar(10)) + N' — patient stable, väl ordnat' END
FROM ({_NUMBERS}) AS numbers WHERE i <= {{last}}"""  # noqa: S608 - constants


@contextmanager
def seeded(server: Server, rows: int) -> Iterator[Server]:
    """The address of a database with ``rows`` visits under a primary key and two indexes; it is dropped at the end.

    Its name is the one in ``server``, else ``migrator_bench``; nothing is touched where it is there already. Raises
    SourceError.
    """
    made = server.with_database(server.database or DATABASE)
    with session(server.with_database("master")) as link:
        if link.rows(f"SELECT 1 FROM sys.databases WHERE name = {literal(made.database)}"):  # noqa: S608 - quoted
            raise SourceRejected(
                f"there is a database {made.database} already",
                why="visits are made in a database of their own, which is dropped afterwards",
                todo="name one in the address that is not there",
            )
        link.execute(f"CREATE DATABASE {quoted(made.database)}", doing="making a database of visits")
        try:
            for setting in ("ALLOW_SNAPSHOT_ISOLATION ON", "RECOVERY SIMPLE"):
                with suppress(SourceRejected):  # Babelfish knows neither
                    link.execute(f"ALTER DATABASE {quoted(made.database)} SET {setting}", doing="setting it up")
            _fill(made, rows)
            yield made
        finally:
            with suppress(SourceError):
                link.execute(
                    f"ALTER DATABASE {quoted(made.database)} SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
                    doing="closing it",
                )
            link.execute(f"DROP DATABASE {quoted(made.database)}", doing="dropping the database of visits")


def _fill(server: Server, rows: int) -> None:
    with session(server) as link:
        link.execute(_CREATE, doing="making the visits")
        for first in range(1, rows + 1, _AT_A_TIME):
            link.execute(_FILL.format(first=first, last=rows), doing="filling the visits")
        for statement in _INDEXES:
            link.execute(statement, doing="making the indexes of the visits")
