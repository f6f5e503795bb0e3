from __future__ import annotations

import pymysql
import pytest

from migrator import errors
from migrator.mysql.errors import explain, words


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1045, errors.TargetDenied),
        (1142, errors.TargetDenied),
        (3948, errors.TargetDenied),
        (1290, errors.TargetReadOnly),
        (1836, errors.TargetReadOnly),
        (1114, errors.TargetFull),
        (1021, errors.TargetFull),
        (2003, errors.TargetUnreachable),
        (2013, errors.TargetUnreachable),
        (1053, errors.TargetUnreachable),
        (1205, errors.TargetBusy),
        (1213, errors.TargetBusy),
        (1064, errors.TargetRejected),
    ],
)
def test_numbers_become_kinds_with_advice(number: int, kind: type[errors.MigratorError]) -> None:
    found = explain(pymysql.OperationalError(number, "words of the server"), "loading t")
    assert type(found) is kind
    assert "loading t" in found.what
    assert found.todo


@pytest.mark.parametrize("number", [1062, 1264, 1265, 1292, 1366, 1406, 3819])
def test_row_values_in_the_servers_words_are_cut(number: int) -> None:
    assert "Kowalska" not in words(pymysql.DataError(number, "Incorrect value: 'Kowalska' for column 'name'"))


def test_our_own_errors_pass() -> None:
    ours = errors.TargetFull("full")
    assert explain(ours, "anything") is ours


def test_a_dead_socket_is_unreachable() -> None:
    assert isinstance(explain(ConnectionResetError(104, "reset"), "x"), errors.TargetUnreachable)


def test_what_nobody_foresaw_is_named() -> None:
    found = explain(ValueError("odd"), "x")
    assert type(found) is errors.TargetError
    assert "ValueError: odd" in found.why
