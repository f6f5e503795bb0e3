"""Any table of the model, written down as T-SQL in one of many spellings, is read back as it was."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support.tables import tables, without_places

from migrator.model.schema import Column, KeyColumn, Table
from migrator.translate.tsql.read import read_script


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


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from([";\n", "\n", "\nGO\n", " /* ; */ "]), st.booleans())
def test_a_table_comes_back_as_it_was(table: Table, end: str, loose: bool) -> None:
    database = read_script(Writer(end, loose=loose).script(table))
    assert database.unread == ()
    assert tuple(map(without_places, database.tables)) == (table,)
