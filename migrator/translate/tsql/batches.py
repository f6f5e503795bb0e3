"""Batches: what stands between two lines that say GO, and sqlcmd's own lines taken out."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot.tokenizer_core import TokenType

from migrator.translate.tsql.stream import Stream


def batches(stream: Stream) -> Iterator[tuple[int, int]]:
    """The token ranges (start, end exclusive) of the batches that hold anything.

    GO counts where it is the first word of its line, alone or with a number. Inside of strings, quoted names and
    comments it is no token, so it cannot count. Lines that begin with ``:`` (``:setvar``, ``:r`` …) or ``!!`` are
    commands for sqlcmd and part the text like GO does. Source: sqlcmd Utility, "sqlcmd commands".
    """
    start = 0
    index = 0
    while index < len(stream.tokens):
        end = _separator(stream, index)
        if end:
            if start < index:
                yield start, index
            start = index = end
        else:
            index += 1
    if start < index:
        yield start, index


def _separator(stream: Stream, index: int) -> int:
    """The token behind a separator that begins at ``index``; 0 if none does."""
    word = stream.words[index]
    if word not in ("GO", ":", "!") or not _first_of_line(stream, index):
        return 0
    end = index + 1
    line = stream.line(stream.tokens[index].start)
    while end < len(stream.tokens) and stream.line(stream.tokens[end].start) == line:
        end += 1
    if word == "GO":
        rest = range(index + 1, end)
        plain = all(stream.tokens[at].token_type is TokenType.NUMBER or stream.words[at] == ";" for at in rest)
        return end if plain else 0
    if word == ":" and end > index + 1 and stream.tokens[index + 1].token_type is TokenType.VAR:
        return end
    return end if word == "!" and stream.words[index + 1 : index + 2] == ["!"] else 0


def _first_of_line(stream: Stream, index: int) -> bool:
    if not index:
        return True
    return stream.line(stream.tokens[index - 1].end) < stream.line(stream.tokens[index].start)
