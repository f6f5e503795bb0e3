"""The plan as files for people: numbered SQL scripts, and the map of names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from migrator.errors import OutputError
from migrator.model.schema import ObjectKind
from migrator.model.translation import Phase, Translation
from migrator.mysql.connect import SQL_MODE
from migrator.mysql.script import text_of
from migrator.report.write import write_text

FILES: Final = {phase: f"{number:02d}_{phase.replace(' ', '_')}.sql" for number, phase in enumerate(Phase, 1)}
NAMES: Final = "names.json"
_MARK: Final = "-- Made by migrator."
"""The first words of every script: what does not begin so is not ours to remove."""
_HEAD: Final = {
    Phase.TABLES: "Before the rows are loaded.",
    Phase.INDEXES: "After the rows are loaded.",
    Phase.FOREIGN_KEYS: "After the indexes are built.",
    Phase.VIEWS: "After the tables are there.",
    Phase.ROUTINES: "After the tables are there.",
    Phase.TRIGGERS: "After the rows are loaded: a trigger must not see them.",
}
_WHOLE: Final = {
    ObjectKind.VIEW: "view",
    ObjectKind.SYNONYM: "view",
    ObjectKind.SEQUENCE: "sequence",
    ObjectKind.PROCEDURE: "procedure",
    ObjectKind.FUNCTION: "function",
    ObjectKind.TRIGGER: "trigger",
}
_PARTS: Final = {
    ObjectKind.PRIMARY_KEY: "keys",
    ObjectKind.UNIQUE: "keys",
    ObjectKind.INDEX: "indexes",
    ObjectKind.FOREIGN_KEY: "foreign_keys",
    ObjectKind.CHECK: "checks",
}


def write_scripts(translation: Translation, folder: Path) -> tuple[Path, ...]:
    """Write one file for each phase that has statements, and names.json; a script of an earlier run that has no
    statements any more goes. Raises OutputError.

    ``cat folder/*.sql | mysql database`` runs them in their order; each may also be run by itself.
    """
    written: list[Path] = []
    for phase, name in FILES.items():
        statements = translation.of(phase)
        if statements:
            text = "".join((_head(translation, phase), *map(text_of, statements)))
            written.append(write_text(folder / name, text))
        else:
            _remove(folder / name)
    body = json.dumps(names(translation), indent=2, ensure_ascii=False) + "\n"
    written.append(write_text(folder / NAMES, body))
    return tuple(written)


def _head(translation: Translation, phase: Phase) -> str:
    """What the session needs whatever the client's defaults are."""
    lines = [
        f"{_MARK} {_HEAD[phase]}",
        f"SET NAMES utf8mb4 COLLATE {translation.collation};",
        f"SET SESSION sql_mode = '{SQL_MODE}';",
    ]
    if phase is Phase.TABLES:
        lines.append(f"ALTER DATABASE CHARACTER SET {translation.character_set} COLLATE {translation.collation};")
    return "\n".join(lines) + "\n\n"


def _remove(path: Path) -> None:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            ours = file.readline().startswith(_MARK)
        if ours:
            path.unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"{path} of an earlier run cannot be removed", why=error.strerror or str(error)) from error


def names(translation: Translation) -> dict[str, dict[str, Any]]:
    """By source name what it is called in MySQL: a table with its columns and parts, or a view, routine or trigger.

    A column has a list, since one value may need two columns; parts (``keys``, ``indexes``, ``foreign_keys``,
    ``checks``) are there only where they have another name.
    """
    found: dict[str, dict[str, Any]] = {}
    for mapping in translation.mappings:
        columns: dict[str, list[str]] = {}
        for column in mapping.columns:
            columns.setdefault(column.source, []).append(column.name)
        found[str(mapping.source)] = {"table": mapping.target, "columns": columns}
    for item in translation.objects:
        if item.target and item.kind in _WHOLE:
            found[item.object] = {_WHOLE[item.kind]: item.target}
    for table, kind, name, target in _parts(translation):
        if table in found:
            found[table].setdefault(kind, {})[name] = target
    return found


def _parts(translation: Translation) -> Iterator[tuple[str, str, str, str]]:
    """Table, kind, name and name in MySQL of the parts that are called otherwise there."""
    known = {str(mapping.source) for mapping in translation.mappings}
    for item in translation.objects:
        kind = _PARTS.get(item.kind)
        if kind is None or not item.target:
            continue
        table = _owner(item.object, known)
        name = item.object[len(table) + 1 :]
        if table and name != item.target:
            yield table, kind, name, item.target


def _owner(label: str, tables: set[str]) -> str:
    """The table in front of ``schema.table.part``: the longest that is one, as names may have points in them."""
    end = len(label)
    while (end := label.rfind(".", 0, end)) > 0:
        if label[:end] in tables:
            return label[:end]
    return ""
