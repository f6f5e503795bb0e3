"""SHA-256 of many short values at once.

The interpreter's own OpenSSL is called from compiled code, which saves a Python object for every row. Where that
OpenSSL hides its old functions, hashlib does the same more slowly.
"""

from __future__ import annotations

import _hashlib
import ctypes
import hashlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import llvmlite.binding
import numpy as np
from numba import njit, types

from migrator.wire.kernels import Bytes, Offsets

_FUNCTIONS = ("SHA256_Init", "SHA256_Update", "SHA256_Final")


def _digests_by_hashlib(data: Bytes, offsets: Offsets) -> Bytes:
    view = memoryview(data.data)
    joined = b"".join(hashlib.sha256(view[start:end]).digest() for start, end in pairwise(offsets.tolist()))
    return np.frombuffer(joined, np.uint8).reshape(-1, 32)


def _compiled() -> Callable[[Bytes, Offsets], Any] | None:
    """The compiled loop over OpenSSL; None where this interpreter's OpenSSL cannot be called by name."""
    path: str | None = getattr(_hashlib, "__file__", None)
    if path is None:
        return None
    library = ctypes.CDLL(path)
    if not all(hasattr(library, name) for name in _FUNCTIONS):
        return None
    llvmlite.binding.load_library_permanently(path)
    pointer, size, status = types.uintp, types.size_t, types.int32
    init: Any = types.ExternalFunction("SHA256_Init", status(pointer))
    update: Any = types.ExternalFunction("SHA256_Update", status(pointer, pointer, size))
    final: Any = types.ExternalFunction("SHA256_Final", status(pointer, pointer))

    @njit(nogil=True, cache=True)
    def digests(data: Bytes, offsets: Offsets) -> Bytes:
        n = len(offsets) - 1
        out = np.empty((n, 32), np.uint8)
        context = np.zeros(256, np.uint8)  # SHA256_CTX takes 112 bytes
        for i in range(n):
            init(context.ctypes.data)
            update(context.ctypes.data, data.ctypes.data + offsets[i], offsets[i + 1] - offsets[i])
            final(out.ctypes.data + 32 * i, context.ctypes.data)
        return out

    return digests


_loop = _compiled() or _digests_by_hashlib


def digests(data: Bytes, offsets: Offsets) -> Bytes:
    """The SHA-256 of each value ``data[offsets[i]:offsets[i + 1]]``, as an array (n, 32) of uint8."""
    result: Bytes = _loop(np.ascontiguousarray(data), offsets)
    return result
