"""What is worth another try."""

from __future__ import annotations

import pytest

from migrator.errors import SourceBusy, SourceDenied, SourceError, SourceRejected, SourceUnreachable
from migrator.sqlserver.retry import retrying


def tried(kind: type[SourceError], *, attempts: int = 3) -> int:
    count = 0
    patient = retrying(attempts=attempts).copy(sleep=lambda _: None)
    with pytest.raises(kind):
        for attempt in patient:
            with attempt:
                count += 1
                raise kind("no")
    return count


def test_only_what_passes_is_tried_again() -> None:
    assert [tried(kind) for kind in (SourceBusy, SourceUnreachable)] == [3, 3]
    assert [tried(kind) for kind in (SourceDenied, SourceRejected, SourceError)] == [1, 1, 1]


def test_it_ends_with_success() -> None:
    count = 0
    for attempt in retrying().copy(sleep=lambda _: None):
        with attempt:
            count += 1
            if count < 3:
                raise SourceBusy("not yet")
    assert count == 3


def test_waits_grow_but_not_beyond_ten_seconds() -> None:
    waits: list[float] = []
    with pytest.raises(SourceBusy):
        for attempt in retrying(attempts=40).copy(sleep=waits.append):
            with attempt:
                raise SourceBusy("no")
    assert len(waits) == 39
    assert max(waits[:2]) <= 1
    assert 1 < max(waits) <= 10
