"""Drafts to MySQL statements. Nothing newer than MySQL 8.0.23 is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.model.mapping import Form
from migrator.model.translation import Phase, Statement
from migrator.mysql.connect import quoted
from migrator.translate.draft import ColumnDraft, ForeignKeyDraft, IndexDraft, IndexPart, TableDraft
from migrator.translate.expressions.value import quoted_text

TABLE_COMMENT: Final = 2048


def statements(draft: TableDraft) -> Iterator[Statement]:
    """CREATE TABLE, then one ALTER TABLE for the indexes and one for the foreign keys."""
    source = str(draft.object)
    yield Statement(Phase.TABLES, source, draft.name, create_table(draft))
    late = [index for index in draft.indexes if not index.early]
    plain = [f"ADD {_index(index)}" for index in late if index.word != "FULLTEXT"]
    if plain:
        yield Statement(Phase.INDEXES, source, draft.name, _alter(draft, plain))
    for index in late:
        if index.word == "FULLTEXT":  # InnoDB builds one full-text index at a time
            yield Statement(Phase.INDEXES, source, draft.name, _alter(draft, [f"ADD {_index(index)}"]))
    trusted = [f"ADD {_foreign_key(key)}" for key in draft.foreign_keys if key.trusted]
    if trusted:
        yield Statement(Phase.FOREIGN_KEYS, source, draft.name, _alter(draft, trusted))
    for key in draft.foreign_keys:
        if not key.trusted:
            sql = _alter(draft, [f"ADD {_foreign_key(key)}"])
            yield Statement(Phase.FOREIGN_KEYS, source, draft.name, sql, unchecked=True)


def create_table(draft: TableDraft) -> str:
    """CREATE TABLE with columns, primary key, the keys that must be early, and checks."""
    lines = [_column(column) for column in draft.columns]
    if draft.primary_key:
        lines.append(f"PRIMARY KEY ({_parts(draft.primary_key)})")
    lines += [_index(index) for index in draft.indexes if index.early]
    lines += [
        f"CONSTRAINT {quoted(name)} CHECK ({condition})" + ("" if enforced else " NOT ENFORCED")
        for name, condition, enforced in draft.checks
    ]
    options = f"ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET=utf8mb4 COLLATE={draft.collation}"
    if draft.first_number > 1:
        options += f" AUTO_INCREMENT={draft.first_number}"
    if draft.source.description:
        options += f" COMMENT={quoted_text(draft.source.description[:TABLE_COMMENT])}"
    body = ",\n".join(f"  {line}" for line in lines)
    if draft.partitions:
        options += f"\n{draft.partitions}"
    return f"CREATE TABLE {quoted(draft.name)} (\n{body}\n) {options}"


def _column(column: ColumnDraft) -> str:
    target = column.target
    words = [quoted(target.name), target.type]
    if column.generated is not None:
        words.append(f"GENERATED ALWAYS AS ({column.generated.expression})")
        words.append("STORED" if column.generated.stored else "VIRTUAL")
    if target.form is Form.GEOMETRY:
        words.append(f"SRID {target.srid}")
    if not target.nullable:
        words.append("NOT NULL")
    elif column.default is None and column.generated is None:
        words.append("NULL")
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    if column.auto_increment:
        words.append("AUTO_INCREMENT")
    if column.generated is not None and column.generated.hidden:
        words.append("INVISIBLE")
    if column.comment:
        words.append(f"COMMENT {quoted_text(column.comment)}")
    return " ".join(words)


def _index(index: IndexDraft) -> str:
    word = f"{index.word} KEY" if index.word else "UNIQUE KEY" if index.unique else "KEY"
    comment = f" COMMENT {quoted_text(index.comment)}" if index.comment else ""
    return f"{word} {quoted(index.name)} ({_parts(index.parts)}){comment}"


def _parts(parts: tuple[IndexPart, ...]) -> str:
    return ", ".join(
        quoted(part.column)
        + (f"({part.prefix})" if part.prefix is not None else "")
        + (" DESC" if part.descending else "")
        for part in parts
    )


def _foreign_key(key: ForeignKeyDraft) -> str:
    columns = ", ".join(quoted(column) for column in key.columns)
    parents = ", ".join(quoted(column) for column in key.parent_columns)
    parent = f"{quoted(key.parent)} ({parents})"
    return f"CONSTRAINT {quoted(key.name)} FOREIGN KEY ({columns}) REFERENCES {parent}{key.actions}"


def _alter(draft: TableDraft, changes: list[str]) -> str:
    return f"ALTER TABLE {quoted(draft.name)}\n  " + ",\n  ".join(changes)
