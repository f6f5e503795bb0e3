"""The durable state of a run and its hash-chained journal, in one SQLite file that survives every crash.

The journal only grows. Each entry's hash covers its own text and the hash before it, so an edit anywhere breaks the
chain from there on. No row value is ever written here.

(Which rows are loaded is not decided here: the target says that itself, see ``mysql.control``.)
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Final, Self

from migrator.chain import START, canonical, link
from migrator.errors import LedgerError, OutputError
from migrator.model.rehearsal import PhaseTime

FILE_NAME: Final = "ledger.sqlite"
_FORMAT: Final = 1

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS run (
  id TEXT PRIMARY KEY, format INTEGER NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, started_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES run (id), at TEXT NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, hash TEXT NOT NULL
);
"""


class Kind(StrEnum):
    """What a journal entry speaks of."""

    RUN_STARTED = "run started"
    RUN_RESUMED = "run resumed"
    PHASE_STARTED = "phase started"
    PHASE_FINISHED = "phase finished"
    PHASE_FAILED = "phase failed"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry; ``at`` is UTC in ISO 8601."""

    seq: int
    at: str
    kind: Kind
    body: Mapping[str, Any]


@dataclass(slots=True)
class Measure:
    """What a phase handled, filled in while it runs."""

    rows: int = 0
    bytes: int = 0


class Ledger:
    """One run's ledger in a folder. Use ``Ledger.begin`` or ``Ledger.resume``; close it, or use ``with``."""

    def __init__(self, path: Path, run: str) -> None:
        self.path = path
        self.run = run
        self._database = _open(path)

    @classmethod
    def begin(cls, folder: Path, *, source: str, target: str) -> Self:
        """Start a new run; an older run's ledger in the folder is replaced. Raises OutputError."""
        path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                old.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        ledger = cls(path, uuid.uuid4().hex)
        with ledger._writing():
            ledger._database.execute(
                "INSERT INTO run VALUES (?, ?, ?, ?, ?)", (ledger.run, _FORMAT, source, target, _now())
            )
        ledger.note(Kind.RUN_STARTED, {"source": source, "target": target})
        return ledger

    @classmethod
    def resume(cls, folder: Path, *, source: str, target: str) -> Self:
        """Go on with the run in the folder. Raises LedgerError where there is none, it was another one's, or was
        edited."""
        path = folder / FILE_NAME
        if not path.exists():
            raise LedgerError(
                f"there is no run to resume in {folder}",
                why=f"{FILE_NAME} is not there",
                todo="name the --out folder of the interrupted run, or start without --resume",
            )
        database = _open(path)
        try:
            row = database.execute("SELECT id, source, target FROM run").fetchone()
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{path} cannot be read", why=str(error), todo="start without --resume") from error
        finally:
            database.close()
        if row is None:
            raise LedgerError(f"{path} holds no run", todo="start without --resume")
        for what, then, now in (("source", row[1], source), ("target", row[2], target)):
            if then != now:
                raise LedgerError(
                    f"this is not the {what} that the interrupted run had",
                    why=f"then {then}, now {now}",
                    todo=f"give the same {what}, or start without --resume",
                )
        ledger = cls(path, row[0])
        ledger.verify()
        ledger.note(Kind.RUN_RESUMED, {})
        return ledger

    def note(self, kind: Kind, body: Mapping[str, Any]) -> None:
        """Append an entry, durably. Raises OutputError."""
        text = canonical(body)
        at = _now()
        with self._writing():
            last = self._database.execute("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            self._database.execute(
                "INSERT INTO journal (run, at, kind, body, hash) VALUES (?, ?, ?, ?, ?)",
                (self.run, at, kind, text, link(last[0] if last else START, self.run, at, kind, text)),
            )

    def entries(self) -> tuple[Entry, ...]:
        """The whole journal, oldest first."""
        rows = self._database.execute("SELECT seq, at, kind, body FROM journal ORDER BY seq")
        return tuple(Entry(seq, at, Kind(kind), json.loads(body)) for seq, at, kind, body in rows)

    def verify(self) -> None:
        """Check the chain from the first entry to the last. Raises LedgerError that names the first broken entry."""
        before = START
        rows = self._database.execute("SELECT seq, run, at, kind, body, hash FROM journal ORDER BY seq")
        for seq, run, at, kind, body, found in rows:
            before = link(before, run, at, kind, body)
            if before != found:
                raise LedgerError(
                    f"entry {seq} of {self.path} is not as it was written",
                    why="the chain of hashes breaks there: the ledger was edited or damaged",
                    todo="do not trust this run; start a new one",
                )

    @contextmanager
    def phase(self, name: str) -> Iterator[Measure]:
        """Time a phase and journal its start, its end or its failure."""
        self.note(Kind.PHASE_STARTED, {"phase": name})
        started = perf_counter()
        measure = Measure()
        try:
            yield measure
        except BaseException as error:
            self.note(
                Kind.PHASE_FAILED,
                {"phase": name, "seconds": perf_counter() - started, "error": type(error).__name__},
            )
            raise
        self.note(
            Kind.PHASE_FINISHED,
            {"phase": name, "seconds": perf_counter() - started, "rows": measure.rows, "bytes": measure.bytes},
        )

    def phases(self) -> tuple[PhaseTime, ...]:
        """Every phase in the order of its first start; the seconds of failed attempts count as well."""
        found: dict[str, PhaseTime] = {}
        for entry in self.entries():
            if entry.kind not in (Kind.PHASE_FINISHED, Kind.PHASE_FAILED):
                continue
            name = entry.body["phase"]
            before = found.get(name, PhaseTime(name, 0.0))
            found[name] = PhaseTime(
                name,
                before.seconds + entry.body["seconds"],
                entry.body.get("rows", before.rows),
                entry.body.get("bytes", before.bytes),
            )
        return tuple(found.values())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._database:
                yield
        except sqlite3.OperationalError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(path: Path) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(path, timeout=10, check_same_thread=False)
        # Every entry is on the disk before we go on: the ledger is what is left after a crash.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_TABLES)
    except sqlite3.OperationalError as error:
        raise _unwritable(path, error) from error
    except sqlite3.DatabaseError as error:
        raise LedgerError(
            f"{path} is no ledger", why=str(error), todo="move it away and start without --resume"
        ) from error
    return database


def _unwritable(path: Path, error: Exception) -> OutputError:
    return OutputError(
        f"the ledger {path} cannot be written",
        why=str(error),
        todo="check space and permissions of the --out folder; what the target holds stays, --resume goes on",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
