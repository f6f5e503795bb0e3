"""Index keys that MySQL would refuse as too long."""

from __future__ import annotations

from dataclasses import replace

from migrator.translate.draft import IndexPart, TableDraft
from migrator.translate.storage import KEY_LIMIT, Storage, storage

_LOB_PREFIX = 255
"""Characters (or bytes) of a TEXT or BLOB column that its index starts with."""


def shortened(draft: TableDraft, parts: tuple[IndexPart, ...]) -> tuple[IndexPart, ...]:
    """``parts`` with prefixes where whole values do not fit into 3,072 bytes; the same tuple where they do."""
    sizes = [storage(draft.named(part.column).target.type) for part in parts]
    fitted = [
        replace(part, prefix=min(_LOB_PREFIX, KEY_LIMIT // size.unit)) if size.lob and part.prefix is None else part
        for part, size in zip(parts, sizes, strict=True)
    ]
    while sum(_bytes(part, size) for part, size in zip(fitted, sizes, strict=True)) > KEY_LIMIT:
        place = max(
            range(len(fitted)), key=lambda number: _bytes(fitted[number], sizes[number]) * sizes[number].prefixable
        )
        size = sizes[place]
        others = sum(_bytes(part, other) for part, other in zip(fitted, sizes, strict=True)) - _bytes(
            fitted[place], size
        )
        room = max(KEY_LIMIT - others, _bytes(fitted[place], size) // 2)
        fitted[place] = replace(fitted[place], prefix=max(1, room // size.unit))
    return parts if fitted == list(parts) else tuple(fitted)


def _bytes(part: IndexPart, size: Storage) -> int:
    return size.key if part.prefix is None else part.prefix * size.unit
