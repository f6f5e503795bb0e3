"""Names of SQL Server objects."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ObjectName:
    """A schema and a name, without brackets; case is kept, and compared (a translator folds case where MySQL would).

    ``schema`` is "" for what stands in no schema: roles, permissions, database triggers.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name
