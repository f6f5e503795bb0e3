"""How the lab's server is set: like Aurora MySQL 3 where that shows, sized for the machine where it does not.

Every option is known to MySQL 8.0.23 and later, or chosen by version.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

MEBIBYTE: Final = 1 << 20

# Aurora's are those of its cluster parameter group for aurora-mysql8.0 as a migration wants it.
AURORA: Final[Mapping[str, str]] = {
    "binlog-format": "ROW",
    "character-set-server": "utf8mb4",
    "collation-server": "utf8mb4_0900_ai_ci",
    "default-time-zone": "+00:00",
    "event-scheduler": "OFF",
    "innodb-flush-log-at-trx-commit": "1",
    "local-infile": "ON",
    "log-bin": "binlog",
    "lower-case-table-names": "0",
    "max-allowed-packet": "1G",
    "server-id": "1",
    "sql-mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
}

# Reached from this machine only; root has no password, and no account but over the socket in our private folder.
PRIVATE: Final[Mapping[str, str]] = {
    "bind-address": "127.0.0.1",
    "loose-mysqlx": "OFF",
    # 9.x only: without it a foreign key is not checked where a later column of its index is NULL.
    "loose-innodb-native-foreign-keys": "ON",
    "secure-file-priv": "NULL",
    "skip-name-resolve": "ON",
}


def sized(version: tuple[int, int, int], *, memory: int | None = None) -> dict[str, str]:
    """Memory, redo log and disk for a small machine: of ``memory`` bytes a quarter, up to 1 GiB, is buffer pool."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if memory is None else memory
    pool = max(128, min(1024, memory // 4 // MEBIBYTE))
    redo = (
        {"innodb-redo-log-capacity": "2G"}
        if version >= (8, 0, 30)
        else {"innodb-log-file-size": "1G", "innodb-log-files-in-group": "2"}
    )
    return {
        "binlog-expire-logs-seconds": "3600",
        "innodb-buffer-pool-size": f"{pool}M",
        "innodb-io-capacity": "2000",
        "innodb-io-capacity-max": "4000",
        "performance-schema": "OFF",
        **redo,
    }


def arguments(options: Mapping[str, str]) -> tuple[str, ...]:
    """The options as a command line."""
    return tuple(f"--{name}={value}" for name, value in options.items())
