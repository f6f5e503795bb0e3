"""Objects that are kept by name only: the words of their kind, and whether they live in a schema."""

from __future__ import annotations

from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import ObjectKind
from migrator.translate.tsql.cursor import Cursor

_IN_SCHEMA: Final = (
    ("XML SCHEMA COLLECTION", ObjectKind.OTHER),
    ("EXTERNAL TABLE", ObjectKind.OTHER),
    ("SECURITY POLICY", ObjectKind.OTHER),
    ("AGGREGATE", ObjectKind.OTHER),
    ("DEFAULT", ObjectKind.OTHER),
    ("QUEUE", ObjectKind.OTHER),
    ("RULE", ObjectKind.OTHER),
)
_OF_DATABASE: Final = (
    *("APPLICATION ROLE", "ASSEMBLY", "ASYMMETRIC KEY", "AVAILABILITY GROUP", "BROKER PRIORITY", "CERTIFICATE"),
    *("COLUMN ENCRYPTION KEY", "COLUMN MASTER KEY", "CONTRACT", "CREDENTIAL", "DATABASE AUDIT SPECIFICATION"),
    *("DATABASE SCOPED CREDENTIAL", "ENDPOINT", "EVENT NOTIFICATION", "EVENT SESSION", "EXTERNAL DATA SOURCE"),
    *(
        "EXTERNAL FILE FORMAT",
        "EXTERNAL LIBRARY",
        "EXTERNAL RESOURCE POOL",
        "FULLTEXT CATALOG",
        "FULLTEXT STOPLIST",
        "LOGIN",
        "MESSAGE TYPE",
    ),
    *("REMOTE SERVICE BINDING", "RESOURCE POOL", "ROLE", "ROUTE"),
    *("SEARCH PROPERTY LIST", "SERVER AUDIT SPECIFICATION", "SERVER AUDIT", "SERVER ROLE", "SERVICE", "SYMMETRIC KEY"),
    *("USER", "WORKLOAD GROUP"),
)
_KINDS: Final = tuple(
    [(tuple(words.split()), kind, True) for words, kind in _IN_SCHEMA]
    + [(tuple(words.split()), ObjectKind.OTHER, False) for words in _OF_DATABASE]
)


def other_object(cursor: Cursor) -> tuple[str, ObjectKind, ObjectName] | None:
    """Step over kind and name behind CREATE or DROP: the kind's words, what it is, the name. None for another kind."""
    for words, kind, in_schema in _KINDS:
        if cursor.take(*words):
            cursor.take("IF", "EXISTS")
            name = cursor.object_name() if in_schema else ObjectName("", cursor.parts()[-1])
            return " ".join(words), kind, name
    return None
