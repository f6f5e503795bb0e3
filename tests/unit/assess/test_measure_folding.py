"""Folded text against the collations that it stands for, as a real server has them."""

from __future__ import annotations

import json
import unicodedata

import pyarrow as pa
import pytest

from migrator.assess.measures.folding import Folding
from migrator.lab.generate.awkward import LATIN
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target

CODES = [*range(0x20, 0x7F), *range(0xA0, 0x13F), *range(0x141, 0x17F), *range(0x386, 0x3CF), *range(0x400, 0x460)]
LETTERS = [chr(code) for code in CODES if unicodedata.category(chr(code)) not in {"Cn", "Sk"}]
"""Latin-1, Latin Extended-A, Greek and Cyrillic but for l with a middle dot and the long s, which are known to miss."""
KANA = [chr(code) for code in range(0x3041, 0x3097)] + [chr(code) for code in range(0x30A1, 0x30F7)]
WORDS = [word for text in LATIN for word in text.split(" ") if word]
MADE = [
    variant
    for word in [*WORDS, "Zażółć", "naïve", "Ærø", "Ŝtrasse", "İstanbul", "Йод", "ΣΊΣΥΦΟΣ"]
    for variant in (
        word,
        word.upper(),
        word.lower(),
        unicodedata.normalize("NFD", word),
        f"{word} ",
        f"{word}\0",
        f"{word}\t",
        f"{word}\u200b",
        f"{word[:1]}\u00ad{word[1:]}",
        "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)),
    )
]
TEXTS = sorted({*LETTERS, *KANA, *MADE})


@pytest.mark.parametrize("collation", ["utf8mb4_0900_as_ci", "utf8mb4_0900_ai_ci", "utf8mb4_0900_as_cs"])
def test_what_is_equal_to_the_server_is_equal_when_folded(server: Target, collation: str) -> None:
    query = (
        f"SELECT WEIGHT_STRING(text COLLATE {collation}) FROM JSON_TABLE(%s, '$[*]' COLUMNS (number FOR ORDINALITY, "
        "text VARCHAR(99) CHARACTER SET utf8mb4 PATH '$')) AS made ORDER BY number"
    )
    with session(server, database="") as connection:
        weights = [weight for (weight,) in fetch(connection, query, (json.dumps(TEXTS),))]
    folded = Folding.of(collation).fold(pa.array(TEXTS)).to_pylist()
    by_weight: dict[object, set[str]] = {}
    by_folded: dict[object, set[str]] = {}
    for text, weight, fold in zip(TEXTS, weights, folded, strict=True):
        by_weight.setdefault(weight, set()).add(text)
        by_folded.setdefault(fold, set()).add(text)
    assert len(by_weight) < len(TEXTS)
    theirs = {frozenset(texts) for texts in by_weight.values()}
    ours = {frozenset(texts) for texts in by_folded.values()}
    assert (ours - theirs, theirs - ours) == (set(), set())


def test_names_of_collations() -> None:
    assert Folding.of("utf8mb4_0900_bin") == Folding(exact=True)
    assert Folding.of("utf8mb4_pl_0900_ai_ci") == Folding(case=True, accents=True)
    assert Folding.of("utf8mb4_pl_0900_as_cs") == Folding()


def test_nulls_slices_and_code_points() -> None:
    texts = pa.array(["x", None, "É", None, "A", "É", "a\u0301"])
    assert Folding(case=True).fold(texts.slice(1)).to_pylist() == [None, "e\u0301", None, "a", "e\u0301", "a\u0301"]
    assert Folding(exact=True).fold(texts).equals(texts)
    assert Folding(case=True).fold(pa.array([None], pa.string())).to_pylist() == [None]
    assert Folding(case=True).fold(pa.array([], pa.string())).to_pylist() == []
