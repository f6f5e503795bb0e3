from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.packages.bcp import hierarchyid, kernels


def column(values: list[bytes | None], gap: bytes = b"\xaa") -> tuple[Any, Any, Any]:
    """Values somewhere in a piece: data, starts, lengths."""
    data, starts, lengths = b"", [], []
    for value in values:
        data += gap
        starts.append(len(data))
        lengths.append(-1 if value is None else len(value))
        data += value or b""
    return np.frombuffer(data + gap, np.uint8), np.array(starts, np.int64), np.array(lengths, np.int64)


def both(kernel: Any, *arguments: Any) -> Any:
    """What a kernel gives; compiled and plain Python must agree."""
    compiled, plain = kernel(*arguments), kernel.py_func(*arguments)
    for a, b in zip(parts(compiled), parts(plain), strict=True):
        np.testing.assert_array_equal(a, b)
    return compiled


def parts(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def sliced(data: Any, offsets: Any) -> list[bytes]:
    return [data[a:b].tobytes() for a, b in pairwise(offsets)]


units = st.one_of(st.integers(0, 0x7F), st.integers(0, 0xFFFF), st.integers(0xD800, 0xDFFF))
texts = st.lists(st.one_of(st.none(), st.lists(units, max_size=40)), max_size=20)


@given(texts)
def test_utf8_of_any_units(values: list[list[int] | None]) -> None:
    raw = [None if value is None else b"".join(unit.to_bytes(2, "little") for unit in value) for value in values]
    data, offsets, lone = both(kernels.utf8, *column(raw))
    decoded = [(text or b"").decode("utf-16-le", "surrogatepass") for text in raw]
    assert sliced(data, offsets) == [
        "".join("�" if 0xD800 <= ord(char) < 0xE000 else char for char in text).encode() for text in decoded
    ]
    assert lone == sum(0xD800 <= ord(char) < 0xE000 for text in decoded for char in text)


@given(st.lists(st.text(), max_size=10))
def test_utf8_of_text(values: list[str]) -> None:
    data, offsets, lone = both(kernels.utf8, *column([value.encode("utf-16-le") for value in values]))
    assert [text.decode() for text in sliced(data, offsets)] == values
    assert lone == 0


@given(st.lists(st.one_of(st.none(), st.binary(max_size=80)), max_size=20))
def test_copy(values: list[bytes | None]) -> None:
    assert sliced(*both(kernels.copy, *column(values))) == [value or b"" for value in values]


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), max_size=20), st.integers(1, 8))
def test_integers(values: list[int | None], width: int) -> None:
    raw = [None if value is None else b"\x55" + value.to_bytes(8, "little", signed=True) for value in values]
    numbers = both(kernels.integers, *column(raw), 1, width)
    cut = [0 if value is None else value & (1 << 8 * width) - 1 for value in values]
    assert numbers.tolist() == [number - (1 << 64) if number >= 1 << 63 else number for number in cut]


@given(st.lists(st.one_of(st.none(), st.binary(min_size=4, max_size=4)), max_size=20))
def test_pick(values: list[bytes | None]) -> None:
    picked = both(kernels.pick, *column(values), np.array([3, 0, 2], np.int64))
    assert [row.tobytes() for row in picked] == [
        bytes(3) if value is None else bytes((value[3], value[0], value[2])) for value in values
    ]


@given(st.integers(1, 38).flatmap(lambda p: st.tuples(st.just(p), st.lists(st.integers(1 - 10**p, 10**p - 1)))))
def test_decimals(case: tuple[int, list[int]]) -> None:
    precision, values = case
    raw = [bytes([precision, 1, int(value >= 0)]) + abs(value).to_bytes(16, "little") for value in values]
    limit = np.array([10**precision & 2**64 - 1, 10**precision >> 64], np.uint64)
    words, bad = both(kernels.decimals, *column(list(raw)), precision, 1, limit)
    assert bad == -1
    assert [int.from_bytes(row.tobytes(), "little", signed=True) for row in words] == values


@pytest.mark.parametrize(
    "value",
    [
        bytes([6, 1, 1]) + bytes(16),
        bytes([5, 2, 1]) + bytes(16),
        bytes([5, 1, 2]) + bytes(16),
        bytes([5, 1, 1]) + (10**5).to_bytes(16, "little"),
        bytes([5, 1, 0]) + (2**127).to_bytes(16, "little"),
    ],
)
def test_decimals_that_cannot_be(value: bytes) -> None:
    good = bytes([5, 1, 1]) + bytes(16)
    limit = np.array([10**5, 0], np.uint64)
    _, bad = both(kernels.decimals, *column([good, None, value, good]), 5, 1, limit)
    assert bad == 2


Scan = tuple[int, int, int, int, int]


def scan(data: bytes, layout: list[tuple[int, int, int, int, int]], room: int = 100) -> tuple[Scan, Any, Any]:
    shape = (len(layout), room)
    found = []
    kernel: Callable[..., Scan]
    for kernel in (kernels.scan_rows, kernels.scan_rows.py_func):
        starts, lengths = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        array = np.frombuffer(data, np.uint8)
        found.append((tuple(kernel(array, 0, len(data), np.array(layout), starts, lengths)), starts, lengths))
    assert found[0][0] == found[1][0]
    rows = found[0][0][0]
    np.testing.assert_array_equal(found[0][1][:, :rows], found[1][1][:, :rows])
    np.testing.assert_array_equal(found[0][2][:, :rows], found[1][2][:, :rows])
    return found[0]


