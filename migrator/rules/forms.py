"""Which MySQL types can hold a T-SQL type's values in which canonical form: what copy and validation can do.

A rule that asks for more is refused when it is read, before a row is lost.
"""

from __future__ import annotations

import re
from typing import Final

from migrator.model.datatype import SqlType
from migrator.model.mapping import Form

_WHOLE: Final = frozenset({"TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT"})
_TEXTS: Final = frozenset({"VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT"})
_BYTES: Final = frozenset({"BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB"})

HOLDERS: Final[dict[Form, frozenset[str]]] = {
    Form.INTEGER: _WHOLE | {"DECIMAL", "YEAR"},
    Form.DECIMAL: _WHOLE | {"DECIMAL"},
    Form.FLOAT: frozenset({"FLOAT", "DOUBLE"}),
    Form.DATE: frozenset({"DATE"}),
    Form.TIME: frozenset({"TIME"}),
    Form.DATETIME: frozenset({"DATETIME", "TIMESTAMP"}),
    Form.TEXT: _TEXTS,
    Form.CHAR: _TEXTS | {"CHAR"},
    Form.CLOB: _TEXTS,
    Form.BINARY: _BYTES,
    Form.BLOB: _BYTES,
    Form.UUID: frozenset({"CHAR", "VARCHAR"}),
    Form.GEOMETRY: frozenset({"GEOMETRY"}),
}
"""The MySQL types whose values can be brought into a form. JSON is not among them: it does not give back the text that
went in, and LOAD DATA cannot fill it from bytes."""

_INTEGERS: Final = frozenset({SqlType.BIT, SqlType.TINYINT, SqlType.SMALLINT, SqlType.INT, SqlType.BIGINT})
_DECIMALS: Final = frozenset({SqlType.DECIMAL, SqlType.NUMERIC, SqlType.MONEY, SqlType.SMALLMONEY})
_MOMENTS: Final = frozenset({SqlType.DATETIME, SqlType.SMALLDATETIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET})
_BINARIES: Final = frozenset({SqlType.BINARY, SqlType.VARBINARY, SqlType.IMAGE})
_SHAPES: Final = frozenset({SqlType.GEOGRAPHY, SqlType.GEOMETRY})
_TEXT_FORMS: Final = frozenset({Form.TEXT, Form.CHAR, Form.CLOB})
_SIZED: Final = re.compile(r"(\w+)(?:\((\d+)(?:,(\d+))?\))?")
_MOST: Final = {"CHAR": 255, "BINARY": 255, "VARCHAR": 65_535, "VARBINARY": 65_535, "DECIMAL": 65}
_MOST_SCALE: Final = 30
_MOST_FRACTION: Final = 6


def forms_of(type_: SqlType) -> frozenset[Form]:
    """The forms that a T-SQL type's values can be compared in."""
    if type_ in _INTEGERS:
        return frozenset({Form.INTEGER})
    if type_ in _DECIMALS:
        return frozenset({Form.DECIMAL})
    if type_ in (SqlType.REAL, SqlType.FLOAT):
        return frozenset({Form.FLOAT})
    if type_ in (SqlType.DATE, SqlType.TIME):
        return frozenset({Form(type_)})
    if type_ in _MOMENTS:
        return frozenset({Form.DATETIME})
    if type_ in _BINARIES:
        return frozenset({Form.BINARY, Form.BLOB})
    if type_ is SqlType.ROWVERSION:
        return frozenset({Form.BINARY})
    if type_ is SqlType.UNIQUEIDENTIFIER:
        return frozenset({Form.UUID, Form.BINARY})
    return frozenset({Form.GEOMETRY}) if type_ in _SHAPES else _TEXT_FORMS


def impossible(mysql_type: str) -> str | None:
    """Why MySQL has no such type, None where it has.

    Source: MySQL 8.0 Reference Manual, "Data Types": CHAR and BINARY to 255, DECIMAL to 65 digits of which 30 are
    decimals and not more than there are digits, 6 digits of a second.
    """
    found = _SIZED.match(mysql_type)
    if found is None:
        return None
    if found[2] is None:
        return f"{found[1]} needs a length" if found[1] in ("VARCHAR", "VARBINARY") else None
    word, size, scale = found[1], int(found[2]), int(found[3] or 0)
    if word in _MOST and size > _MOST[word]:
        return f"{word} goes up to {_MOST[word]}"
    if word == "DECIMAL" and scale > min(_MOST_SCALE, size):
        return f"DECIMAL has at most {_MOST_SCALE} decimals, and no more than digits"
    if word in ("TIME", "DATETIME", "TIMESTAMP") and size > _MOST_FRACTION:
        return f"{word} keeps at most {_MOST_FRACTION} digits of a second"
    return None


def kept_scale(form: Form, mysql_type: str) -> int:
    """The decimals or second digits that a column of that type keeps; 0 for forms that have none."""
    found = _SIZED.match(mysql_type)
    if found is None or form not in (Form.DECIMAL, Form.TIME, Form.DATETIME):
        return 0
    return int(found[3] or 0) if form is Form.DECIMAL else int(found[2] or 0)
