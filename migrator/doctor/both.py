"""What only shows where both ends are looked at together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from migrator.doctor.settings import how
from migrator.model.checkup import Area, Check, Grade
from migrator.model.name import ObjectName
from migrator.mysql.grants import DEFINER
from migrator.mysql.probe import TargetFacts
from migrator.rules.rules import Rules
from migrator.sqlserver.facts import SourceFacts
from migrator.units import count, counted, duration, volume

_SKEW: Final = 2.0
"""Seconds that clocks may differ."""
_LARGEST_PACKET: Final = 1 << 30
_CASE_COUNTS: Final = re.compile(r"_(CS|BIN2?)(_|$)")
"""In a SQL Server collation: it tells capitals and small letters apart, in names of objects too."""
_AS_UTF8: Final = 1.5
"""A UTF-16 unit of two bytes takes three in UTF-8 at most."""


def both(source: SourceFacts, target: TargetFacts, rules: Rules) -> Iterator[Check]:
    """Clocks, time zones, collations, names, large values, tables without keys, room."""
    yield from _clocks(source, target)
    yield from _time_zones(source, target)
    yield from _collations(source, target, rules)
    yield from _names(source, target, rules)
    yield from _large_values(source, target)
    yield from _keys(source, target)
    yield from _programs(source, target)


def _clocks(source: SourceFacts, target: TargetFacts) -> Iterator[Check]:
    if source.clock is None or target.clock is None:
        return
    apart = target.clock.ahead - source.clock.ahead
    within = source.clock.within + target.clock.within
    if abs(apart) <= _SKEW + within:
        exact = f"within {duration(max(abs(apart) + within, 0.01))}"
        yield _check("clocks", Grade.OK, f"equal {exact}")
        return
    which = "ahead of" if apart > 0 else "behind"
    yield _check(
        "clocks",
        Grade.WARNING,
        f"the target is {duration(abs(apart))} {which} the source (give or take {duration(within)})",
        "after the cutover new rows get times before or long after the last old ones",
        "let both follow the same time servers (NTP, Amazon Time Sync)",
    )


def _time_zones(source: SourceFacts, target: TargetFacts) -> Iterator[Check]:
    if source.offset is None or target.offset is None:
        return
    if source.offset == target.offset:
        yield _check("time zones", Grade.OK, f"both write local times at UTC{_sign(source.offset)}")
        return
    # Amazon takes names alone: Aurora User Guide, "Local time zone for Amazon Aurora DB clusters".
    advice, statements = how(target, "time_zone", "<name of the zone>" if target.managed else _sign(source.offset))
    yield _check(
        "time zones",
        Grade.WARNING,
        f"the source's local time is UTC{_sign(source.offset)}, the target's UTC{_sign(target.offset)}",
        "GETDATE() becomes the time of the target: new rows and old ones would be apart by "
        f"{duration(abs(source.offset - target.offset) * 60)}. Rows are loaded as they are, whatever is set",
        f"give the target the source's zone (by its name where it has summer time): {advice}; or let the application "
        "set it for its sessions",
        statements,
    )


def _sign(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _collations(source: SourceFacts, target: TargetFacts, rules: Rules) -> Iterator[Check]:
    used = dict(source.collations or ())
    if source.options is not None and source.options.collation:
        used.setdefault(source.options.collation, 0)
    if not used:
        return
    unknown = [name for name in used if rules.collation(name) is None]
    becoming = {name: rule.to for name in used if (rule := rules.collation(name)) is not None}
    absent = (
        sorted({to for to in becoming.values() if to not in target.collations}) if target.collations is not None else []
    )
    if absent:
        yield _check(
            "collations",
            Grade.BLOCKER,
            f"the target does not have {', '.join(absent)}",
            "tables with it are refused",
            "choose another collation by a rule ([[collation]])",
        )
    if unknown:
        yield _check(
            "collations",
            Grade.WARNING,
            f"no rule knows {', '.join(unknown)}",
            "text in it would be compared and sorted as under Latin1_General_CI_AS",
            "write a rule: [[collation]] with collation and to",
        )
    different = {to for name, to in becoming.items() if used[name]}
    if not absent and not unknown:
        listed = ", ".join(f"{name} becomes {to}" for name, to in sorted(becoming.items())[:3])
        more = f", and {count(len(becoming) - 3)} more" if len(becoming) > 3 else ""
        yield _check(
            "collations",
            Grade.OK,
            f"{listed}{more}",
            "columns of several collations can be compared only where a query says under which"
            if len(different) > 1
            else "",
        )


def _names(source: SourceFacts, target: TargetFacts, rules: Rules) -> Iterator[Check]:
    how_kept = target.number("lower_case_table_names")
    if how_kept is None or not source.tables:
        return
    names = [rules.table_name(ObjectName(table.schema, table.name)).wanted for table in source.tables]
    close: dict[str, set[str]] = defaultdict(set)
    for name in names:
        close[name.casefold()].add(name)
    twins = sorted(min(group) for group in close.values() if len(group) > 1)
    if twins:
        yield _check(
            "letter case of names",
            Grade.WARNING,
            f"{counted(len(twins), 'name')} that differ by letter case alone, {twins[0]} for one",
            "all but one of each get another name, so that they are apart however the server is set",
            "see names.json of `migrator translate`, or choose names by rules ([[table]])",
        )
        return
    folds = source.options is not None and not _CASE_COUNTS.search(source.options.collation.upper())
    capitals = [name for name in names if name != name.lower()]
    if how_kept == 0 and folds and capitals:
        advice, _ = how(target, "lower_case_table_names", "1")
        yield _check(
            "letter case of names",
            Grade.WARNING,
            f"lower_case_table_names is 0, and {counted(len(capitals), 'table')} of {count(len(names))} have capitals",
            f"SQL Server takes {capitals[0]} and {capitals[0].lower()} for the same table, this target does not: "
            "queries that spell a name in another way fail",
            'spell names as they are, or let a rule make them lower case ([[case]] of = "table", to = "lower"); '
            f"or {advice}",
        )
        return
    if how_kept == 1 and capitals:
        yield _check(
            "letter case of names",
            Grade.WARNING,
            f"lower_case_table_names is 1, and {counted(len(capitals), 'table')} of {count(len(names))} have capitals",
            "the target keeps table names in lower case: they are not spelt as in our statements and reports",
            'let a rule make them lower case from the beginning ([[case]] of = "table", to = "lower")',
        )
        return
    yield _check("letter case of names", Grade.OK, f"lower_case_table_names is {how_kept}")


def _large_values(source: SourceFacts, target: TargetFacts) -> Iterator[Check]:
    packet = target.number("max_allowed_packet")
    known = [table for table in source.tables or () if table.lob_bytes is not None]
    if packet is None or not known:
        return
    largest = max(known, key=lambda table: table.lob_bytes or 0)
    bound = int((largest.lob_bytes or 0) * _AS_UTF8)
    if bound <= packet:
        yield _check(
            "large values", Grade.OK, f"none can be longer than {volume(bound)}; max_allowed_packet is {volume(packet)}"
        )
        return
    found = f"those of {largest} take {volume(largest.lob_bytes or 0)} together; max_allowed_packet is {volume(packet)}"
    why = "a single value above it could not be compared, nor read by an application"
    look = "look for the longest there by MAX(DATALENGTH()) of its columns"
    if packet >= _LARGEST_PACKET:
        yield _check("large values", Grade.UNKNOWN, found, why, f"{look}: no MySQL takes more than {volume(packet)}")
        return
    advice, statements = how(target, "max_allowed_packet", str(_LARGEST_PACKET))
    yield _check("large values", Grade.WARNING, found, why, f"{look}, and if it is near: {advice}", statements)


def _keys(source: SourceFacts, target: TargetFacts) -> Iterator[Check]:
    without: Sequence[object] = [table for table in source.tables or () if not table.primary_key]
    if not target.on("sql_require_primary_key") or not without:
        return
    advice, statements = how(target, "sql_require_primary_key", "0")
    yield _check(
        "sql_require_primary_key",
        Grade.BLOCKER,
        f"on, and {counted(len(without), 'table')} of the source have no primary key, {without[0]} for one",
        "the target refuses to make such tables",
        f"{advice}; or add keys to the source",
        statements,
    )


def _programs(source: SourceFacts, target: TargetFacts) -> Iterator[Check]:
    found = source.automatic
    refused = target.on("log_bin") and target.on("log_bin_trust_function_creators") is False
    if found is None or not found.total or not refused or DEFINER & (target.privileges or frozenset()):
        return
    kinds = (
        (found.sequences, "sequence"),
        (found.row_versions, "rowversion column"),
        (found.temporal_tables, "temporal table"),
    )
    listed = ", ".join(counted(number, noun) for number, noun in kinds if number)
    advice, statements = how(target, "log_bin_trust_function_creators", "1")
    yield _check(
        "triggers and functions",
        Grade.BLOCKER,
        f"the target refuses them (error 1419), and the source has {listed}",
        "these become triggers and functions, which are made after the load: the migration would stop there",
        advice,
        statements,
    )


def _check(
    name: str, grade: Grade, found: str, why: str = "", advice: str = "", statements: tuple[str, ...] = ()
) -> Check:
    return Check(Area.BOTH, name, grade, found, why, advice, statements)
