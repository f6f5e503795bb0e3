"""Connects, asks, measures, examines. Nothing is written at either end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from migrator.doctor.examine import examine
from migrator.doctor.network import Network
from migrator.errors import ConfigError, MigratorError, SourceError, TargetError
from migrator.model.checkup import Area, Check, Checkup, Grade, Rate, Unasked
from migrator.mysql.connect import session as target_session
from migrator.mysql.probe import TargetFacts, probe_target
from migrator.mysql.rate import rate_to
from migrator.mysql.url import Target
from migrator.rules.rules import Rules
from migrator.sqlserver.batches import BulkLink
from migrator.sqlserver.connect import Link
from migrator.sqlserver.facts import SourceFacts
from migrator.sqlserver.probe import probe_source
from migrator.sqlserver.rate import rate_from
from migrator.sqlserver.url import Server, Wanted

Answer = TypeVar("Answer")
Say = Callable[[str], None]

_PACKET: Final = 4 << 20
"""Bytes of a packet that every server takes, where it does not say."""


def look(source: Server | None, target: Target | None, rules: Rules, *, rates: bool, say: Say) -> Checkup:
    """Look at the ends that are given. An end that cannot be reached is a blocker, and the other is looked at all the
    same. ``rates`` measures the network for about a second each way; ``say`` hears what is being done.

    Raises ConfigError.
    """
    unreachable: list[Check] = []
    asked: SourceFacts | None = None
    found: TargetFacts | None = None
    if source is not None:
        say(f"asking {source.place}")
        asked = _reached(Area.SOURCE, lambda: _source(source), unreachable)
    if target is not None:
        say(f"asking {target.place}")
        found = _reached(Area.TARGET, lambda: _target(target), unreachable)
    network = Network()
    if rates and (asked or found):
        say("measuring the network")
        network = _measured(source if asked else None, target if found else None, found)
    return Checkup(
        source="" if source is None else source.place,
        target="" if target is None else target.place,
        checks=(
            *unreachable,
            *examine(asked, found, network, rules, Wanted.AUTO if source is None else source.wanted),
        ),
    )


def _source(server: Server) -> SourceFacts:
    # One attempt: whoever looks wants to know now, and a server that only now and then answers is a finding.
    with Link(server) as link:
        return probe_source(link.rows)


def _target(target: Target) -> TargetFacts:
    # The database need not be there yet.
    with target_session(target, database="") as connection:
        return probe_target(connection, target.database)


def _reached(area: Area, ask: Callable[[], Answer], unreachable: list[Check]) -> Answer | None:
    try:
        return ask()
    except ConfigError:
        raise
    except (SourceError, TargetError) as error:
        unreachable.append(Check(area, "connection", Grade.BLOCKER, error.what, error.why, error.todo))
        return None


def _measured(source: Server | None, target: Target | None, found: TargetFacts | None) -> Network:
    unasked: list[Unasked] = []

    def tried(name: str, measure: Callable[[], Rate]) -> Rate | None:
        try:
            return measure()
        except MigratorError as error:
            unasked.append(Unasked(name, error.why or error.what))
            return None

    def from_source(server: Server) -> Rate:
        link = BulkLink(server)
        with link:
            return rate_from(link)

    def to_target(target: Target) -> Rate:
        with target_session(target, database="") as connection:
            return rate_to(connection, (found and found.number("max_allowed_packet")) or _PACKET)

    return Network(
        None if source is None else tried("rate from the source", lambda: from_source(source)),
        None if target is None else tried("rate to the target", lambda: to_target(target)),
        tuple(unasked),
    )
