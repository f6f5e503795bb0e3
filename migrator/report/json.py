"""A rehearsal and a validation as plain values for ``json.dumps``: the form that programs read.

Times are ISO 8601 in UTC, durations are seconds, sizes are source bytes. Keys are only ever added, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from migrator import __version__
from migrator.model.difference import Difference
from migrator.model.rehearsal import Rehearsal, TableLoad
from migrator.model.validation import SourceOf, TableValidation, Validation
from migrator.report import summary
from migrator.report.summary import Shown
from migrator.report.values import finding_values, schema_values


def rehearsal_json(rehearsal: Rehearsal, *, shown: Shown) -> dict[str, Any]:
    """The whole rehearsal. ``shown`` gives a row's key as text.

    ``tables``, ``rows`` and ``differences`` count what was compared: tables, rows of the source, rows that are not the
    same. ``objects`` counts the objects of the source by status; columns are not among them, since their table bears
    the worst status of itself and its columns.
    """
    validation, translation, forecast = rehearsal.validation, rehearsal.translation, rehearsal.forecast
    loads = {load.target: load for load in rehearsal.loads}
    return {
        "verdict": str(rehearsal.verdict),
        "tables": len(validation.tables),
        "rows": validation.rows,
        "differences": validation.differences,
        "phases": [
            {"name": phase.name, "seconds": round(phase.seconds, 3), "rows": phase.rows, "bytes": phase.bytes}
            for phase in rehearsal.phases
        ],
        "forecast": {
            "p50_s": round(forecast.p50_s, 3),
            "p95_s": round(forecast.p95_s, 3),
            "window_s": round(forecast.window_s, 3),
            "assumptions": list(forecast.assumptions),
        },
        "objects": {str(status): number for status, number in summary.object_counts(translation).items()},
        "effort_minutes": rehearsal.effort_minutes,
        "table_list": [_compared(table) | _loaded(loads.get(table.table)) for table in validation.tables],
        "difference_list": _differences(validation, shown),
        "schema_differences": validation.schema_differences,
        "schema": schema_values(validation.schema) if validation.schema is not None else None,
        "findings": [finding_values(finding) for finding in translation.findings],
        "source": {
            "name": rehearsal.source,
            "identity": rehearsal.source_identity,
            "product": rehearsal.product,
            "notes": list(rehearsal.notes),
        },
        "target": {
            "name": rehearsal.target,
            "version": rehearsal.server_version,
            "character_set": translation.character_set,
            "collation": translation.collation,
        },
        "started": _moment(rehearsal.started),
        "finished": _moment(rehearsal.finished),
        "version": __version__,
    }


def validation_json(validation: Validation, *, shown: Shown) -> dict[str, Any]:
    """A validation by itself; ``verdict`` is "equal" or "different"."""
    return {
        "verdict": "equal" if validation.equal else "different",
        "method": str(validation.method),
        "why": validation.why,
        "tables": len(validation.tables),
        "rows": validation.rows,
        "differences": validation.differences,
        "difference_list": _differences(validation, shown),
        "table_list": [_compared(table) for table in validation.tables],
        "schema_differences": validation.schema_differences,
        "schema": schema_values(validation.schema) if validation.schema is not None else None,
        "version": __version__,
    }


def _differences(validation: Validation, shown: Shown) -> list[dict[str, Any]]:
    return [_difference(difference, shown(difference)) for difference in summary.differences(validation)]


def _difference(difference: Difference, key: Mapping[str, str]) -> dict[str, Any]:
    return {
        "table": difference.table,
        "kind": str(difference.kind),
        "key": dict(key),
        "columns": list(difference.columns),
        "count": difference.count,
    }


def _compared(table: TableValidation) -> dict[str, Any]:
    return {
        "source": str(table.name),
        "target": table.table,
        "equal": table.equal,
        "source_rows": table.source.rows,
        "target_rows": table.target.rows if table.target is not None else None,
        "differences": table.difference_count,
        "unlisted": table.more,
        "source_fingerprint": str(table.source) if table.how is not SourceOf.WIRE else None,
        "target_fingerprint": str(table.target)
        if table.target is not None and table.how is not SourceOf.WIRE
        else None,
        "fingerprint_of_source": str(table.how),
        "lacking": list(table.lacking),
        "limits": list(table.limits),
        "validate_seconds": round(table.seconds, 3),
    }


def _loaded(load: TableLoad | None) -> dict[str, Any]:
    """What loading a table adds to its entry; a table that had nothing to load took no time."""
    return {
        "expected_rows": load.expected if load else None,
        "loaded_rows": load.rows if load else 0,
        "bytes": load.bytes if load else 0,
        "load_seconds": round(load.seconds, 3) if load else 0.0,
    }


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
