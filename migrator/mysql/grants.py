"""What a user needs on the target, the statements that give it that and no more, and what SHOW GRANTS says of ours.

Source: MySQL 8.0 Reference Manual, "Privileges Provided by MySQL", "GRANT Statement", "SHOW GRANTS Statement".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from migrator.mysql.url import Target, Tls


@dataclass(frozen=True, slots=True)
class Privilege:
    """One privilege on the database, and what for."""

    name: str
    why: str


PRIVILEGES: Final = (
    Privilege("SELECT", "compare rows, count orphans, resume"),
    Privilege("INSERT", "load rows"),
    Privilege("UPDATE", "catch up; count numbers of sequences"),
    Privilege("DELETE", "catch up with rows that are gone"),
    Privilege("CREATE", "make the database, tables and our own few tables"),
    Privilege("CREATE TEMPORARY TABLES", "catch up: keys of rows that changed"),
    Privilege("DROP", "--replace an earlier run"),
    Privilege("ALTER", "build keys, set counters"),
    Privilege("INDEX", "build indexes"),
    Privilege("REFERENCES", "build foreign keys"),
    Privilege("CREATE VIEW", "make views"),
    Privilege("TRIGGER", "make triggers"),
    Privilege("CREATE ROUTINE", "make functions"),
    Privilege("ALTER ROUTINE", "drop functions"),
    Privilege("EXECUTE", "triggers and views that call them"),
)
"""Everything that copying, building and comparing do in the target's database."""

DEFINER: Final = frozenset({"SUPER"})
"""Makes triggers and functions beside a binary log without log_bin_trust_function_creators."""

_ON: Final = re.compile(r"^GRANT (?P<what>.+?) ON (?:TABLE )?(?P<where>\*|`(?:[^`]|``)+`)\.\* TO ")
_REVOKED: Final = re.compile(r"^REVOKE (?P<what>.+?) ON (?P<where>`(?:[^`]|``)+`)\.\* FROM ")
_ALL: Final = "ALL PRIVILEGES"


def script(target: Target, user: str) -> str:
    """Statements that make ``user`` and let it migrate into the target's database. Ends with a newline.

    A password is left to whoever runs them, and so is a narrower host than any.
    """
    secured = "" if target.tls is Tls.OFF else " REQUIRE SSL"
    width = max(len(privilege.name) for privilege in PRIVILEGES)
    reasons = [f"--   {privilege.name:<{width}}  {privilege.why}" for privilege in PRIVILEGES]
    return "\n".join(
        [
            f"-- What {user} needs to migrate into {target.database or '<database>'}: no more than that.",
            "-- For MySQL 8.0 and Aurora MySQL 3; run it as an administrator. Write a password of your own here.",
            f"CREATE USER IF NOT EXISTS {_account(user, '%')} IDENTIFIED BY '<password>'{secured};",
            *reasons,
            grant(target.database, user, "%", PRIVILEGES),
            *([] if target.binlog else _unlogged(user)),
            "",
        ]
    )


def _unlogged(user: str) -> list[str]:
    # MySQL 8.0 Reference Manual, "System Variable Privileges": sql_log_bin is a restricted session variable.
    return [
        "-- The address has binlog=off: setting sql_log_bin takes a privilege on the whole server.",
        f"GRANT SESSION_VARIABLES_ADMIN ON *.* TO {_account(user, '%')};",
    ]


def grant(database: str, user: str, host: str, privileges: Iterable[Privilege]) -> str:
    """The statement that gives ``privileges`` on all of a database."""
    names = ", ".join(privilege.name for privilege in privileges)
    return f"GRANT {names} ON `{_pattern(database) if database else '<database>'}`.* TO {_account(user, host)};"


def held(grants: Iterable[str], database: str) -> frozenset[str]:
    """The privileges on all of ``database`` and on everything that lines of SHOW GRANTS give, in capitals.

    SHOW GRANTS without a name counts active roles in.
    """
    found: set[str] = set()
    taken: set[str] = set()
    for line in grants:
        if (given := _ON.match(line)) and _covers(given["where"], database):
            found |= _names(given["what"])
        elif (revoked := _REVOKED.match(line)) and _covers(revoked["where"], database):
            taken |= _names(revoked["what"])
    return frozenset(found - taken)


def missing(privileges: frozenset[str]) -> tuple[Privilege, ...]:
    """What a user with ``privileges`` lacks."""
    if _ALL in privileges:
        return ()
    return tuple(privilege for privilege in PRIVILEGES if privilege.name not in privileges)


def _names(listed: str) -> set[str]:
    return {part.strip().upper() for part in listed.split(",") if "(" not in part}


def _covers(where: str, database: str) -> bool:
    """Whether a grant's level holds for the database: ``*``, or a pattern with _ and %, whose escape is a backslash."""
    if where == "*":
        return True
    pattern = where[1:-1].replace("``", "`")
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    compiled = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(compiled, database, re.DOTALL) is not None


def _pattern(database: str) -> str:
    return re.sub(r"([_%\\])", r"\\\1", database).replace("`", "``")


def _account(user: str, host: str) -> str:
    return f"{_text(user)}@{_text(host)}"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
