"""Whether a source remembers its changes, and since when the target counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from migrator.model.changes import Changes
from migrator.model.mapping import TableMapping
from migrator.model.source import Source
from migrator.mysql import versions
from migrator.mysql.connect import session
from migrator.mysql.url import Target
from migrator.sqlserver.changes import ChangeTracking
from migrator.sqlserver.source import SqlServer


@contextmanager
def tracking(source: Source) -> Iterator[Changes | None]:
    """What remembers the changes of a source; None where nothing does. Raises SourceError."""
    if not isinstance(source, SqlServer):
        yield None
        return
    with ChangeTracking(source.server) as changes:
        yield changes if changes.active else None


def begin_following(source: Source, mappings: Sequence[TableMapping], target: Target) -> int:
    """Write down which version the source has, for every table whose changes are tracked: before the first row of it is
    read, and before its picture is taken. How many tables that are. Raises SourceError, TargetError."""
    with tracking(source) as changes:
        if changes is None:
            return 0
        version = changes.version()
        database = source.catalog()
        tracked = [mapping.target for mapping in mappings if changes.tracked(database.table(mapping.source))]
    with session(target) as connection:
        versions.begin(connection, version, tracked)
    return len(tracked)
