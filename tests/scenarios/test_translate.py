"""``migrator translate`` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.commands import as_process, migrator
from support.sql_files import statements

from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target

SHOP = """
CREATE TABLE dbo.Customers (Id int IDENTITY NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, Changed rowversion);
CREATE TABLE dbo.Orders (
    Id int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY,
    CustomerId int NOT NULL CONSTRAINT FK_Customer REFERENCES dbo.Customers (Id),
    Placed datetime2 NOT NULL DEFAULT sysdatetime()
);
CREATE INDEX IX_Placed ON dbo.Orders (Placed);
GO
CREATE VIEW dbo.Placed AS SELECT c.Name + '!' AS Name, COUNT(*) AS n FROM dbo.Orders o
JOIN dbo.Customers c ON c.Id = o.CustomerId GROUP BY c.Name
GO
CREATE PROCEDURE dbo.Nothing AS SELECT 1
GO
CREATE TABLE dbo.Broken (Id int,, );
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.sql").write_text(SHOP, encoding="utf-8")
    return tmp_path


def test_the_scripts_run_in_the_order_of_their_names(shop: Path, mysql: Target) -> None:
    answer = as_process("translate", shop / "shop.sql", "--out", shop / "out")
    assert (answer.code, answer.err) == (0, "")
    assert "1 statement could not be read." in " ".join(answer.out.split())
    with session(mysql) as connection:
        for path in sorted((shop / "out").glob("*.sql")):
            for statement in statements(path.read_text(encoding="utf-8")):
                execute(connection, statement, doing=path.name)
        execute(connection, "INSERT INTO Customers (Name) VALUES ('a')", doing="writing")
        execute(connection, "INSERT INTO Orders (Id, CustomerId) VALUES (1, 1)", doing="writing")
        assert fetch(connection, "SELECT * FROM Placed") == [("a!", 1)]


def test_every_object_is_in_the_report(shop: Path) -> None:
    values = migrator("translate", shop / "shop.sql", "--out", shop / "out", "--json").json
    assert values == json.loads((shop / "out" / "report.json").read_text(encoding="utf-8"))
    found = {(item["kind"], item["object"]): item["status"] for item in values["objects"]}
    assert found["table", "dbo.Orders"] == "lossy"  # as its column Placed, whose seventh digit is cut
    assert found["index", "dbo.Orders.IX_Placed"] == "automatic"
    assert found["foreign key", "dbo.Orders.FK_Customer"] == "automatic"
    assert found["default", "dbo.Orders.Placed"] == "lossy"
    assert found["view", "dbo.Placed"] == "automatic"
    assert found["procedure", "dbo.Nothing"] == "manual"
    [unread] = values["unread"]
    assert unread["place"] == {"file": "shop.sql", "line": 15}
    [changed] = [column for column in values["columns"] if column["object"] == "dbo.Customers.Changed"]
    assert (changed["source_type"], changed["type"]) == ("rowversion", "BINARY(8)")
    assert changed["rules"][0].startswith("schema_rules/types.toml:")


def test_a_dry_run_writes_nothing(shop: Path) -> None:
    answer = migrator("translate", shop / "shop.sql", "--out", shop / "out", "--dry-run")
    assert answer.code == 0
    assert not (shop / "out").exists()


@pytest.mark.parametrize(("level", "code"), [("lossy", 1), ("manual", 1), ("blocked", 0)])
def test_strict(shop: Path, level: str, code: int) -> None:
    assert migrator("translate", shop / "shop.sql", "--dry-run", "--strict", level).code == code


def test_several_sources_are_read_one_after_another(shop: Path) -> None:
    (shop / "more.sql").write_text("ALTER TABLE dbo.Orders ADD Note xml NULL;", encoding="utf-8")
    values = migrator("translate", shop / "shop.sql", shop / "more.sql", "--dry-run", "--json").json
    assert any(column["object"] == "dbo.Orders.Note" for column in values["columns"])


def test_what_is_not_there(tmp_path: Path) -> None:
    assert migrator("translate", tmp_path / "nothing.sql").code == 10
    assert migrator("translate", tmp_path / "nothing.bacpac").code == 10


def test_a_folder_that_cannot_be_written(shop: Path) -> None:
    (shop / "file").write_text("", encoding="utf-8")
    answer = migrator("translate", shop / "shop.sql", "--out", shop / "file")
    assert answer.code == 41
    assert "--out" in answer.err
