"""What our logins may do at both ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.model.checkup import Area, Check, Grade
from migrator.mysql import grants as mysql_grants
from migrator.mysql.probe import TargetFacts
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.facts import SourceFacts
from migrator.sqlserver.grants import Need, Scope, Task
from migrator.units import count, counted

_PRINTED: Final = "`migrator doctor --grants` prints the whole script"


def source_permissions(facts: SourceFacts) -> Iterator[Check]:
    """SELECT on every table, then one line for each permission that is missing."""
    yield from _selectable(facts)
    # We are connected, whatever a server that is only like SQL Server says about CONNECT.
    lacking = [need for need, granted in facts.held if granted is False and need.permission != "CONNECT"]
    for need in lacking:
        if need.permission == "SELECT" or need.tasks == frozenset({Task.DATABASE_SNAPSHOT}):
            continue  # tables are looked at one by one; snapshots are one way of several, see consistency
        yield Check(
            Area.SOURCE,
            f"permission {need.permission}",
            Grade.WARNING,
            f"{facts.user or 'our login'} does not have it",
            f"it shows {need.why}" if need.permission.startswith("VIEW") else need.why,
            _PRINTED,
            (_grant(need, facts.user),),
        )
    if facts.held and not [need for need in lacking if need.tasks != frozenset({Task.DATABASE_SNAPSHOT})]:
        yield Check(Area.SOURCE, "permissions", Grade.OK, "all that reading and checking need")
    yield from _changes_visible(facts)


def _selectable(facts: SourceFacts) -> Iterator[Check]:
    known = [table for table in facts.tables or () if table.selectable is not None]
    refused = [table for table in known if not table.selectable]
    if refused:
        yield Check(
            Area.SOURCE,
            "permission SELECT",
            Grade.BLOCKER,
            f"not on {count(len(refused))} of {counted(len(known), 'table')}, {refused[0]} for one",
            "their rows cannot be read",
            _PRINTED,
            (f"GRANT SELECT TO {quoted(facts.user)};",) if facts.user else (),
        )
    elif known:
        yield Check(Area.SOURCE, "permission SELECT", Grade.OK, f"on all {counted(len(known), 'table')}")


def _changes_visible(facts: SourceFacts) -> Iterator[Check]:
    tracked = [table for table in facts.tables or () if table.tracked]
    hidden = [table for table in tracked if table.changes_visible is False]
    if hidden:
        schemas = sorted({table.schema for table in hidden})
        yield Check(
            Area.SOURCE,
            "permission VIEW CHANGE TRACKING",
            Grade.WARNING,
            f"not on {count(len(hidden))} of {counted(len(tracked), 'tracked table')}",
            "which rows changed cannot be read: the target cannot catch up",
            _PRINTED,
            tuple(
                f"GRANT VIEW CHANGE TRACKING ON SCHEMA::{quoted(schema)} TO {quoted(facts.user)};" for schema in schemas
            ),
        )


def _grant(need: Need, user: str) -> str:
    where = "USE master; " if need.scope is Scope.SERVER else ""
    return f"{where}GRANT {need.permission} TO {quoted(user)};"


def target_privileges(facts: TargetFacts) -> Iterator[Check]:
    """What our user lacks on the target's database."""
    if facts.privileges is None:
        return
    missing = mysql_grants.missing(facts.privileges)
    if not missing:
        yield Check(Area.TARGET, "privileges", Grade.OK, f"all that is needed on {facts.database or 'the database'}")
        return
    names = ", ".join(privilege.name for privilege in missing)
    user, _, host = facts.user.rpartition("@")
    yield Check(
        Area.TARGET,
        "privileges",
        Grade.BLOCKER,
        f"{facts.user} lacks {names}",
        "; ".join(f"{privilege.name}: {privilege.why}" for privilege in missing[:3])
        + ("; …" if len(missing) > 3 else ""),
        _PRINTED,
        (mysql_grants.grant(facts.database, user, host, missing),) if user and facts.database else (),
    )
