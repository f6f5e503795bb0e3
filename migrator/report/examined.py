"""A chain that was examined: what it says, and what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from migrator.chain import Examined
from migrator.units import count, counted, printable

_LISTED: Final = 50
"""Faults that are named; more of them say no more."""


def examined_text(found: Examined) -> str:
    """Faults, or what the evidence says; then a sentence. No line break at the end."""
    if found.faults:
        lines = [printable(f"{fault.kind}: {fault.words}") for fault in found.faults[:_LISTED]]
        if len(found.faults) > _LISTED:
            lines.append(f"and {count(len(found.faults) - _LISTED)} more")
        return "\n".join([*lines, "", "NOT INTACT. Do not rely on this file."])
    run, verdict = found.entries[0].body, found.entries[-1].body
    lines = [
        f"source: {_inner(run, 'source', 'name')} ({_inner(run, 'source', 'identity')})",
        f"target: {_inner(run, 'target', 'name')} ({_inner(run, 'target', 'version')})",
        f"run: {run.get('started')} to {run.get('finished')}",
        f"verdict: {verdict.get('verdict')}",
        f"head: {found.head}",
    ]
    sentence = f"INTACT. {counted(len(found.entries), 'link')} in an unbroken chain."
    return "\n".join([*map(printable, lines), "", f"{sentence} Compare the head with the one that you noted down."])


def _inner(body: Mapping[str, Any], *path: str) -> str:
    value: Any = body
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value)


def examined_values(found: Examined) -> dict[str, Any]:
    """The same as plain values for JSON; ``run`` and ``verdict`` are None where the chain is broken."""
    return {
        "intact": found.intact,
        "entries": len(found.entries),
        "head": found.head,
        "faults": [{"kind": str(fault.kind), "words": fault.words} for fault in found.faults],
        "run": dict(found.entries[0].body) if found.intact else None,
        "verdict": dict(found.entries[-1].body) if found.intact else None,
    }
