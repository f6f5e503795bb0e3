"""Names of SQL Server objects."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ObjectName:
    """A schema and a name, without brackets; case is kept, and compared (a translator folds case where MySQL would)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"
