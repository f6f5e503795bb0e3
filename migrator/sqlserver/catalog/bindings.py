"""Rules and defaults of old: objects of their own that sp_bindrule and sp_bindefault bind to columns.

A column of an alias type has what its type is bound to as its own: sys.columns says it.
"""

from __future__ import annotations

import re
from typing import Final

from migrator.sqlserver.connect import quoted

_TOKEN: Final = re.compile(
    r"""(?P<skipped>--[^\n]*|/\*.*?\*/|N?'(?:[^']|'')*'|"(?:[^"]|"")*"|\[(?:[^\]]|\]\])*\])"""
    r"""|(?P<variable>@@?[\w@#$]+)|(?P<word>[\w#$]+)|(?P<other>.)""",
    re.DOTALL,
)


def body(definition: str) -> str:
    """What follows AS in CREATE RULE or CREATE DEFAULT; "" where there is no AS."""
    for token in _TOKEN.finditer(definition):
        if (token["word"] or "").upper() == "AS":
            return definition[token.end() :].strip().rstrip(";").rstrip()
    return ""


def about(rule: str, column: str) -> str:
    """A rule's condition about ``column`` instead of its one variable, however that is called."""
    return "".join(
        quoted(column) if token["variable"] and not token["variable"].startswith("@@") else token[0]
        for token in _TOKEN.finditer(rule)
    )
