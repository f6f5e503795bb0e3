"""``migrator assess`` as its users run it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from support import package_file
from support.assessments import SHOP
from support.commands import as_process, migrator

FILES = {"report.html", "report.json", "findings.csv", "findings.sarif"}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "shop.sql").write_text(SHOP, encoding="utf-8")
    (folder / "more.sql").write_text("CREATE TABLE dbo.More (Id int NOT NULL PRIMARY KEY)", encoding="utf-8")
    return folder


def test_scripts(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = as_process("assess", shop, "--out", out)
    assert (answer.code, answer.err) == (0, "")
    assert f"report: {out}/report.html" in answer.out
    assert {path.name for path in out.iterdir()} == FILES
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["source"]["name"] == "shop"
    assert report["summary"]["sentence"] in " ".join(answer.out.split())
    assert report["summary"]["lines"] == 12
    places = {item["object"]: item["place"] for item in report["objects"]}
    assert places["dbo.Orders"] == {"file": "tables/shop.sql", "line": 1}
    with (out / "findings.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(report["findings"])
    sarif = json.loads((out / "findings.sarif").read_text(encoding="utf-8"))
    assert len(sarif["runs"][0]["results"]) == len(report["findings"])


def test_the_same_source_gives_the_same_bytes(shop: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert migrator("assess", shop, "--out", tmp_path / name, "--quiet").err == ""
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_several_sources_are_read_one_after_another(shop: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.sql"
    later.write_text("ALTER TABLE dbo.More ADD Price money NULL", encoding="utf-8")
    answer = migrator("assess", shop, later, "--out", tmp_path / "out", "--json")
    assert answer.code == 0
    assert answer.json == json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert "dbo.More.Price" in {item["object"] for item in answer.json["objects"]}
    assert answer.json["source"]["name"] == "shop, later.sql"


def test_a_package_is_assessed_by_its_catalog(tmp_path: Path) -> None:
    id_ = package_file.column("[dbo].[T].[Id]", package_file.type_of("[int]"), nullable=False)
    notes = package_file.column("[dbo].[T].[Notes]", package_file.type_of("[xml]"))
    hidden = package_file.element("SqlProcedure", "[dbo].[Secret]", package_file.prop("IsEncrypted", "True"))
    model = package_file.model(package_file.table("[dbo].[T]", id_, notes), hidden)
    package = package_file.bacpac(tmp_path / "care.bacpac", model, {}, rows=0)
    answer = migrator("assess", package, "--out", tmp_path / "out", "--json")
    assert answer.code == 0, answer.err
    standing = {item["object"]: item["status"] for item in answer.json["objects"]}
    assert standing["dbo.T"] == "lossy"
    assert standing["dbo.Secret"] == "unknown"
    assert answer.json["summary"]["lines"] is None
    assert "CREATE TABLE [dbo].[T] (\n    [Id] int NOT NULL,\n" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(("level", "code"), [("lossy", 1), ("manual", 1), ("blocked", 0)])
def test_strict(shop: Path, tmp_path: Path, level: str, code: int) -> None:
    answer = migrator("assess", shop, "--out", tmp_path / "out", "--strict", level)
    assert (answer.code, answer.err) == (code, "")
    assert (tmp_path / "out" / "report.html").exists()


def test_strict_is_content_where_everything_is_automatic(tmp_path: Path) -> None:
    script = tmp_path / "t.sql"
    script.write_text("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY)", encoding="utf-8")
    assert migrator("assess", script, "--out", tmp_path / "out", "--strict", "lossy").code == 0


def test_rules_of_ones_own(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "checks.toml").write_text(
        '[[check]]\nid = "xml-as-text"\ntitle = "XML"\nseverity = "info"\nstatus = "blocked"\n'
        'minutes = 7\nfirst = 100\nreason = "r"\nadvice = "a"\n',
        encoding="utf-8",
    )
    answer = migrator("assess", shop, "--out", tmp_path / "out", "--rules", tmp_path / "mine", "--json")
    (group,) = [group for group in answer.json["groups"] if group["rule"] == "xml-as-text"]
    assert (group["status"], group["effort"]) == ("blocked", {"low": 50, "high": 200, "minutes": 100})
    assert answer.json["rules"][0]["place"] == f"{tmp_path}/mine/checks.toml:1"


def test_bad_input(shop: Path, tmp_path: Path) -> None:
    missing = migrator("assess", tmp_path / "none.sql", "--out", tmp_path / "out", "--json")
    assert (missing.code, missing.json["error"]) == (10, "SourceError")
    damaged = tmp_path / "care.dacpac"
    damaged.write_bytes(b"no zip")
    assert migrator("assess", damaged, "--out", tmp_path / "out").code == 11
    assert migrator("assess", shop, "--out", tmp_path / "out", "--rules", tmp_path / "none").code == 4
    assert migrator("assess", shop, "--strict", "automatic").code == 2
    assert migrator("assess").code == 2
    together = migrator("assess", shop, damaged, "--out", tmp_path / "out")
    assert (together.code, "cannot be read together" in together.err) == (3, True)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    answer = migrator("assess", shop, "--out", tmp_path / "file" / "out")
    assert answer.code == 41
    assert "cannot write" in answer.err


def test_the_rows_of_a_package_are_counted(homecare: Path, tmp_path: Path) -> None:
    answer = migrator("assess", homecare, "--out", tmp_path, "--json", "--quiet")
    assert answer.code == 0
    measured = {(item["rule"], item["object"]): item for item in answer.json["measurements"]}
    assert any(rule == "lob-size" for rule, _ in measured)
    counted = [item for item in answer.json["findings"] if item["rows"]]
    assert all(" of " in item["rows"] for item in counted)
    assert any(not item["rows"].startswith("0 of") for item in counted)
    assert "Measured in the rows" in (tmp_path / "report.html").read_text(encoding="utf-8")
    without = migrator("assess", homecare, "--out", tmp_path, "--json", "--quiet", "--no-rows")
    assert without.json["measurements"] == []
