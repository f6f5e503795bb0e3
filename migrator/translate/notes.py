"""Findings as they come up, and the status that each object has because of them."""

from __future__ import annotations

from migrator.model.finding import Finding, Status
from migrator.model.schema import ObjectKind, Place
from migrator.model.translation import TranslatedObject
from migrator.rules import Rules


class Notes:
    """Collects the objects of a database and the remarks on them; an object's status is the worst of its remarks."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._findings: dict[Finding, None] = {}
        self._objects: dict[tuple[ObjectKind, str], tuple[str, Status]] = {}

    def count(self, kind: ObjectKind, name: str, target: str = "", *, least: Status = Status.AUTOMATIC) -> None:
        """Count an object, of status ``least`` or worse; ``target`` is its name in MySQL, empty where it has none."""
        self._objects[kind, name] = target, least

    def knows(self, kind: ObjectKind, name: str) -> bool:
        """True if the object is counted."""
        return (kind, name) in self._objects

    def add(self, rule: str, kind: ObjectKind, name: str, place: Place | None = None, /, **details: object) -> None:
        """Remark on an object by a rule of checks.toml; ``details`` fill the placeholders of its reason."""
        check = self._rules.check(rule)
        finding = Finding(
            rule=rule,
            severity=check.severity,
            status=check.status,
            kind=kind,
            object=name,
            reason=check.reason.format(**details),
            advice=check.advice,
            place=place,
        )
        self._findings[finding] = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All remarks, in the order in which they were made."""
        return tuple(self._findings)

    def objects(self) -> tuple[TranslatedObject, ...]:
        """Every object with its status: the worst of its remarks, and for a table of those on its columns."""
        worst = {key: least for key, (_, least) in self._objects.items()}
        for finding in self._findings:
            key = (finding.kind, finding.object)
            if key in worst and finding.status.rank > worst[key].rank:
                worst[key] = finding.status
        for (kind, name), status in list(worst.items()):
            table = self._table_of(name) if kind is ObjectKind.COLUMN else None
            if table is not None and status.rank > worst[table].rank:
                worst[table] = status
        return tuple(
            TranslatedObject(name, kind, worst[kind, name], target)
            for (kind, name), (target, _) in self._objects.items()
        )

    def _table_of(self, column: str) -> tuple[ObjectKind, str] | None:
        """The table in front of ``schema.table.column``: names may have points in them."""
        end = len(column)
        while (end := column.rfind(".", 0, end)) > 0:
            key = (ObjectKind.TABLE, column[:end])
            if key in self._objects:
                return key
        return None
