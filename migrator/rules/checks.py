"""checks.toml: every remark that an assessment can make, and which remark belongs to which kind of other object."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter

from migrator.model.finding import Severity, Status
from migrator.rules.entry import Entry, Origin
from migrator.rules.match import pattern_weight


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One ``[[check]]``. ``minutes`` is a person's effort for one object, ``first`` for the first one, which takes
    learning and a decision; ``reason`` has placeholders of its caller."""

    id: str
    title: str
    severity: Severity
    status: Status
    minutes: int
    first: int
    reason: str
    advice: str
    origin: Origin

    @property
    def specificity(self) -> tuple[int, ...]:
        """All weigh the same."""
        return ()


def placeholders(reason: str) -> frozenset[str]:
    """The words in braces of a reason. Raises ValueError where the braces are no placeholders."""
    words = set()
    for _, word, form, conversion in Formatter().parse(reason):
        if word is not None:
            if not word.isidentifier() or form or conversion:
                raise ValueError(word)
            words.add(word)
    return frozenset(words)


def read_check(entry: Entry) -> CheckRule:
    """Read one ``[[check]]``. Raises RulesError."""
    minutes = entry.number("minutes")
    rule = CheckRule(
        id=entry.text("id"),
        title=entry.text("title"),
        severity=entry.choice("severity", Severity),
        status=entry.choice("status", Status),
        minutes=minutes,
        first=entry.number("first", default=minutes),
        reason=entry.text("reason"),
        advice=entry.text("advice"),
        origin=entry.origin,
    )
    entry.done()
    if min(rule.minutes, rule.first) < 0:
        raise entry.error("an effort is less than nothing", todo="write minutes and first as 0 or more")
    try:
        placeholders(rule.reason)
    except ValueError as error:
        raise entry.error(
            "the braces in reason are no placeholders", why=str(error), todo="write {word}, or {{ and }} for braces"
        ) from None
    return rule


@dataclass(frozen=True, slots=True)
class ObjectRule:
    """One ``[[object]]``: what is said about objects of a kind; ``word`` is a pattern for ``plain_word`` of it.

    Without ``counts`` it is an attribute of an object (a permission, a description) and no object by itself.
    """

    word: str
    check: str
    origin: Origin
    counts: bool = True

    @property
    def specificity(self) -> tuple[int, ...]:
        """By the pattern."""
        return (pattern_weight(self.word),)


def read_object(entry: Entry) -> ObjectRule:
    """Read one ``[[object]]``. Raises RulesError."""
    rule = ObjectRule(
        word=entry.text("word"),
        check=entry.text("check"),
        origin=entry.origin,
        counts=entry.flag("counts", default=True),
    )
    entry.done()
    return rule


def plain_word(word: str) -> str:
    """A kind as rules spell it: xmlschemacollection for SqlXmlSchemaCollection and XML SCHEMA COLLECTION alike."""
    return word.casefold().replace(" ", "").replace("_", "").removeprefix("sql")
