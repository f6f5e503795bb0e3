"""The catalog views of a SQL Server of any release, as tables of SQLite: the queries run against them as they are.

A view has the columns that the release has, by Microsoft's page about it: a query that asks for more fails, as it would
there. Only the columns that somebody asks for are here, and those that such a query could confuse them with.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from migrator.errors import SourceDenied, SourceRejected
from migrator.sqlserver.version import EngineEdition, Product

_OBJECT = "object_id schema_id name type parent_object_id is_ms_shipped modify_date"
_CONSTRAINT = f"{_OBJECT} is_system_named"
_VIEWS = f"""
objects: {_OBJECT}
schemas: schema_id name
types: user_type_id system_type_id schema_id name max_length precision scale is_nullable is_user_defined
  is_assembly_type is_table_type
tables: {_OBJECT} is_tracked_by_cdc is_filetable is_memory_optimized@12 durability@12 temporal_type@13
  history_table_id@13 is_external@13 is_node@14 is_edge@14 ledger_type@16 is_dropped_ledger_table@16
views: {_OBJECT}
columns: object_id column_id name system_type_id user_type_id max_length precision scale collation_name is_nullable
  is_rowguidcol is_identity is_computed is_filestream default_object_id rule_object_id is_sparse is_column_set
  generated_always_type@13 generated_always_type_desc@13 encryption_type@13 is_hidden@13 is_masked@13 graph_type@14
  is_dropped_ledger_column@16 vector_dimensions@17 vector_base_type@17
computed_columns: object_id column_id definition is_persisted
identity_columns: object_id column_id seed_value increment_value last_value
masked_columns@13: object_id column_id masking_function
default_constraints: {_CONSTRAINT} parent_column_id definition
check_constraints: {_CONSTRAINT} parent_column_id definition is_disabled is_not_trusted
key_constraints: {_CONSTRAINT} unique_index_id
foreign_keys: {_CONSTRAINT} referenced_object_id delete_referential_action update_referential_action is_disabled
  is_not_trusted
foreign_key_columns: constraint_object_id constraint_column_id parent_object_id parent_column_id
  referenced_object_id referenced_column_id
indexes: object_id index_id name type type_desc is_unique data_space_id ignore_dup_key is_primary_key
  is_unique_constraint is_disabled is_hypothetical has_filter filter_definition
index_columns: object_id index_id index_column_id column_id key_ordinal partition_ordinal is_descending_key
  is_included_column
fulltext_indexes: object_id unique_index_id is_enabled
fulltext_index_columns: object_id column_id
partitions: partition_id object_id index_id partition_number hobt_id rows
allocation_units: allocation_unit_id type container_id used_pages
dm_db_partition_stats: object_id index_id partition_number in_row_used_page_count lob_used_page_count
  row_overflow_used_page_count row_count
dm_db_xtp_table_memory_stats@12: object_id memory_used_by_table_kb
partition_functions: function_id name boundary_value_on_right
partition_parameters: function_id parameter_id system_type_id user_type_id max_length precision scale
partition_range_values: function_id boundary_id parameter_id value
partition_schemes: data_space_id name function_id
periods@13: object_id start_column_id end_column_id
edge_constraints@15: {_CONSTRAINT}
change_tracking_tables: object_id
sql_modules: object_id definition
assembly_modules: object_id assembly_id assembly_class assembly_method
assemblies: assembly_id name is_user_defined
triggers: object_id name type parent_class parent_id is_disabled is_ms_shipped
sequences: {_OBJECT} start_value increment minimum_value maximum_value is_cycling is_cached cache_size
  system_type_id user_type_id precision scale current_value is_exhausted last_used_value@14
