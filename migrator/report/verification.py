"""The outcome of verified cases: text for people, JSON for programs, JUnit's XML for what runs tests elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from migrator import __version__
from migrator.model.verification import CaseResult, Fault, Verification
from migrator.report.junit import attributes, text
from migrator.units import counted, printable

_COLOURS: Final = {"+": "32", "-": "31", "@": "36"}


def verification_text(verification: Verification, *, colour: bool) -> str:
    """What was changed and what is wrong, then a sentence. No line break at the end."""
    lines = [f"{case.name}: {', '.join(case.updated)}" for case in verification.cases if case.updated]
    for case in verification.failed:
        for failure in case.failures:
            lines.append(printable(f"{case.name}: {failure.fault}: {failure.message}"))
            lines += [_painted(printable(line), colour) for line in failure.detail.splitlines()]
    updated = sum(bool(case.updated) for case in verification.cases)
    words = [counted(len(verification.cases), "case")]
    words.append(f"{len(verification.failed):,} failed" if verification.failed else "all as expected")
    if updated:
        words.append(f"{updated:,} updated: read the difference before you commit it")
    where = f" on MySQL {verification.server}" if verification.server else ""
    return "\n".join([*lines, f"{', '.join(words)} ({verification.seconds:.1f} s{where})"])


def _painted(line: str, colour: bool) -> str:
    code = _COLOURS.get(line[:1]) if colour else None
    return f"  \x1b[{code}m{line}\x1b[0m" if code else f"  {line}"


def verification_json(verification: Verification) -> dict[str, Any]:
    """The whole outcome; ``verdict`` is "passed" or "failed", durations are seconds."""
    return {
        "verdict": "passed" if verification.passed else "failed",
        "folder": verification.folder,
        "cases": len(verification.cases),
        "failed": len(verification.failed),
        "server": verification.server or None,
        "seconds": round(verification.seconds, 3),
        "case_list": [
            {
                "name": case.name,
                "passed": case.passed,
                "seconds": round(case.seconds, 3),
                "updated": list(case.updated),
                "failures": [
                    {"fault": str(failure.fault), "message": failure.message, "detail": failure.detail}
                    for failure in case.failures
                ],
            }
            for case in verification.cases
        ],
        "version": __version__,
    }


def verification_junit(verification: Verification) -> str:
    """A test suite with a test for each case. A case that cannot be used is an error, all else are failures."""
    errors = sum(_is_error(case) for case in verification.failed)
    suite = {
        "name": "migrator fixtures",
        "tests": len(verification.cases),
        "failures": len(verification.failed) - errors,
        "errors": errors,
        "skipped": 0,
        "time": f"{verification.seconds:.3f}",
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f"  <testsuite{attributes(suite)}>"]
    for case in verification.cases:
        lines += _test(case, verification.folder)
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _test(case: CaseResult, folder: str) -> Iterator[str]:
    head = attributes({"classname": folder, "name": case.name, "time": f"{case.seconds:.3f}"})
    if case.passed:
        yield f"    <testcase{head}/>"
        return
    # Readers of this format look for one element a test: it has the first message, and everything in its text.
    first = case.failures[0]
    word = "error" if _is_error(case) else "failure"
    words = "\n".join(f"{failure.message}\n{failure.detail}".rstrip() for failure in case.failures)
    yield f"    <testcase{head}>"
    yield f"      <{word}{attributes({'type': first.fault, 'message': first.message})}>{text(words)}</{word}>"
    yield "    </testcase>"


def _is_error(case: CaseResult) -> bool:
    return any(failure.fault is Fault.BROKEN for failure in case.failures)
