"""Entries chained by hashes, so that whatever is done to them afterwards is noticed.

Each entry's SHA-256 covers the one before it. The chain of a file ends with a pin, the number of entries and the last
hash, so that entries cut off the end are missed too. A chain proves that nobody changed a part of it; whoever writes
all of it anew writes a good chain. That is what the head is for: kept elsewhere, it stands for the whole.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

START: Final = "0" * 64
"""What the first entry follows on."""

_FORMAT: Final = "chain of SHA-256, 1"
_DOCUMENT: Final = frozenset({"format", "entries", "count", "head"})
_ENTRY: Final = {"number": int, "kind": str, "body": dict, "before": str, "sha256": str}


def canonical(value: object) -> str:
    """The one text of a JSON value: keys in order, no blanks, ASCII. Raises ValueError for NaN and infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def link(before: str, *parts: str) -> str:
    """The hash of an entry: SHA-256 in hex over the hash before it and its parts, joined by NUL bytes."""
    return hashlib.sha256("\0".join((before, *parts)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: what it speaks of, and plain values for JSON."""

    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A chain as it is written to a file, and its pin."""

    text: str
    count: int
    head: str


def sealed(entries: Sequence[Entry]) -> Sealed:
    """The entries as one JSON document, a line each, chained and pinned. At least one entry."""
    before, lines = START, []
    for number, entry in enumerate(entries, 1):
        content = {"number": number, "kind": entry.kind, "body": dict(entry.body)}
        after = link(before, canonical(content))
        lines.append(json.dumps({**content, "before": before, "sha256": after}))
        before = after
    body = ",\n".join(lines)
    text = f'{{"format": {json.dumps(_FORMAT)}, "entries": [\n{body}\n], "count": {len(lines)}, "head": "{before}"}}\n'
    return Sealed(text, len(lines), before)


class Tampering(StrEnum):
    """What was done to a chain."""

    UNREADABLE = "unreadable"
    EDITED = "edited"
    INSERTED = "inserted"
    REMOVED = "removed"
    REORDERED = "reordered"
    CUT = "cut off"
    ADDED = "added"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in words for people."""

    kind: Tampering
    words: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file holds, and what is wrong with it. ``entries`` are those that can be read as such."""

    entries: tuple[Entry, ...]
    head: str
    faults: tuple[Fault, ...]

    @property
    def intact(self) -> bool:
        """True if the file says what it said when it was written, as far as a chain can tell."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Link:
    """An entry as the file has it. ``number`` is the one to reckon with: an edited entry's is that of its place."""

    position: int
    number: int
    entry: Entry
    before: str
    sha256: str
    own: bool

    @property
    def name(self) -> str:
        return f"entry {self.number} ({self.entry.kind})"


def examine(data: bytes, *, last: str, head: str = "") -> Examined:
    """Recompute the chain of a file.

    ``last`` is the kind of the entry that ends it, ``head`` the last hash as somebody noted it down ("" where nobody
    did).
    """
    try:
        document = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return Examined((), "", (Fault(Tampering.UNREADABLE, f"this is no JSON document of ours: {error}"),))
    if not isinstance(document, dict) or set(document) != _DOCUMENT or document["format"] != _FORMAT:
        return Examined((), "", (Fault(Tampering.UNREADABLE, "this is no evidence, or of a format not known here"),))
    items, count, pinned = document["entries"], document["count"], document["head"]
    if not isinstance(items, list) or type(count) is not int or not isinstance(pinned, str):
        return Examined((), "", (Fault(Tampering.EDITED, "entries, number or head are not what they should be"),))
    faults, links = _read(items)
    faults += _order(links)
    faults += _joints(links, spoilt=bool(faults))
    faults += _pin(links, count, pinned, spoilt=bool(faults))
    if not faults and links[-1].entry.kind != last:
        faults.append(Fault(Tampering.CUT, f"it ends with {links[-1].name}, not with its {last}"))
    if head and head.lower() != pinned:
        faults.append(Fault(Tampering.REWRITTEN, f"the head is {pinned}, not the one that was noted down"))
    return Examined(tuple(item.entry for item in links), pinned, tuple(faults))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless a key stands in it twice: readers do not agree on which of them counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _read(items: Sequence[Any]) -> tuple[list[Fault], list[_Link]]:
    faults, links = [], list[_Link]()
    for position, item in enumerate(items, 1):
        if (
            not isinstance(item, dict)
            or set(item) != set(_ENTRY)
            or any(type(item[key]) is not type_ for key, type_ in _ENTRY.items())
        ):
            faults.append(Fault(Tampering.EDITED, f"what stands at place {position} is no entry"))
            continue
        content = {key: item[key] for key in ("number", "kind", "body")}
        own = _hash(item["before"], content) == item["sha256"]
        number = item["number"] if own else (links[-1].number + 1 if links else 1)
        entry = Entry(item["kind"], item["body"])
        links.append(_Link(position, number, entry, item["before"], item["sha256"], own))
        if not own:
            faults.append(Fault(Tampering.EDITED, f"{links[-1].name} is not as it was written"))
    return faults, links


def _hash(before: str, content: Mapping[str, Any]) -> str:
    try:
        return link(before, canonical(content))
    except ValueError:  # a number too large to be one, half of a UTF-16 pair: none of them was written by us
        return ""


def _order(links: Sequence[_Link]) -> list[Fault]:
    """What the numbers say: those that stand twice, those that are missing, those that stand behind a larger one."""
    faults = []
    times = Counter(item.number for item in links)
    faults += [
        Fault(Tampering.INSERTED, f"entry {number} stands {found} times")
        for number, found in times.items()
        if found > 1
    ]
    faults += [
        Fault(Tampering.REMOVED, f"{_between(before + 1, after - 1)} missing")
        for before, after in pairwise([0, *sorted(times)])
        if after > before + 1
    ]
    faults += [
        Fault(Tampering.REORDERED, f"{after.name} stands behind entry {before.number}")
        for before, after in pairwise(links)
        if after.number < before.number
    ]
    return faults


def _between(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _joints(links: Sequence[_Link], *, spoilt: bool) -> list[Fault]:
    """Where an entry does not follow on the one before it, though both are whole and their numbers are right."""
    if spoilt:
        return []
    return [
        Fault(Tampering.INSERTED, f"{item.name} does not follow on what stands before it: one of them was put in")
        for before, item in zip([START, *(item.sha256 for item in links)], links, strict=False)
        if item.before != before
    ]


def _pin(links: Sequence[_Link], count: int, head: str, *, spoilt: bool) -> list[Fault]:
    hashes = [item.sha256 for item in links]
    last = max((item.number for item in links), default=0)
    in_order = [item.number for item in links] == list(range(1, len(links) + 1))
    if hashes and in_order and head == hashes[-1] and count == len(hashes):
        return []
    if head in hashes[:-1] and count == hashes.index(head) + 1:
        return [Fault(Tampering.ADDED, f"{len(hashes) - count:,} of the entries stand behind the end")]
    if head not in hashes and count > last:
        return [Fault(Tampering.CUT, f"{count - last:,} of {count:,} entries are gone from the end")]
    return [] if spoilt else [Fault(Tampering.EDITED, "number or head at the end are not those of the entries")]
