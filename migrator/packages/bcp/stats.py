"""What reading rows had to change. Apart from the reading: who opens a package loads no library for rows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ReadStats:
    """Lone surrogates that became U+FFFD, by ``schema.table.column``."""

    lone_surrogates: dict[str, int] = field(default_factory=dict)
