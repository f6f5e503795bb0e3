"""Whether the rows that were read are all that there should be."""

from __future__ import annotations

from migrator.errors import RowsDamaged
from migrator.model.source import Source


def all_there(source: Source, rows: int) -> None:
    """Raises RowsDamaged where the source vouches for another number of rows."""
    if source.row_total in {None, rows}:
        return
    raise RowsDamaged(
        f"the source holds {rows:,} rows, but says that it has {source.row_total:,}",
        why="a part of its row data is missing, or ends early at the end of a row",
        todo="export the package again; what was dumped is not the whole database",
    )
