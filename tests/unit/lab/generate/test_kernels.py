from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from migrator.lab.generate import kernels

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=20)
BOTH_WAYS = pytest.mark.parametrize("compiled", [True, False])


def data_and_offsets(values: list[bytes]) -> tuple[kernels.Bytes, kernels.Offsets]:
    offsets = np.cumsum([0, *map(len, values)]).astype(np.int64)
    return np.frombuffer(b"".join(values), np.uint8), offsets


@BOTH_WAYS
@given(texts=TEXTS, width=st.integers(0, 30))
def test_utf16_is_what_python_makes(compiled: bool, texts: list[str], width: int) -> None:
    utf16 = kernels.utf16 if compiled else kernels.utf16.py_func
    out, ends = utf16(*data_and_offsets([text.encode() for text in texts]), 2 * width)
    found = [out[a:b].tobytes() for a, b in pairwise(ends)]
    padded = [text.encode("utf-16-le") for text in texts]
    assert found == [value + b" \0" * (width - len(value) // 2) for value in padded]


@BOTH_WAYS
@given(
    values=st.lists(st.none() | st.binary(max_size=300), min_size=1, max_size=20), prefix=st.sampled_from([1, 2, 4, 8])
)
def test_fields_are_prefix_and_value(compiled: bool, values: list[bytes | None], prefix: int) -> None:
    values = [None if value is None else value[: 2 ** (8 * prefix) - 2] for value in values]
    data, offsets = data_and_offsets([value or b"" for value in values])
    column = data, offsets, np.array([value is not None for value in values])
    sizes = np.zeros(len(values), np.int64)
    measure = kernels.field_sizes if compiled else kernels.field_sizes.py_func
    write = kernels.field_write if compiled else kernels.field_write.py_func
    measure(column, prefix, sizes)
    out = np.zeros(int(sizes.sum()), np.uint8)
    write(column, prefix, 0xFF, out, np.cumsum(sizes) - sizes)
    assert out.tobytes() == b"".join(
        b"\xff" * prefix if value is None else len(value).to_bytes(prefix, "little") + value for value in values
    )


@BOTH_WAYS
@example(numbers=[0, -1, -(2**64), -(2**64) - 1, 2**64, -(10**38) + 1])
@given(numbers=st.lists(st.integers(-(10**38) + 1, 10**38 - 1), min_size=1, max_size=20))
def test_decimals_are_sign_and_magnitude(compiled: bool, numbers: list[int]) -> None:
    raw = b"".join(number.to_bytes(16, "little", signed=True) for number in numbers)
    out = np.empty((len(numbers), 17), np.uint8)
    split = kernels.decimal_values if compiled else kernels.decimal_values.py_func
    split(np.frombuffer(raw, np.uint64).reshape(-1, 2), out)
    assert out.tobytes() == b"".join(bytes([n >= 0]) + abs(n).to_bytes(16, "little") for n in numbers)


def test_a_slice_of_arrow_text_keeps_its_offsets() -> None:
    array = pa.array(["zero", "żółw", "🐢"]).slice(1)
    offsets = np.frombuffer(array.buffers()[1], np.int32)[1:4].astype(np.int64)
    out, ends = kernels.utf16(np.frombuffer(array.buffers()[2], np.uint8), offsets, 0)
    assert out.tobytes().decode("utf-16-le") == "żółw🐢"
    assert ends.tolist() == [0, 8, 12]
