from __future__ import annotations

import threading
from pathlib import Path

import pytest

from migrator.lab.lock import locked


def test_the_second_waits_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with locked(path, waits=waiting.set):
            order.append("second")

    with locked(path, waits=None):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_who_does_not_want_to_wait_is_told(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "lock", waits=None),
        pytest.raises(BlockingIOError),
        locked(tmp_path / "lock", waits=None),
    ):
        pytest.fail("two hold the lock")


def test_a_lock_on_a_deleted_file_is_worth_nothing(tmp_path: Path) -> None:
    """The holder deletes the file while another waits: that one must lock the file that the third will find."""
    path = tmp_path / "lock"
    waiting = threading.Event()
    held = threading.Event()
    done = threading.Event()

    def second() -> None:
        with locked(path, waits=waiting.set):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=second)
    with locked(path, waits=None):
        thread.start()
        assert waiting.wait(10)
        path.unlink()
    assert held.wait(10)
    with pytest.raises(BlockingIOError), locked(path, waits=None):
        pytest.fail("two hold the lock")
    done.set()
    thread.join(10)
