from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.name import name_parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dbo.Orders.total", ("dbo", "Orders", "total")),
        ("Orders", ("Orders",)),
        ("[my.schema].[Order Details].total", ("my.schema", "Order Details", "total")),
        ('"a""b".c', ('a"b', "c")),
        ("[a]]b]", ("a]b",)),
        ("sales.order details.x", ("sales", "order details", "x")),
        ("", ()),
        ("a..b", ()),
        ("a.", ()),
        ("[a]b", ()),
        ("[a", ()),
        ("[]", ()),
    ],
)
def test_names_as_people_write_them(text: str, expected: tuple[str, ...]) -> None:
    assert name_parts(text) == expected


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_brackets_hold_any_name(parts: list[str]) -> None:
    text = ".".join("[" + part.replace("]", "]]") + "]" for part in parts)
    assert name_parts(text) == tuple(parts)
