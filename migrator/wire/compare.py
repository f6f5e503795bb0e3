"""Rows of both sides held against each other value by value, without a hash that would have to be believed.

The form in which values meet (the *comparable* form) is equal exactly where the canonical texts are equal
(model/mapping.py, Form), and costs less:

FLOAT                           the 8 bytes of the double, little-endian
BINARY, BLOB, CLOB, GEOMETRY    the bytes themselves, not their digits or digest
every other form                the canonical text

``comparable_column`` makes it of the source's values; of the target's, ``mysql.canonical.plain_value`` with
``mysql.rows.comparable``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from migrator.model.difference import Difference, DifferenceKind
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.wire.kernels import Bytes, Flags, Offsets
from migrator.wire.text import Texts, canonical_column, double_column, load_column

LISTED: Final = 1000
"""Differences of one comparison that are named; the others are counted."""
MOST_BYTES: Final = 128 << 20
"""Rows may wait for their partners up to here."""

REPEATED: Final = "a key stands several times"
TOO_FAR_APART: Final = "its rows come in an order too different from the target's to be held in memory"

Numbers = NDArray[np.int64]


def comparable_columns(mapping: TableMapping) -> tuple[TargetColumn, ...]:
    """The columns whose values are needed: the compared ones in the target's order, then what the key has besides."""
    besides = tuple(column for column in mapping.key_columns if not column.compared)
    return (*mapping.compared_columns, *besides)


def comparable_column(array: pa.Array, column: TargetColumn) -> Texts:
    """The comparable form of every value of a source column, as the target column keeps it. Raises SourceError."""
    match column.form:
        case Form.FLOAT:
            return double_column(array, column)
        case Form.BINARY | Form.BLOB | Form.CLOB | Form.GEOMETRY:
            return load_column(array, column)
        case _:
            return canonical_column(array, column)


