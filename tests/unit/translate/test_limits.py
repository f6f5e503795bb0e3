from __future__ import annotations

import signal
import threading
import time

import pytest

from migrator.translate.limits import limited


class Late(Exception):
    """What a caller wants to be raised."""


pytestmark = pytest.mark.timeout(0)  # a limit of the test itself would own the signal


def test_what_takes_too_long_ends() -> None:
    with pytest.raises(Late), limited(Late(), 0.05):
        while True:
            pass
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_what_ends_in_time_is_left_alone() -> None:
    with limited(Late(), 0.05):
        pass
    time.sleep(0.1)


def test_the_outer_limit_counts() -> None:
    with pytest.raises(Late), limited(Late(), 0.05), limited(ValueError(), 60):
        time.sleep(5)


def test_other_threads_and_other_owners_of_the_signal_have_no_limit() -> None:
    done = []

    def work() -> None:
        with limited(Late(), 0.01):
            time.sleep(0.05)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    signal.signal(signal.SIGALRM, lambda *_: None)
    try:
        with limited(Late(), 0.01):
            time.sleep(0.05)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert done == [True]