BARE = (0, 4, 4, 0, 0)
TEXT = (2, 0, 10, 1, 0)
LONG = (8, 0, 1 << 32, 1, 0)
VARIANT = (4, 0, 8016, 1, 1)


def test_scan_finds_fields() -> None:
    data = b"\1\2\3\4" + b"\3\0abc" + b"\5\6\7\x08" + b"\xff\xff"
    (rows, after, status, _, wanted), starts, lengths = scan(data, [BARE, TEXT])
    assert (rows, after, status, wanted) == (2, len(data), kernels.MORE, 4)
    assert starts[:, :2].tolist() == [[0, 9], [6, 15]]
    assert lengths[:, :2].tolist() == [[4, 4], [3, -1]]


def test_scan_stops_where_there_is_no_room() -> None:
    (rows, after, status, _, _), _, _ = scan(bytes(20), [BARE], room=3)
    assert (rows, after, status) == (3, 12, kernels.ROWS)


@pytest.mark.parametrize(
    ("data", "status", "column_number", "number"),
    [
        (b"\1\2\3", kernels.MORE, 0, 4),
        (b"\1\2\3\4\3", kernels.MORE, 1, 6),
        (b"\1\2\3\4\3\0ab", kernels.MORE, 1, 9),
        (b"\1\2\3\4\x0b\0", kernels.BAD_LENGTH, 1, 11),
    ],
)
def test_scan_says_why_it_stops(data: bytes, status: int, column_number: int, number: int) -> None:
    result, _, _ = scan(data, [BARE, TEXT])
    assert result == (0, 0, status, column_number, number)


def test_scan_of_null_where_there_is_none() -> None:
    result, _, _ = scan(b"\xff", [(1, 4, 4, 0, 0)])
    assert result[2] == kernels.NULL_HERE


def test_scan_of_impossible_lengths() -> None:
    for length in (b"\xfe" + b"\xff" * 7, b"\0" * 7 + b"\x80", b"\1\0\0\0\1\0\0\0"):
        result, _, _ = scan(length, [LONG])
        assert result[2] == kernels.BAD_LENGTH


def test_scan_of_variants() -> None:
    (rows, _, _, _, _), _, lengths = scan(b"\0\0\0\0" + b"\1\0\0\0x" + b"\xff\xff\xff\xff", [VARIANT])
    assert rows == 3
    assert lengths[0, :3].tolist() == [-1, 1, -1]


def label(number: int, *, last: bool) -> str:
    """The bits of one number of a path, by the table."""
    stored = number if last else number + 1
    least, bits = max((entry for entry in hierarchyid.PATTERNS if entry[0] <= stored), key=lambda entry: entry[0])
    free = iter(format(stored - least, "b").rjust(bits.count("x"), "0"))
    return "".join(next(free) if bit == "x" else ("01"[last] if bit == "T" else bit) for bit in bits)


def encoded(path: list[list[int]]) -> bytes:
    bits = "".join(label(number, last=k == len(level) - 1) for level in path for k, number in enumerate(level))
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


numbers = st.one_of(
    st.integers(-20, 100),
    st.integers(-5000, 6000),
    st.integers(-(2**33), 2**33),
    st.integers(-281479271682120, 281479271683150),
)
paths = st.lists(st.lists(numbers, min_size=1, max_size=3), max_size=6)


@given(st.lists(st.one_of(st.none(), paths), max_size=6))
def test_hierarchyid_of_any_path(values: list[list[list[int]] | None]) -> None:
    raw = [None if value is None else encoded(value) for value in values]
    data, offsets, bad = both(hierarchyid.path_texts, *column(raw), hierarchyid._LABELS, hierarchyid._LEASTS)
    assert bad == -1
    assert [text.decode() for text in sliced(data, offsets)] == [
        "" if value is None else "/" + "".join(".".join(map(str, level)) + "/" for level in value) for value in values
    ]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("", "/"),
        ("58", "/1/"),
        ("5ac0", "/1/1/"),
        ("5b5f08", "/1/2/3/4/"),
        ("62c0", "/1.1/"),
        ("3f80", "/-1/"),
        ("48", "/0/"),
        ("84", "/4/"),
        ("a2", "/8/"),
    ],
)
def test_hierarchyid_of_known_bytes(value: str, path: str) -> None:
    """As SQL Server casts them."""
    data, offsets, bad = both(
        hierarchyid.path_texts, *column([bytes.fromhex(value)]), hierarchyid._LABELS, hierarchyid._LEASTS
    )
    assert bad == -1
    assert sliced(data, offsets) == [path.encode()]


@pytest.mark.parametrize("value", ["f0", "00", "5800", "60", "5bff", "1c"])
def test_hierarchyid_that_is_no_path(value: str) -> None:
    good = bytes.fromhex("58")
    _, _, bad = both(
        hierarchyid.path_texts, *column([good, bytes.fromhex(value), good]), hierarchyid._LABELS, hierarchyid._LEASTS
    )
    assert bad == 1
