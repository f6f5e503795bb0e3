"""Memory for sorting the entries of new indexes."""

from __future__ import annotations

import re

from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.tuning import build_settings
from migrator.mysql.url import Target


def test_a_share_of_the_servers_memory(mysql: Target) -> None:
    found = build_settings(mysql, 2)
    with session(mysql) as connection:
        [(pool,)] = fetch(connection, "SELECT @@innodb_buffer_pool_size")
        if not found:  # a server before 8.0.27
            assert not fetch(connection, "SHOW VARIABLES LIKE 'innodb_ddl_buffer_size'")
            return
        execute(connection, f"SET {found}", doing="setting memory")
        [(size,)] = fetch(connection, "SELECT @@innodb_ddl_buffer_size")
    assert 1 << 20 < size <= pool // 8 // 2
    assert re.fullmatch(r"innodb_ddl_buffer_size = \d+", found)


def test_no_less_than_the_server_gives_by_itself(mysql: Target) -> None:
    assert build_settings(mysql, 1 << 20) == ""
