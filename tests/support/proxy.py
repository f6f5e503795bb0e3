"""A network that breaks as told: what passes through it to a server is dropped, cut, held back or refused."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Self

from migrator.mysql.url import Target, Tls

_CHUNK = 1 << 16


class Way(Enum):
    """Whose bytes: those that go UP to the server, or come DOWN from it."""

    UP = auto()
    DOWN = auto()


class Action(Enum):
    """What happens to the connection.

    CUT      both ends are closed; what came before the place is passed on to the last byte
    STALL    nothing passes any more, in both directions; both ends stay open
    SWALLOW  the server gets all and answers, but its answer is thrown away and both ends are closed
    """

    CUT = auto()
    STALL = auto()
    SWALLOW = auto()


@dataclass
class Fault:
    """Strikes ``times`` connections, each behind so many bytes of one way, or behind a text in it.

    Of the places where the text stands, ``skip`` are let pass, counted over all connections.
    """

    action: Action
    way: Way
    after: int | bytes
    times: int = 1
    skip: int = 0
    struck: int = 0

    def place(self, passed: int, before: bytes, chunk: bytes) -> int | None:
        """How much of ``chunk`` still passes; None where this is not the place. ``before`` is the end of what was."""
        if isinstance(self.after, int):
            left = self.after - passed
            return left if left < len(chunk) else None
        before = before[-len(self.after) + 1 :]  # no place is found twice
        found = (before + chunk).find(self.after)
        if found < 0:
            return None
        if self.skip:
            self.skip -= 1
            return None
        return max(0, found + len(self.after) - len(before))


@dataclass
class _Connection:
    client: socket.socket
    server: socket.socket
    passed: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    tail: dict[Way, bytes] = field(default_factory=lambda: dict.fromkeys(Way, b""))
    swallowing: bool = False


class Proxy:
    """Stands before a server (host and port, or the path of a Unix socket) while it is entered.

    ``faults`` may be set at any time. ``closed`` refuses new connections. ``connections`` counts those that were let
    through.
    """

    def __init__(self, server: tuple[str, int] | str, *faults: Fault) -> None:
        self.faults = list(faults)
        self.closed = False
        self.connections = 0
        self._server = server
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._threads[0].join()  # behind it, nobody new comes
        self._listening.close()
        self.sever()
        for thread in self._threads:
            thread.join()

    def sever(self) -> None:
        """Cut every connection that is there now."""
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, name="proxy", daemon=True))
        self._threads[-1].start()

    @property
    def struck(self) -> int:
        """How many connections were broken by faults."""
        return sum(fault.struck for fault in self.faults)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._listening, selectors.EVENT_READ)
            while not self._over.is_set():
                if not ready.select(timeout=0.05):
                    continue
                client, _ = self._listening.accept()
                if self.closed:
                    client.close()
                    continue
                self.connections += 1
                self._start(self._pass, client)

    def _pass(self, client: socket.socket) -> None:
        with client, self._reached() as server:
            if server is None:
                return
            ends = {client, server}
            with self._lock:
                self._open |= ends
            try:
                self._shovel(_Connection(client, server))
            except OSError:
                pass  # one end is gone: so is the other
            finally:
                with self._lock:
                    self._open -= ends

    @contextmanager
    def _reached(self) -> Iterator[socket.socket | None]:
        try:
            if isinstance(self._server, str):
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
            else:
                server = socket.create_connection(self._server)
        except OSError:
            yield None
            return
        with server:
            yield server

    def _shovel(self, connection: _Connection) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(connection.client, selectors.EVENT_READ, Way.UP)
            ready.register(connection.server, selectors.EVENT_READ, Way.DOWN)
            while True:
                for key, _ in ready.select():
                    way: Way = key.data
                    from_, to = connection.client, connection.server
                    if way is Way.DOWN:
                        from_, to = to, from_
                    chunk = from_.recv(_CHUNK)
                    if not chunk or (connection.swallowing and way is Way.DOWN):
                        return
                    action, length = self._judge(connection, way, chunk)
                    to.sendall(chunk[:length])
                    if action is Action.CUT:
                        return
                    if action is Action.STALL:
                        self._over.wait()  # also what one end says when it goes is lost
                        return
                    connection.swallowing |= action is Action.SWALLOW

    def _judge(self, connection: _Connection, way: Way, chunk: bytes) -> tuple[Action | None, int]:
        with self._lock:
            for fault in self.faults:
                if fault.way is not way or fault.struck >= fault.times or connection.swallowing:
                    continue
                place = fault.place(connection.passed[way], connection.tail[way], chunk)
                if place is not None:
                    fault.struck += 1
                    return fault.action, len(chunk) if fault.action is Action.SWALLOW else place
        connection.passed[way] += len(chunk)
        connection.tail[way] = (connection.tail[way] + chunk)[-64:]
        return None, len(chunk)


def before_mysql(target: Target, *faults: Fault) -> Proxy:
    """A proxy before a MySQL server; ``through`` gives the address that leads through it."""
    return Proxy(target.socket or (target.host, target.port), *faults)


def through(proxy: Proxy, target: Target) -> Target:
    """The same database by way of the proxy, without TLS: what passes can be read."""
    return replace(target, socket="", host="127.0.0.1", port=proxy.port, tls=Tls.OFF)
