"""Sets the pace of a copy while it runs: asks both ends how busy they are, reads what people order, tells why."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

from migrator.copy.gate import Gate
from migrator.copy.job import STAGE
from migrator.copy.orders import FILE, read_orders, template
from migrator.copy.pace import Orders, Strain, look, over, pace, told
from migrator.errors import ConfigError, MigratorError
from migrator.events import Emit, Noted
from migrator.model.pressure import Gauge, Pressure, Signal

LOOK_SECONDS: Final = 3.0
_TICK_SECONDS: Final = 0.25
_PATIENCE_SECONDS: Final = 2.0

_Stamp = tuple[int, int, int]


class Governor:
    """While its ``with`` block lasts, ``gate`` is as open as the orders and the load allow.

    ``given`` are the orders of the command line; ``pace.toml`` in ``folder`` (made where there is none) comes before
    them. A gauge that fails is told of and asked again: it never ends a copy.
    """

    def __init__(
        self,
        given: Orders,
        folder: Path,
        gauges: Sequence[Gauge],
        emit: Emit,
        *,
        look_s: float = LOOK_SECONDS,
    ) -> None:
        self.gate = Gate.shared()
        self._given = given
        self._file = folder / FILE
        self._gauges = gauges
        self._emit = emit
        self._look_s = look_s
        self._now = (given, Strain())
        self._stamp: _Stamp | None = None
        self._looked = monotonic()
        self._moved = 0.0
        self._failed: set[int] = set()
        self._unseen: dict[Signal, str] = {}
        self._warned = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="governor", daemon=True)

    def __enter__(self) -> Self:
        with suppress(OSError), self._file.open("x", encoding="utf-8") as file:
            file.write(template())
        if self._given.rate_limit:
            self._say(told((Orders(), Strain()), (Orders(self._given.rate_limit), Strain())))
        self._read_file()
        self.gate.set(pace(*self._now))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(_PATIENCE_SECONDS)  # a server that does not answer must not keep us
        if not self._thread.is_alive():
            for gauge in self._gauges:
                gauge.close()

    def _run(self) -> None:
        while not self._stop.wait(_TICK_SECONDS):
            self._read_file()
            if monotonic() - self._looked >= self._look_s:
                self._look()

    def _read_file(self) -> None:
        stamp = _stamp_of(self._file)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            text = self._file.read_text(encoding="utf-8") if stamp is not None else ""
            orders = read_orders(text, self._given)
        except (ConfigError, OSError, UnicodeError) as error:
            self._say(f"{error.what} ({error.why})" if isinstance(error, MigratorError) else f"{FILE}: {error}")
            return
        self._go((orders, self._now[1]))

    def _look(self) -> None:
        now, moved = monotonic(), self.gate.moved
        rate = (moved - self._moved) / (now - self._looked)
        self._looked, self._moved = now, moved
        orders, strain = self._now
        if not orders.throttle:
            self._go((orders, Strain()))
            return
        pressure = Pressure()
        for index, gauge in enumerate(self._gauges):
            pressure |= self._asked(index, gauge)
        self._name(pressure)
        if self._stop.is_set():
            return
        after = look(strain, pressure, rate, orders.limits)
        if self._failed and not after.why:
            return  # a server that gives no answer may well be one that cannot
        self._go((orders, after))

    def _asked(self, index: int, gauge: Gauge) -> Pressure:
        try:
            pressure = gauge.read()
        except MigratorError as error:
            if index not in self._failed and not self._stop.is_set():
                self._say(f"the load cannot be asked for just now: {error.what}")
            self._failed.add(index)
            return Pressure()
        self._failed.discard(index)
        return pressure

    def _name(self, pressure: Pressure) -> None:
        """Tell of signals that were not known to be out of sight, and of those that have come to be worth a warning."""
        reasons: dict[str, list[str]] = defaultdict(list)
        for signal, reason in pressure.unseen.items():
            if signal not in self._unseen:
                reasons[reason].append(signal)
        self._unseen |= pressure.unseen
        for reason, signals in reasons.items():
            self._say(f"not seen: {', '.join(signals)} ({reason})")
        warning = over(pressure, self._now[0].limits.warn)
        if warning and not self._warned:
            self._say(f"{warning}; going slower would not help")
        self._warned = warning

    def _go(self, now: tuple[Orders, Strain]) -> None:
        before, self._now = self._now, now
        self.gate.set(pace(*now))
        self._say(told(before, now))

    def _say(self, text: str) -> None:
        if text:
            self._emit(Noted(STAGE, text))


def _stamp_of(path: Path) -> _Stamp | None:
    """What changes whenever a file is saved; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
