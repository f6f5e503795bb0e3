"""How many bytes MySQL counts for a column: against the row limits, and inside an index key.

MySQL 8.0 Reference Manual: "Data Type Storage Requirements", "Limits on Table Column Count and Row Size", "InnoDB
Limits". The sums were held against a server at their very edges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

ROW_LIMIT: Final = 65_535
PAGE_LIMIT: Final = 8_125
KEY_LIMIT: Final = 3_072
KEY_COLUMNS: Final = 16
COLUMN_LIMIT: Final = 1_017
INDEX_LIMIT: Final = 64
_EXTERN_LOCAL: Final = 40
"""Of a variable column longer than this InnoDB counts 40 bytes in the page, and one length byte (DYNAMIC rows)."""
_TYPE: Final = re.compile(r"^(\w+)(?:\((\d+)(?:,(\d+))?\))?( UNSIGNED)?(?: CHARACTER SET (\w+))?")
_FIXED: Final = {
    "TINYINT": 1, "SMALLINT": 2, "MEDIUMINT": 3, "INT": 4, "BIGINT": 8, "FLOAT": 4, "DOUBLE": 8,
    "DATE": 3, "TIME": 3, "DATETIME": 5, "TIMESTAMP": 4, "YEAR": 1,
}  # fmt: skip
_POINTERS: Final = {
    "TINYTEXT": 9, "TEXT": 10, "MEDIUMTEXT": 11, "LONGTEXT": 12,
    "TINYBLOB": 9, "BLOB": 10, "MEDIUMBLOB": 11, "LONGBLOB": 12, "GEOMETRY": 12, "JSON": 12,
}  # fmt: skip
_DIGIT_BYTES: Final = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)
_CHARACTER_BYTES: Final = {"ascii": 1, "latin1": 1, "binary": 1, None: 4, "utf8mb4": 4}


@dataclass(frozen=True, slots=True)
class Storage:
    """``row`` bytes against ROW_LIMIT, ``page`` bytes against PAGE_LIMIT, ``key`` bytes of a whole value in an index.

    ``unit`` is the bytes of one character of a prefix; ``prefixable`` is True where an index may take a prefix; ``lob``
    where it must.
    """

    row: int
    page: int
    key: int
    unit: int = 1
    prefixable: bool = False
    lob: bool = False


def storage(mysql_type: str) -> Storage:
    """The sizes of a column of that type, utf8mb4 unless the type names another character set."""
    found = _TYPE.match(mysql_type)
    if found is None:
        raise ValueError(f"not a MySQL type: {mysql_type}")
    word, size, charset = found[1], int(found[2] or 0), found[5]
    if word in ("VARCHAR", "VARBINARY", "CHAR", "BINARY"):
        return _string(word, size or 1, 1 if "BINARY" in word else _CHARACTER_BYTES[charset])
    if word in _POINTERS:
        unit = 4 if word.endswith("TEXT") else 1
        return Storage(_POINTERS[word], _EXTERN_LOCAL + 1, 0, unit, prefixable=word != "GEOMETRY", lob=True)
    if word == "DECIMAL":
        scale = int(found[3] or 0)
        fixed = _digits(size - scale) + _digits(scale)
    else:
        fixed = _FIXED[word] + ((size + 1) // 2 if word in ("DATETIME", "TIME", "TIMESTAMP") else 0)
    return Storage(fixed, fixed, fixed)


def _string(word: str, size: int, unit: int) -> Storage:
    data = size * unit
    if word in ("CHAR", "BINARY") and unit == 1:
        return Storage(data, data, data, 1, prefixable=True)
    # in utf8mb4 even CHAR is of variable length to InnoDB
    prefix = 1 if data <= 255 else 2
    page = _EXTERN_LOCAL + 1 if data >= _EXTERN_LOCAL else data + 1
    return Storage(data + (prefix if word.startswith("VAR") else 0), page, data, unit, prefixable=True)


def _digits(count: int) -> int:
    return count // 9 * 4 + _DIGIT_BYTES[count % 9]
