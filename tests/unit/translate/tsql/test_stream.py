from __future__ import annotations

import pytest

from migrator.model.schema import Place
from migrator.translate.tsql.stream import DAMAGED, Stream


def test_words_are_upper_case_and_quoted_names_and_literals_are_none() -> None:
    stream = Stream("a.sql", "create [table] \"x\" (N'it''s', 0x1F, 1.5, @v, #t)")
    assert stream.words == ["CREATE", "", "", "(", "", ",", "", ",", "", ",", "@V", ",", "#T", ")"]


def test_names_come_without_their_quotes() -> None:
    stream = Stream("a.sql", '[a]]b] "c""d"')
    assert [token.text for token in stream.tokens] == ["a]b", 'c"d']


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_any_ending(ending: str) -> None:
    stream = Stream("a.sql", ending.join(["/* one", "two */ select", "'three", "four' five"]), first_line=10)
    assert [stream.place(index) for index in range(4)] == [
        Place("a.sql", 11),
        Place("a.sql", 12),
        Place("a.sql", 13),
        Place("a.sql", 13),
    ]


@pytest.mark.parametrize("opened", ["'text", "N'text", "[name", '"name', "/* comment", "/* a /* nested */ comment"])
def test_what_is_never_closed_ends_before_the_next_go(opened: str) -> None:
    stream = Stream("a.sql", f"select 1\nselect {opened}\nGO\nselect 2")
    assert [token.token_type is DAMAGED for token in stream.tokens] == [False, False, False, True, False, False, False]
    assert stream.words[-3:-1] == ["GO", "SELECT"]
    assert stream.tokens[-1].text == "2"
    assert stream.text[stream.tokens[-2].start : stream.tokens[-2].end + 1] == "select"


def test_recovery_with_line_ends_of_windows() -> None:
    assert Stream("a.sql", "select 'x\r\nGO\r\nselect 2").words == ["SELECT", "", "GO", "SELECT", ""]


def test_a_comment_that_is_closed_at_the_end_is_no_damage() -> None:
    assert not Stream("a.sql", "select 1 -- it's /* fine\n/* and -- so /* is */ this */").damaged


def test_a_file_of_nothing_but_damage_ends_soon() -> None:
    stream = Stream("a.sql", "[\nGO\n" * 5000)
    assert 0 < len(stream.tokens) < 1000
