"""Canonical text by the book, one value at a time: the model that the fast makers are held against."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TargetColumn

Value = int | float | Decimal | date | datetime | time | str | bytes | UUID | None


def canonical_text(value: Value, column: TargetColumn) -> bytes | None:  # noqa: PLR0912 - a branch for each form
    """The canonical text of a value that the target column can hold, in Python's own type for it."""
    match column.form, value:
        case _, None:
            return None
        case Form.INTEGER, int():
            text = str(int(value))
        case Form.DECIMAL, Decimal():
            text = format(abs(value) if value.is_zero() else value, f".{column.scale}f")
        case Form.FLOAT, float():
            text = struct.pack(">d", 0.0 if value == 0 else value).hex()
        case Form.DATETIME, datetime():
            text = value.isoformat(" ", "microseconds")
        case Form.DATE, date():
            text = value.isoformat()
        case Form.TIME, time():
            text = value.isoformat("microseconds")
        case Form.TEXT, str():
            text = value
        case Form.CHAR, str():
            text = value.rstrip(" ")
        case Form.BINARY, bytes():
            text = value.hex()
        case Form.UUID, UUID():
            text = str(value)
        case Form.CLOB, str():
            text = hashlib.sha256(value.encode()).hexdigest()
        case ((Form.BLOB | Form.GEOMETRY), bytes()):
            text = hashlib.sha256(value).hexdigest()
        case _:
            raise TypeError(f"{type(value).__name__} is no value of {column.form}")
    return text.encode()


def canonical_row(row: Sequence[Value], columns: Sequence[TargetColumn]) -> bytes:
    texts = [canonical_text(value, column) for value, column in zip(row, columns, strict=True)]
    return b"".join(b"N" if text is None else b"V%d:%s" % (len(text), text) for text in texts)


def canonical_fingerprint(rows: Iterable[Sequence[Value]], columns: Sequence[TargetColumn]) -> Fingerprint:
    found = Fingerprint()
    for row in rows:
        digest = hashlib.sha256(canonical_row(row, columns)).digest()
        found += Fingerprint(1, int.from_bytes(digest[:7]), int.from_bytes(digest[7:14]))
    return found
