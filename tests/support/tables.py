"""Any table of the model, for tests of what writes and reads tables."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    Action,
    Check,
    Column,
    Computed,
    Default,
    ForeignKey,
    Identity,
    Index,
    Key,
    KeyColumn,
    Table,
)

_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12).filter(
    # lower() is how the reader compares; names whose case folds to another length are left to SQL Server's collations
    lambda name: name == name.strip() and name.upper().lower() == name.lower()
)
_EXPRESSIONS = st.sampled_from(["(1)", "getdate()", "N'a''b'", "(a + [b])", "case when 1 = 1 then '(' else ')' end"])
_DEFAULTS = st.sampled_from(["((1))", "getdate()", "N'a''], b'", "-1.5", "NULL", "next value for [dbo].[s]", "0x00FF"])


def _types() -> st.SearchStrategy[DataType]:
    plain = [SqlType.INT, SqlType.BIT, SqlType.MONEY, SqlType.REAL, SqlType.DATE, SqlType.XML, SqlType.UNIQUEIDENTIFIER]
    texts = [SqlType.VARCHAR, SqlType.NVARCHAR, SqlType.VARBINARY]
    return st.one_of(
        st.sampled_from(plain).map(DataType),
        st.builds(DataType, st.sampled_from(texts), length=st.one_of(st.just(MAX), st.integers(1, 4000))),
        st.builds(
            DataType, st.sampled_from([SqlType.CHAR, SqlType.NCHAR, SqlType.BINARY]), length=st.integers(1, 4000)
        ),
        st.integers(1, 38).flatmap(
            lambda digits: st.builds(
                DataType, st.just(SqlType.DECIMAL), precision=st.just(digits), scale=st.integers(0, digits)
            )
        ),
        st.builds(DataType, st.just(SqlType.FLOAT), precision=st.integers(25, 53)),
        st.builds(DataType, st.sampled_from([SqlType.TIME, SqlType.DATETIME2]), scale=st.integers(0, 7)),
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables with every kind of part that T-SQL scripts can say."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=6, unique_by=str.lower))
    parts = iter(draw(st.lists(_NAMES, min_size=16, max_size=16, unique_by=str.lower)))
    columns = [
        Column(
            name,
            draw(_types()),
            nullable=draw(st.booleans()),
            collation=draw(st.sampled_from([None, "Latin1_General_BIN2"])),
            default=draw(st.none() | st.builds(Default, st.none() | st.just(next(parts)), _DEFAULTS)),
            rowguid=draw(st.booleans()),
            sparse=draw(st.booleans()),
            masked=draw(st.sampled_from([None, "default()"])),
        )
        for name in names
    ]
    if draw(st.booleans()):
        columns[0] = replace(
            columns[0],
            nullable=False,
            identity=Identity(*draw(st.tuples(st.integers(-(10**18), 10**18), st.integers(1, 9)))),
        )
    some = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)
    keys = some.map(lambda chosen: tuple(KeyColumn(name, descending=draw(st.booleans())) for name in chosen))
    primary = draw(st.none() | st.builds(Key, st.none() | st.just(next(parts)), keys, clustered=st.booleans()))
    in_key = {column.name for column in primary.columns} if primary else set()
    computed = Column(
        next(parts) + " computed", None, nullable=True, computed=draw(st.builds(Computed, _EXPRESSIONS, st.booleans()))
    )
    actions = st.sampled_from(Action)
    return Table(
        name=ObjectName(draw(st.sampled_from(["dbo", "Sales"])), "t" + next(parts)),
        columns=(
            *(replace(column, nullable=column.nullable and column.name not in in_key) for column in columns),
            computed,
        ),
        primary_key=primary,
        uniques=tuple(draw(st.lists(st.builds(Key, st.just(next(parts)), keys, clustered=st.just(False)), max_size=1))),
        foreign_keys=tuple(
            ForeignKey(
                next(parts),
                tuple(chosen),
                ObjectName("x", "there"),
                tuple(chosen),
                draw(actions),
                draw(actions),
                trusted,
            )
            for chosen, trusted in draw(st.lists(st.tuples(some, st.booleans()), max_size=1))
        ),
        checks=tuple(draw(st.lists(st.builds(Check, st.just(next(parts)), _EXPRESSIONS), max_size=1))),
        indexes=tuple(
            draw(
                st.lists(
                    st.builds(
                        Index,
                        st.just(next(parts)),
                        keys,
                        some.map(tuple),
                        unique=st.booleans(),
                        filter=st.sampled_from([None, "[a] > 0 AND [b] IN ('(', 'WITH')"]),
                    ),
                    max_size=1,
                )
            )
        ),
    )


def without_places(table: Table) -> Table:
    """The same table, wherever it was written."""

    def bare(items: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(replace(item, place=None) for item in items)

    return replace(
        table,
        place=None,
        columns=bare(table.columns),
        primary_key=replace(table.primary_key, place=None) if table.primary_key else None,
        uniques=bare(table.uniques),
        foreign_keys=bare(table.foreign_keys),
        checks=bare(table.checks),
        indexes=bare(table.indexes),
    )
