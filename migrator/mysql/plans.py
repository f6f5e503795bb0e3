"""The segments that a run loads, kept in the target beside the rows: a resumed run cuts its tables at the same places.

A live source's ranges name values of keys, so they stay where the rows are: no ledger or report holds them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import pymysql

from migrator.model.mapping import TableMapping
from migrator.model.segment import Bounds, Segment
from migrator.mysql.connect import Connection, commit, fetch
from migrator.mysql.errors import explain

SEGMENT_TABLE: Final = "migrator__segment"

CREATE: Final = f"""CREATE TABLE IF NOT EXISTS `{SEGMENT_TABLE}` (
  `table` VARCHAR(64) NOT NULL,
  `number` INT UNSIGNED NOT NULL,
  `segment` VARCHAR(255) NOT NULL,
  `bytes` BIGINT UNSIGNED NOT NULL,
  `rows` BIGINT UNSIGNED,
  `bounds` JSON,
  `partition` INT UNSIGNED,
  `repeatable` BOOLEAN NOT NULL,
  PRIMARY KEY (`table`, `number`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin
COMMENT='the pieces that tables are loaded in'"""

_INSERT: Final = (
    f"INSERT INTO `{SEGMENT_TABLE}` "  # noqa: S608 - a constant
    "(`table`, `number`, `segment`, `bytes`, `rows`, `bounds`, `partition`, `repeatable`) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)

Plan = Mapping[str, tuple[Segment, ...]]
"""Segments by target table; a table without rows has none."""


def keep(connection: Connection, plan: Plan) -> None:
    """Write the plan down, all of it or nothing. Raises TargetError."""
    rows = [
        (
            table,
            number,
            segment.id,
            segment.bytes,
            segment.rows,
            _to_json(segment.bounds),
            segment.partition,
            segment.repeatable,
        )
        for table, segments in plan.items()
        for number, segment in enumerate(segments)
    ]
    try:
        connection.begin()
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)
    except (pymysql.MySQLError, OSError) as error:
        raise explain(error, "keeping the plan of the load") from error
    commit(connection, doing="keeping the plan of the load")


def kept(connection: Connection, mappings: Sequence[TableMapping]) -> Plan:
    """The plan that was kept; empty where none was. Raises TargetError."""
    sources = {mapping.target: mapping.source for mapping in mappings}
    found: defaultdict[str, list[Segment]] = defaultdict(list)
    for table, id_, size, rows, bounds, partition, repeatable in fetch(
        connection,
        "SELECT `table`, `segment`, `bytes`, `rows`, `bounds`, `partition`, `repeatable` "  # noqa: S608
        f"FROM `{SEGMENT_TABLE}` ORDER BY `table`, `number`",
    ):
        found[table].append(
            Segment(sources[table], id_, int(size), rows, _from_json(bounds), partition, repeatable=bool(repeatable))
        )
    return {table: tuple(segments) for table, segments in found.items()}


def _to_json(bounds: Bounds | None) -> str | None:
    if bounds is None:
        return None
    return json.dumps({"columns": bounds.columns, "low": bounds.low, "high": bounds.high}, ensure_ascii=False)


def _from_json(text: str | None) -> Bounds | None:
    if text is None:
        return None
    value = json.loads(text)

    def key(name: str) -> tuple[str, ...] | None:
        return None if value[name] is None else tuple(value[name])

    return Bounds(tuple(value["columns"]), key("low"), key("high"))
