"""The evidence of a comparison on disk: a chain for auditors' tools, a page for auditors, JUnit's XML for CI.

No row value is in any of them; keys of differing rows stand there as ``shown`` gives them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from migrator import __version__
from migrator.chain import Entry, Sealed, canonical, sealed
from migrator.model.evidence import Evidence
from migrator.model.finding import Finding, Status
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.translation import Translation
from migrator.model.validation import Side, TableValidation
from migrator.report import summary
from migrator.report.junit import validation_junit
from migrator.report.page import template
from migrator.report.summary import Shown
from migrator.report.values import schema_values
from migrator.report.write import write_text
from migrator.units import count

LAST: Final = "verdict"
"""The kind of the entry that ends the chain."""

_OPEN_ROWS: Final = 15
"""A longer table of the page shows this many rows; the others are a click away."""
_DIFFERENCES: Final = 500
"""More of them help nobody on a page; evidence.json has them all."""


@dataclass(frozen=True, slots=True)
class WrittenEvidence:
    """Where the evidence lies, and the pin of its chain."""

    html: Path
    json: Path
    junit: Path
    count: int
    head: str


def write_evidence(evidence: Evidence, directory: Path, *, shown: Shown) -> WrittenEvidence:
    """Write evidence.json, evidence.html and report.junit.xml into ``directory``, made if it is not there.

    Raises OutputError.
    """
    chain = evidence_chain(evidence, shown=shown)
    return WrittenEvidence(
        json=write_text(directory / "evidence.json", chain.text),
        html=write_text(directory / "evidence.html", evidence_html(evidence, chain, shown=shown)),
        junit=write_text(directory / "report.junit.xml", validation_junit(evidence.validation, shown=shown)),
        count=chain.count,
        head=chain.head,
    )


def evidence_values(written: WrittenEvidence) -> dict[str, Any]:
    """Where the evidence lies, and its pin, as plain values for JSON."""
    return {
        "json": str(written.json),
        "html": str(written.html),
        "junit": str(written.junit),
        "entries": written.count,
        "head": written.head,
    }


def evidence_text(written: WrittenEvidence) -> str:
    """The closing words: where the evidence lies, and what to note down. No line break at the end."""
    return f"evidence: {written.html}\nhead: {written.head} ({count(written.count)} entries): note it down"


def evidence_chain(evidence: Evidence, *, shown: Shown) -> Sealed:
    """The whole comparison as a chain; its numbers are whole, so that every reader of JSON has the same ones."""
    return sealed(list(_entries(evidence, shown)))


def evidence_html(evidence: Evidence, chain: Sealed, *, shown: Shown) -> str:
    """The page: no script, nothing fetched, every text escaped."""
    validation = evidence.validation
    listed = summary.differences(validation)
    return template("evidence.html").render(
        evidence=evidence,
        validation=validation,
        schema=validation.schema,
        chain=chain,
        sentence=summary.equal_sentence(validation),
        limits=summary.limits(validation),
        lossy=summary.rule_groups(_lossy(evidence.translation)),
        mapping_digest=digest(evidence.translation.mappings),
        statements_digest=statements_digest(evidence.translation),
        compared=sorted(validation.tables, key=summary.by_interest),
        differences=[(difference, shown(difference)) for difference in listed[:_DIFFERENCES]],
        unlisted=validation.differences - sum(difference.count for difference in listed[:_DIFFERENCES]),
        open_rows=_OPEN_ROWS,
        most_things=_DIFFERENCES,
        version=__version__,
    )


def statements_digest(translation: Translation) -> str:
    """SHA-256 in hex over everything that the translation promised the target to have."""
    return hashlib.sha256(canonical([statement.sql for statement in translation.statements]).encode()).hexdigest()


def _lossy(translation: Translation) -> list[Finding]:
    return [finding for finding in translation.findings if finding.status is Status.LOSSY]


def _entries(evidence: Evidence, shown: Shown) -> Iterator[Entry]:
    validation, translation = evidence.validation, evidence.translation
    yield Entry(
        "run",
        {
            "started": _moment(evidence.started),
            "finished": _moment(evidence.finished),
            "version": __version__,
            "source": {
                "name": evidence.source,
                "identity": evidence.source_identity,
                "product": evidence.product,
                "state": evidence.source_state,
                "notes": list(evidence.notes),
            },
            "target": {
                "name": evidence.target,
                "identity": evidence.target_identity,
                "version": evidence.server_version,
                "state": evidence.target_state,
                "character_set": translation.character_set,
                "collation": translation.collation,
            },
            "method": {"name": str(validation.method), "why": validation.why},
            "rules": {
                "folders": list(evidence.rules),
                "mapping_sha256": digest(translation.mappings),
                "statements_sha256": statements_digest(translation),
            },
        },
    )
    lossy: dict[tuple[str, str], list[str]] = defaultdict(list)
    for finding in _lossy(translation):
        lossy[finding.rule, finding.reason].append(finding.object)
    for (rule, reason), objects in sorted(lossy.items()):
        yield Entry("lossy rule", {"rule": rule, "reason": reason, "objects": sorted(objects)})
    mappings = {mapping.target: mapping for mapping in translation.mappings}
    for table in validation.tables:
        yield Entry("table", _table(table, mappings.get(table.table)))
        for difference in table.differences:
            yield Entry(
                "row difference",
                {
                    "table": difference.table,
                    "kind": str(difference.kind),
                    "key": dict(shown(difference)),
                    "columns": list(difference.columns),
                    "count": difference.count,
                },
            )
    if validation.schema is not None:
        yield Entry("schema", schema_values(validation.schema))
    yield Entry(
        LAST,
        {
            "verdict": evidence.verdict,
            "tables": len(validation.tables),
            "rows": validation.rows,
            "row_differences": validation.differences,
            "schema_differences": validation.schema_differences if validation.schema is not None else None,
        },
    )


def _table(table: TableValidation, mapping: TableMapping | None) -> dict[str, Any]:
    return {
        "source": str(table.name),
        "target": table.table,
        "equal": table.equal,
        "source_rows": table.source.rows,
        "source_fingerprint": str(table.source),
        "target_rows": table.target.rows if table.target is not None else None,
        "target_fingerprint": _text(table.target),
        "fingerprint_of_source": str(table.how),
        "differences": table.difference_count,
        "unlisted": table.more,
        "columns": [column.name for column in mapping.compared_columns] if mapping else [],
        "key": list(mapping.key) if mapping else [],
        "lacking": list(table.lacking),
        "limits": list(table.limits),
        "milliseconds": round(table.seconds * 1000),
        "segments": {
            str(side): {piece.name: str(piece.fingerprint) for piece in table.pieces_of(side)} for side in Side
        },
    }


def _text(fingerprint: Fingerprint | None) -> str | None:
    return None if fingerprint is None else str(fingerprint)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
