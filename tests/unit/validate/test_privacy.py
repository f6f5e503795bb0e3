from __future__ import annotations

import hashlib
import re

import pytest
from support import visits

from migrator.model.difference import Difference, DifferenceKind
from migrator.validate.privacy import KeyView

MAPPINGS = [visits.mapping("id", "code", name="visits"), visits.mapping(name="no_key")]
HASH = hashlib.sha256(b"row").hexdigest()


def difference(*key: str | None, table: str = "visits") -> Difference:
    return Difference(table, DifferenceKind.MISSING, key)


def test_surrogates_are_shown_and_everything_else_is_a_code() -> None:
    shown = KeyView(MAPPINGS)(difference("17", "Żółć"))
    assert list(shown) == ["id", "code"]
    assert shown["id"] == "17"
    assert re.fullmatch("#[0-9a-f]{12}", shown["code"])


def test_a_code_says_nothing_but_equal_or_not() -> None:
    view, other = KeyView(MAPPINGS), KeyView(MAPPINGS)
    anna = view(difference("1", "Anna"))["code"]
    assert view(difference("2", "Anna"))["code"] == anna
    assert view(difference("1", "Anne"))["code"] != anna
    assert other(difference("1", "Anna"))["code"] != anna
    assert hashlib.sha256(b"Anna").hexdigest()[:12] not in anna


def test_the_hash_of_a_row_without_a_key_is_a_code_too() -> None:
    shown = KeyView(MAPPINGS)(difference(HASH, table="no_key"))
    assert list(shown) == ["row"]
    assert re.fullmatch("#[0-9a-f]{12}", shown["row"])
    assert shown["row"][1:] not in HASH


def test_all_is_shown_where_that_is_asked_for() -> None:
    view = KeyView(MAPPINGS, show_values=True)
    assert view(difference("17", "Żółć")) == {"id": "17", "code": "Żółć"}
    assert view(difference(HASH, table="no_key")) == {"row": HASH}


def test_null_is_no_secret() -> None:
    assert KeyView(MAPPINGS)(difference("17", None)) == {"id": "17", "code": "NULL"}


def test_a_table_that_nobody_mapped_is_not_shown_by_guess() -> None:
    with pytest.raises(KeyError):
        KeyView(MAPPINGS)(difference("1", table="other"))
