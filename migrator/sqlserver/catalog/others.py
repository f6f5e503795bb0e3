"""Objects that are kept by name only: what they are, and where the catalog names them.

Every entry is a SELECT of three columns (its number here, schema, name). The entries of one area are asked for in one
query; where the server refuses that, one by one, so that one denied view hides no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from migrator.model.name import ObjectName
from migrator.model.schema import ObjectKind, OtherObject
from migrator.sqlserver.catalog.query import REFUSALS, Reading
from migrator.sqlserver.version import OLDEST, EngineEdition, Product

_ALONE: Final = frozenset({EngineEdition.AZURE_SQL_DATABASE, EngineEdition.FABRIC})
"""A database that stands alone sees nothing of its server, and has no Service Broker."""
_BABELFISH: Final = frozenset({EngineEdition.BABELFISH})
"""Babelfish has no assemblies, no Service Broker and no keys of its own: nor has it views that would name them."""
_SYSTEM_IDS: Final = 65535
"""Message types, contracts, services and schema collections up to here are the server's own."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of object: the word for it, and FROM ... WHERE of the view that has it."""

    area: str
    word: str
    source: str
    name: str = "x.name"
    schema: str = "N''"
    kind: ObjectKind = ObjectKind.OTHER
    since: int = OLDEST
    not_in: frozenset[EngineEdition] = frozenset()

    def select(self, number: int) -> str:
        """The query of this kind alone."""
        return f"SELECT {number} AS n, {_text(self.schema)} AS s, {_text(self.name)} AS o {self.source}"

    def present(self, product: Product) -> bool:
        """True where the product knows such objects."""
        return product.major >= self.since and product.edition not in self.not_in


def _text(expression: str) -> str:
    """Names of the server and of the database may have different collations; UNION wants one."""
    return f"CAST({expression} AS nvarchar(4000)) COLLATE DATABASE_DEFAULT"


_IN_SCHEMA: Final = "JOIN sys.schemas AS s ON s.schema_id = x.schema_id"
_PRINCIPALS: Final = "Users, roles and permissions"
_BROKER: Final = "Service Broker objects"
_KEYS: Final = "Keys, certificates and credentials"
_SEARCH: Final = "Full-text catalogs"
_EXTERNAL: Final = "External objects"
_TYPES: Final = "Types, assemblies and schema collections"
_STORAGE: Final = "Filegroups, statistics and plan guides"
_SECURITY: Final = "Security policies and audits"
_SERVER: Final = "Linked servers and logins"
_AGENT: Final = "Jobs of SQL Server Agent"

_GRANT: Final = (
    f"CONCAT({_text('x.state_desc')}, N' ', {_text('x.permission_name')}, CASE x.class WHEN 0 THEN N'' "
    "WHEN 1 THEN CONCAT(N' ON ', OBJECT_SCHEMA_NAME(x.major_id), N'.', OBJECT_NAME(x.major_id), "
    "CASE WHEN x.minor_id > 0 THEN CONCAT(N'.', COL_NAME(x.major_id, x.minor_id)) END) "
    "WHEN 3 THEN CONCAT(N' ON SCHEMA ', SCHEMA_NAME(x.major_id)) "
    f"ELSE CONCAT(N' ON ', {_text('x.class_desc')}, N' ', x.major_id) END, "
    "N' TO ', USER_NAME(x.grantee_principal_id))"
)
"""A permission as the statement that grants or denies it."""

