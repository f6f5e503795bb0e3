"""What several reports say of the same things as plain values for ``json.dumps``. Keys are only ever added."""

from __future__ import annotations

from typing import Any

from migrator.model.catalog import SchemaDifference, SchemaValidation
from migrator.model.finding import Finding
from migrator.model.schema import Place, Unread
from migrator.model.translation import TranslatedColumn


def finding_values(finding: Finding) -> dict[str, Any]:
    """One remark."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "status": str(finding.status),
        "kind": str(finding.kind),
        "object": finding.object,
        "reason": finding.reason,
        "advice": finding.advice,
        "place": place_values(finding.place),
    }


def place_values(place: Place | None) -> dict[str, Any] | None:
    """A file and a line."""
    return None if place is None else {"file": place.file, "line": place.line}


def column_values(column: TranslatedColumn) -> dict[str, Any]:
    """What a column became, and which rules had a say."""
    return {
        "object": column.object,
        "source_type": column.source_type,
        "target": column.target,
        "type": column.type,
        "rules": list(column.rules),
    }


def unread_values(unread: Unread) -> dict[str, Any]:
    """A statement that could not be read."""
    return {"place": place_values(unread.place), "text": unread.text, "reason": unread.reason}


def schema_values(schema: SchemaValidation) -> dict[str, Any]:
    """A schema held against its promise, as plain values for JSON."""
    return {
        "equal": schema.equal,
        "promised": schema.things,
        "difference_list": [_unlike(difference) for difference in schema.differences],
        "beside": [str(thing) for thing in schema.beside],
    }


def _unlike(difference: SchemaDifference) -> dict[str, Any]:
    return {
        "kind": difference.thing.kind,
        "object": difference.thing.name,
        "table": difference.thing.of or None,
        "fact": difference.fact or None,
        "promised": difference.promised,
        "found": difference.found,
    }
