"""A database of the model written into the catalog views, as SQL Server would describe it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from support.sys_views import SysViews

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    Action,
    Column,
    Database,
    ForeignKey,
    Index,
    IndexKind,
    Key,
    KeyColumn,
    Module,
    ObjectKind,
    OtherObject,
    Sequence,
    Table,
    Temporal,
)

HISTORY = "MSSQL_TemporalHistoryFor_"
"""How the name begins that the server gives to a history table."""
BUILT_IN = {
    "image": 34,
    "text": 35,
    "uniqueidentifier": 36,
    "date": 40,
    "time": 41,
    "datetime2": 42,
    "datetimeoffset": 43,
    "tinyint": 48,
    "smallint": 52,
    "int": 56,
    "smalldatetime": 58,
    "real": 59,
    "money": 60,
    "datetime": 61,
    "float": 62,
    "sql_variant": 98,
    "ntext": 99,
    "bit": 104,
    "decimal": 106,
    "numeric": 108,
    "smallmoney": 122,
    "bigint": 127,
    "varbinary": 165,
    "varchar": 167,
    "binary": 173,
    "char": 175,
    "timestamp": 189,
    "nvarchar": 231,
    "nchar": 239,
    "xml": 241,
}
"""system_type_id, which is the user_type_id too. Source: Transact-SQL reference, sys.types."""
_OF_2025 = {"json": 244, "vector": 255}
_CLR = {"hierarchyid": 128, "geometry": 129, "geography": 130}
_CLR_SYSTEM_TYPE = 240
_SYSNAME = 256
_SYS = 4
_LENGTHS = {SqlType.INT: 4, SqlType.TEXT: 16, SqlType.NTEXT: 16, SqlType.IMAGE: 16, SqlType.XML: -1, SqlType.JSON: -1}
_TEXTS = frozenset({"char", "varchar", "nchar", "nvarchar", "text", "ntext"})
_TYPES = {ObjectKind.VIEW: "V ", ObjectKind.PROCEDURE: "P ", ObjectKind.FUNCTION: "FN", ObjectKind.TRIGGER: "TR"}
_INDEX_TYPES = {IndexKind.XML: 3, IndexKind.SPATIAL: 4, IndexKind.HASH: 7, IndexKind.OTHER: 8}
_WITHOUT_KEY = frozenset({IndexKind.XML, IndexKind.SPATIAL, IndexKind.OTHER, IndexKind.COLUMNSTORE})
_NAMED = {
    "CERTIFICATE": "certificates",
    "ASYMMETRIC KEY": "asymmetric_keys",
    "SYMMETRIC KEY": "symmetric_keys",
    "COLUMN MASTER KEY": "column_master_keys",
    "COLUMN ENCRYPTION KEY": "column_encryption_keys",
    "FULLTEXT CATALOG": "fulltext_catalogs",
    "FULLTEXT STOPLIST": "fulltext_stoplists",
    "EXTERNAL DATA SOURCE": "external_data_sources",
    "EXTERNAL FILE FORMAT": "external_file_formats",
    "BROKER PRIORITY": "conversation_priorities",
    "DATABASE SCOPED CREDENTIAL": "database_scoped_credentials",
    "PLAN GUIDE": "plan_guides",
    "FILEGROUP": "filegroups",
    "EVENT NOTIFICATION": "event_notifications",
}
_NUMBERED = {
    "MESSAGE TYPE": ("service_message_types", "message_type_id"),
    "CONTRACT": ("service_contracts", "service_contract_id"),
    "SERVICE": ("services", "service_id"),
    "ROUTE": ("routes", "route_id"),
}
_OBJECTS = {
    "QUEUE": ("service_queues", "SQ"),
    "SECURITY POLICY": ("security_policies", "SP"),
    "EXTERNAL TABLE": ("external_tables", "U "),
    "AGGREGATE": ("objects", "AF"),
    "RULE": ("objects", "R "),
    "DEFAULT": ("objects", "D "),
}


def fill(views: SysViews, database: Database) -> None:
    """Write all of ``database``. Raises NotImplementedError for an object of a kind that is not known here."""
    _Filler(views, database).fill()


class _Filler:
    def __init__(self, views: SysViews, database: Database) -> None:
        self.views = views
        self.database = database
        self.ids = itertools.count(1000)
        self.schemas = {"dbo": 1, "guest": 2, "INFORMATION_SCHEMA": 3, "sys": _SYS, "db_owner": 16384}
        self.types: dict[ObjectName, tuple[int, int]] = {}
        self.objects: dict[ObjectName, int] = {}
        self.columns: dict[tuple[ObjectName, str], int] = {}
        self.partition_schemes: dict[str, int] = {}
        self.features: dict[ObjectName, list[str]] = {}
        views.collation = database.collation

    def fill(self) -> None:
        self._types()
        self._partitions()
        for table in self.database.tables:
            self._table(table)
        for table in self.database.tables:
            for key in table.foreign_keys:
                self._foreign_key(table, key)
        for module in self.database.modules:
            self._module(module)
        for sequence in self.database.sequences:
            self._sequence(sequence)
        for synonym in self.database.synonyms:
            target = ".".join(f"[{part.replace(']', ']]')}]" if part else "" for part in synonym.target)
            self._object("synonyms", synonym.name, "SN", base_object_name=target)
        for other in self.database.others:
            self._other(other)

    def _types(self) -> None:
        histories = (table.temporal.history for table in self.database.tables if table.temporal)
        for name in (*self.database.schemas, *(history.schema for history in histories if history)):
            self.schemas.setdefault(name, next(self.ids))
        for name, id_ in self.schemas.items():
            self.views.add("schemas", schema_id=id_, name=name)
        self._built_in_types()
        for alias in self.database.alias_types:
            self._user_type(alias.name, alias.type, nullable=alias.nullable)
        for other in self.database.others:
            if other.word == "CLR TYPE":
                self._clr_type(other.name)

    def _built_in_types(self) -> None:
        known = BUILT_IN | (_OF_2025 if self.views.product.major >= 17 else {})
        for name, id_ in known.items():
            self._type(id_, id_, _SYS, name)
        for name, id_ in _CLR.items():
            self._type(id_, _CLR_SYSTEM_TYPE, _SYS, name, is_assembly_type=1)
        self._type(_SYSNAME, BUILT_IN["nvarchar"], _SYS, "sysname", max_length=256, is_nullable=0)

    def _type(self, id_: int, system: int, schema: int, name: str, **more: Any) -> None:
        values = {"max_length": 8, "precision": 19, "scale": 0, "is_nullable": 1} | more
        self.views.add("types", user_type_id=id_, system_type_id=system, schema_id=schema, name=name, **values)

    def _user_type(self, name: ObjectName, type_: DataType, *, nullable: bool) -> None:
        id_ = next(self.ids)
        system, _ = self._type_ids(type_.without_alias())
        sizes = _sizes(type_)
        self._type(
            id_, system, self.schemas[name.schema], name.name, is_user_defined=1, is_nullable=int(nullable), **sizes
        )
        self.types[name] = (system, id_)

    def _clr_type(self, name: ObjectName) -> None:
        id_ = next(self.ids)
        schema = self.schemas[name.schema]
        self._type(id_, _CLR_SYSTEM_TYPE, schema, name.name, is_user_defined=1, is_assembly_type=1, max_length=-1)
        self.types[name] = (_CLR_SYSTEM_TYPE, id_)

    def _type_ids(self, type_: DataType) -> tuple[int, int]:
        if type_.alias is not None:
            return self.types[type_.alias]
        if type_.base in _CLR:
            return _CLR_SYSTEM_TYPE, _CLR[type_.base]
        word = "timestamp" if type_.base is SqlType.ROWVERSION else type_.base.value
        id_ = (BUILT_IN | _OF_2025)[word]
        return id_, id_

    def _object(self, view: str, name: ObjectName, type_: str, **values: Any) -> int:
        id_ = next(self.ids)
        self.objects[name] = id_
        common = {
            "object_id": id_,
            "schema_id": self.schemas[name.schema],
            "name": name.name,
            "type": type_,
            "parent_object_id": values.pop("parent_object_id", 0),
            "modify_date": "2024-01-01T00:00:00",
        }
        if view != "objects":
            self.views.add(view, **common, **values)
        self.views.add("objects", **common)
        return id_

    def _partitions(self) -> None:
        functions = {}
        for function in self.database.partition_functions:
            id_ = functions[function.name.lower()] = next(self.ids)
            right = int(function.right)
            self.views.add("partition_functions", function_id=id_, name=function.name, boundary_value_on_right=right)
            system, user = self._type_ids(function.type)
            sizes = _sizes(function.type)
            self.views.add("partition_parameters", function_id=id_, system_type_id=system, user_type_id=user, **sizes)
            for number, boundary in enumerate(function.boundaries, 1):
                value = _variant(boundary, function.type)
                self.views.add("partition_range_values", function_id=id_, boundary_id=number, value=value)
        for scheme in self.database.partition_schemes:
            id_ = self.partition_schemes[scheme.name.lower()] = next(self.ids)
            function_id = functions[scheme.function.lower()]
            self.views.add("partition_schemes", data_space_id=id_, name=scheme.name, function_id=function_id)

    def _table(self, table: Table) -> None:
        if table.name in self.objects:
            return  # the history of an earlier one
        words = set(table.features)
        flags = {
            flag: int(word in words)
            for word, flag in (
                ("memory-optimised", "is_memory_optimized"),
                ("graph node", "is_node"),
                ("graph edge", "is_edge"),
                ("file table", "is_filetable"),
            )
            if flag in self.views.views["tables"]
        }
        if "ledger" in words:
            flags["ledger_type"] = 2 if table.temporal else 3
        if table.temporal is not None:
            flags["temporal_type"] = 2
            flags["history_table_id"] = self._history(table, table.temporal)
        id_ = self._object("tables", table.name, "U ", **flags)
        if "edge constraint" in words:
            self.views.add("edge_constraints", object_id=next(self.ids), parent_object_id=id_)
        for number, column in enumerate(table.columns, 1):
            self.columns[table.name, column.name] = number
            first = number == 1
            self._column(
                id_,
                number,
                column,
                filestream=first and "filestream" in words,
                column_set=first and "column set" in words,
            )
        if table.temporal is not None:
            self.views.add(
                "periods",
                object_id=id_,
                start_column_id=self.columns[table.name, table.temporal.period_start],
                end_column_id=self.columns[table.name, table.temporal.period_end],
            )
        self._storage(id_, table)
        for check in table.checks:
            self.views.add(
                "check_constraints",
                name=check.name or f"CK__{id_}",
                is_system_named=int(check.name is None),
                parent_object_id=id_,
                parent_column_id=0,
                definition=check.expression,
                is_disabled=int(not check.enabled),
                is_not_trusted=int(not check.trusted),
            )
        if table.description is not None:
            self._describe(1, id_, 0, table.description)

    def _history(self, table: Table, temporal: Temporal) -> int:
        """The history table: one of the database's own, or the one that the server makes by itself."""
        name = temporal.history or ObjectName(table.name.schema, f"{HISTORY}{next(self.ids)}")
        if name not in self.objects:
            columns = [
                replace(column, identity=None, default=None, computed=None, generated_always=None, description=None)
                for column in table.columns
            ]
            own = next((other for other in self.database.tables if other.name == name), None)
            self._table(own or Table(name, tuple(columns)))
        return self.objects[name]

    def _column(self, table: int, number: int, column: Column, *, filestream: bool, column_set: bool) -> None:
        type_ = column.type or DataType(SqlType.INT)
        system, user = self._type_ids(type_)
        default_id = 0
        if column.default is not None:
            default_id = next(self.ids)
            self.views.add(
                "default_constraints",
                object_id=default_id,
                name=column.default.name or f"DF__{default_id}",
                is_system_named=int(column.default.name is None),
                parent_object_id=table,
                parent_column_id=number,
                definition=column.default.expression,
            )
        values: dict[str, Any] = {
            "is_nullable": int(column.nullable),
            "collation_name": column.collation or (self.database.collation if type_.base in _TEXTS else None),
            "is_rowguidcol": int(column.rowguid),
            "is_identity": int(column.identity is not None),
            "is_computed": int(column.computed is not None),
            "is_filestream": int(filestream),
            "is_column_set": int(column_set),
            "is_sparse": int(column.sparse),
            "default_object_id": default_id,
            "rule_object_id": 0,
        }
        if self.views.product.major >= 13:
            word = (column.generated_always or "").replace(" ", "_")
            values["generated_always_type_desc"] = f"AS_{word}" if word else "NOT_APPLICABLE"
            values["encryption_type"] = 1 if column.encrypted else None
        if type_.base is SqlType.VECTOR:
            values["vector_dimensions"] = type_.length
        self.views.add(
            "columns",
            object_id=table,
            column_id=number,
            name=column.name,
            system_type_id=system,
            user_type_id=user,
            **_sizes(type_),
            **values,
        )
        place = {"object_id": table, "column_id": number}
        if column.computed is not None:
            persisted = int(column.computed.persisted)
            self.views.add("computed_columns", **place, definition=column.computed.expression, is_persisted=persisted)
        if column.identity is not None:
            seed, increment = (
                value if abs(value) < 1 << 63 else str(value)
                for value in (column.identity.seed, column.identity.increment)
            )
            self.views.add("identity_columns", **place, seed_value=seed, increment_value=increment)
        if column.masked is not None:
            self.views.add("masked_columns", **place, masking_function=column.masked)
        if column.description is not None:
            self._describe(1, table, number, column.description)

    def _storage(self, id_: int, table: Table) -> None:
        """Heap or clustered index first, then the others."""
        keys: list[tuple[Key | Index, ObjectKind]] = [
            *((key, ObjectKind.PRIMARY_KEY) for key in (table.primary_key,) if key is not None),
            *((key, ObjectKind.UNIQUE) for key in table.uniques),
            *((index, ObjectKind.INDEX) for index in table.indexes if index.kind is not IndexKind.FULLTEXT),
        ]
        space = self.partition_schemes.get(table.partitioning.scheme.lower(), 1) if table.partitioning else 1
        if not any(part.clustered for part, _ in keys) and "memory-optimised" not in table.features:
            self._index_row(id_, 0, None, 0, data_space_id=space)
            self._partition_column(id_, 0, table, 1)
        numbers = itertools.count(2)
        for part, kind in keys:
            number = 1 if part.clustered else next(numbers)
            self._index(id_, number, part, kind, table, space if part.clustered else 1)
        for index in table.indexes:
            if index.kind is IndexKind.FULLTEXT:
                self.views.add("fulltext_indexes", object_id=id_, is_enabled=int(not index.disabled))
                for column in index.columns:
                    number = self.columns[table.name, column.name]
                    self.views.add("fulltext_index_columns", object_id=id_, column_id=number)
        self.views.add("partitions", object_id=id_, index_id=0, rows=table.rows or 0)

    def _index(self, id_: int, number: int, part: Key | Index, kind: ObjectKind, table: Table, space: int) -> None:
        of = part.kind if isinstance(part, Index) else IndexKind.ROWSTORE
        type_ = _INDEX_TYPES.get(of, 1 if part.clustered else 2)
        if of is IndexKind.COLUMNSTORE:
            type_ = 5 if part.clustered else 6
        name = part.name or f"key__{id_}_{number}"
        flags: dict[str, Any] = {"is_unique": int(not isinstance(part, Index) or part.unique), "data_space_id": space}
        if isinstance(part, Index):
            flags |= {"is_disabled": int(part.disabled), "filter_definition": part.filter}
            if part.description is not None:
                self._describe(7, id_, number, part.description)
        else:
            flags["is_primary_key"] = int(kind is ObjectKind.PRIMARY_KEY)
            flags["is_unique_constraint"] = int(kind is ObjectKind.UNIQUE)
            self.views.add(
                "key_constraints",
                name=name,
                is_system_named=int(part.name is None),
                parent_object_id=id_,
                unique_index_id=number,
            )
        self._index_row(id_, number, name, type_, **flags)
        keys = part.columns
        if of is IndexKind.COLUMNSTORE and part.clustered:
            keys = tuple(KeyColumn(column.name) for column in table.columns)
        ordinals = itertools.count(1)
        for place, column in enumerate(keys, 1):
            self.views.add(
                "index_columns",
                object_id=id_,
                index_id=number,
                index_column_id=next(ordinals),
                column_id=self.columns[table.name, column.name],
                key_ordinal=0 if of in _WITHOUT_KEY else place,
                partition_ordinal=0,
                is_descending_key=int(column.descending),
                is_included_column=int(of is IndexKind.COLUMNSTORE),
            )
        for column_name in part.included if isinstance(part, Index) else ():
            self.views.add(
                "index_columns",
                object_id=id_,
                index_id=number,
                index_column_id=next(ordinals),
                column_id=self.columns[table.name, column_name],
                key_ordinal=0,
                partition_ordinal=0,
                is_descending_key=0,
                is_included_column=1,
            )
        if part.clustered:
            self._partition_column(id_, number, table, next(ordinals))

    def _partition_column(self, id_: int, index: int, table: Table, ordinal: int) -> None:
        if table.partitioning is None:
            return
        names = {column.name.lower(): column.name for column in table.columns}
        self.views.add(
            "index_columns",
            object_id=id_,
            index_id=index,
            index_column_id=ordinal,
            column_id=self.columns[table.name, names[table.partitioning.column.lower()]],
            key_ordinal=0,
            partition_ordinal=1,
            is_descending_key=0,
        )

    def _index_row(self, id_: int, number: int, name: str | None, type_: int, **flags: Any) -> None:
        flags.setdefault("is_unique", 0)
        self.views.add("indexes", object_id=id_, index_id=number, name=name, type=type_, ignore_dup_key=0, **flags)

    def _foreign_key(self, table: Table, key: ForeignKey) -> None:
        if key.references not in self.objects:
            raise NotImplementedError("a foreign key to a table that nobody made")
        id_ = next(self.ids)
        actions = (Action.NO_ACTION, Action.CASCADE, Action.SET_NULL, Action.SET_DEFAULT)
        ends = {"parent_object_id": self.objects[table.name], "referenced_object_id": self.objects[key.references]}
        self.views.add(
            "foreign_keys",
            object_id=id_,
            name=key.name or f"FK__{id_}",
            is_system_named=int(key.name is None),
            delete_referential_action=actions.index(key.on_delete),
            update_referential_action=actions.index(key.on_update),
            is_disabled=int(not key.enabled),
            is_not_trusted=int(not key.trusted),
            **ends,
        )
        for number, (column, referenced) in enumerate(zip(key.columns, key.referenced_columns, strict=True), 1):
            self.views.add(
                "foreign_key_columns",
                constraint_object_id=id_,
                constraint_column_id=number,
                parent_column_id=self.columns[table.name, column],
                referenced_column_id=self.columns[key.references, referenced],
                **ends,
            )

    def _module(self, module: Module) -> None:
        type_ = _TYPES[module.kind]
        if not module.name.schema:
            id_ = next(self.ids)
            self.views.add("triggers", object_id=id_, name=module.name.name, type=type_, parent_class=0, parent_id=0)
        else:
            parent = self.objects[module.parent] if module.parent else 0
            view = "views" if module.kind is ObjectKind.VIEW else "objects"
            id_ = self._object(view, module.name, type_, parent_object_id=parent)
            if module.kind is ObjectKind.TRIGGER:
                disabled = any(
                    other.name == module.name and other.word == "IsDisabled" for other in self.database.others
                )
                self.views.add("triggers", object_id=id_, parent_class=1, parent_id=parent, is_disabled=int(disabled))
        self.views.add("sql_modules", object_id=id_, definition=module.text)

    def _sequence(self, sequence: Sequence) -> None:
        system, user = self._type_ids(sequence.type)
        sizes = _sizes(sequence.type)
        sizes.pop("max_length")
        lowest, highest = _limits(sequence.type)
        minimum = lowest if sequence.minimum is None else sequence.minimum
        maximum = highest if sequence.maximum is None else sequence.maximum
        start, increment, least, most = (
            value if abs(value) < 1 << 63 else str(value)
            for value in (sequence.start, sequence.increment, minimum, maximum)
        )
        self._object(
            "sequences",
            sequence.name,
            "SO",
            start_value=start,
            increment=increment,
            minimum_value=least,
            maximum_value=most,
            is_cycling=int(sequence.cycle),
            is_cached=int(sequence.cache != 0),
            cache_size=sequence.cache or None,
            system_type_id=system,
            user_type_id=user,
            current_value=start,
            **sizes,
        )

    def _describe(self, kind: int, major: int, minor: int, text: str) -> None:
        self.views.add(
            "extended_properties", **{"class": kind}, major_id=major, minor_id=minor, name="MS_Description", value=text
        )

    def _other(self, other: OtherObject) -> None:
        name, word = other.name, other.word
        schema = self.schemas.get(name.schema, 0)
        rows: dict[str, tuple[str, dict[str, Any]]] = {
            "ASSEMBLY": ("assemblies", {"assembly_id": 65536, "is_user_defined": 1}),
            "LINKED SERVER": ("servers", {"is_linked": 1}),
            "TABLE TYPE": ("table_types", {"schema_id": schema, "is_user_defined": 1}),
            "XML SCHEMA COLLECTION": ("xml_schema_collections", {"xml_collection_id": 65536, "schema_id": schema}),
            **{word: (view, {}) for word, view in _NAMED.items()},
            **{word: (view, {number: 65536}) for word, (view, number) in _NUMBERED.items()},
            **{
                word: ("database_principals", {"principal_id": next(self.ids), "type": type_})
                for word, type_ in (("USER", "S"), ("ROLE", "R"), ("APPLICATION ROLE", "A"))
            },
        }
        if word in rows:
            view, values = rows[word]
            self.views.add(view, name=name.name, **values)
        elif word in _OBJECTS:
            view, type_ = _OBJECTS[word]
            self._object(view, name, type_)
        elif word == "AGENT JOB":
            self.views.add_job(name.name, self.views.name)
        elif word == "INDEX ON VIEW":
            view, _, index = name.name.rpartition(".")
            id_ = self.objects[ObjectName(name.schema, view)]
            self._index_row(id_, 1, index, 1, is_unique=1, data_space_id=1)
        elif word not in ("CLR TYPE", "IsDisabled"):
            raise NotImplementedError(f"an object of the kind {word}")