LISTINGS: Final = (
    Listing(
        _PRINCIPALS,
        "USER",
        "FROM sys.database_principals AS x "
        "WHERE x.type NOT IN ('R', 'A') AND x.name NOT LIKE '##%' "
        "AND x.name NOT IN ('dbo', 'guest', 'INFORMATION_SCHEMA', 'sys')",
    ),
    Listing(
        _PRINCIPALS,
        "ROLE",
        "FROM sys.database_principals AS x WHERE x.type = 'R' AND x.is_fixed_role = 0 AND x.name <> 'public'",
    ),
    Listing(_PRINCIPALS, "APPLICATION ROLE", "FROM sys.database_principals AS x WHERE x.type = 'A'"),
    Listing(
        _PRINCIPALS,
        "ROLE MEMBERSHIP",
        "FROM sys.database_role_members AS x WHERE USER_NAME(x.member_principal_id) <> 'dbo'",
        name="CONCAT(USER_NAME(x.role_principal_id), N'.', USER_NAME(x.member_principal_id))",
    ),
    Listing(
        _PRINCIPALS,
        "PERMISSION STATEMENT",
        "FROM sys.database_permissions AS x WHERE x.major_id >= 0 "
        "AND NOT (x.class = 1 AND x.major_id = 0) AND NOT (x.class = 0 AND (x.grantee_principal_id = 1 OR "
        "(x.grantee_principal_id = 0 AND x.permission_name LIKE 'VIEW ANY COLUMN % KEY DEFINITION')))",
        name=_GRANT,
    ),
    Listing(
        _TYPES,
        "TABLE TYPE",
        f"FROM sys.table_types AS x {_IN_SCHEMA} WHERE x.is_user_defined = 1",
        schema="s.name",
        kind=ObjectKind.TABLE_TYPE,
    ),
    Listing(
        _TYPES,
        "CLR TYPE",
        f"FROM sys.types AS x {_IN_SCHEMA} WHERE x.is_user_defined = 1 AND x.is_assembly_type = 1",
        schema="s.name",
    ),
    Listing(
        _TYPES,
        "AGGREGATE",
        f"FROM sys.objects AS x {_IN_SCHEMA} WHERE x.type = 'AF' AND x.is_ms_shipped = 0",
        schema="s.name",
    ),
    Listing(_TYPES, "ASSEMBLY", "FROM sys.assemblies AS x WHERE x.is_user_defined = 1", not_in=_BABELFISH),
    Listing(
        _TYPES,
        "XML SCHEMA COLLECTION",
        f"FROM sys.xml_schema_collections AS x {_IN_SCHEMA} WHERE x.xml_collection_id > {_SYSTEM_IDS}",
        schema="s.name",
    ),
    Listing(
        _TYPES,
        "NUMBERED PROCEDURE",
        "FROM sys.numbered_procedures AS x JOIN sys.objects AS p ON p.object_id = x.object_id "
        "JOIN sys.schemas AS s ON s.schema_id = p.schema_id WHERE x.procedure_number > 1",
        name="CONCAT(p.name, N';', x.procedure_number)",
        schema="s.name",
    ),
    Listing(
        _BROKER,
        "MESSAGE TYPE",
        f"FROM sys.service_message_types AS x WHERE x.message_type_id > {_SYSTEM_IDS}",
        not_in=_ALONE | _BABELFISH,
    ),
    Listing(
        _BROKER,
        "CONTRACT",
        f"FROM sys.service_contracts AS x WHERE x.service_contract_id > {_SYSTEM_IDS}",
        not_in=_ALONE | _BABELFISH,
    ),
    Listing(
        _BROKER,
        "QUEUE",
        f"FROM sys.service_queues AS x {_IN_SCHEMA} WHERE x.is_ms_shipped = 0",
        schema="s.name",
        not_in=_ALONE | _BABELFISH,
    ),
    Listing(
        _BROKER, "SERVICE", f"FROM sys.services AS x WHERE x.service_id > {_SYSTEM_IDS}", not_in=_ALONE | _BABELFISH
    ),
    Listing(_BROKER, "ROUTE", "FROM sys.routes AS x WHERE x.name <> 'AutoCreatedLocal'", not_in=_ALONE | _BABELFISH),
    Listing(_BROKER, "REMOTE SERVICE BINDING", "FROM sys.remote_service_bindings AS x", not_in=_ALONE | _BABELFISH),
    Listing(_BROKER, "BROKER PRIORITY", "FROM sys.conversation_priorities AS x", not_in=_ALONE | _BABELFISH),
    Listing(_BROKER, "EVENT NOTIFICATION", "FROM sys.event_notifications AS x", not_in=_ALONE | _BABELFISH),
    Listing(_SEARCH, "FULLTEXT CATALOG", "FROM sys.fulltext_catalogs AS x"),
    Listing(_SEARCH, "FULLTEXT STOPLIST", "FROM sys.fulltext_stoplists AS x"),
    Listing(_SEARCH, "SEARCH PROPERTY LIST", "FROM sys.registered_search_property_lists AS x"),
    Listing(_KEYS, "CERTIFICATE", "FROM sys.certificates AS x WHERE x.name NOT LIKE '##%'"),
    Listing(_KEYS, "ASYMMETRIC KEY", "FROM sys.asymmetric_keys AS x"),
    Listing(_KEYS, "SYMMETRIC KEY", "FROM sys.symmetric_keys AS x WHERE x.name NOT LIKE '##%'", not_in=_BABELFISH),
    Listing(
        _KEYS,
        "MASTER KEY",
        "FROM sys.symmetric_keys AS x WHERE x.name = '##MS_DatabaseMasterKey##'",
        not_in=_BABELFISH,
    ),
    Listing(_KEYS, "COLUMN MASTER KEY", "FROM sys.column_master_keys AS x", since=13),
    Listing(_KEYS, "COLUMN ENCRYPTION KEY", "FROM sys.column_encryption_keys AS x", since=13),
    Listing(
        _KEYS,
        "DATABASE SCOPED CREDENTIAL",
        "FROM sys.database_scoped_credentials AS x",
        since=13,
        not_in=frozenset({EngineEdition.EDGE}),
    ),
    Listing(
        _KEYS,
        "DATABASE ENCRYPTION KEY",
        "FROM sys.databases AS x WHERE x.database_id = DB_ID() AND x.is_encrypted = 1",
        not_in=_ALONE | {EngineEdition.MANAGED_INSTANCE},
    ),
    Listing(_EXTERNAL, "EXTERNAL DATA SOURCE", "FROM sys.external_data_sources AS x", since=13),
    Listing(_EXTERNAL, "EXTERNAL FILE FORMAT", "FROM sys.external_file_formats AS x", since=13),
    Listing(_EXTERNAL, "EXTERNAL TABLE", f"FROM sys.external_tables AS x {_IN_SCHEMA}", schema="s.name", since=13),
    Listing(
        _EXTERNAL,
        "EXTERNAL LIBRARY",
        "FROM sys.external_libraries AS x",
        since=14,
        not_in=_ALONE | {EngineEdition.EDGE},
    ),
    Listing(
        _EXTERNAL,
        "EXTERNAL LANGUAGE",
        "FROM sys.external_languages AS x",
        name="x.language",
        since=15,
        not_in=_ALONE | {EngineEdition.EDGE},
    ),
    Listing(_EXTERNAL, "EXTERNAL MODEL", "FROM sys.external_models AS x", since=17),
    Listing(
        _SECURITY,
        "SECURITY POLICY",
        f"FROM sys.security_policies AS x {_IN_SCHEMA} WHERE x.is_ms_shipped = 0",
        schema="s.name",
        since=13,
    ),
    Listing(
        _SECURITY,
        "DATABASE AUDIT SPECIFICATION",
        "FROM sys.database_audit_specifications AS x",
        not_in=_ALONE | {EngineEdition.BABELFISH},
    ),
    Listing(
        _SECURITY,
        "SENSITIVITY CLASSIFICATION",
        "FROM sys.sensitivity_classifications AS x WHERE x.class = 1",
        name="CONCAT(OBJECT_SCHEMA_NAME(x.major_id), N'.', OBJECT_NAME(x.major_id), N'.', "
        "COL_NAME(x.major_id, x.minor_id))",
        since=15,
        not_in=frozenset({EngineEdition.EDGE}),
    ),
    Listing(_STORAGE, "FILEGROUP", "FROM sys.filegroups AS x WHERE x.name <> 'PRIMARY'"),
    Listing(
        _STORAGE,
        "STATISTICS",
        "FROM sys.stats AS x JOIN sys.tables AS t ON t.object_id = x.object_id "
        "JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE x.user_created = 1",
        name="CONCAT(t.name, N'.', x.name)",
        schema="s.name",
    ),
    Listing(_STORAGE, "PLAN GUIDE", "FROM sys.plan_guides AS x"),
    Listing(_SERVER, "LINKED SERVER", "FROM sys.servers AS x WHERE x.is_linked = 1", not_in=_ALONE),
    Listing(
        _SERVER,
        "LOGIN",
        "FROM sys.server_principals AS x JOIN sys.database_principals AS u ON u.sid = x.sid "
        "WHERE u.principal_id > 4 AND x.type IN ('S', 'U', 'G', 'E', 'X')",
        not_in=_ALONE,
    ),
    Listing(
        _AGENT,
        "AGENT JOB",
        "FROM msdb.dbo.sysjobs AS x WHERE EXISTS (SELECT 1 FROM msdb.dbo.sysjobsteps AS j "
        "WHERE j.job_id = x.job_id AND j.database_name COLLATE DATABASE_DEFAULT = DB_NAME())",
        not_in=_ALONE | {EngineEdition.EDGE, EngineEdition.BABELFISH},
    ),
)
"""Source: Transact-SQL reference, the page of each catalog view. Babelfish lacks most of the views: what
it refuses is noted."""


def read_others(reading: Reading) -> list[OtherObject]:
    """Everything that only has a name, by area, kind and name. Raises SourceError."""
    present = [(number, item) for number, item in enumerate(LISTINGS) if item.present(reading.product)]
    made: list[OtherObject] = []
    for area, items in groupby(sorted(present, key=lambda pair: pair[1].area), key=lambda pair: pair[1].area):
        made += map(_object, sorted(_area(reading, area, list(items))))
    return made


def _area(reading: Reading, area: str, items: list[tuple[int, Listing]]) -> list[tuple[Any, ...]]:
    try:
        return reading.rows(" UNION ALL ".join(item.select(number) for number, item in items))
    except REFUSALS as error:
        if len(items) == 1:
            reading.refuse(f"{area} ({items[0][1].word})", error)
            return []
    return [row for item in items for row in _area(reading, area, [item])]


def _object(row: tuple[Any, ...]) -> OtherObject:
    number, schema, name = row
    listing = LISTINGS[int(number)]
    return OtherObject(ObjectName(schema or "", name or "(hidden)"), listing.kind, listing.word)
