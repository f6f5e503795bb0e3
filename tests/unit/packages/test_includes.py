from __future__ import annotations

import pytest

from migrator.model.script import ScriptFile
from migrator.packages.includes import included


def pieces(*files: ScriptFile) -> list[tuple[str, int, str, str]]:
    return [(file.name, file.first_line, file.text.strip(), file.problem) for file in included(list(files))]


def test_a_script_stands_where_it_is_asked_for_and_nowhere_else() -> None:
    main = ScriptFile("main.sql", "a\n:r sub/one.sql\nb\n:R .\\sub\\Two.sql\r\nc")
    found = pieces(main, ScriptFile("sub/one.sql", ':r "two words.sql"'), ScriptFile("sub/two words.sql", "w"),
                   ScriptFile("sub/two.sql", "2"))  # fmt: skip
    assert found == [
        ("main.sql", 1, "a", ""),
        ("sub/two words.sql", 1, "w", ""),
        ("main.sql", 2, "b", ""),
        ("sub/two.sql", 1, "2", ""),
        ("main.sql", 4, "c", ""),
    ]


def test_a_path_may_hold_a_variable() -> None:
    main = ScriptFile("main.sql", ":setvar part one\n:r $(part).sql")
    assert pieces(main, ScriptFile("one.sql", "1")) == [
        ("main.sql", 1, ":setvar part one", ""),
        ("one.sql", 1, "1", ""),
    ]


@pytest.mark.parametrize("path", ["gone.sql", "../outside.sql", "C:\\x.sql", "$(nothing).sql"])
def test_a_file_that_is_not_there_is_said(path: str) -> None:
    assert pieces(ScriptFile("main.sql", f"a\n:r {path}\nb")) == [
        ("main.sql", 1, "a", ""),
        ("main.sql", 2, f":r {path}", "there is no such file in the folder"),
        ("main.sql", 2, "b", ""),
    ]


def test_a_circle_ends_and_loses_nothing() -> None:
    found = pieces(ScriptFile("a.sql", "one\n:r b.sql"), ScriptFile("b.sql", "two\n:r a.sql"))
    assert ("a.sql", 2, ":r b.sql", "it includes itself") in found
    assert {text for _, _, text, _ in found} >= {"one", "two"}
