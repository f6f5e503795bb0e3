"""Why a statement is not read. Each costs its statement alone."""

from __future__ import annotations


class Unreadable(Exception):
    """A statement that this reader cannot read; ``reason`` has no full stop and never shows a literal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Missing(Unreadable):
    """It is about something that is not there. ``retry``: worth another try at the end, as files come in no order."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.retry = retry


class Exists(Unreadable):
    """It makes something that is there already; ``same``: just as it is there."""

    def __init__(self, reason: str, *, same: bool = False) -> None:
        super().__init__(reason)
        self.same = same
