"""What drivers say, in words that help; the texts are those of the drivers themselves."""

from __future__ import annotations

import pyodbc
import pytest

from migrator.errors import (
    ConfigError,
    MigratorError,
    SourceBusy,
    SourceDenied,
    SourceError,
    SourceRejected,
    SourceUnreachable,
)
from migrator.sqlserver.errors import Diagnosis, diagnosis, explain

DRIVER = "[Microsoft][ODBC Driver 18 for SQL Server]"


def odbc(state: str, words: str, number: int, call: str = "SQLExecDirectW", server: str = "[SQL Server]") -> Exception:
    """As pyodbc raises it."""
    return pyodbc.Error(state, f"[{state}] {DRIVER}{server}{words} ({number}) ({call})")


def arrow(state: str, words: str, number: int, call: str = "SQLExecDirect", server: str = "[SQL Server]") -> Exception:
    """As arrow-odbc raises it."""
    return RuntimeError(
        f"ODBC emitted an error calling '{call}':\nState: {state}, Native error: {number}, "
        f"Message: {DRIVER}{server}{words}"
    )


@pytest.mark.parametrize("driver", [odbc, arrow])
def test_both_drivers_say_the_same(driver: type) -> None:
    assert diagnosis(driver("42S02", "Invalid object name 'dbo.nowhere'.", 208)) == Diagnosis(
        "42S02", 208, "Invalid object name 'dbo.nowhere'."
    )


def test_of_several_records_the_first_of_the_server_counts() -> None:
    text = (
        f"[08S01] {DRIVER}Unable to complete login process due to delay in login response (0) (SQLDriverConnect); "
        f"[28000] {DRIVER}[SQL Server]Login failed for user 'r'. (18456); "
        f"[28000] {DRIVER}[SQL Server]Cannot open database (4060)"
    )
    assert diagnosis(pyodbc.Error("08S01", text)) == Diagnosis("08S01", 18456, "Login failed for user 'r'.")


def test_parentheses_in_the_words_are_no_number() -> None:
    words = "Invalid column name 'a (7) (SQLx)'."
    assert diagnosis(odbc("42S22", words, 207)) == Diagnosis("42S22", 207, words)


CASES = [
    (SourceDenied, "28000", "Login failed for user 'nobody'.", 18456, "SQLDriverConnect"),
    (SourceDenied, "42000", "The SELECT permission was denied on the object 'Visit', database 'Care'.", 229, ""),
    (SourceDenied, "42000", "VIEW SERVER STATE permission was denied on object 'server', database 'master'.", 300, ""),
    (SourceRejected, "42000", 'Cannot open database "nix" requested by the login. The login failed.', 4060, ""),
    (SourceRejected, "08004", 'database "nix" does not exist', 911, "SQLDriverConnect"),
    (SourceRejected, "42S02", "Invalid object name 'dbo.nowhere'.", 208, ""),
    (SourceRejected, "42000", "The target database ('Care') is in an availability group …", 978, ""),
    (
        SourceRejected,
        "42000",
        "Snapshot isolation transaction failed accessing database 'Care' because snapshot isolation is not allowed.",
        3952,
        "",
    ),
    (
        SourceBusy,
        "40001",
        "Transaction (Process ID 55) was deadlocked on lock resources with another process",
        1205,
        "",
    ),
    (SourceBusy, "HYT00", "Lock request time out period exceeded.", 1222, ""),
    (SourceBusy, "42000", "The service is currently busy. Retry the request after 10 seconds.", 40501, ""),
    (SourceUnreachable, "HY000", "Cannot continue the execution because the session is in the kill state.", 596, ""),
    (SourceUnreachable, "42000", "Database 'Care' on server 'x' is not currently available.", 40613, ""),
]


@pytest.mark.parametrize("driver", [odbc, arrow])
@pytest.mark.parametrize(("kind", "state", "words", "number", "call"), CASES)
def test_what_the_server_says(
    driver: type, kind: type[MigratorError], state: str, words: str, number: int, call: str
) -> None:
    error = explain(driver(state, words, number, call or "SQLExecDirect"), "reading dbo.Visit")
    assert type(error) is kind
    assert error.what.endswith("while reading dbo.Visit")
    assert error.why == f"SQL Server error {number}: {words}"


@pytest.mark.parametrize("driver", [odbc, arrow])
@pytest.mark.parametrize(
    ("state", "words", "number"),
    [
        ("08001", "TCP Provider: Error code 0x2746", 10054),
        ("08S01", "TCP Provider: Error code 0x68", 104),
        ("08S01", "Communication link failure", 0),
        ("HYT00", "Login timeout expired", 0),
        ("08S01", "SSL Provider: Packet size too large for SSL Encrypt/Decrypt operations [50].", 50),
        ("01002", "TCP Provider: Connection reset by peer", 0),
    ],
)
def test_what_the_network_says(driver: type, state: str, words: str, number: int) -> None:
    error = explain(driver(state, words, number, "SQLDriverConnect", server=""), "connecting to h")
    assert type(error) is SourceUnreachable
    assert words in error.why


@pytest.mark.parametrize("driver", [odbc, arrow])
def test_a_certificate_that_nobody_trusts(driver: type) -> None:
    words = (
        "SSL Provider: [error:0A000086:SSL routines::certificate verify failed:self-signed certificate]"  # as it says
    )
    error = explain(driver("08001", words, -1, "SQLDriverConnect", server=""), "connecting to h")
    assert type(error) is SourceDenied
    assert error.why == f"SQLSTATE 08001: {words}"
    assert "?ca=" in error.todo


@pytest.mark.parametrize("driver", [odbc, arrow])
@pytest.mark.parametrize(
    ("state", "words", "number"),
    [
        ("22018", "Conversion failed when converting the varchar value 'Jan Nowak' to data type int.", 245),
        ("22003", "The conversion of the varchar value 'Jan Nowak' overflowed an int column.", 248),
        ("22003", "Arithmetic overflow error for data type tinyint, value = Jan Nowak.", 220),
        ("42000", "Error converting data type nvarchar to numeric Jan Nowak.", 8114),
        ("22003", "The conversion of the nvarchar value 'Jan Nowak' overflowed an INT2 column.", 244),
        ("23000", "Violation of PRIMARY KEY constraint 'PK'. The duplicate key value is (Jan Nowak).", 2627),
        ("23000", "Cannot insert duplicate key row. The duplicate key value is (Jan Nowak).", 2601),
        ("42000", "String or binary data would be truncated. Truncated value: 'Jan Nowak'.", 2628),
    ],
)
def test_values_are_cut(driver: type, state: str, words: str, number: int) -> None:
    error = explain(driver(state, words, number), "reading dbo.Visit")
    assert type(error) is SourceRejected
    assert "Nowak" not in str(error)
    assert f"SQL Server error {number}: " in error.why


def test_a_value_that_grew_is_worth_another_try() -> None:
    words = (
        "External error: A value (at least one) is too large to be written into the allocated buffer without "
        "truncation. Size in bytes indicated by ODBC driver: Some(10000)"
    )
    error = explain(RuntimeError(words), "reading dbo.Visit")
    assert type(error) is SourceBusy
    assert "a value grew" in error.what


def test_what_nobody_foresaw() -> None:
    error = explain(UnicodeError("odd"), "reading dbo.Visit")
    assert type(error) is SourceError
    assert error.why == "UnicodeError: odd"
    assert explain(pyodbc.Error(), "reading").why == "Error: Error"


def test_our_own_errors_stay() -> None:
    error = ConfigError("no")
    assert explain(error, "reading") is error
