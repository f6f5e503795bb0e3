"""Facts to checks: pure, the whole list in one place."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.doctor.both import both
from migrator.doctor.changes import changes
from migrator.doctor.consistency import consistency
from migrator.doctor.log import log
from migrator.doctor.network import Network, network
from migrator.doctor.permissions import source_permissions, target_privileges
from migrator.doctor.server import server
from migrator.doctor.target import target as target_checks
from migrator.doctor.unasked import could_not_be_asked
from migrator.model.checkup import Area, Check
from migrator.mysql.probe import TargetFacts
from migrator.rules.rules import Rules
from migrator.sqlserver.facts import SourceFacts
from migrator.sqlserver.url import Wanted

_OF_SOURCE = (server, source_permissions, changes, log)
_OF_TARGET = (target_checks, target_privileges)


def examine(
    source: SourceFacts | None,
    target: TargetFacts | None,
    found: Network,
    rules: Rules,
    wanted: Wanted = Wanted.AUTO,
) -> tuple[Check, ...]:
    """All checks of what was asked; an end that is None was left out.

    ``wanted`` is the picture that the source's address asks for.
    """
    return tuple(_checks(source, target, found, rules, wanted))


def _checks(
    source: SourceFacts | None, target: TargetFacts | None, found: Network, rules: Rules, wanted: Wanted
) -> Iterator[Check]:
    if source is not None:
        for of_source in _OF_SOURCE:
            yield from of_source(source)
        yield from consistency(source, wanted)
        yield from could_not_be_asked(Area.SOURCE, source.unasked)
    if target is not None:
        for of_target in _OF_TARGET:
            yield from of_target(target)
        yield from could_not_be_asked(Area.TARGET, target.unasked)
    if source is not None and target is not None:
        yield from both(source, target, rules)
    yield from network(
        found,
        source=None if source is None else source.clock,
        target=None if target is None else target.clock,
        size=None if source is None else source.bytes,
    )
    yield from could_not_be_asked(Area.NETWORK, found.unasked)
