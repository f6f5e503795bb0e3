"""How fast rows come from the source: measured with rows that the server makes up itself."""

from __future__ import annotations

from time import perf_counter
from typing import Final

from migrator.model.checkup import Rate
from migrator.sqlserver.batches import BulkLink

_ROW: Final = 4000
_BATCH: Final = 1000
_FIRST: Final = 250
_MOST: Final = 16_000
"""Rows: 1 MB at first, at most 64 MB: so fast a network is fast enough."""
_GROWTH: Final = 4
_LONG_ENOUGH: Final = 0.3
"""Seconds of a run that is worth believing."""


def rate_from(link: BulkLink) -> Rate:
    """The rate at which the source's rows arrive here: runs grow until one takes a while. Raises SourceError."""
    rows = _FIRST
    found = _run(link, rows)  # the first one warms up too
    while rows < _MOST and found.seconds < _LONG_ENOUGH:
        rows = min(rows * _GROWTH, _MOST)
        found = _run(link, rows)
    return found


def _run(link: BulkLink, rows: int) -> Rate:
    began = perf_counter()
    size = 0
    for batch in link.batches(_generated(rows), rows=_BATCH, doing="measuring the network"):
        size += batch.num_rows * _ROW
    return Rate(size, perf_counter() - began)


def _generated(rows: int) -> str:
    """Binary, so that a byte on the way is a byte here; TDS compresses nothing."""
    ones = ", ".join(["(1)"] * 16)
    return (
        f"WITH n(n) AS (SELECT 1 FROM (VALUES {ones}) AS v(n)) "  # noqa: S608 - numbers
        f"SELECT TOP ({rows}) CAST(REPLICATE('migrator', {_ROW // 8}) AS varbinary({_ROW})) AS line "
        "FROM n AS a CROSS JOIN n AS b CROSS JOIN n AS c CROSS JOIN n AS d"
    )
