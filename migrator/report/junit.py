"""JUnit's XML for what runs tests elsewhere: its words, and a comparison as tests, one a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from migrator.model.catalog import SchemaDifference
from migrator.model.validation import TableValidation, Validation
from migrator.report.summary import Shown
from migrator.units import counted, printable

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""
_LISTED: Final = 20
"""Differing rows that are named in one test; evidence.json has them all."""


def attributes(values: dict[str, object]) -> str:
    """Attributes of an element, with a blank before each."""
    return "".join(f" {name}={_clean(quoteattr, str(value))}" for name, value in values.items())


def text(words: str) -> str:
    """The text of an element."""
    return _clean(escape, words)


def _clean(write: Callable[[str], str], words: str) -> str:
    return write(_NO_XML.sub("\ufffd", words))


def validation_junit(validation: Validation, *, shown: Shown) -> str:
    """A test suite with a test for each table, its schema included; what belongs to no table of these is one more."""
    tests = [_table(table, validation, shown) for table in validation.tables]
    if validation.schema is not None:
        names = {table.table for table in validation.tables}
        others = [item for item in validation.schema.differences if not _named(item, names)]
        tests.append(("schema", 0.0, [str(difference) for difference in others]))
    suite = {
        "name": "migrator validate",
        "tests": len(tests),
        "failures": sum(bool(lines) for _, _, lines in tests),
        "errors": 0,
        "skipped": 0,
        "time": f"{sum(seconds for _, seconds, _ in tests):.3f}",
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f"  <testsuite{attributes(suite)}>"]
    for name, seconds, wrong in tests:
        lines += _test(name, seconds, wrong)
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _named(difference: SchemaDifference, names: set[str]) -> bool:
    return difference.thing.of in names or difference.thing.of.lower() in {name.lower() for name in names}


def _table(table: TableValidation, validation: Validation, shown: Shown) -> tuple[str, float, list[str]]:
    wrong = []
    if table.target is None:
        wrong.append("the table is not there")
    elif table.difference_count:
        sides = f"{table.source.rows:,} rows in the source, {table.target.rows:,} in the target"
        wrong.append(f"{counted(table.difference_count, 'row')} not the same: {sides}")
    for difference in islice(table.differences, _LISTED):
        key = ", ".join(f"{column} = {value}" for column, value in shown(difference).items())
        columns = f" ({', '.join(difference.columns)})" if difference.columns else ""
        wrong.append(f"{difference.kind}: {key}{columns}")
    if len(table.differences) > _LISTED or table.more:
        wrong.append("the others: see evidence.json")
    wrong += [f"column {name} is not there" for name in table.lacking]
    if validation.schema is not None:
        wrong += [str(item) for item in validation.schema.differences if _named(item, {table.table})]
    return table.table, table.seconds, wrong


def _test(name: str, seconds: float, wrong: Sequence[str]) -> Iterator[str]:
    head = attributes({"classname": "validate", "name": name, "time": f"{seconds:.3f}"})
    if not wrong:
        yield f"    <testcase{head}/>"
        return
    lines = [printable(line) for line in wrong]
    words = text("\n".join(lines))
    yield f"    <testcase{head}>"
    yield f"      <failure{attributes({'type': 'different', 'message': lines[0]})}>{words}</failure>"
    yield "    </testcase>"
