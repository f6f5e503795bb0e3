"""What files answer to the question for one picture of the source."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from migrator.model.consistency import Consistency, Hold


def as_file() -> AbstractContextManager[Hold]:
    """A picture that nobody need hold."""
    return nullcontext(Hold(Consistency.FILE, "files are read: nothing changes while they are"))