def canonical_value(value: bytes | None, form: Form) -> bytes | None:
    """The canonical text of one comparable value."""
    if value is None:
        return None
    match form:
        case Form.FLOAT:
            return value[::-1].hex().encode()
        case Form.BINARY:
            return value.hex().encode()
        case Form.BLOB | Form.CLOB | Form.GEOMETRY:
            return hashlib.sha256(value).hexdigest().encode()
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison found. ``unsettled`` says why it was given up, "" where it was not; then nothing else counts.

    ``more`` rows differ beyond those in ``differences``.
    """

    source_rows: int = 0
    target_rows: int = 0
    differences: tuple[Difference, ...] = ()
    more: int = 0
    unsettled: str = ""


def compare(source: Iterator[list[Texts]], target: Iterator[list[Texts]], mapping: TableMapping) -> Outcome:
    """Compare the rows of both sides, batches of ``comparable_columns(mapping)``, in whatever order they come.

    Rows that come in the same order are compared in place, batch by batch; the others wait until their partners come,
    so that memory stays flat where the orders are nearly the same. Without a key rows are a multiset. Raises what the
    iterators raise.
    """
    ours, theirs = _Stream(source), _Stream(target)
    comparison = _Comparison(mapping)
    while ours.fetch() | theirs.fetch():
        rows = min(ours.left, theirs.left) or max(ours.left, theirs.left)
        if ours.left and theirs.left:
            same = comparison.same(ours.columns, ours.at, theirs.columns, theirs.at, rows)
            ours.at += same
            theirs.at += same
            rows -= same
        for stream, pool in ((ours, comparison.source), (theirs, comparison.target)):
            if stream.left and rows:
                taken = min(rows, stream.left)
                pool.add(_taken(stream.columns, np.arange(stream.at, stream.at + taken)))
                stream.at += taken
        if not comparison.settle_in_time():
            return Outcome(unsettled=TOO_FAR_APART)
    return comparison.outcome(ours.rows, theirs.rows)


@dataclass(slots=True)
class _Stream:
    """One side: the batch at hand and the first of its rows that has not been looked at."""

    batches: Iterator[list[Texts]]
    columns: list[Texts] = field(default_factory=list)
    at: int = 0
    rows: int = 0

    @property
    def left(self) -> int:
        """Rows of the batch that have not been looked at."""
        return len(self.columns[0].valid) - self.at if self.columns else 0

    def fetch(self) -> bool:
        """Have a batch with rows at hand; False where none is left."""
        while not self.left:
            self.columns, self.at = next(self.batches, []), 0
            if not self.columns:
                return False
            self.rows += self.left
        return True


@dataclass(slots=True)
class _Pool:
    """Rows of one side that wait for their partners; ``settled`` of them have already been looked for."""

    columns: list[Texts] = field(default_factory=list)
    settled: int = 0
    parts: list[list[Texts]] = field(default_factory=list)
    bytes: int = 0
    rows: int = 0

    def add(self, columns: list[Texts]) -> None:
        self.parts.append(columns)
        self.rows += len(columns[0].valid)
        self.bytes += sum(column.data.nbytes + column.offsets.nbytes for column in columns)

    def whole(self) -> list[Texts]:
        """All rows in one piece."""
        if len(self.parts) > 1:
            self.parts = [[_joined(column) for column in zip(*self.parts, strict=True)]]
        return self.parts[0] if self.parts else []

    def keep(self, rows: Numbers) -> None:
        """Only these rows go on waiting."""
        kept = _taken(self.whole(), rows) if len(rows) else []
        self.parts, self.rows, self.bytes, self.settled = [], 0, 0, len(rows)
        if kept:
            self.add(kept)


class _Comparison:
    def __init__(self, mapping: TableMapping) -> None:
        columns = comparable_columns(mapping)
        self._mapping = mapping
        self._columns = columns
        self._compared = range(len(mapping.compared_columns))
        names = [column.name for column in columns]
        self._key: Sequence[int] = [names.index(name) for name in mapping.key] or self._compared
        self._values = [index for index in self._compared if index not in self._key]
        self._seed = 0
        self._total = 0
        self._changed: list[Difference] = []
        self._unequal: list[NDArray[np.uint64]] = []
        self.source = _Pool()
        self.target = _Pool()

    def same(self, ours: list[Texts], at: int, theirs: list[Texts], there: int, rows: int) -> int:
        """How many of the next ``rows`` rows have the same keys, pair by pair. Their values are compared."""
        flags = np.zeros(rows, np.bool_)
        for index in self._key:
            _mark(ours[index], at, theirs[index], there, flags)
        same = int(np.argmax(flags)) if flags.any() else rows
        self._compare_values(ours, at, theirs, there, same)
        return same

    def settle_in_time(self) -> bool:
        """Look for partners as soon as that is worth it. False where too much is waiting even so."""
        waiting = self.source.rows + self.target.rows
        left = self.source.settled + self.target.settled
        if self.source.rows and self.target.rows and waiting >= 2 * left:
            self._settle()
        if self.source.bytes + self.target.bytes <= MOST_BYTES:
            return True
        self._settle()
        return self.source.bytes + self.target.bytes <= MOST_BYTES

    def outcome(self, source_rows: int, target_rows: int) -> Outcome:
        """All rows have been seen."""
        while self._settle():
            pass
        missing, extra = self.source.whole(), self.target.whole()
        if self._mapping.key:
            for columns in (missing, extra):
                if columns:
                    self._unequal.append(self._hashes(columns, seed=0))
            unequal = np.concatenate([np.empty(0, np.uint64), *self._unequal])
            # Rows of one key were paired as they came: which of them differ is a question for somebody else.
            if len(np.unique(unequal)) < len(unequal):
                return Outcome(unsettled=REPEATED)
        self._total += self.source.rows + self.target.rows
        differences = [
            *self._changed,
            *self._alone(DifferenceKind.MISSING, missing, self.source.rows),
            *self._alone(DifferenceKind.EXTRA, extra, self.target.rows),
        ]
        listed = _counted(differences)[:LISTED]
        return Outcome(source_rows, target_rows, tuple(listed), self._total - sum(item.count for item in listed))

    def _settle(self) -> bool:
        """Take the rows out of the pools whose partners are there. True where it must be tried once more."""
        ours, theirs = self.source.whole(), self.target.whole()
        if not ours or not theirs:
            self.source.settled, self.target.settled = self.source.rows, self.target.rows
            return False
        self._seed += 1
        here, there = self._hashes(ours, self._seed), self._hashes(theirs, self._seed)
        order, other = np.argsort(here, kind="stable"), np.argsort(there, kind="stable")
        pairs, partners = _pairs(here[order], there[other])
        left, right = order[pairs], other[partners]
        keys_differ = np.zeros(len(left), np.bool_)
        for index in self._key:
            _mark(_rows_of(ours[index], left), 0, _rows_of(theirs[index], right), 0, keys_differ)
        # Two keys may have one hash: they go on waiting, and the next time hashes are others.
        left, right = left[~keys_differ], right[~keys_differ]
        self._compare_values(_taken(ours, left), 0, _taken(theirs, right), 0, len(left))
        self.source.keep(np.setdiff1d(np.arange(self.source.rows), left, assume_unique=True))
        self.target.keep(np.setdiff1d(np.arange(self.target.rows), right, assume_unique=True))
        return bool(keys_differ.any())

    def _compare_values(self, ours: list[Texts], at: int, theirs: list[Texts], there: int, rows: int) -> None:
        """Compare rows whose keys are the same, pair by pair."""
        if not rows or not self._values:
            return
        unequal = np.zeros((len(self._values), rows), np.bool_)
        for flags, index in zip(unequal, self._values, strict=True):
            _mark(ours[index], at, theirs[index], there, flags)
        found = np.flatnonzero(unequal.any(axis=0))
        if not len(found):
            return
        self._total += len(found)
        keys = [_rows_of(ours[index], found + at) for index in range(len(ours))]
        self._unequal.append(self._hashes(keys, seed=0))
        for place, row in enumerate(found[: LISTED - len(self._changed)].tolist()):
            names = tuple(
                self._columns[index].name
                for index, differs in zip(self._values, unequal[:, row].tolist(), strict=True)
                if differs
            )
            self._changed.append(self._difference(DifferenceKind.CHANGED, keys, place, names))

    def _hashes(self, columns: list[Texts], seed: int) -> NDArray[np.uint64]:
        """A number for the key of each row."""
        hashes = np.full(len(columns[0].valid), seed, np.uint64)
        for index in self._key:
            column = columns[index]
            _stir(column.data, column.offsets, column.valid, hashes)
        return hashes

    def _alone(self, kind: DifferenceKind, columns: list[Texts], rows: int) -> list[Difference]:
        # Equal rows without a key are one difference: more of them must be looked at than are listed.
        most = LISTED if self._mapping.key else rows
        return [self._difference(kind, columns, row) for row in range(min(rows, most))]

    def _difference(
        self, kind: DifferenceKind, columns: list[Texts], row: int, names: tuple[str, ...] = ()
    ) -> Difference:
        texts = [canonical_value(_value(columns[index], row), self._columns[index].form) for index in self._key]
        if self._mapping.key:
            key = tuple(None if text is None else text.decode() for text in texts)
        else:
            framed = b"".join(b"N" if text is None else b"V%d:%s" % (len(text), text) for text in texts)
            key = (hashlib.sha256(framed).hexdigest(),)
        return Difference(self._mapping.target, kind, key, names)


def _counted(differences: Sequence[Difference]) -> list[Difference]:
    """Equal ones as one, with their number."""
    return [replace(difference, count=count) for difference, count in Counter(differences).items()]


def _value(texts: Texts, row: int) -> bytes | None:
    return texts.data[texts.offsets[row] : texts.offsets[row + 1]].tobytes() if texts.valid[row] else None


def _taken(columns: list[Texts], rows: Numbers) -> list[Texts]:
    return [_rows_of(column, rows) for column in columns]


def _rows_of(texts: Texts, rows: Numbers) -> Texts:
    data, offsets = _gather(texts.data, texts.offsets, texts.valid, rows)
    return Texts(data, offsets, texts.valid[rows], texts.plain)


def _joined(parts: Sequence[Texts]) -> Texts:
    """Texts of ``_rows_of``, one behind the other."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Texts(np.concatenate([part.data for part in parts]), offsets, np.concatenate([part.valid for part in parts]))


