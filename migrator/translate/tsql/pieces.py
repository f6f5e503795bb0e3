"""A script in pieces, so that a dump of millions of INSERTs needs no more memory than its largest batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.translate.tsql.stream import GO_LINE, Stream

_SIZE: Final = 1 << 18


def streams(file: str, text: str, *, first_line: int = 1, size: int = _SIZE) -> Iterator[Stream]:
    """The script as streams of about ``size`` characters, cut before lines that say GO.

    A line that says GO inside of a text or a comment is no place for a cut: it would leave both halves with an open
    quote. Such a piece is made longer until it is whole, so that the tokens are those of the uncut script.
    """
    start, line, wanted = 0, first_line, size
    while start < len(text):
        cut = GO_LINE.search(text, start + wanted)
        end = cut.start() if cut else len(text)
        stream = Stream(file, text[start:end], line)
        if stream.damaged and end < len(text):
            wanted *= 2
            continue
        yield stream
        line = stream.line(end - start)
        start, wanted = end, size