def _sizes(type_: DataType) -> dict[str, int]:
    length = type_.length
    if type_.base in (SqlType.NCHAR, SqlType.NVARCHAR) and length != MAX:
        length = 2 * (length or 0)
    elif type_.base is SqlType.VECTOR:
        length = 8 + 4 * (length or 0)
    elif length is None:
        length = _LENGTHS.get(type_.base, 8)
    precision = 24 if type_.base is SqlType.REAL else type_.precision or 0
    return {"max_length": length, "precision": precision, "scale": type_.scale or 0}


def _limits(type_: DataType) -> tuple[int, int]:
    bits = {SqlType.SMALLINT: 15, SqlType.INT: 31, SqlType.BIGINT: 63}.get(type_.base)
    if bits:
        return -(1 << bits), (1 << bits) - 1
    if type_.base is SqlType.TINYINT:
        return 0, 255
    largest = 10 ** (type_.precision or 18) - 1
    return -largest, largest


def _variant(boundary: str, type_: DataType) -> Any:
    """A constant of a partition function as the sql_variant that the catalog has."""
    if boundary.startswith(("'", "N'")):
        text = boundary.removeprefix("N")[1:-1].replace("''", "'")
        return f"{type_.base}|{text}"
    return int(boundary) if boundary.lstrip("-").isdecimal() else f"{type_.base}|{boundary.removeprefix('0x')}"