def _mark(ours: Texts, at: int, theirs: Texts, there: int, flags: Flags) -> None:
    """Set the flag of each row, counted from ``at`` and ``there``, whose values differ."""
    values = (*_values(ours, at, len(flags)), *_values(theirs, there, len(flags)))
    if not _same_bytes(*values):
        _mark_rows(*values, flags)


def _values(texts: Texts, at: int, rows: int) -> tuple[Bytes, Offsets, Flags]:
    return texts.data, texts.offsets[at : at + rows + 1], texts.valid[at : at + rows]


def with_ending(texts: Texts, ending: Bytes) -> tuple[Bytes, Offsets]:
    """Data and offsets of texts with the same bytes behind each."""
    return _with_ending(texts.data, texts.offsets, ending)


@njit(nogil=True, cache=True)
def _with_ending(data: Bytes, offsets: Offsets, ending: Bytes) -> tuple[Bytes, Offsets]:
    n, more = len(offsets) - 1, len(ending)
    out = np.empty(offsets[n] - offsets[0] + n * more, np.uint8)
    starts = np.empty(n + 1, np.int64)
    at = 0
    for i in range(n):
        starts[i] = at
        for k in range(offsets[i], offsets[i + 1]):
            out[at] = data[k]
            at += 1
        for k in range(more):
            out[at] = ending[k]
            at += 1
    starts[n] = at
    return out, starts


