"""Any table of the model, written down as T-SQL in one of many spellings, is read back as it was."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
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
from migrator.translate.tsql.read import read_script

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


def _quoted(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"


class Writer:
    """Writes a table; ``loose`` puts constraints into statements of their own, ``end`` parts the statements."""

    def __init__(self, end: str, *, loose: bool) -> None:
        self.end = end
        self.loose = loose

    def script(self, table: Table) -> str:
        name = f"{_quoted(table.name.schema)}.{_quoted(table.name.name)}"
        columns = [self._column(column) for column in table.columns]
        constraints = [text for text in self._constraints(table) if text]
        trusting = [text for text in constraints if not text.startswith("!")]
        doubting = [f"ALTER TABLE {name} WITH NOCHECK ADD {text[1:]}" for text in constraints if text.startswith("!")]
        body = columns if self.loose else columns + trusting
        later = [f"ALTER TABLE {name} ADD {text}" for text in trusting] if self.loose else []
        return self.end.join(
            [f"CREATE TABLE {name} ({', '.join(body)})", *later, *doubting, *self._indexes(name, table)]
        )

    def _column(self, column: Column) -> str:
        if column.computed:
            return f"{_quoted(column.name)} AS {column.computed.expression}" + " PERSISTED" * column.computed.persisted
        parts = [_quoted(column.name), str(column.type)]
        if column.collation:
            parts.append(f"COLLATE {column.collation}")
        if column.identity:
            parts.append(f"IDENTITY({column.identity.seed},{column.identity.increment})")
        parts += ["SPARSE"] * column.sparse + ["ROWGUIDCOL"] * column.rowguid
        if column.masked:
            parts.append(f"MASKED WITH (FUNCTION = '{column.masked}')")
        if column.default:
            named = f"CONSTRAINT {_quoted(column.default.name)} " if column.default.name else ""
            parts.append(f"{named}DEFAULT {column.default.expression}")
        return " ".join([*parts, "NULL" if column.nullable else "NOT NULL"])

    def _constraints(self, table: Table) -> list[str]:
        texts = []
        for key, words in [*((key, "UNIQUE") for key in table.uniques), (table.primary_key, "PRIMARY KEY")]:
            if key:
                kind = "CLUSTERED" if key.clustered else "NONCLUSTERED"
                texts.append(f"{self._named(key.name)}{words} {kind} ({self._columns(key.columns)})")
        for foreign in table.foreign_keys:
            columns = ", ".join(map(_quoted, foreign.columns))
            texts.append(
                f"{'' if foreign.trusted else '!'}{self._named(foreign.name)}FOREIGN KEY ({columns}) "
                f"REFERENCES [x].[there] ({columns}) ON DELETE {foreign.on_delete} ON UPDATE {foreign.on_update}"
            )
        return texts + [f"{self._named(check.name)}CHECK ({check.expression})" for check in table.checks]

    def _indexes(self, name: str, table: Table) -> list[str]:
        return [
            f"CREATE {'UNIQUE ' * index.unique}INDEX {_quoted(index.name)} ON {name} ({self._columns(index.columns)}) "
            f"INCLUDE ({', '.join(map(_quoted, index.included))})" + (f" WHERE {index.filter}" if index.filter else "")
            for index in table.indexes
        ]

    def _columns(self, columns: tuple[KeyColumn, ...]) -> str:
        return ", ".join(_quoted(column.name) + " DESC" * column.descending for column in columns)

    def _named(self, name: str | None) -> str:
        return f"CONSTRAINT {_quoted(name)} " if name else ""


def _without_places(table: Table) -> Table:
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


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from([";\n", "\n", "\nGO\n", " /* ; */ "]), st.booleans())
def test_a_table_comes_back_as_it_was(table: Table, end: str, loose: bool) -> None:
    database = read_script(Writer(end, loose=loose).script(table))
    assert database.unread == ()
    assert tuple(map(_without_places, database.tables)) == (table,)
