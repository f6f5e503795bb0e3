"""How the key of a row is shown: what the database made up in clear, what people wrote as a code that means nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from migrator.model.difference import Difference
from migrator.model.mapping import TableMapping

ROW: Final = "row"
"""What stands for the key of a table that has none: the row's hash."""

_NULL: Final = "NULL"
_CODE_DIGITS: Final = 12


class KeyView:
    """Keys as a report may show them, column by column.

    Surrogate columns are shown as they are. Every other value becomes the first digits of an HMAC-SHA256 under a salt
    that is new for each view and never kept: equal values are seen to be equal within one report, and nothing more.
    ``show_values`` shows all in clear.
    """

    def __init__(self, mappings: Sequence[TableMapping], *, show_values: bool = False) -> None:
        self._keys = {mapping.target: mapping.key_columns for mapping in mappings}
        self._show_values = show_values
        self._salt = secrets.token_bytes(32)

    def __call__(self, difference: Difference) -> dict[str, str]:
        """The key's columns by name, each with the text to show. Raises KeyError for a table that has no mapping."""
        columns = self._keys[difference.table]
        if not columns:
            return {ROW: self._shown(difference.key[0], clear=self._show_values)}
        return {
            column.name: self._shown(text, clear=self._show_values or column.surrogate)
            for column, text in zip(columns, difference.key, strict=True)
        }

    def _shown(self, text: str | None, *, clear: bool) -> str:
        if text is None:
            return _NULL
        return text if clear else f"#{hmac.new(self._salt, text.encode(), hashlib.sha256).hexdigest()[:_CODE_DIGITS]}"
