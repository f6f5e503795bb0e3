"""Functions that ask the server or the session, and @@variables: what a view may ask of MySQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.value import INT, Untranslatable, Value

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

_NAME: Final = DataType(SqlType.NVARCHAR, length=128)
_VARIABLES: Final = {
    "version": ("VERSION()", DataType(SqlType.NVARCHAR, length=300), "server-asked"),
    "spid": ("CONNECTION_ID()", INT, "server-asked"),
    "datefirst": ("7", DataType(SqlType.TINYINT), "date-first"),
    "language": ("'us_english'", _NAME, "language-names"),
}
NO_ANSWER: Final = {
    "scope_identity": "LAST_INSERT_ID() answers it in a routine only",
    "ident_current": "MySQL keeps no such number that a query may ask",
    "object_id": "MySQL numbers no objects",
    "object_name": "MySQL numbers no objects",
    "session_context": "a MySQL view may read no session variable",
    "context_info": "a MySQL view may read no session variable",
    "binary_checksum": "it is another sum in MySQL",
    "date_bucket": "MySQL has no buckets of time",
    "compress": "MySQL's COMPRESS() writes another format than gzip",
    "decompress": "MySQL's UNCOMPRESS() reads another format than gzip",
}
"""Functions that have no sensible answer, and why."""


def _checksum(translator: Translator, arguments: list[exp.Expr]) -> Value:
    """CHECKSUM(NEWID()) makes a random int: so does RAND()."""
    only = arguments[0] if len(arguments) == 1 else None
    if not isinstance(only, exp.Anonymous) or only.name.casefold() != "newid" or translator.scope.stable:
        raise Untranslatable("it calls checksum(): it is another sum in MySQL")
    return Value("CAST(FLOOR(RAND() * 4294967296) - 2147483648 AS SIGNED)", INT, nullable=False)


def variable(translator: Translator, name: str) -> Value:
    """``@@name``. Raises Untranslatable."""
    if name.casefold() not in _VARIABLES:
        raise Untranslatable(f"it reads @@{name}")
    sql, type_, remark = _VARIABLES[name.casefold()]
    translator.leeway.differs(remark, f"it reads @@{name}")
    return Value(sql, type_, nullable=False, foreign=True)


CALLS: Final[dict[str, tuple[Callable[[Translator, list[exp.Expr]], Value], int, int]]] = {
    "checksum": (_checksum, 1, 254),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
