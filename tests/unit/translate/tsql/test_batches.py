from __future__ import annotations

import pytest

from migrator.translate.tsql.batches import batches
from migrator.translate.tsql.stream import Stream


def texts(script: str) -> list[str]:
    stream = Stream("a.sql", script)
    return [stream.slice(start, end) for start, end in batches(stream)]


@pytest.mark.parametrize(
    "go", ["GO", "go", "  GO  ", "GO 5", "GO -- done", "GO;", "/* x */ GO", ":setvar a b", ":r x.sql", "!!dir"]
)
def test_separators_alone_on_their_line(go: str) -> None:
    assert texts(f"select 1\n{go}\nselect 2") == ["select 1", "select 2"]


@pytest.mark.parametrize(
    "text",
    [
        "select 'a\nGO\nb'",
        "select [a\nGO\nb]",
        "select 1 /*\nGO\n*/ + 2",
        "select 1 as\ngo.x",
        "select 1\nGO on",
        "select a\n:b",
    ],
)
def test_go_in_strings_names_and_comments_is_none(text: str) -> None:
    expected = [text] if not text.endswith(":b") else ["select a"]
    assert texts(text) == expected


def test_empty_batches_are_left_out() -> None:
    assert texts("GO\nGO\n\nselect 1\nGO\n-- nothing\nGO") == ["select 1"]
