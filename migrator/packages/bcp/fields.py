"""One column of a piece of a part, before it becomes an Arrow array."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from migrator.model.datatype import DataType
from migrator.packages.bcp.kernels import Bytes, Numbers


class BadValue(Exception):
    """A value that its type cannot have: ``row`` counts from 0 in the piece, ``reason`` names no value."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(row, reason)
        self.row = row
        self.reason = reason


class Unsupported(BadValue):
    """A value that is whole, and that nothing here can hand over."""


@dataclass(frozen=True)
class Fields:
    """Value i is ``data[starts[i]:starts[i] + lengths[i]]``, and NULL where its length is negative.

    ``type`` is the column's type in SQL Server, ``arrow`` the type of the array to be made.
    """

    data: Bytes
    starts: Numbers
    lengths: Numbers
    type: DataType
    arrow: pa.DataType

    @cached_property
    def valid(self) -> NDArray[np.bool_]:
        """True where the value is not NULL."""
        return self.lengths >= 0

    def __len__(self) -> int:
        return len(self.lengths)

    def value(self, row: int) -> bytes:
        """The bytes of one value."""
        start = self.starts[row]
        return self.data[start : start + self.lengths[row]].tobytes()

    def array(self, *buffers: NDArray[Any]) -> pa.Array:
        """The Arrow array of these buffers, with NULL where the fields have it."""
        nulls = len(self) - int(np.count_nonzero(self.valid))
        validity = pa.py_buffer(np.packbits(self.valid, bitorder="little")) if nulls else None
        made = [pa.py_buffer(np.ascontiguousarray(buffer)) for buffer in buffers]
        return pa.Array.from_buffers(self.arrow, len(self), [validity, *made], nulls)

    def struct(self, *children: pa.Array) -> pa.Array:
        """The Arrow struct of these children, with NULL where the fields have it."""
        mask = None if self.valid.all() else pa.array(~self.valid)
        return pa.StructArray.from_arrays(children, fields=list(self.arrow), mask=mask)

    def refuse(self, bad: NDArray[np.bool_], reason: str) -> None:
        """Raise BadValue about the first row where ``bad`` is true, if there is one."""
        if bad.any():
            raise BadValue(int(np.argmax(bad)), reason)


def offsets32(offsets: Numbers) -> NDArray[np.int32]:
    """Offsets as Arrow's variable types want them."""
    if offsets[-1] > np.iinfo(np.int32).max:
        raise Unsupported(int(np.searchsorted(offsets, np.iinfo(np.int32).max)) - 1, "more than 2 GiB in one value")
    return offsets.astype(np.int32)
