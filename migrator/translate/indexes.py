"""Primary keys, unique constraints and indexes."""

from __future__ import annotations

from dataclasses import replace

from migrator.model.mapping import Form, Part, TargetColumn
from migrator.model.schema import Index, IndexKind, Key, KeyColumn, ObjectKind
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.translate.computed import scope_of
from migrator.translate.draft import ColumnDraft, Generated, IndexDraft, IndexPart, TableDraft
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.keysize import shortened
from migrator.translate.names import Namer
from migrator.translate.notes import Notes
from migrator.translate.storage import INDEX_LIMIT, KEY_COLUMNS, storage


class IndexPlanner:
    """Plans the keys and indexes of one table into its draft."""

    def __init__(self, draft: TableDraft, rules: Rules, collation: str, notes: Notes) -> None:
        self.draft = draft
        self.rules = rules
        self.collation = collation
        self.notes = notes
        self.names = Namer()
        self.names.take("PRIMARY")

    def plan(self) -> None:
        """Fill ``primary_key`` and ``indexes`` of the draft."""
        source = self.draft.source
        if source.primary_key is not None:
            self._primary_key(source.primary_key)
        else:
            self.notes.add("no-primary-key", ObjectKind.TABLE, str(self.draft.object), source.place)
        for number, key in enumerate(source.uniques, 1):
            self._unique(key, number)
        for index in source.indexes:
            self._index(index)
        self._early()
        self._limit()

    def _primary_key(self, key: Key) -> None:
        label = self.draft.label(key.name or "PRIMARY KEY")
        parts = self._parts(key.columns, ObjectKind.PRIMARY_KEY, label, key)
        if parts is None:
            self.notes.count(ObjectKind.PRIMARY_KEY, label)
            return
        if shortened(self.draft, parts) != parts:
            self.notes.count(ObjectKind.PRIMARY_KEY, label)
            self.notes.add("key-too-long", ObjectKind.PRIMARY_KEY, label, key.place)
            return
        self.notes.count(ObjectKind.PRIMARY_KEY, label, "PRIMARY")
        self.draft.primary_key = parts
        for part in parts:
            column = self.draft.named(part.column)
            if column.target.nullable:
                self.draft.replace(column, replace(column, target=replace(column.target, nullable=False)))

    def _unique(self, key: Key, number: int) -> None:
        label = self.draft.label(key.name or f"unique {number}")
        parts = self._parts(key.columns, ObjectKind.UNIQUE, label, key)
        if parts is None:
            self.notes.count(ObjectKind.UNIQUE, label)
            return
        wanted = key.name or "uq_" + "_".join(part.column for part in parts)
        self._add(wanted, parts, True, ObjectKind.UNIQUE, label, key)

    def _index(self, index: Index) -> None:
        label = self.draft.label(index.name)
        dropped = {
            IndexKind.COLUMNSTORE: "index-columnstore",
            IndexKind.XML: "index-xml",
            IndexKind.OTHER: "index-other",
        }.get(index.kind)
        if index.disabled:
            dropped = "index-disabled"
        if dropped is not None or not (index.columns or index.included):
            self.notes.count(ObjectKind.INDEX, label)
            self.notes.add(dropped or "index-other", ObjectKind.INDEX, label, index.place)
            return
        if index.kind is IndexKind.FULLTEXT:
            self._full_text(index, label)
            return
        if index.kind is IndexKind.SPATIAL:
            self._spatial(index, label)
            return
        parts = self._parts(index.columns, ObjectKind.INDEX, label, index)
        if parts is None:
            self.notes.count(ObjectKind.INDEX, label)
            return
        if index.clustered:
            self.notes.add("index-clustered", ObjectKind.INDEX, label, index.place)
        if index.filter is not None:
            filtered = self._filtered(index, parts, label)
            if filtered is None:
                self.notes.count(ObjectKind.INDEX, label)
                return
            parts = filtered
        if index.included:
            parts = self._included(index, parts, label)
        self._add(index.name, parts, index.unique, ObjectKind.INDEX, label, index)

    def _parts(
        self, columns: tuple[KeyColumn, ...], kind: ObjectKind, label: str, item: Key | Index
    ) -> tuple[IndexPart, ...] | None:
        parts: list[IndexPart] = []
        for column in columns:
            found = self.draft.of_source(column.name)
            if found is None or found.target.part is Part.VARIANT_VALUE or found.target.form is Form.GEOMETRY:
                reason = self.draft.missing.get(column.name.casefold(), "has a type that MySQL cannot index here")
                self.notes.add("index-column", kind, label, item.place, column=column.name, reason=reason)
                return None
            parts.append(IndexPart(found.name, column.descending))
        return tuple(parts)

    def _add(
        self, wanted: str, parts: tuple[IndexPart, ...], unique: bool, kind: ObjectKind, label: str, item: Key | Index
    ) -> None:
        if unique and any(self.draft.named(part.column).target.nullable for part in parts):
            filtered = isinstance(item, Index) and item.filter is not None
            if not filtered:
                self.notes.add("unique-nullable", kind, label, item.place)
        if unique and any(self._padded(part.column) for part in parts):
            self.notes.add("unique-blanks", kind, label, item.place)
        fitted = shortened(self.draft, parts)
        if len(fitted) > KEY_COLUMNS:
            fitted = fitted[:KEY_COLUMNS]
            self.notes.add(
                "unique-too-long" if unique else "index-columns-cut", kind, label, item.place, limit=KEY_COLUMNS
            )
            unique = False
        elif fitted != parts:
            self.notes.add("unique-too-long" if unique else "index-prefix", kind, label, item.place, limit=KEY_COLUMNS)
            unique = False
        name = self.names.take(wanted, label)
        self.notes.count(kind, label, name)
        self.draft.indexes.append(IndexDraft(name, fitted, unique, kind, label))

    def _padded(self, column: str) -> bool:
        target = self.draft.named(column).target
        return (
            target.form is Form.TEXT and "CHARACTER SET ascii" not in target.type and target.type.startswith("VARCHAR")
        )

    def _included(self, index: Index, parts: tuple[IndexPart, ...], label: str) -> tuple[IndexPart, ...]:
        if index.unique:
            self.notes.add("index-include-dropped", ObjectKind.INDEX, label, index.place)
            return parts
        taken = {part.column for part in parts}
        wider = list(parts)
        for name in index.included:
            column = self.draft.of_source(name)
            if column is None or column.target.form is Form.GEOMETRY or storage(column.target.type).lob:
                continue
            if column.name not in taken:
                wider.append(IndexPart(column.name))
        if (
            len(wider) - len(parts) < len(index.included)
            or len(wider) > KEY_COLUMNS
            or shortened(self.draft, tuple(wider)) != tuple(wider)
        ):
            self.notes.add("index-include-dropped", ObjectKind.INDEX, label, index.place)
            return parts
        self.notes.add("index-include", ObjectKind.INDEX, label, index.place)
        return tuple(wider)

    def _filtered(self, index: Index, parts: tuple[IndexPart, ...], label: str) -> tuple[IndexPart, ...] | None:
        if not index.unique:
            self.notes.add("index-filter", ObjectKind.INDEX, label, index.place)
            return parts
        translator = Translator(scope_of(self.draft, self.rules, self.collation))
        try:
            condition = translator.condition_of(index.filter or "")
            column = self._carrier(parts)
        except Untranslatable as error:
            self.notes.add("index-filter-dropped", ObjectKind.INDEX, label, index.place, reason=error.reason)
            return None
        for remark in translator.remarks:
            self.notes.add(remark, ObjectKind.INDEX, label, index.place)
        hidden = self._hidden(index.name, column, condition)
        self.notes.add("index-filter-unique", ObjectKind.INDEX, label, index.place, column=hidden)
        return tuple(IndexPart(hidden, part.descending) if part.column == column.name else part for part in parts)

    def _carrier(self, parts: tuple[IndexPart, ...]) -> ColumnDraft:
        """The key column that is NULL outside the filter: one that is never NULL inside it, if there is one."""
        columns = [self.draft.named(part.column) for part in parts]
        usable = [column for column in columns if not column.auto_increment]
        if not usable:
            raise Untranslatable("MySQL allows no generated column over the AUTO_INCREMENT column")
        return next((column for column in usable if not column.target.nullable), usable[0])

    def _hidden(self, index: str, column: ColumnDraft, condition: str) -> str:
        taken = Namer()
        for other in self.draft.columns:
            taken.take(other.name)
        name = taken.take(f"{index}_{column.name}", index)
        expression = f"CASE WHEN {condition} THEN {quoted(column.name)} END"
        target = TargetColumn(
            name,
            column.target.source,
            column.target.type,
            column.target.form,
            nullable=True,
            scale=column.target.scale,
            compared=False,
        )
        self.draft.columns.append(
            ColumnDraft(target, None, column.collation, generated=Generated(expression, stored=False, hidden=True))
        )
        return name

    def _full_text(self, index: Index, label: str) -> None:
        columns = [self.draft.of_source(column.name) for column in index.columns]
        texts = [column for column in columns if column is not None and column.collation is not None]
        if len(texts) < len(columns) or not texts or len({column.collation for column in texts}) > 1:
            self.notes.count(ObjectKind.INDEX, label)
            self.notes.add("index-fulltext-dropped", ObjectKind.INDEX, label, index.place)
            return
        self.notes.add("index-fulltext", ObjectKind.INDEX, label, index.place)
        name = self.names.take(index.name, label)
        self.notes.count(ObjectKind.INDEX, label, name)
        parts = tuple(IndexPart(column.name) for column in texts)
        self.draft.indexes.append(IndexDraft(name, parts, False, ObjectKind.INDEX, label, word="FULLTEXT"))

    def _spatial(self, index: Index, label: str) -> None:
        column = self.draft.of_source(index.columns[0].name)
        if column is None or column.target.nullable or column.target.form is not Form.GEOMETRY:
            self.notes.count(ObjectKind.INDEX, label)
            self.notes.add("index-spatial-dropped", ObjectKind.INDEX, label, index.place)
            return
        name = self.names.take(index.name, label)
        self.notes.count(ObjectKind.INDEX, label, name)
        self.draft.indexes.append(
            IndexDraft(name, (IndexPart(column.name),), False, ObjectKind.INDEX, label, word="SPATIAL")
        )

    def _early(self) -> None:
        """Mark what must be there before the rows: the key that AUTO_INCREMENT needs, and the one that InnoDB clusters by."""
        counter = next((column for column in self.draft.columns if column.auto_increment), None)
        if counter is not None and (not self.draft.primary_key or self.draft.primary_key[0].column != counter.name):
            leading = [
                index for index in self.draft.indexes if index.parts[0].column == counter.name and not index.word
            ]
            if leading:
                self._make_early(leading[0])
            else:
                label = self.draft.label(counter.name)
                self.notes.add("identity-key", ObjectKind.COLUMN, self.draft.label(counter.target.source))
                name = self.names.take(f"ix_{counter.name}", label)
                self.draft.indexes.append(
                    IndexDraft(name, (IndexPart(counter.name),), False, ObjectKind.INDEX, "", early=True)
                )
        if not self.draft.primary_key:
            for index in self.draft.indexes:
                if index.unique and not any(self.draft.named(part.column).target.nullable for part in index.parts):
                    self._make_early(index)
                    break

    def _make_early(self, index: IndexDraft) -> None:
        self.draft.indexes[self.draft.indexes.index(index)] = replace(index, early=True)

    def _limit(self) -> None:
        for index in self.draft.indexes[INDEX_LIMIT:]:
            self.notes.count(index.kind, index.source)
            self.notes.add("index-too-many", index.kind, index.source, self.draft.source.place, limit=INDEX_LIMIT)
        del self.draft.indexes[INDEX_LIMIT:]