@njit(nogil=True, cache=True)
def _same_bytes(ours: Bytes, offsets: Offsets, valid: Flags, theirs: Bytes, others: Offsets, known: Flags) -> Any:
    """True where all rows are the same down to what lies behind their NULLs. Loops without an exit: the compiler makes
    wide instructions of them."""
    base, other = offsets[0], others[0]
    wrong = np.int64(0)
    for k in range(len(valid)):
        wrong |= (offsets[k + 1] - base) ^ (others[k + 1] - other)
    for k in range(len(valid)):
        wrong |= np.int64(valid[k] != known[k])
    if wrong:
        return False
    size = offsets[-1] - base
    left, right = ours[base : base + size], theirs[other : other + size]
    differs = np.uint8(0)
    for k in range(size):
        differs |= left[k] ^ right[k]
    return differs == 0


@njit(nogil=True, cache=True)
def _mark_rows(
    ours: Bytes, offsets: Offsets, valid: Flags, theirs: Bytes, others: Offsets, known: Flags, flags: Flags
) -> None:
    for k in range(len(flags)):
        if valid[k] != known[k]:
            flags[k] = True
        elif valid[k]:
            start, other = offsets[k], others[k]
            length = offsets[k + 1] - start
            if length != others[k + 1] - other:
                flags[k] = True
            else:
                for b in range(length):
                    if ours[start + b] != theirs[other + b]:
                        flags[k] = True
                        break


@njit(nogil=True, cache=True)
def _stir(data: Bytes, offsets: Offsets, valid: Flags, hashes: NDArray[np.uint64]) -> None:
    """Go on hashing each row with one more value. Rows of the same hash are still compared: it need not be strong."""
    prime = np.uint64(0x100000001B3)
    for i in range(len(hashes)):
        number = hashes[i] ^ np.uint64(0xCBF29CE484222325)
        if valid[i]:
            for k in range(offsets[i], offsets[i + 1]):
                number = (number ^ np.uint64(data[k])) * prime
            number = (number ^ np.uint64(offsets[i + 1] - offsets[i] + 1)) * prime
        else:
            number = (number ^ np.uint64(0)) * prime
        number ^= number >> np.uint64(32)
        number *= np.uint64(0x9E3779B97F4A7C15)
        hashes[i] = number ^ (number >> np.uint64(29))


@njit(nogil=True, cache=True)
def _pairs(ours: NDArray[np.uint64], theirs: NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """Where equal numbers stand in both sorted arrays, one of ours with one of theirs."""
    most = min(len(ours), len(theirs))
    here, there = np.empty(most, np.int64), np.empty(most, np.int64)
    i = j = count = 0
    while i < len(ours) and j < len(theirs):
        if ours[i] == theirs[j]:
            here[count], there[count] = i, j
            i += 1
            j += 1
            count += 1
        elif ours[i] < theirs[j]:
            i += 1
        else:
            j += 1
    return here[:count], there[:count]


@njit(nogil=True, cache=True)
def _gather(data: Bytes, offsets: Offsets, valid: Flags, rows: Numbers) -> tuple[Bytes, Offsets]:
    """The values of some rows, one behind the other; nothing for a NULL."""
    starts = np.empty(len(rows) + 1, np.int64)
    starts[0] = 0
    for i in range(len(rows)):
        row = rows[i]
        starts[i + 1] = starts[i] + (offsets[row + 1] - offsets[row] if valid[row] else 0)
    out = np.empty(starts[-1], np.uint8)
    for i in range(len(rows)):
        place = offsets[rows[i]]
        at = starts[i]
        for k in range(starts[i + 1] - at):
            out[at + k] = data[place + k]
    return out, starts
