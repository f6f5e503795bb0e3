"""The data keep every promise that the schema makes: an SQLite with the same keys and checks takes all of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from migrator.lab.generate import awkward
from migrator.lab.generate.schema import POPULATIONS, census_at, design
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Key, Table
from migrator.wire.schema import arrow_schema

SEED = 11
CODE_PAGES = {"Polish_CI_AS": "cp1250"}
TEXTS = {SqlType.NVARCHAR, SqlType.NCHAR, SqlType.VARCHAR, SqlType.CHAR, SqlType.TEXT, SqlType.NTEXT, SqlType.XML}


@pytest.fixture(scope="module")
def rows() -> dict[ObjectName, pa.Table]:
    """All rows at the smallest useful scale."""
    census = census_at(0.01)
    return {
        made.name: pa.Table.from_batches(list(made.batches(census, SEED)), arrow_schema(made.table))
        for made in POPULATIONS
    }


def columns() -> Iterator[tuple[Table, Column]]:
    for population in POPULATIONS:
        for column in population.table.stored_columns:
            yield population.table, column


def column_type(column: Column) -> DataType:
    assert column.type is not None
    return column.type


def test_the_database_is_a_database() -> None:
    database = design().database
    assert len(database.tables) >= 25
    assert len(database.schemas) >= 3
    assert {column_type(column).base for _, column in columns()} == set(SqlType) - {SqlType.JSON, SqlType.VECTOR}
    for base in (SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET):
        scales = {column_type(column).scale for _, column in columns() if column_type(column).base is base}
        assert scales == set(range(8))
    indexes = [index for table in database.tables for index in table.indexes]
    assert any(index.filter and index.unique for index in indexes)
    assert any(index.included for index in indexes)
    assert any(table.primary_key is None for table in database.tables)
    steps = {column.identity.increment for _, column in columns() if column.identity}
    assert steps >= {1, 5, 10}


def test_the_rows_are_whole(rows: dict[ObjectName, pa.Table]) -> None:
    for name, table in rows.items():
        table.validate(full=True)
        for field in table.schema:
            assert field.nullable or table[field.name].null_count == 0, f"{name}.{field.name}"


def test_nulls_stand_wherever_they_may(rows: dict[ObjectName, pa.Table]) -> None:
    without = {
        f"{table.name}.{column.name}"
        for table, column in columns()
        if column.nullable and rows[table.name][column.name].null_count == 0
    }
    assert without == set()


def encoding(column: Column) -> str:
    """How SQL Server itself stores the text of a column."""
    if column_type(column).base in (SqlType.NVARCHAR, SqlType.NCHAR, SqlType.NTEXT, SqlType.XML):
        return "utf-16-le"
    return CODE_PAGES.get(column.collation or "", "cp1252")


def test_text_fits_its_column_and_its_code_page(rows: dict[ObjectName, pa.Table]) -> None:
    for table, column in columns():
        type_ = column_type(column)
        if type_.base not in TEXTS:
            continue
        code = encoding(column)
        lengths = [len(value.encode(code)) for value in rows[table.name][column.name].drop_null().to_pylist()]
        if type_.length is not None and not type_.is_max and lengths:
            assert max(lengths) <= type_.length * (2 if code == "utf-16-le" else 1), f"{table.name}.{column.name}"


def all_values(rows: dict[ObjectName, pa.Table], *bases: SqlType) -> set[Any]:
    found: set[Any] = set()
    for table, column in columns():
        if column_type(column).base in bases:
            found.update(rows[table.name][column.name].to_pylist())
    return found


def test_every_awkward_value_is_there_at_a_small_scale(rows: dict[ObjectName, pa.Table]) -> None:
    care = {name: table for name, table in rows.items() if name.schema != "audit"}
    text = {
        value
        for name, table in care.items()
        for field in table.schema
        if pa.types.is_string(field.type)
        for value in table[field.name].to_pylist()
    }
    assert set(awkward.TEXT) <= text
    assert set(awkward.BINARY) <= all_values(rows, SqlType.VARBINARY, SqlType.IMAGE)
    assert set(awkward.XML) <= all_values(rows, SqlType.XML)
    ticks = all_values(rows, SqlType.DATETIME2)
    assert {0, 3_155_378_975_999_999_999} <= ticks
    assert any(value is not None and value % 10 for value in ticks)
    assert max(len(value or b"") for value in rows[ObjectName("care", "Document")]["Content"].to_pylist()) == 1 << 20
    assert 0 in rows[ObjectName("dbo", "ContactKind")]["ContactKindId"].to_pylist()
    assert str(10**38 - 1) in {str(value) for value in rows[ObjectName("audit", "TypeProbe")]["Decimal38"].to_pylist()}
    heap = rows[ObjectName("dbo", "Legacy Import")]
    assert len(set(heap["Line No."].to_pylist())) < heap.num_rows


def test_no_float_is_what_a_server_would_change(rows: dict[ObjectName, pa.Table]) -> None:
    for table, column in columns():
        if column_type(column).base in (SqlType.REAL, SqlType.FLOAT):
            values = rows[table.name][column.name].drop_null().to_numpy()
            assert np.isfinite(values).all()
            assert not (np.signbit(values) & (values == 0)).any()


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def named(name: ObjectName) -> str:
    return quoted(str(name))


def sql_server_order(left: str, right: str) -> int:
    """A collation that ignores case and trailing spaces: as coarse as SQL_Latin1_General_CP1_CI_AS, or coarser."""
    a, b = left.casefold().rstrip(" "), right.casefold().rstrip(" ")
    return (a > b) - (a < b)


def trailing_spaces_aside(left: str, right: str) -> int:
    a, b = left.rstrip(" "), right.rstrip(" ")
    return (a > b) - (a < b)


def expression(text: str) -> str:
    """T-SQL that SQLite reads too; money constants and IN lists of numbers in brackets aside."""
    return re.sub(r"\$(\d)", r"\1", text)


def create(table: Table) -> str:
    definitions = []
    for column in table.stored_columns:
        binary = column.collation is not None and ("_BIN" in column.collation or "_CS_" in column.collation)
        definitions.append(f"{quoted(column.name)} COLLATE {'spaces' if binary else 'server'}")
    keys = [("PRIMARY KEY", table.primary_key)] if table.primary_key else []
    keys += [("UNIQUE", key) for key in table.uniques]
    definitions += [f"{word} ({key_columns(key)})" for word, key in keys]
    definitions += [f"CHECK ({expression(check.expression)})" for check in table.checks]
    definitions += [
        f"FOREIGN KEY ({', '.join(map(quoted, key.columns))}) REFERENCES {named(key.references)}"
        f" ({', '.join(map(quoted, key.referenced_columns))}) DEFERRABLE INITIALLY DEFERRED"
        for key in table.foreign_keys
    ]
    return f"CREATE TABLE {named(table.name)} ({', '.join(definitions)})"


def key_columns(key: Key) -> str:
    return ", ".join(quoted(column.name) for column in key.columns)


def plain(column: pa.ChunkedArray) -> list[Any]:
    """Values as SQLite compares them: numbers as numbers, dates and times as what they store."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    elif pa.types.is_temporal(column.type):
        column = column.cast(pa.int64())
    elif pa.types.is_decimal(column.type):
        return [None if value is None else float(value) for value in column.to_pylist()]
    elif pa.types.is_struct(column.type):
        return [None if value is None else repr(value) for value in column.to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


@pytest.fixture(scope="module")
def judge(rows: dict[ObjectName, pa.Table]) -> Iterator[sqlite3.Connection]:
    """Everything in SQLite; a key or a check that does not hold fails here."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.create_collation("server", sql_server_order)
    connection.create_collation("spaces", trailing_spaces_aside)
    connection.create_function("len", 1, lambda text: None if text is None else len(text.rstrip(" ")))
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN")
    for table in design().database.tables:
        connection.execute(create(table))
    for table in design().database.tables:
        data = rows[table.name]
        marks = ", ".join("?" * data.num_columns)
        lines = zip(*map(plain, data.columns), strict=True)
        connection.executemany(f"INSERT INTO {named(table.name)} VALUES ({marks})", lines)
    connection.execute("COMMIT")
    yield connection
    connection.close()


def test_keys_foreign_keys_and_checks_hold(judge: sqlite3.Connection, rows: dict[ObjectName, pa.Table]) -> None:
    assert judge.execute("PRAGMA foreign_key_check").fetchall() == []
    for name, table in rows.items():
        assert judge.execute(f"SELECT COUNT(*) FROM {named(name)}").fetchone() == (table.num_rows,)


def test_unique_indexes_hold(judge: sqlite3.Connection) -> None:
    made = 0
    for table in design().database.tables:
        for index in table.indexes:
            if index.unique:
                listed = ", ".join(quoted(column.name) for column in index.columns)
                where = f"WHERE {expression(index.filter)}" if index.filter else ""
                judge.execute(f"CREATE UNIQUE INDEX {quoted(index.name)} ON {named(table.name)} ({listed}) {where}")
                made += 1
    assert made >= 4


def test_the_judge_sees_what_is_wrong(judge: sqlite3.Connection) -> None:
    """The judge is no rubber stamp: case and spaces do not tell keys apart, parents must be there, checks count."""
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        judge.execute("""INSERT INTO "billing.Payer" SELECT -1, lower(PayerCode) || ' ', Name, Kind, NULL, NULL
                         FROM "billing.Payer" LIMIT 1""")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        judge.execute("""UPDATE "dbo.AppUser" SET Pin = '12' """)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        judge.execute("""UPDATE "care.Visit" SET PatientId = 0""")


def test_keys_hold_at_another_scale() -> None:
    """Primary keys of the large tables at a scale where batches end in the middle of families."""
    census = census_at(0.37)
    for population in POPULATIONS:
        key = population.table.primary_key
        if key is None:
            continue
        data = pa.Table.from_batches(list(population.batches(census, SEED)), arrow_schema(population.table))
        names = [column.name for column in key.columns]
        assert data.group_by(names).aggregate([]).num_rows == data.num_rows == census.rows(population.name)
