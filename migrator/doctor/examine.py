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
        yield from server(source)
        yield from source_permissions(source)
        yield from consistency(source, wanted)
        yield from changes(source)
        yield from log(source)
        yield from could_not_be_asked(Area.SOURCE, source.unasked)
    if target is not None:
        yield from target_checks(target)
        yield from target_privileges(target)
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
