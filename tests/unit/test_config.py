"""A file of settings: what it says, and that nothing in it is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import migrator

from migrator.config import Settings, load_config
from migrator.errors import ConfigError

WHOLE = """
[source]
url = "mssql://reader@sql1/homecare"
[target]
url = "mysql://admin@cluster/homecare"
[migration]
rules = "my-rules"
out = "out"
tables = ["care.*", "Visits"]
workers = 8
window = "90m"
[copy]
rate-limit = "50MB/s"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "migration.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_it_can_say(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, WHOLE)) == Settings(
        source="mssql://reader@sql1/homecare",
        target="mysql://admin@cluster/homecare",
        rules=str(tmp_path / "my-rules"),
        out=str(tmp_path / "out"),
        tables=("care.*", "Visits"),
        workers=8,
        window="90m",
        rate_limit="50MB/s",
    )


def test_nothing_said_is_nothing(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "")).parameters() == {}


def test_a_file_as_the_source_is_seen_from_where_it_lies(tmp_path: Path) -> None:
    found = load_config(written(tmp_path, '[source]\nurl = "shop.bacpac"'))
    assert found.parameters() == {
        "source": str(tmp_path / "shop.bacpac"),
        "sources": [str(tmp_path / "shop.bacpac")],
    }


@pytest.mark.parametrize(
    ("text", "what", "todo"),
    [
        ("[sourse]\nurl = 'x'", "[sourse] means nothing", "source"),
        ("[migration]\nworker = 3", "worker in [migration] means nothing", "workers"),
        ("[migration]\nzzz = 3", "zzz in [migration] means nothing", "rules, out, tables"),
        ("source = 'x'", "source = … means nothing", "source"),
        ("[migration]\nworkers = 0", "workers in [migration] must be a whole number", ""),
        ("[migration]\nworkers = true", "workers in [migration] must be a whole number", ""),
        ("[migration]\ntables = 'care'", "tables in [migration] must be a list", ""),
        ("[source]\nurl = 5", "url in [source] must be a text", ""),
        ("[source\n", "is no TOML", ""),
    ],
)
def test_what_means_nothing_is_refused(tmp_path: Path, text: str, what: str, todo: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    assert what in caught.value.what
    assert todo in caught.value.todo


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


def test_the_command_line_wins(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE A (Id int PRIMARY KEY)", encoding="utf-8")
    (tmp_path / "b.sql").write_text("CREATE TABLE B (Id int PRIMARY KEY)", encoding="utf-8")
    path = written(tmp_path, '[source]\nurl = "a.sql"\n[migration]\nout = "made"')
    said = migrator("translate", "-c", path, "--json")
    assert said.code == 0, said.err
    assert said.json["objects"][0]["object"] == "dbo.A"
    assert (tmp_path / "made" / "report.json").exists()
    ours = migrator("translate", tmp_path / "b.sql", "-c", path, "--json", "--dry-run")
    assert ours.json["objects"][0]["object"] == "dbo.B"
