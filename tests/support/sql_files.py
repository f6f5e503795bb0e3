"""Files as the mysql client reads them: statements up to the delimiter, which DELIMITER changes."""

from __future__ import annotations

from collections.abc import Iterator


def statements(text: str) -> Iterator[str]:
    """The statements of a file without their delimiters."""
    delimiter, gathered = ";", ""
    for line in text.splitlines(keepends=True):
        if line.startswith("DELIMITER "):
            delimiter = line.split()[1]
            continue
        gathered += line
        if gathered.rstrip().endswith(delimiter):
            yield gathered.rstrip().removesuffix(delimiter)
            gathered = ""
    assert not gathered.strip(), gathered
