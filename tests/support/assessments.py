"""Assessments of small scripts, and of a hostile one."""

from __future__ import annotations

from migrator.assess.assess import assess
from migrator.model.assessment import Assessment
from migrator.model.name import ObjectName
from migrator.model.schema import Database, Module, ObjectKind
from migrator.model.translation import Translation
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

SHOP = """CREATE TABLE dbo.Orders (Id int IDENTITY PRIMARY KEY, Total money NOT NULL, Notes xml NULL);
CREATE TABLE dbo.Items (Id int NOT NULL PRIMARY KEY, OrderId int NOT NULL REFERENCES dbo.Orders (Id), Path hierarchyid);
GO
CREATE VIEW dbo.Large AS
SELECT Id FROM dbo.Orders WHERE Total > 1000
GO
CREATE PROCEDURE dbo.Ship @id int AS
EXEC xp_cmdshell 'ship'
GO
CREATE TABLE dbo.Broken (a int,, b int);
INSERT INTO dbo.Orders (Total) VALUES (1);
"""
EVIL = "<img src=x onerror=alert(1)>&\"'"
HOSTILE = f"""CREATE TABLE [=cmd|' /C calc'!A0].[{EVIL}] (
    [a</pre><script>alert(2)</script>\u202e\ud800] xml NULL, b hierarchyid);
GO
CREATE VIEW [dbo].[</summary>{EVIL}] AS
-- </pre></style><script>alert(3)</script>
SELECT 1 AS [</code>]
GO
CREATE TABLE [</td>] (a int,, '</code><script>alert(4)</script>');
"""


def of(database: Database, lines: int | None = None) -> tuple[Assessment, Translation]:
    rules = load_rules()
    translation = plan(database, rules)
    return assess(database, translation, rules, lines=lines), translation


def of_script(text: str, file: str = "db/shop.sql") -> tuple[Assessment, Translation]:
    return of(read_script(text, file), len(text.splitlines()))


def shop() -> tuple[Assessment, Translation]:
    return of_script(SHOP)


def hostile() -> tuple[Assessment, Translation]:
    return of_script(HOSTILE, "a b\\<script>.sql")


def empty() -> tuple[Assessment, Translation]:
    return of(Database("nothing", "", (), ()))


def hidden() -> tuple[Assessment, Translation]:
    """A database of one table and one module that nobody could read."""
    database = read_script("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY)")
    module = Module(ObjectName("dbo", "Secret"), ObjectKind.PROCEDURE, None)
    return of(Database("d", "", ("dbo",), database.tables, modules=(module,)))


def large() -> tuple[Assessment, Translation]:
    """A database whose modules are longer than a page has room for."""
    body = "\n".join(f"PRINT '{'x' * 60} <{line}>'" for line in range(300))
    modules = tuple(
        Module(ObjectName("dbo", f"P{number}"), ObjectKind.PROCEDURE, f"CREATE PROCEDURE dbo.P{number} AS\n{body}")
        for number in range(3000)
    )
    return of(Database("large", "", ("dbo",), (), modules=modules))
