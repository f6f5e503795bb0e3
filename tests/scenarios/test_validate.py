"""A target that is not as it was promised, and the evidence of it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.commands import Answer, migrator
from support.page import Page

from migrator.mysql.connect import execute, session
from migrator.mysql.url import Target

SCHEMA = """
CREATE TABLE dbo.Patient (
  Id int IDENTITY(1000, 1) PRIMARY KEY,
  Ssn varchar(11) NOT NULL,
  Name nvarchar(50) NULL,
  City nvarchar(50) NOT NULL DEFAULT N'Lodz',
  Age int NOT NULL CONSTRAINT CK_Age CHECK (Age >= 0)
);
GO
CREATE INDEX IX_Name ON dbo.Patient (Name, City);
GO
CREATE TABLE dbo.Visit (Id int PRIMARY KEY, PatientId int NOT NULL CONSTRAINT FK_P REFERENCES dbo.Patient (Id));
GO
CREATE VIEW dbo.Old AS SELECT Id FROM dbo.Patient WHERE Age > 90;
GO
"""


@pytest.fixture
def script(tmp_path: Path, mysql: Target) -> Path:
    path = tmp_path / "clinic.sql"
    path.write_text(SCHEMA)
    assert migrator("copy", path, "--target", mysql, "--out", tmp_path / "copied", "-q").code == 0
    return path


def change(target: Target, *statements: str) -> None:
    with session(target) as connection:
        for statement in statements:
            execute(connection, statement, doing="changing the target")


def validate(script: Path, target: Target, *more: str) -> Answer:
    return migrator("validate", script, "--target", target, "--out", script.parent / "v", "--json", *more)


def test_a_target_as_promised(script: Path, mysql: Target) -> None:
    answer = validate(script, mysql)
    assert answer.code == 0, answer.out
    assert answer.json["schema"]["equal"]
    assert answer.json["schema"]["promised"] > 12
    evidence = answer.json["evidence"]
    verified = migrator("evidence", "verify", evidence["json"], "--head", evidence["head"], "--json")
    assert (verified.code, verified.json["verdict"]["verdict"]) == (0, "equal")
    assert evidence["head"] in Path(evidence["html"]).read_text()
    assert ET.parse(evidence["junit"]).getroot()[0].get("failures") == "0"


def test_everything_that_is_not_as_promised_is_named(script: Path, mysql: Target) -> None:
    change(
        mysql,
        "DROP INDEX IX_Name ON Patient",
        "ALTER TABLE Patient MODIFY Ssn VARCHAR(20) NOT NULL",
        "ALTER TABLE Patient ALTER City SET DEFAULT 'Gdansk'",
        "ALTER TABLE Patient AUTO_INCREMENT = 7",
        "ALTER TABLE Patient DROP COLUMN Name",
        "ALTER TABLE Patient ALTER CHECK CK_Age NOT ENFORCED",
        "ALTER TABLE Patient ADD COLUMN Mood INT",
        "ALTER TABLE Visit DROP FOREIGN KEY FK_P",
        "DROP VIEW Old",
        "CREATE TABLE Strange (x INT)",
        "CREATE TRIGGER Sly BEFORE INSERT ON Visit FOR EACH ROW SET NEW.Id = 1",
    )
    answer = validate(script, mysql)
    assert answer.code == 1
    found = {
        (item["kind"], item["object"], item["fact"]): (item["promised"], item["found"])
        for item in answer.json["schema"]["difference_list"]
    }
    assert found.pop(("column", "Ssn", "type")) == ("varchar(11)", "varchar(20)")
    assert found.pop(("column", "City", "default")) == ("constant Lodz", "constant Gdansk")
    assert found.pop(("counter", "Id", "next number")) == ("at least 1000", "7")
    assert found.pop(("check", "CK_Age", "enforced")) == ("yes", "no")
    assert found.pop(("column", "Mood", None))[0] is None
    assert found.pop(("trigger", "Sly", None))[0] is None
    for kind, name in (("index", "IX_Name"), ("column", "Name"), ("view", "Old"), ("foreign key", "FK_P")):
        assert found.pop((kind, name, None))[1] is None
    assert not found
    assert answer.json["schema"]["beside"] == ["table Strange"]
    [patient, _] = answer.json["table_list"]
    assert patient["lacking"] == ["Name"]
    assert not patient["equal"]
    for name in ("Ssn", "Gdansk", "Mood", "Sly", "FK_P"):
        assert name in Page(Path(answer.json["evidence"]["html"]).read_text()).text
    [suite] = ET.parse(answer.json["evidence"]["junit"]).getroot()
    failed = {test.get("name"): test[0].text or "" for test in suite if len(test)}
    assert set(failed) == {"Patient", "Visit", "schema"}
    assert "IX_Name" in failed["Patient"]
    text = migrator("validate", script, "--target", mysql, "--out", script.parent / "v", "-q").out
    assert "10 things of the schema not as promised" in text


def test_without_the_schema_a_lacking_column_is_named_all_the_same(script: Path, mysql: Target) -> None:
    change(mysql, "ALTER TABLE Patient DROP COLUMN Age, DROP CHECK CK_Age")
    answer = validate(script, mysql, "--no-schema")
    assert answer.code == 1
    assert answer.json["schema"] is None
    [patient, visit] = answer.json["table_list"]
    assert (patient["lacking"], patient["equal"], visit["equal"]) == (["Age"], False, True)
    assert answer.json["differences"] == 0


def test_a_table_that_is_not_there(script: Path, mysql: Target) -> None:
    change(mysql, "DROP TABLE Visit")
    answer = validate(script, mysql)
    assert answer.code == 1
    assert answer.json["table_list"][1]["target_rows"] is None
    assert {(item["kind"], item["object"]) for item in answer.json["schema"]["difference_list"]} >= {("table", "Visit")}


def test_keys_are_codes_unless_somebody_asks(script: Path, mysql: Target) -> None:
    """A natural key of a row that nobody sent: it is in no file."""
    path = script.parent / "people.sql"
    path.write_text("CREATE TABLE dbo.Person (Ssn varchar(11) NOT NULL PRIMARY KEY);\nGO\n")
    other = script.parent / "w"
    change(
        mysql, "CREATE TABLE Person (Ssn VARCHAR(11) NOT NULL PRIMARY KEY)", "INSERT INTO Person VALUES ('123-45-6789')"
    )
    for more, shown in (((), False), (("--show-values",), True)):
        assert migrator("validate", path, "--target", mysql, "--out", other, "-q", *more).code == 1
        for file in ("evidence.json", "evidence.html", "report.junit.xml"):
            assert ("123-45-6789" in (other / file).read_text()) is shown


def test_an_edit_of_the_evidence_is_named(script: Path, mysql: Target) -> None:
    path = Path(validate(script, mysql).json["evidence"]["json"])
    document = json.loads(path.read_text())
    document["entries"][-1]["body"]["verdict"] = "different"
    path.write_text(json.dumps(document))
    answer = migrator("evidence", "verify", path)
    assert answer.code == 1
    assert "edited: entry" in answer.out
    assert "(verdict) is not as it was written" in answer.out


def test_evidence_that_is_not_there(tmp_path: Path) -> None:
    assert migrator("evidence", "verify", tmp_path / "none.json").code == 3
