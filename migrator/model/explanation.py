"""What the rules say about themselves: why a column became what it is, which are in force, whether examples hold."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type rule that speaks of a column's type: where it stands, for what, what it makes, and why it won or lost."""

    place: str
    where: str
    to: str
    verdict: str
    wins: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was decided beside the type: from what, to what, and by the rules at which places."""

    what: str
    source: str
    target: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnExplanation:
    """Everything behind one source column. ``ddl`` are its lines of CREATE TABLE, none where it is not there.

    ``candidates`` stand in the order of precedence, the winner first, those that do not fit last.
    """

    object: str
    source_type: str
    candidates: tuple[Candidate, ...]
    steps: tuple[Step, ...]
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    ddl: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in short. ``kind`` is its word in the file, ``subject`` what it is for, ``to`` what it makes of it."""

    kind: str
    place: str
    subject: str
    to: str
    overlay: bool


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """An example that was run: ``problem`` is empty where it holds.

    ``statements`` are MySQL's, for a server to judge; the tables in them are not qualified.
    """

    place: str
    kind: str
    tsql: str
    expected: str
    got: str
    problem: str = ""
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExampleReport:
    """All examples of the rules. ``without`` counts the rules that could have some and have none."""

    outcomes: tuple[ExampleOutcome, ...]
    without: int

    @property
    def failed(self) -> tuple[ExampleOutcome, ...]:
        """Those that do not hold."""
        return tuple(outcome for outcome in self.outcomes if outcome.problem)
