"""Settings of a session that builds indexes: memory to sort in, where the server has it."""

from __future__ import annotations

from typing import Final

from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target

_MOST: Final = 256 << 20
_SHARE: Final = 8
"""An eighth of the buffer pool may go to sorting, over all sessions that build at a time."""


def build_settings(target: Target, workers: int) -> str:
    """Assignments for SET; "" where there is nothing to set. Raises TargetError.

    MySQL sorts the entries of a new index in 1 MB by default, and merges the rest on disk (MySQL 8.0 Reference Manual,
    "Configuring Parallel Threads for Online DDL Operations"; since 8.0.27).
    """
    with session(target, database="") as connection:
        known = dict(
            fetch(
                connection,
                "SHOW VARIABLES WHERE Variable_name IN ('innodb_buffer_pool_size', 'innodb_ddl_buffer_size')",
            )
        )
    default = int(known.get("innodb_ddl_buffer_size", 0))
    wanted = min(_MOST, int(known.get("innodb_buffer_pool_size", 0)) // _SHARE // workers)
    return f"innodb_ddl_buffer_size = {wanted}" if 0 < default < wanted else ""
