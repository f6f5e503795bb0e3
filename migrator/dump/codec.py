"""Frozen dataclasses as JSON values and back: strings, numbers, enums, tuples and each other, nothing else."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encoded(value: object) -> Any:
    """The JSON value of a dataclass (an object with its fields), a tuple (an array) or a plain value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON here")


def decoded(kind: type[T], value: Any) -> T:
    """The value of type ``kind`` that ``encoded`` made. Raises ValueError where it is none."""
    made: T = _decoded(kind, value)
    return made


def _decoded(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None:
            if NoneType not in get_args(kind):
                raise ValueError("a value is missing")
            return None
        [inner] = [item for item in get_args(kind) if item is not NoneType]
        return _decoded(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError("a list is missing")
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_decoded(inner[0], item) for item in value)
        return tuple(_decoded(one, item) for one, item in zip(inner, value, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(value, dict):
            raise ValueError(f"a {kind.__name__} is missing")
        hints = _hints(kind)
        if unknown := value.keys() - hints.keys():
            raise ValueError(f"a {kind.__name__} has no {', '.join(sorted(unknown))}")
        try:
            return kind(**{name: _decoded(hints[name], item) for name, item in value.items()})
        except TypeError as error:
            raise ValueError(f"a {kind.__name__} is not whole") from error
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if isinstance(value, kind):
        return value
    raise ValueError(f"{kind.__name__} was expected")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
