from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.translate.tsql.pieces import streams
from migrator.translate.tsql.stream import Stream

_PARTS = [
    "select 1",
    "'it''s\nGO\n'",
    "[a\nGO\nb]",
    "/* x\nGO\n*/",
    "-- '\n",
    "\nGO\n",
    "\r\nGO 2\r\n",
    "\ngo -- x\n",
    "'",
    "\n",
]


@given(st.lists(st.sampled_from(_PARTS), max_size=30).map("".join), st.integers(1, 40))
def test_pieces_have_the_tokens_and_lines_of_the_whole(text: str, size: int) -> None:
    def seen(stream: Stream) -> list[tuple[str, str, int]]:
        return [
            (word, token.text, stream.line(token.start))
            for word, token in zip(stream.words, stream.tokens, strict=True)
        ]

    pieces = list(streams("a.sql", text, size=size))
    assert "".join(piece.text for piece in pieces) == text
    assert [token for piece in pieces for token in seen(piece)] == seen(Stream("a.sql", text))


def test_a_long_script_is_cut() -> None:
    assert len(list(streams("a.sql", "insert t values (1)\nGO\n" * 1000, size=1000))) > 10
