"""The rules of the translation as frozen values, read from schema_rules/*.toml and a folder of the user's own."""

from __future__ import annotations

from migrator.rules.load import load_rules
from migrator.rules.rules import Rules

__all__ = ["Rules", "load_rules"]
