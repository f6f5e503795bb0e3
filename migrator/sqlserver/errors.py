"""SQL Server's error numbers in words that help.

Numbers: Microsoft Learn, "Database Engine errors" and "Troubleshoot transient connection errors in SQL Database and SQL
Managed Instance"; the client's own are SQLSTATEs (ODBC Appendix A).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from migrator.errors import (
    MigratorError,
    SourceBusy,
    SourceDenied,
    SourceError,
    SourceRejected,
    SourceUnreachable,
)

_DENIED: Final = frozenset({229, 230, 262, 297, 300, 916, 2760, 4064, 15247, 18450, 18452, 18456, 18470, 18486, 18488})
_UNREACHABLE: Final = frozenset({64, 121, 233, 596, 3980, 6005, 10053, 10054, 10060, 17830, 40613, 42108, 42109})
_NO_DATABASE: Final = frozenset({911, 4060})
_BUSY: Final = frozenset(
    {1204, 1205, 1222, 3960, 4221, 10928, 10929, 40197, 40501, 40540, 49918, 49919, 49920, 41301, 41302, 41305, 41325}
)
_NO_REPLICA: Final = frozenset({976, 978, 979, 982, 983})
_NO_SNAPSHOT: Final = frozenset({3952, 3953, 3954, 3957})
_LOST_STATES: Final = frozenset({"08001", "08003", "08004", "08007", "08S01", "01002", "HYT01"})
_TIMEOUT_STATES: Final = frozenset({"HYT00"})
_VALUES: Final = {
    220: "a number out of range",
    232: "a number out of range",
    242: "a date out of range",
    244: "a number out of range",
    245: "a value that cannot be converted",
    248: "a number out of range",
    8114: "a value that cannot be converted",
    8115: "a number out of range",
    535: "a date out of range",
    2601: "a key that is there already",
    2627: "a key that is there already",
    2628: "a text that is too long",
    8169: "a value that cannot be converted",
    9420: "XML that cannot be read",
}
"""Errors whose words quote a value of a row: those are cut to their kind."""

_PYODBC: Final = re.compile(r" \((-?\d+)\)(?: \(SQL\w+\))?(?=$|; \[)")
_TOO_LARGE: Final = "too large to be written into the allocated buffer"
_ARROW: Final = re.compile(r"State: (\w{5}), Native error: (-?\d+), Message: (.*)", re.DOTALL)
_PREFIX: Final = re.compile(r"^(?:\[[^\]]*\]\s*)+")

TRANSIENT: Final = (SourceBusy, SourceUnreachable)
"""Worth another try: a deadlock, a lock wait, a throttled or restarting server, a lost connection."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a driver said: SQLSTATE, the server's number (0 where the client itself complains), the words."""

    state: str
    number: int
    words: str


def diagnosis(error: BaseException) -> Diagnosis:
    """Take apart what pyodbc or arrow-odbc raised."""
    text = str(error.args[-1]) if error.args else str(error)
    if found := _ARROW.search(text):
        return Diagnosis(found[1], int(found[2]), _PREFIX.sub("", found[3]).strip())
    state = str(error.args[0]) if len(error.args) > 1 else ""
    # One record after another; the first that the server itself wrote says most.
    records = list(_PYODBC.finditer(text))
    chosen = next((index for index, record in enumerate(records) if int(record[1]) > 0), 0)
    if not records:
        return Diagnosis(state, 0, _PREFIX.sub("", text).strip())
    start = records[chosen - 1].end() + 2 if chosen else 0
    number = records[chosen]
    return Diagnosis(state, int(number[1]), _PREFIX.sub("", text[start : number.start()]).strip())


def explain(error: BaseException, doing: str) -> MigratorError:
    """The error of ours that says what a driver's error means; ``doing`` completes "while …"."""
    if isinstance(error, MigratorError):
        return error
    found = diagnosis(error)
    label = f"SQL Server error {found.number}" if found.number > 0 else f"SQLSTATE {found.state}" if found.state else ""
    words = _VALUES.get(found.number, found.words) or type(error).__name__
    why = f"{label}: {words}" if label else words
    if "certificate" in words.lower():
        return SourceDenied(
            f"the SQL Server's certificate is not trusted while {doing}",
            why=why,
            todo="add ?ca=/path/authority.pem to the address (and ?certificate-host=NAME where the certificate names "
            "another host), or, on a network that you trust, ?tls=encrypt",
        )
    if _TOO_LARGE in words:
        return SourceBusy(
            f"a value grew while {doing}",
            why="it is larger than the largest one was a moment before",
            todo="ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON keeps rows as they are; or go on with --resume",
        )
    if found.number in _NO_SNAPSHOT:
        return SourceRejected(
            f"the source allows no SNAPSHOT reads while {doing}",
            why=why,
            todo="ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, or choose another ?consistency=",
        )
    if found.number in _NO_REPLICA:
        return SourceRejected(
            f"the availability replica takes no such connection while {doing}",
            why=why,
            todo="add ?intent=read-only to the address, or name the listener or the primary replica",
        )
    if found.number in _BUSY or (found.state in _TIMEOUT_STATES and found.number > 0):
        return SourceBusy(
            f"the SQL Server kept us waiting while {doing}",
            why=why,
            todo="look for blocking sessions (sys.dm_exec_requests) or limits of the service, then --resume",
        )
    if found.number in _DENIED or found.state == "28000":
        return SourceDenied(
            f"the SQL Server refused access while {doing}",
            why=why,
            todo="check user, password and permissions: `migrator doctor --grants` prints what is needed",
        )
    if found.number in _NO_DATABASE:
        return SourceRejected(
            f"the database is not there, or not for this login, while {doing}",
            why=why,
            todo="check its name in the address, and that the login has a user in it",
        )
    if found.number in _UNREACHABLE or found.state in _LOST_STATES | _TIMEOUT_STATES or "SSL Provider" in words:
        return SourceUnreachable(
            f"no connection to the SQL Server while {doing}",
            why=why,
            todo="check host, port, TLS and that the server is up, then run again with --resume: nothing is lost",
        )
    if found.state or found.number > 0:
        return SourceRejected(f"the SQL Server refused a query while {doing}", why=why)
    return SourceError(f"unexpected trouble while {doing}", why=f"{type(error).__name__}: {words}")
