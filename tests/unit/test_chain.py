"""Whatever is done to a chain is noticed: every byte, every order, every length."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.chain import START, Entry, Tampering, canonical, examine, link, sealed

END = "verdict"
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_BODIES = st.dictionaries(st.text(max_size=4), _VALUES, max_size=3)


@st.composite
def chains(draw: st.DrawFn, least: int = 1) -> bytes:
    entries = [Entry(draw(st.text(max_size=4)), draw(_BODIES)) for _ in range(draw(st.integers(least - 1, 4)))]
    return sealed([*entries, Entry(END, draw(_BODIES))]).text.encode()


def _kinds(data: bytes, head: str = "") -> set[Tampering]:
    return {fault.kind for fault in examine(data, last=END, head=head).faults}


def _changed(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    document = json.loads(data)
    change(document)
    return json.dumps(document).encode()


@given(chains())
def test_a_chain_is_intact_however_it_is_laid_out(data: bytes) -> None:
    document = json.loads(data)
    for text in (data, json.dumps(document, indent=3).encode(), json.dumps(document, ensure_ascii=True).encode()):
        found = examine(text, last=END, head=document["head"])
        assert found.intact
        assert canonical([{"kind": entry.kind, "body": entry.body} for entry in found.entries]) == canonical(
            [{"kind": entry["kind"], "body": entry["body"]} for entry in document["entries"]]
        )


@given(chains(), st.data())
def test_no_byte_that_matters_can_be_changed(data: bytes, more: st.DataObject) -> None:
    place = more.draw(st.integers(0, len(data) - 1))
    instead = more.draw(
        st.binary(max_size=2) | st.sampled_from([b"0", b"1", b".0", b'"', b",", b"e9", b"\\", b"}", b" "])
    )
    until = place + more.draw(st.integers(0, 2))
    edited = data[:place] + instead + data[until:]
    try:
        same = canonical(json.loads(edited.decode())) == canonical(json.loads(data))
    except ValueError:
        same = False
    assert examine(edited, last=END).intact <= same


def test_no_letter_of_a_whole_chain_can_be_changed() -> None:
    """The same without chance: every byte of a chain, one after the other."""
    data = sealed(
        [Entry("table", {"rows": 7, "equal": True, "name": "é"}), Entry(END, {"verdict": "equal"})]
    ).text.encode()
    told = canonical(json.loads(data))
    for place in range(len(data)):
        for instead in (b"", b"0", b"8", b"x", b" ", b'"'):
            edited = data[:place] + instead + data[place + 1 :]
            try:
                same = canonical(json.loads(edited)) == told
            except ValueError:
                same = False
            assert examine(edited, last=END).intact <= same, edited


@given(chains(least=3), st.data())
def test_entries_keep_their_order(data: bytes, more: st.DataObject) -> None:
    count = json.loads(data)["count"]
    order = more.draw(st.permutations(range(count)))
    moved = _changed(data, lambda found: found.update(entries=[found["entries"][index] for index in order]))
    assert _kinds(moved) == (set() if order == list(range(count)) else {Tampering.REORDERED})


@given(chains(least=3), st.data())
def test_an_entry_that_is_taken_out_is_missed(data: bytes, more: st.DataObject) -> None:
    count = json.loads(data)["count"]
    place = more.draw(st.integers(0, count - 2))
    assert _kinds(_changed(data, lambda found: found["entries"].pop(place))) == {Tampering.REMOVED}


@given(chains(least=2), st.data())
def test_an_end_that_is_cut_off_is_missed(data: bytes, more: st.DataObject) -> None:
    count = json.loads(data)["count"]
    left = more.draw(st.integers(0, count - 1))
    assert _kinds(_changed(data, lambda found: found.update(entries=found["entries"][:left]))) == {Tampering.CUT}


@given(chains(least=2), st.data())
def test_an_entry_that_stands_twice_is_seen(data: bytes, more: st.DataObject) -> None:
    count = json.loads(data)["count"]
    here, there = more.draw(st.integers(0, count - 1)), more.draw(st.integers(0, count))
    twice = _changed(data, lambda found: found["entries"].insert(there, found["entries"][here]))
    assert Tampering.INSERTED in _kinds(twice)


def _forged(before: str, number: int, body: dict[str, Any], kind: str = "table") -> dict[str, Any]:
    content = {"number": number, "kind": kind, "body": body}
    return {**content, "before": before, "sha256": link(before, canonical(content))}


@given(chains(least=2), _BODIES)
def test_an_entry_behind_the_end_is_seen(data: bytes, body: dict[str, Any]) -> None:
    added = _changed(data, lambda found: found["entries"].append(_forged(found["head"], found["count"] + 1, body)))
    assert _kinds(added) == {Tampering.ADDED}


@given(chains(least=3), st.data())
def test_a_forged_entry_with_a_good_hash_of_its_own_is_seen(data: bytes, more: st.DataObject) -> None:
    count = json.loads(data)["count"]
    place = more.draw(st.integers(0, count - 1))

    def forge(found: dict[str, Any]) -> None:
        before = found["entries"][place - 1]["sha256"] if place else START
        found["entries"][place] = _forged(before, place + 1, {"forged": True}, END)

    assert _kinds(_changed(data, forge)) == ({Tampering.INSERTED} if place < count - 1 else {Tampering.EDITED})


def test_whoever_writes_all_of_it_anew_is_caught_by_the_head_alone() -> None:
    true, false = (sealed([Entry("table", {"rows": rows}), Entry(END, {})]) for rows in (7, 8))
    assert examine(false.text.encode(), last=END).intact
    assert _kinds(false.text.encode(), head=true.head) == {Tampering.REWRITTEN}
    assert not _kinds(true.text.encode(), head=true.head.upper())


def test_an_end_cut_off_with_a_new_pin_lacks_its_verdict() -> None:
    whole = sealed([Entry("table", {}), Entry("table", {}), Entry(END, {})]).text.encode()

    def cut(found: dict[str, Any]) -> None:
        found["entries"].pop()
        found.update(count=2, head=found["entries"][-1]["sha256"])

    assert _kinds(_changed(whole, cut)) == {Tampering.CUT}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": "another", "entries": [], "count": 0, "head": ""}',
    ],
)
def test_what_is_no_chain_is_said_to_be_none(data: bytes) -> None:
    assert _kinds(data) == {Tampering.UNREADABLE}


@pytest.mark.parametrize("value", ["1e999", "-Infinity", '"\\ud800"', "9" * 5000])
def test_values_that_nobody_wrote(value: str) -> None:
    data = sealed([Entry(END, {"rows": 7})]).text.replace('"rows": 7', f'"rows": {value}').encode()
    assert not examine(data, last=END).intact


def test_a_key_that_stands_twice_is_no_way_around() -> None:
    text = sealed([Entry(END, {"rows": 7})]).text
    assert _kinds(text.replace('{"rows": 7}', '{"rows": 9, "rows": 7}').encode()) == {Tampering.UNREADABLE}


def test_canonical_text_is_one_text() -> None:
    assert canonical({"b": 1, "a": ["é", None]}) == '{"a":["\\u00e9",null],"b":1}'
    with pytest.raises(ValueError, match="compliant"):
        canonical(float("nan"))
