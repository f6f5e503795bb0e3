"""Primary keys, unique constraints and indexes."""

from __future__ import annotations

from dataclasses import replace

from migrator.model.mapping import Form, Part, TargetColumn
from migrator.model.schema import Index, IndexKind, Key, KeyColumn, ObjectKind, Place
from migrator.rules import Rules
from migrator.translate.columns import COMMENT_LIMIT
from migrator.translate.computed import UNFILLED, scope_of
from migrator.translate.draft import IndexDraft, IndexPart, TableDraft
from migrator.translate.expressions.translator import Translator, not_null_columns
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.hidden import filtered_parts, hashed_parts
from migrator.translate.keysize import shortened
from migrator.translate.names import Namer
from migrator.translate.notes import Notes
from migrator.translate.special_indexes import NOT_IN_MYSQL, full_text_parts, spatial_parts
from migrator.translate.storage import INDEX_LIMIT, KEY_COLUMNS, storage

Parts = tuple[IndexPart, ...]


class IndexPlanner:
    """Plans the keys and indexes of one table into its draft."""

    def __init__(self, draft: TableDraft, rules: Rules, collation: str, notes: Notes) -> None:
        self.draft = draft
        self.rules = rules
        self.collation = collation
        self.notes = notes
        self.names = Namer(["PRIMARY", "GEN_CLUST_INDEX"])

    def plan(self) -> None:
        """Fill ``primary_key``, ``row_key`` and ``indexes`` of the draft."""
        source = self.draft.source
        if source.primary_key is not None:
            self._primary_key(source.primary_key)
        for number, key in enumerate(source.uniques, 1):
            self._unique(key, number)
        for index in source.indexes:
            self._index(index)
            self._describe(index)
        self._limit()
        self._early()

    def _primary_key(self, key: Key) -> None:
        label = self.draft.label(key.name or "PRIMARY KEY")
        parts = self._parts(key.columns, ObjectKind.PRIMARY_KEY, label, key.place)
        if parts is None:
            self.notes.count(ObjectKind.PRIMARY_KEY, label)
            return
        unfilled = next((part.column for part in parts if self.draft.named(part.column).unfilled), None)
        if unfilled is not None:
            self.notes.count(ObjectKind.PRIMARY_KEY, label)
            self.notes.add("index-column", ObjectKind.PRIMARY_KEY, label, key.place, column=unfilled, reason=UNFILLED)
            return
        self._compares(parts, ObjectKind.PRIMARY_KEY, label, key.place)
        for part in parts:
            column = self.draft.named(part.column)
            self.draft.replace(column, replace(column, target=replace(column.target, nullable=False)))
        self.draft.row_key = tuple(part.column for part in parts)
        if shortened(self.draft, parts) == parts and len(parts) <= KEY_COLUMNS:
            self.notes.count(ObjectKind.PRIMARY_KEY, label, "PRIMARY")
            self.draft.primary_key = parts
            return
        self.notes.add("key-too-long", ObjectKind.PRIMARY_KEY, label, key.place)
        self._add(key.name or f"uq_{self.draft.name}", parts, ObjectKind.PRIMARY_KEY, label, key.place, unique=True)

    def _unique(self, key: Key, number: int) -> None:
        label = self.draft.label(key.name or f"unique {number}")
        parts = self._parts(key.columns, ObjectKind.UNIQUE, label, key.place)
        if parts is None:
            self.notes.count(ObjectKind.UNIQUE, label)
            return
        self._compares(parts, ObjectKind.UNIQUE, label, key.place)
        if key.clustered:
            self.notes.add("index-clustered", ObjectKind.UNIQUE, label, key.place)
        wanted = key.name or "uq_" + "_".join(part.column for part in parts)
        self._add(wanted, parts, ObjectKind.UNIQUE, label, key.place, unique=True)

    def _describe(self, index: Index) -> None:
        """The description as a comment of all that was made of the index."""
        if not index.description:
            return
        label = self.draft.label(index.name)
        if len(index.description) > COMMENT_LIMIT:
            self.notes.add("comment-cut", ObjectKind.INDEX, label, index.place, limit=COMMENT_LIMIT)
        comment = index.description[:COMMENT_LIMIT]
        self.draft.indexes[:] = [
            replace(made, comment=comment) if made.source == label else made for made in self.draft.indexes
        ]

    def _index(self, index: Index) -> None:
        label = self.draft.label(index.name)
        self.notes.count(ObjectKind.INDEX, label)
        left_out = "index-disabled" if index.disabled else NOT_IN_MYSQL.get(index.kind)
        if left_out is not None:
            self.notes.add(left_out, ObjectKind.INDEX, label, index.place)
        elif index.kind is IndexKind.FULLTEXT:
            found = full_text_parts(self.draft, index)
            self.notes.add(
                "index-fulltext" if found else "index-fulltext-dropped", ObjectKind.INDEX, label, index.place
            )
            if found and len(found) < len(index.columns):
                self.notes.add("index-fulltext-columns", ObjectKind.INDEX, label, index.place)
            if found:
                self._append(index.name, found, ObjectKind.INDEX, label, word="FULLTEXT")
        elif index.kind is IndexKind.SPATIAL:
            found = spatial_parts(self.draft, index)
            if found:
                self._append(index.name, found, ObjectKind.INDEX, label, word="SPATIAL")
            else:
                self.notes.add("index-spatial-dropped", ObjectKind.INDEX, label, index.place)
        else:
            self._tree(index, label)

    def _tree(self, index: Index, label: str) -> None:
        parts = self._parts(index.columns, ObjectKind.INDEX, label, index.place)
        if not parts:
            return
        if index.clustered:
            self.notes.add("index-clustered", ObjectKind.INDEX, label, index.place)
        if index.unique and index.filter is None:
            self._compares(parts, ObjectKind.INDEX, label, index.place)
        if index.filter is not None and index.unique and not self._only_not_null(index.filter, parts):
            filtered = self._filtered(index, index.filter, parts, label)
            if filtered is None:
                return
            parts = filtered
        elif index.filter is not None and not index.unique:
            self.notes.add("index-filter", ObjectKind.INDEX, label, index.place)
        if index.included:
            parts = self._included(index, parts, label)
        self._add(index.name, parts, ObjectKind.INDEX, label, index.place, unique=index.unique)

    def _parts(self, columns: tuple[KeyColumn, ...], kind: ObjectKind, label: str, place: Place | None) -> Parts | None:
        parts: list[IndexPart] = []
        for column in columns:
            found = self.draft.of_source(column.name)
            if found is None or found.target.part is Part.VARIANT_VALUE or found.target.form is Form.GEOMETRY:
                reason = self.draft.missing.get(column.name.casefold(), "has a type that MySQL cannot index here")
                self.notes.add("index-column", kind, label, place, column=column.name, reason=reason)
                return None
            parts.append(IndexPart(found.name, column.descending))
        return tuple(parts)

    def _compares(self, parts: Parts, kind: ObjectKind, label: str, place: Place | None) -> None:
        """Remark where MySQL takes other values for equal than SQL Server."""
        columns = [self.draft.named(part.column) for part in parts]
        if kind is not ObjectKind.PRIMARY_KEY and any(column.target.nullable for column in columns):
            self.notes.add("unique-nullable", kind, label, place)
        if any(column.collation is not None and column.target.form is Form.TEXT for column in columns):
            self.notes.add("unique-blanks", kind, label, place)

    def _add(
        self, wanted: str, parts: Parts, kind: ObjectKind, label: str, place: Place | None, *, unique: bool
    ) -> None:
        fitted = shortened(self.draft, parts)
        if len(fitted) > KEY_COLUMNS:
            fitted = fitted[:KEY_COLUMNS]
            self.notes.add("unique-too-wide" if unique else "index-columns-cut", kind, label, place, limit=KEY_COLUMNS)
            unique = False
        elif fitted != parts and unique:
            hashed = hashed_parts(self.draft, wanted, parts)
            if hashed is None:
                self.notes.add("unique-too-wide", kind, label, place, limit=KEY_COLUMNS)
            else:
                self.notes.add("unique-hashed", kind, label, place)
                self._append(f"{wanted}_hash", hashed, kind, label, unique=True)
            unique = False
        elif fitted != parts:
            self.notes.add("index-prefix", kind, label, place)
        twin = self._twin(fitted, unique=unique)
        if twin is not None:
            self.notes.add("index-twin", kind, label, place, twin=twin)
            self.notes.count(kind, label, twin)
        else:
            self._append(wanted, fitted, kind, label, unique=unique)

    def _twin(self, parts: Parts, *, unique: bool) -> str | None:
        """The key that does already what an index over ``parts`` would do."""
        if parts == self.draft.primary_key:
            return "PRIMARY"
        for index in self.draft.indexes:
            if index.parts == parts and not index.word and (index.unique or not unique):
                return index.name
        return None

    def _append(
        self, wanted: str, parts: Parts, kind: ObjectKind, label: str, *, unique: bool = False, word: str = ""
    ) -> None:
        name = self.names.take(wanted, label)
        self.notes.count(kind, label, name)
        self.draft.indexes.append(IndexDraft(name, parts, unique, kind, label, word))

    def _included(self, index: Index, parts: Parts, label: str) -> Parts:
        taken = {part.column for part in parts}
        found = [self.draft.of_source(name) for name in index.included]
        columns = [column for column in found if column is not None and not storage(column.target.type).lob]
        wider = parts + tuple(IndexPart(column.name) for column in columns if column.name not in taken)
        fits = len(columns) == len(found) and len(wider) <= KEY_COLUMNS and shortened(self.draft, wider) == wider
        if index.unique or not fits:
            self.notes.add("index-include-dropped", ObjectKind.INDEX, label, index.place)
            return parts
        self.notes.add("index-include", ObjectKind.INDEX, label, index.place)
        return wider

    def _only_not_null(self, condition: str, parts: Parts) -> bool:
        """True if the filter leaves out just what a unique key of MySQL leaves out by itself: rows with a NULL."""
        try:
            required, alone = not_null_columns(condition)
        except Untranslatable:
            return False
        sources = {self.draft.named(part.column).target.source.casefold() for part in parts}
        nullable = {column.source.casefold() for column in self._targets(parts) if column.nullable}
        return alone and nullable <= required <= sources

    def _targets(self, parts: Parts) -> list[TargetColumn]:
        return [self.draft.named(part.column).target for part in parts]

    def _filtered(self, index: Index, condition: str, parts: Parts, label: str) -> Parts | None:
        translator = Translator(scope_of(self.draft, self.rules, self.collation))
        try:
            hidden = filtered_parts(self.draft, index.name, parts, translator.condition_of(condition))
        except Untranslatable as error:
            self.notes.add("index-filter-dropped", ObjectKind.INDEX, label, index.place, reason=error.reason)
            return None
        for remark in translator.remarks:
            self.notes.add(remark, ObjectKind.INDEX, label, index.place)
        required, _ = not_null_columns(condition)
        if any(column.nullable and column.source.casefold() not in required for column in self._targets(parts)):
            self.notes.add("unique-nullable", ObjectKind.INDEX, label, index.place)
        column = next(part.column for part, old in zip(hidden, parts, strict=True) if part != old)
        self.notes.add("index-filter-unique", ObjectKind.INDEX, label, index.place, column=column)
        return hidden

    def _early(self) -> None:
        """Mark what must be there before the rows: the key that AUTO_INCREMENT needs, and one to cluster by."""
        counter = next((column for column in self.draft.columns if column.auto_increment), None)
        if counter is not None and (not self.draft.primary_key or self.draft.primary_key[0].column != counter.name):
            leading = [
                index for index in self.draft.indexes if index.parts[0].column == counter.name and not index.word
            ]
            if leading:
                self._make_early(leading[0])
            else:
                self.notes.add("identity-key", ObjectKind.COLUMN, self.draft.label(counter.target.source))
                name = self.names.take(f"ix_{counter.name}", counter.name)
                parts = (IndexPart(counter.name),)
                self.draft.indexes.append(IndexDraft(name, parts, False, ObjectKind.INDEX, "", early=True))
        if not self.draft.primary_key:
            for index in self.draft.indexes:
                if index.unique and not any(self.draft.named(part.column).target.nullable for part in index.parts):
                    self._make_early(index)
                    return
            self.notes.add("no-key", ObjectKind.TABLE, str(self.draft.object), self.draft.source.place)

    def _make_early(self, index: IndexDraft) -> None:
        self.draft.indexes[self.draft.indexes.index(index)] = replace(index, early=True)

    def _limit(self) -> None:
        # One of them is the primary key, or the key that AUTO_INCREMENT needs instead.
        counts = any(column.auto_increment for column in self.draft.columns)
        secondary = INDEX_LIMIT - bool(self.draft.primary_key or counts)
        for index in self.draft.indexes[secondary:]:
            self.notes.count(index.kind, index.source)
            self.notes.add("index-too-many", index.kind, index.source, self.draft.source.place, limit=INDEX_LIMIT)
        del self.draft.indexes[secondary:]
