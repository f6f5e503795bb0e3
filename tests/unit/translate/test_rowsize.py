"""The limits are the server's: at the edge it takes the table, one byte beyond it does not."""

from __future__ import annotations

import random

import pytest

from migrator.errors import TargetRejected
from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Key, KeyColumn, Table
from migrator.mysql.connect import Connection, execute, session
from migrator.mysql.url import Target
from migrator.translate.ddl import create_table
from migrator.translate.draft import ColumnDraft, IndexPart, TableDraft
from migrator.translate.keysize import shortened
from migrator.translate.rowsize import page_bytes, row_bytes
from migrator.translate.storage import KEY_LIMIT, PAGE_LIMIT, ROW_LIMIT, storage

TYPES = [
    "TINYINT(1)", "TINYINT UNSIGNED", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DATE", "DATETIME", "DATETIME(3)",
    "DATETIME(6)", "TIME(2)", "TIME(6)", "DECIMAL(38,10)", "DECIMAL(19,4)", "DECIMAL(5,2)", "DECIMAL(38,30)",
    "CHAR(36) CHARACTER SET ascii", "CHAR(10)", "CHAR(255)", "BINARY(8)", "BINARY(200)", "VARBINARY(30)",
    "VARBINARY(300)",
    "VARCHAR(9)", "VARCHAR(10)", "VARCHAR(63)", "VARCHAR(64)", "VARCHAR(255)", "VARCHAR(892) CHARACTER SET ascii",
    "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin", "LONGTEXT", "TEXT", "LONGBLOB", "BLOB",
]  # fmt: skip


def column(number: int, type_: str, nullable: bool = False) -> ColumnDraft:
    source = Column(f"c{number}", DataType(SqlType.INT), nullable)
    return ColumnDraft(TargetColumn(f"c{number}", f"c{number}", type_, Form.TEXT, nullable), source)


def draft(types: list[tuple[str, bool]], *, key: bool = False) -> TableDraft:
    primary = Key(None, (KeyColumn("c0"),), clustered=True) if key else None
    made = TableDraft(Table(ObjectName("dbo", "t"), (), primary_key=primary), "t", "utf8mb4_0900_as_ci")
    made.columns = [column(number, type_, nullable) for number, (type_, nullable) in enumerate(types)]
    made.primary_key = (IndexPart("c0"),) if key else ()
    return made


def takes(connection: Connection, made: TableDraft) -> bool:
    try:
        execute(connection, create_table(made), doing="creating")
    except TargetRejected as error:
        assert "too large" in error.why or "too long" in error.why  # noqa: PT017 - the reason is what is asked for
        return False
    execute(connection, "DROP TABLE t", doing="cleaning")
    return True


@pytest.mark.parametrize("seed", range(4))
def test_row_bytes_are_what_the_server_counts(seed: int, mysql: Target) -> None:
    dice = random.Random(seed)
    types = [(dice.choice(TYPES), dice.random() < 0.5) for _ in range(dice.randint(1, 30))]
    while ROW_LIMIT - row_bytes(draft(types)) > 40_000:
        types.append(("VARCHAR(8000)", False))
    left = ROW_LIMIT - row_bytes(draft(types)) - 2
    with session(mysql) as connection:
        for more, expected in ((0, True), (1, False)):
            made = draft([*types, (f"VARBINARY({left + more})", False)])
            assert row_bytes(made) == ROW_LIMIT + more
            assert takes(connection, made) is expected


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_page_bytes_are_what_innodb_counts(seed: int, key: bool, mysql: Target) -> None:
    dice = random.Random(seed)
    types = [("VARCHAR(100)", False)]
    while page_bytes(draft(types, key=key)) < PAGE_LIMIT - 300:
        kind = dice.choice(TYPES)
        if storage(kind).row < 1100:
            types.append((kind, dice.random() < 0.5))
    while PAGE_LIMIT - page_bytes(draft(types, key=key)) > 255:
        types.append(("BINARY(200)", False))
    left = PAGE_LIMIT - page_bytes(draft(types, key=key))
    with session(mysql) as connection:
        for more, expected in ((0, True), (1, False)):
            made = draft([*types, (f"BINARY({left + more})", False)], key=key)
            assert page_bytes(made) == PAGE_LIMIT + more
            assert row_bytes(made) <= ROW_LIMIT
            assert takes(connection, made) is expected


@pytest.mark.parametrize(
    ("types", "fits"),
    [
        (["VARCHAR(768)"], True),
        (["VARCHAR(769)"], False),
        (["INT", "VARCHAR(767)"], True),
        (["INT", "TINYINT(1)", "VARCHAR(767)"], False),
        (["VARBINARY(3072)"], True),
        (["VARBINARY(3073)"], False),
        (["DATETIME(6)", "DECIMAL(38,10)", "CHAR(36) CHARACTER SET ascii", "VARBINARY(3010)"], True),
        (["DATETIME(6)", "DECIMAL(38,10)", "CHAR(36) CHARACTER SET ascii", "VARBINARY(3011)"], False),
        (["VARCHAR(3072) CHARACTER SET ascii"], True),
    ],
)
def test_key_bytes_are_what_the_server_counts(types: list[str], fits: bool, mysql: Target) -> None:
    made = draft([(type_, False) for type_ in types])
    parts = tuple(IndexPart(column.name) for column in made.columns)
    assert (shortened(made, parts) == parts) is fits
    with session(mysql) as connection:
        made.primary_key = parts
        assert takes(connection, made) is fits


@pytest.mark.parametrize(
    "types",
    [
        ["VARCHAR(1700)"],
        ["VARCHAR(500)", "VARCHAR(1700)", "INT"],
        ["VARBINARY(1700)", "VARBINARY(1700)", "VARCHAR(500)"],
        ["LONGTEXT", "VARCHAR(768)"],
        ["TEXT", "BLOB", "INT"],
        ["VARCHAR(768)"] * 4,
    ],
)
def test_shortened_keys_fit_and_lose_little(types: list[str], mysql: Target) -> None:
    made = draft([(type_, True) for type_ in types])
    parts = shortened(made, tuple(IndexPart(column.name) for column in made.columns))
    sizes = [storage(column.target.type) for column in made.columns]
    total = sum(
        size.key if part.prefix is None else part.prefix * size.unit for part, size in zip(parts, sizes, strict=True)
    )
    assert total <= KEY_LIMIT
    assert all(part.prefix is None or part.prefix >= 100 for part in parts)
    with session(mysql) as connection:
        execute(connection, create_table(made), doing="creating")
        keys = ", ".join(f"{part.column}({part.prefix})" if part.prefix else part.column for part in parts)
        execute(connection, f"ALTER TABLE t ADD KEY k ({keys})", doing="adding the key")
