"""The plan as files for people: numbered SQL scripts, and the map of names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from migrator.errors import OutputError
from migrator.model.schema import ObjectKind
from migrator.model.translation import Phase, Statement, Translation

_FILES: Final = {phase: f"{number:02d}_{phase.replace(' ', '_')}.sql" for number, phase in enumerate(Phase, 1)}
_HEAD: Final = {
    Phase.TABLES: "Before the rows are loaded.",
    Phase.INDEXES: "After the rows are loaded.",
    Phase.FOREIGN_KEYS: "After the indexes are built.",
}


def write_scripts(translation: Translation, folder: Path) -> tuple[Path, ...]:
    """Write one file for each phase that has statements, and names.json. Raises OutputError."""
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for phase, name in _FILES.items():
            statements = translation.of(phase)
            if statements:
                path = folder / name
                head = f"-- {_HEAD.get(phase, 'After the tables are there.')}\n\n"
                path.write_text(head + "".join(map(_text, statements)), encoding="utf-8")
                written.append(path)
        path = folder / "names.json"
        path.write_text(json.dumps(names(translation), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    except OSError as error:
        raise OutputError(f"the scripts cannot be written to {folder}", why=error.strerror or str(error)) from error
    return tuple(written)


def _text(statement: Statement) -> str:
    if statement.compound:
        mark = "$$"
        while mark in statement.sql:
            mark += "$"
        return f"DELIMITER {mark}\n{statement.sql}{mark}\nDELIMITER ;\n\n"
    if statement.unchecked:
        return f"SET foreign_key_checks = 0;\n{statement.sql};\nSET foreign_key_checks = 1;\n\n"
    return f"{statement.sql};\n\n"


def names(translation: Translation) -> dict[str, dict[str, object]]:
    """Source table -> its name in MySQL, and source column -> the columns that hold its value; view -> its name."""
    tables: dict[str, dict[str, object]] = {}
    for mapping in translation.mappings:
        columns: dict[str, list[str]] = {}
        for column in mapping.columns:
            columns.setdefault(column.source, []).append(column.name)
        tables[str(mapping.source)] = {"table": mapping.target, "columns": columns}
    for item in translation.objects:
        if item.kind is ObjectKind.VIEW and item.target:
            tables[item.object] = {"view": item.target}
    return tables
