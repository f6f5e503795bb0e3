"""``migrator dump`` and ``migrator load`` as their users run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.commands import migrator
from support.dumps import run_script

from migrator.cli.dump import Form, command
from migrator.errors import ConfigError
from migrator.mysql.url import Target
from migrator.packages.open import open_package


def test_a_script_makes_an_equal_database(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    answer = migrator("dump", homecare, "--out", tmp_path / "homecare.sql", "--json")
    assert (answer.code, answer.json["rows"]) == (0, open_package(homecare).row_total)
    run_script(mysql, (tmp_path / "homecare.sql").read_bytes())
    validated = migrator("validate", homecare, "--target", mysql, "--json")
    assert (validated.code, validated.json["differences"]) == (0, 0)
    again = migrator("dump", homecare, "--out", tmp_path / "homecare.sql")
    assert again.code == 41
    assert "--replace" in again.err


def test_a_folder_makes_an_equal_database(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    dumped = migrator("dump", homecare, "--format", "mysqlsh", "--out", tmp_path / "dump", "--json", "--workers", "2")
    assert dumped.code == 0, dumped.err
    assert dumped.json["rows"] == open_package(homecare).row_total
    assert migrator("load", tmp_path / "dump", "--dry-run", "--json").json["rows"] == dumped.json["rows"]
    loaded = migrator("load", tmp_path / "dump", "--target", mysql, "--json", "--workers", "2")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["rows"], loaded.json["different"]) == (dumped.json["rows"], [])
    validated = migrator("validate", homecare, "--target", mysql, "--json")
    assert (validated.code, validated.json["differences"]) == (0, 0)


def test_a_part_of_the_tables_on_standard_output(homecare: Path, mysql: Target) -> None:
    answer = migrator("dump", homecare, "--tables", "dbo.Country", "--tables", "dbo.region")
    assert answer.code == 0
    assert answer.out.rstrip().splitlines()[-1].startswith("-- Dump completed: 2 tables")
    run_script(mysql, answer.out.encode())


def test_a_dry_run_writes_nothing(homecare: Path, tmp_path: Path) -> None:
    answer = migrator("dump", homecare, "--format", "parquet", "--out", tmp_path / "dump", "--dry-run", "--json")
    assert answer.code == 0
    assert len(answer.json["tables"]) == len(open_package(homecare).catalog().tables)
    assert not (tmp_path / "dump").exists()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"as_json": True}, "--out"),
        ({"resume": True}, "--format"),
        ({"kms_key": "k"}, "s3://"),
        ({"form": Form.PARQUET, "kms_key": "k"}, "s3://"),
        ({"place": "gs://bucket/x", "form": Form.MYSQLSH}, "gs://"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        command("never-opened.bacpac", **options)
    assert word in str(caught.value)


def test_a_schema_alone_is_no_dump(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE dbo.a (id int);", encoding="utf-8")
    for form in Form:
        with pytest.raises(ConfigError, match="no rows"):
            command(str(tmp_path / "a.sql"), form=form, place=str(tmp_path / "out"))
