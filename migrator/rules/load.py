"""Find the rule files and read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from migrator.errors import RulesError
from migrator.rules.checks import CheckRule, ObjectRule, placeholders, read_check, read_object
from migrator.rules.collations import CollationRule, read_collation
from migrator.rules.entry import Entry, Origin, read_entries, suggestion
from migrator.rules.functions import FunctionRule, read_function
from migrator.rules.match import best
from migrator.rules.names import (
    CaseRule,
    RenameRule,
    SchemaRule,
    StripRule,
    read_case,
    read_rename,
    read_schema,
    read_strip,
)
from migrator.rules.rules import Rules
from migrator.rules.types import TypeRule, read_type

FILES: Final = {
    "types.toml": ("type",),
    "names.toml": ("schema", "table", "column", "strip", "case"),
    "functions.toml": ("function",),
    "collations.toml": ("collation",),
    "checks.toml": ("check", "object"),
}
"""Every rule file and the words that its rules begin with."""

SHIPPED: Final = "schema_rules"
"""What the folder of the shipped rules is called."""

T = TypeVar("T")


def shipped_folder() -> Path:
    """schema_rules/ beside the package in a checkout, inside it in an installed copy. Raises RulesError."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / "schema_rules", package / "_data" / "schema_rules"):
        if (folder / "types.toml").is_file():
            return folder
    raise RulesError("the rules that come with migrator are missing", todo="install migrator again")


def load_rules(overlay: Path | None = None) -> Rules:
    """The shipped rules, with those of the folder ``overlay`` on top.

    An overlay holds any of the files of ``FILES``, each with only the rules that differ. Raises RulesError for a file
    or a key that is not known, a value that cannot be, and two rules of one folder that speak about the same.
    """
    entries = _folder(shipped_folder(), overlay=False)
    if overlay is not None:
        if not overlay.is_dir():
            raise RulesError(f"the rules folder {overlay} is not there")
        entries += _folder(overlay, overlay=True)
    types = _read(entries, "type", read_type)
    _no_twins(
        types,
        lambda rule: (
            rule.type,
            *map(_folded, (rule.alias, rule.table, rule.column)),
            rule.max,
            rule.over_length,
            rule.over_scale,
        ),
    )
    schemas: tuple[SchemaRule, ...] = _read(entries, "schema", read_schema)
    _no_twins(schemas, lambda rule: rule.schema.casefold())
    renames: tuple[RenameRule, ...] = _read(entries, "table", read_rename) + _read(entries, "column", read_rename)
    _no_twins(renames, lambda rule: (rule.table.casefold(), (rule.column or "").casefold()))
    strips: tuple[StripRule, ...] = _read(entries, "strip", read_strip)
    _no_twins(strips, lambda rule: (rule.of, rule.prefix.casefold(), (rule.table or "").casefold()))
    cases: tuple[CaseRule, ...] = _read(entries, "case", read_case)
    _no_twins(cases, lambda rule: (rule.of, (rule.table or "").casefold()))
    collations: tuple[CollationRule, ...] = _read(entries, "collation", read_collation)
    _no_twins(collations, lambda rule: rule.collation.casefold())
    functions: tuple[FunctionRule, ...] = _read(entries, "function", read_function)
    _no_twins(functions, lambda rule: (rule.name, len(rule.arguments)))
    checks: tuple[CheckRule, ...] = _read(entries, "check", read_check)
    _no_twins(checks, lambda rule: rule.id)
    objects: tuple[ObjectRule, ...] = _read(entries, "object", read_object)
    _no_twins(objects, lambda rule: rule.word)
    rules = Rules(types, schemas, renames, collations, functions, _by_id(checks), objects, strips, cases)
    _known_findings(rules, checks)
    return rules


def _folded(pattern: str | None) -> str:
    return (pattern or "").casefold()


def _folder(folder: Path, *, overlay: bool) -> tuple[Entry, ...]:
    found: tuple[Entry, ...] = ()
    shown = folder.as_posix() if overlay else SHIPPED
    for path in sorted(folder.glob("*.toml")):
        if path.name not in FILES:
            raise RulesError(f"{shown}/{path.name} is no rule file", todo=suggestion(path.name, FILES))
        found += read_entries(path, FILES[path.name], overlay=overlay, folder=shown)
    return found


def _read(entries: Iterable[Entry], kind: str, read: Callable[[Entry], T]) -> tuple[T, ...]:
    return tuple(read(entry) for entry in entries if entry.kind == kind)


R = TypeVar(
    "R", TypeRule, SchemaRule, RenameRule, StripRule, CaseRule, CollationRule, FunctionRule, CheckRule, ObjectRule
)


def _no_twins(rules: Iterable[R], key: Callable[[R], object]) -> None:
    seen: dict[object, R] = {}
    for rule in rules:
        mine = (rule.origin.overlay, key(rule))
        if mine in seen:
            raise RulesError(f"{seen[mine].origin} and {rule.origin} speak about the same", todo="remove one of them")
        seen[mine] = rule


def _by_id(checks: Iterable[CheckRule]) -> dict[str, CheckRule]:
    grouped: dict[str, list[CheckRule]] = {}
    for rule in checks:
        grouped.setdefault(rule.id, []).append(rule)
    return {id_: winner for id_, rules in grouped.items() if (winner := best(rules, f"the check {id_}"))}


def _known_findings(rules: Rules, checks: tuple[CheckRule, ...]) -> None:
    """Raises RulesError where a rule names a remark that there is not, or a remark wants words that nobody gives it."""
    named: list[tuple[Origin, str | None, frozenset[str]]] = [
        *((rule.origin, rule.finding, frozenset({"type"})) for rule in rules.types),
        *((rule.origin, rule.finding, frozenset({"collation"})) for rule in rules.collations),
        *((rule.origin, rule.finding, frozenset[str]()) for rule in rules.functions),
        *((rule.origin, rule.check, frozenset({"word"})) for rule in rules.objects),
    ]
    for origin, finding, given in named:
        if finding is None:
            continue
        if finding not in rules.checks:
            raise RulesError(f"{origin}: no check has the id {finding!r}", todo=suggestion(finding, rules.checks))
        _given(rules.checks[finding], given, f"where {origin} makes it")
    shipped = {rule.id: rule for rule in checks if not rule.origin.overlay}
    for rule in checks:
        if rule.id in shipped:
            _given(rule, placeholders(shipped[rule.id].reason), "where it is made")
        elif rule.id not in {finding for _, finding, _ in named}:
            raise RulesError(
                f"{rule.origin}: nothing makes the remark {rule.id!r}",
                why="no such check is shipped, and none of your rules names it as its finding",
                todo=suggestion(rule.id, shipped),
            )


def _given(check: CheckRule, given: frozenset[str], where: str) -> None:
    for word in sorted(placeholders(check.reason) - given):
        raise RulesError(
            f"{check.origin}: reason has {{{word}}}, which is not known {where}",
            todo=suggestion(word, given) if given else "write a reason without placeholders",
        )