synonyms: {_OBJECT} base_object_name
extended_properties: class class_desc major_id minor_id name value
database_principals: principal_id name type sid is_fixed_role
database_role_members: role_principal_id member_principal_id
database_permissions: class class_desc major_id minor_id grantee_principal_id permission_name state_desc
table_types: name schema_id is_user_defined
xml_schema_collections: xml_collection_id schema_id name
numbered_procedures: object_id procedure_number
service_message_types: name message_type_id
service_contracts: name service_contract_id
service_queues: {_OBJECT}
services: name service_id
routes: name route_id
remote_service_bindings: name
conversation_priorities: name
event_notifications: name
fulltext_catalogs: name
fulltext_stoplists: name
registered_search_property_lists: name
certificates: name
asymmetric_keys: name
symmetric_keys: name
column_master_keys@13: name
column_encryption_keys@13: name
database_scoped_credentials@13: name
databases: database_id name is_encrypted
external_data_sources@13: name
external_file_formats@13: name
external_tables@13: {_OBJECT}
external_libraries@14: name
external_languages@15: language
external_models@17: name
security_policies@13: {_OBJECT}
database_audit_specifications: name
sensitivity_classifications@15: class major_id minor_id
filegroups: name
stats: object_id stats_id name user_created has_filter
dm_db_stats_histogram@13: object_id stats_id step_number range_high_key range_rows equal_rows
stats_columns: object_id stats_id stats_column_id column_id
plan_guides: name
servers: name is_linked
server_principals: name type sid
"""
_NOT_ALONE = frozenset(
    {"service_message_types", "service_contracts", "service_queues", "services", "routes", "remote_service_bindings"}
    | {"conversation_priorities", "event_notifications", "servers", "server_principals", "external_libraries"}
    | {"external_languages", "database_audit_specifications"}
)
"""Views that a database without a server of its own lacks."""


def _columns(product: Product) -> dict[str, list[str]]:
    views = {}
    for line in _VIEWS.strip().replace("\n  ", " ").splitlines():
        head, _, rest = line.partition(":")
        name, since = _since(head)
        if product.major < since or (product.is_single_database and name in _NOT_ALONE):
            continue
        columns = map(_since, rest.split())
        views[name] = [column for column, first in columns if product.major >= first]
    return views


def _since(word: str) -> tuple[str, int]:
    name, _, release = word.partition("@")
    return name, int(release or 0)


class SysViews:
    """One database's views. ``rows`` is what the code under test is given."""

    def __init__(self, major: int, edition: EngineEdition = EngineEdition.SERVER, *, name: str = "Shop") -> None:
        self.product = Product(major, edition, f"Microsoft SQL Server {major}")
        self.views = _columns(self.product)
        self.asked: list[str] = []
        self.denied: set[str] = set()
        self.granted = 1
        self.collation = "SQL_Latin1_General_CP1_CI_AS"
        self.encrypted: set[int] = set()
        self.name = name
        self._database = sqlite3.connect(":memory:")
        self._database.execute("ATTACH ':memory:' AS sys")
        self._database.execute("ATTACH ':memory:' AS msdb")
        for view, columns in self.views.items():
            # char(2) is compared without the blanks at its end.
            kinds = ("COLLATE RTRIM" if column == "type" else "" for column in columns)
            made = ", ".join(f"[{column}] {kind}" for column, kind in zip(columns, kinds, strict=True))
            self._database.execute(f"CREATE TABLE sys.[{view}] ({made})")
        self._database.execute("CREATE TABLE msdb.sysjobs (job_id, name)")
        self._database.execute("CREATE TABLE msdb.sysjobsteps (job_id, database_name)")
        for function in (self._objectproperty, self._databasepropertyex, self._has_perms_by_name):
            self._register(function)
        self._database.create_function("DB_NAME", 0, lambda: self.name)
        self._database.create_function("DB_ID", 0, lambda: 5)
        self._database.create_function("QUOTENAME", 1, lambda text: f"[{text}]")
        self._database.create_function("CONCAT", -1, lambda *parts: "".join("" if p is None else str(p) for p in parts))
        self._database.create_function("SQL_VARIANT_PROPERTY", 2, Variant.property)
        self._database.create_function("DATALENGTH", 1, lambda value: value and 2 * len(Variant.text(value)))
        self._database.create_function("CONVERT", -1, lambda _, value, *style: Variant.text(value))
        self._database.create_function("OBJECT_NAME", 1, lambda id_: self._look("objects", "name", object_id=id_))
        self._database.create_function("TRUNCATED", 2, lambda text, length: text[:length])
        self._database.create_function("TAIL", 2, lambda text, length: text[-length:])
        self._database.create_function("OBJECT_ID", 1, self._object_id)
        self._database.create_function("OBJECT_SCHEMA_NAME", 1, self._schema_of)
        self._database.create_function("SCHEMA_NAME", 1, lambda id_: self._look("schemas", "name", schema_id=id_))
        self._database.create_function("TYPE_NAME", 1, lambda id_: self._look("types", "name", user_type_id=id_))
        self._database.create_function(
            "USER_NAME", 1, lambda id_: self._look("database_principals", "name", principal_id=id_)
        )
        self._database.create_function(
            "COL_NAME", 2, lambda id_, column: self._look("columns", "name", object_id=id_, column_id=column)
        )

    def add(self, view: str, **values: Any) -> None:
        """A row: what is not said is 0 where it is a flag, else NULL. A column that the release has not is an error."""
        columns = self.views[view]
        unknown = set(values) - set(columns)
        assert not unknown, f"sys.{view} of release {self.product.major} has no {unknown}"
        row = [values.get(column, 0 if column.startswith(("is_", "has_")) else None) for column in columns]
        self._database.execute(f"INSERT INTO sys.[{view}] VALUES ({', '.join('?' * len(row))})", row)

    def change(self, view: str, where: str = "1", **values: Any) -> None:
        """Other values in the rows of a view that a condition fits."""
        changes = ", ".join(f"[{column}] = ?" for column in values)
        self._database.execute(f"UPDATE sys.[{view}] SET {changes} WHERE {where}", list(values.values()))

    def clear(self, view: str) -> None:
        """No row in a view."""
        self._database.execute(f"DELETE FROM sys.[{view}]")

    def add_job(self, name: str, database: str) -> None:
        """A job of SQL Server Agent with one step."""
        self._database.execute("INSERT INTO msdb.sysjobs VALUES (?, ?)", (name, name))
        self._database.execute("INSERT INTO msdb.sysjobsteps VALUES (?, ?)", (name, database))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a query. Raises SourceDenied, SourceRejected."""
        self.asked.append(sql)
        for view in self.denied:
            if re.search(rf"\b{view}\b", sql):
                raise SourceDenied(
                    "A query was refused.", why=f"The SELECT permission was denied on the object '{view}'."
                )
        try:
            return self._database.execute(_in_sqlite(sql)).fetchall()
        except sqlite3.OperationalError as error:
            raise SourceRejected("A query was refused.", why=str(error)) from error

    def _register(self, function: Any) -> None:
        self._database.create_function(function.__name__.removeprefix("_").upper(), -1, function)

    def _objectproperty(self, id_: int, word: str) -> int | None:
        assert word == "IsEncrypted"
        return int(id_ in self.encrypted)

    def _databasepropertyex(self, name: str, word: str) -> str:
        assert (name, word) == (self.name, "Collation")
        return self.collation

    def _has_perms_by_name(self, securable: str, kind: str, permission: str) -> int:
        assert (securable, kind, permission) == (f"[{self.name}]", "DATABASE", "VIEW DEFINITION")
        return self.granted

    def _look(self, view: str, column: str, **where: Any) -> Any:
        condition = " AND ".join(f"[{key}] = ?" for key in where)
        found = self._database.execute(
            f"SELECT [{column}] FROM sys.[{view}] WHERE {condition}", list(where.values())
        ).fetchone()
        return found[0] if found else None

    def _object_id(self, text: str) -> Any:
        schema, name = text.removeprefix("[").removesuffix("]").split("].[")
        id_ = self._look("schemas", "schema_id", name=schema)
        return self._look("objects", "object_id", name=name.replace("]]", "]"), schema_id=id_)

    def _schema_of(self, id_: int) -> Any:
        return self._look("schemas", "name", schema_id=self._look("objects", "schema_id", object_id=id_))


class Variant:
    """A sql_variant: numbers and texts stand for themselves, any other base type is written ``type|text``."""

    @staticmethod
    def property(value: Any, word: str) -> str | int | None:
        """The name of the base type, or its digits behind the point, which are those of the text."""
        if value is None:
            return None
        if word == "Scale":
            return len(str(value).partition(".")[2])
        if isinstance(value, int):
            return "int"
        return str(value.partition("|")[0]) if "|" in value else "nvarchar"

    @staticmethod
    def text(value: Any) -> Any:
        """The value in the style that fits its type."""
        return (
            value.partition("|")[2]
            if isinstance(value, str) and "|" in value
            else None
            if value is None
            else str(value)
        )


def _in_sqlite(sql: str) -> str:
    """The same query for SQLite, word by word."""
    sql = re.sub(r"\bN'", "'", sql)
    # A variant is text with its type before it: to cast it is to convert it.
    sql = re.sub(r"CAST\((\w\.(?:value|range_high_key)) AS \w+(?:\(\w+\))?\)", r"CONVERT(text, \1)", sql)
    sql = re.sub(r"AS nvarchar\(\w+\)", "AS TEXT", sql)
    sql = re.sub(
        r"sys\.dm_db_stats_histogram\((\d+), (\d+)\)",
        r"(SELECT * FROM sys.dm_db_stats_histogram WHERE object_id = \1 AND stats_id = \2)",
        sql,
    )
    sql = sql.replace("AS bigint", "AS INTEGER").replace("COLLATE DATABASE_DEFAULT", "").replace("msdb.dbo.", "msdb.")
    return (
        re.sub(r"CONVERT\((\w+(?:\(\w+\))?),", r"CONVERT('\1',", sql)
        .replace(" LEFT(", " TRUNCATED(")
        .replace(" RIGHT(", " TAIL(")
    )
