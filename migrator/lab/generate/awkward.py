"""Values that break careless migrations; each list stands in the first rows of the columns that can hold it."""

from __future__ import annotations

from typing import Final

LATIN: Final = (
    "",
    " ",
    "trailing spaces   ",
    "  leading",
    "back\\slash \\n \\t \\0",
    "tab\there",
    "two\r\nlines",
    "newline at the end\n",
    "NUL\0inside",
    "\\N",
    "NULL",
    "null",
    'it\'s "quoted" `here`',
    "comma, semicolon; pipe| percent% under_score",
    "0",
    "-0",
    "Straße, naïve café, £5 or 6 €",
    "‘curly’ – “dashes” — …",
    "\x1a control \x08 characters \x7f",
    "end with a backslash\\",
)
"""Text of Windows code page 1252, the code page of varchar under SQL_Latin1_General_CP1_CI_AS."""

UNICODE: Final = (
    "🙂 emoji 👩🏽‍⚕️ family 👨‍👩‍👧‍👦",
    "Zażółć gęślą jaźń",
    "مرحبا بالعالم",
    "שלום עולם",
    "e\u0301 is not \u00e9",
    "Z\u0351\u036b\u0343a\u030a\u0328lgo",
    "\u202eright to left override\u202c",
    "zero\u200bwidth\u200djoiner\ufeff",
    "line\u2028separator",
    "漢字かな交じり文 한국어",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠜎",
    "non\u00a0breaking\u3000spaces ",
    "İstanbul ıI ẞß ﬁ Ⅷ",
    "\ufffd replacement \uffff last",
)
"""Text that only nvarchar holds; every character has a code point that is no surrogate."""

TEXT: Final = LATIN + UNICODE

BINARY: Final = (
    bytes(range(256)),
    b"",
    b"\0",
    b"\\N",
    b"\t\n\r\\'\"\0\x1a",
    b"\xff" * 16,
    b"\xc3\x28 not UTF-8",
    b" trailing spaces  ",
    b"trailing zeros\0\0\0",
)
"""Bytes: all of them, none of them, and those that a text protocol trips over."""

XML: Final = (
    "<preferences/>",
    '<preferences xmlns="urn:example:care"><diet>bez glutenu 🥖</diet><pets n="2">cats &amp; dogs</pets></preferences>',
    "<p>&lt;tag&gt; &#x9;tab &#xA;line</p>",
    "two roots<a/><b/>",
    "<notes>  spaces kept  </notes>",
    "",
)
"""xml as SQL Server stores it: no declaration; content may be a fragment, or empty."""
