"""Text as a MySQL collation compares it, near enough to count what it takes for equal.

MySQL 8.0 Reference Manual, "Unicode Character Sets": the utf8mb4_0900 collations follow the Unicode Collation
Algorithm 9.0.0 and do not pad. Its weights are approximated by Unicode's own mappings: canonical (case-sensitive) or
compatibility decomposition, case folding where case does not count, marks left out where accents do not count, and
characters without weight (controls, formats) left out everywhere. Rules of single languages are not applied.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from migrator.wire.arrays import value_bytes

_CONTROLS: Final = "[\\x00-\\x08\\x0E-\\x1F\\x7F]"
"""Characters of ASCII without weight; tab, line feed and their like have one."""
_WHOLE: Final = re.compile("([\xdf\u1e9e\u0439\u0419])")
"""Sharp s and Cyrillic short i: the first differs from ss as an accent does, the second is no other letter's."""
_SMALL_KANA: Final = "\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e"
_KANA: Final = {
    **{ord(letter): ord(letter) + 1 for letter in _SMALL_KANA},
    **{code: code - 0x60 + (chr(code - 0x60) in _SMALL_KANA) for code in range(0x30A1, 0x30F7)},
    **dict.fromkeys((0x3095, 0x30F5), 0x304B),
    **dict.fromkeys((0x3096, 0x30F6), 0x3051),
}
"""Katakana and small kana to full-sized hiragana: they differ as letter case does."""
_BASES: Final = str.maketrans(
    {"\xe6": "ae", "\u0153": "oe", "\xf0": "d", "\u0111": "d", "\u0127": "h", "\u0142": "l", "\xf8": "o"}
)
"""Letters without decomposition that differ from these by an accent alone."""


@dataclass(frozen=True, slots=True)
class Folding:
    """What a collation does not tell apart. ``exact`` compares code points."""

    exact: bool = False
    case: bool = False
    accents: bool = False

    @classmethod
    def of(cls, collation: str) -> Folding:
        """Read off a MySQL collation's name: _bin, _as_cs, _as_ci, _ai_ci."""
        if collation.endswith("_bin"):
            return cls(exact=True)
        return cls(case=collation.endswith("_ci"), accents="_ai_" in collation or "general" in collation)

    def fold(self, array: pa.Array) -> pa.Array:
        """Texts that are equal where the collation takes the values for equal. Python sees distinct values outside
        ASCII only."""
        if self.exact:
            return array
        data, places = value_bytes(array)
        used = data[places[0] : places[-1]]
        folded = pc.ascii_lower(array) if self.case else array
        if np.any((used < 9) | ((used > 13) & (used < 32)) | (used == 127)):
            folded = pc.replace_substring_regex(folded, _CONTROLS, "")
        if used.max(initial=0) < 128:
            return folded
        other = pc.invert(pc.string_is_ascii(array))
        distinct = pc.dictionary_encode(pc.filter(array, other))
        made = pa.array([self._text(value) for value in distinct.dictionary.to_pylist()], pa.string())
        return pc.replace_with_mask(folded, pc.fill_null(other, False), pc.take(made, distinct.indices))

    def _text(self, value: str) -> str:
        pieces = _WHOLE.split(value)
        pieces[::2] = map(self._decomposed, pieces[::2])
        pieces[1::2] = map(self._single, pieces[1::2])
        return "".join(pieces)

    def _single(self, letter: str) -> str:
        if self.case:
            letter = letter.lower()
        return "ss" if self.accents and letter == "\xdf" else letter

    def _decomposed(self, text: str) -> str:
        text = unicodedata.normalize("NFKD" if self.case else "NFD", text)
        if self.case:
            # Folding may give letters that decompose again.
            text = unicodedata.normalize("NFKD", text.casefold()).translate(_KANA)
        if self.accents:
            text = text.translate(_BASES)
        return "".join(letter for letter in text if not self._is_ignored(letter))

    def _is_ignored(self, letter: str) -> bool:
        match unicodedata.category(letter):
            case "Cc":
                return letter not in "\t\n\v\f\r\x85"
            case "Cf":
                return True
            case "Mn" | "Me":
                return self.accents
            case _:
                return False
