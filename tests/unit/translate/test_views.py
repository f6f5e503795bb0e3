"""How views find what they read, in which order they stand, and that none of them can end the translation."""

from __future__ import annotations

import pytest

from migrator.model.datatype import DataType, SqlType
from migrator.model.finding import Status
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Key, KeyColumn, Module, ObjectKind, Table
from migrator.model.translation import Phase, Translation
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

RULES = load_rules()
INT = DataType(SqlType.INT)
TABLE = Table(
    ObjectName("dbo", "T"),
    (Column("Id", INT, nullable=False), Column("N", INT, nullable=True)),
    primary_key=Key("PK", (KeyColumn("Id"),), clustered=True),
)


def view(name: str, text: str | None, body: str | None = None) -> Module:
    return Module(ObjectName("dbo", name), ObjectKind.VIEW, text, body)


def translated(*views: Module, name: str = "shop") -> Translation:
    return plan(Database(name, "SQL_Latin1_General_CP1_CI_AS", ("dbo",), (TABLE,), views), RULES)


def made(query: str) -> str:
    """The text of a view over ``query``; the reason where there is none."""
    translation = translated(view("v", f"CREATE VIEW dbo.v AS {query}"))
    for statement in translation.of(Phase.VIEWS):
        return statement.sql.split(" AS\n", 1)[1].replace("\n", " ")
    return next(finding.reason for finding in translation.findings if finding.rule == "view")


def statuses(translation: Translation) -> dict[str, Status]:
    return {item.object: item.status for item in translation.objects if item.kind is ObjectKind.VIEW}


def test_a_view_stands_behind_those_that_it_reads_whatever_the_order_of_the_source() -> None:
    chain = [view(f"v{number}", f"CREATE VIEW v{number} AS SELECT Id FROM v{number + 1}") for number in range(300)]
    translation = translated(*chain, view("v300", "CREATE VIEW v300 AS SELECT Id FROM T"))
    assert [statement.table for statement in translation.of(Phase.VIEWS)] == [f"v{n}" for n in range(300, -1, -1)]


def test_a_circle_takes_along_who_reads_it_and_nobody_else() -> None:
    translation = translated(
        view("upon", "CREATE VIEW upon AS SELECT Id FROM a"),
        view("a", "CREATE VIEW a AS SELECT Id FROM b"),
        view("b", "CREATE VIEW b AS SELECT Id FROM a"),
        view("alone", "CREATE VIEW alone AS SELECT Id FROM alone"),
        view("fine", "CREATE VIEW fine AS SELECT Id FROM T"),
    )
    assert [statement.table for statement in translation.of(Phase.VIEWS)] == ["fine"]
    assert set(statuses(translation)) == {"dbo.upon", "dbo.a", "dbo.b", "dbo.alone", "dbo.fine"}


def test_text_that_cannot_be_seen_blocks_the_view_and_names_it_to_its_readers() -> None:
    translation = translated(view("hidden", None), view("reader", "CREATE VIEW reader AS SELECT Id FROM hidden"))
    assert statuses(translation) == {"dbo.hidden": Status.BLOCKED, "dbo.reader": Status.MANUAL}
    reasons = [finding.reason for finding in translation.findings if finding.object == "dbo.reader"]
    assert reasons == ["it could not be translated: it reads dbo.hidden, which is a view whose text cannot be read"]


def test_every_view_is_counted_once() -> None:
    translation = translated(view("v", "CREATE VIEW v AS SELECT Id FROM T"))
    assert [item.target for item in translation.objects if item.kind is ObjectKind.VIEW] == ["v"]


def test_the_databases_own_name_is_no_other_database() -> None:
    assert "FROM `T`" in made("SELECT Id FROM SHOP.dbo.T")
    assert "the database other" in made("SELECT Id FROM other.dbo.T")
    assert "linked server" in made("SELECT Id FROM srv.shop.dbo.T")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT id FROM t", "SELECT `T`.`Id` AS `id` FROM `T`"),
        ("SELECT X.ID FROM T AS x", "SELECT `x`.`Id` AS `ID` FROM `T` AS `x`"),
        ("SELECT dbo.T.Id FROM dbo.T", "SELECT `T`.`Id` AS `Id` FROM `T`"),
        ("SELECT T.* FROM T", "SELECT `T`.`Id` AS `Id`, `T`.`N` AS `N` FROM `T`"),
        ("SELECT N FROM (SELECT N FROM T) d;", "SELECT `d`.`N` AS `N` FROM (SELECT `T`.`N` AS `N` FROM `T`) AS `d`"),
        ("(SELECT Id FROM T)", "SELECT `T`.`Id` AS `Id` FROM `T`"),
        ("SELECT N / 2 AS h FROM T", "SELECT `T`.`N` DIV 2 AS `h` FROM `T`"),
        ("SELECT TOP 0 Id FROM T", "SELECT `T`.`Id` AS `Id` FROM `T` LIMIT 0"),
        ("SELECT Id FROM T OPTION (MAXDOP 1)", "SELECT `T`.`Id` AS `Id` FROM `T`"),
    ],
)  # fmt: skip
def test_names_are_found_as_sql_server_finds_them(query: str, expected: str) -> None:
    assert made(query) == expected


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT X.Id FROM T", "X.Id is no column of what it reads"),
        ("SELECT Id FROM T a, T b", "Id is a column of more than one table"),
        ("SELECT x.* FROM T", "x is nothing that it reads"),
        ("SELECT d.Id FROM (SELECT Id FROM T WHERE o.N = 1) AS d, T o", "o.N is no column"),
        ("SELECT 1", "it has a column without a name"),
        ("SELECT Id, N FROM T UNION SELECT Id FROM T", "a different number of columns"),
        ("SELECT Id FROM T WHERE Id IN (SELECT Id, N FROM T)", "several columns"),
        ("SELECT (SELECT * FROM T) AS x", "several columns"),
        ("SELECT TOP (@n) Id FROM T", "it uses the variable @n"),
        ("SELECT Id INTO x FROM T", "INTO"),
        ("SELECT", "selects nothing"),
        ("SELECT COUNT(DISTINCT) AS n FROM T", "incomplete"),
        ("DELETE FROM T", "not one query"),
        ("SELECT Id FROM T; SELECT N FROM T", "not one query"),
        ("SELECT Id FROM T WHERE " + "(" * 5000 + "1 = 1" + ")" * 5000, "nested too deep"),
        ("SELECT Id FROM " + "(SELECT Id FROM " * 70 + "T" + ") AS d" * 70, "nested too deep"),
        ("SELECT dbo.f(Id) AS x FROM T", "the user's function dbo.f"),
        ("SELECT Id FROM T WHERE T.Id *= 1", "joins by *="),
        ("SELECT Id FROM dbo.f(1)", "the function dbo.f"),
        ("SELECT a.Id FROM T a" + " FULL JOIN T AS b{0} ON a.Id = b{0}.Id" * 5, "more FULL JOINs"),
    ],
)
def test_what_cannot_be_translated_has_a_reason(query: str, reason: str) -> None:
    for number in range(query.count("{0}") // 2):
        query = query.replace("{0}", str(number), 2)
    assert reason in made(query)


def test_a_long_chain_is_no_deep_one() -> None:
    many = " UNION ALL ".join(["SELECT Id FROM T"] * 900)
    assert made(many).count("UNION ALL") == 899
    assert made("SELECT Id FROM T WHERE " + " OR ".join(["Id = 1"] * 900)).count(" OR ") == 899


def test_the_parts_of_a_package_give_the_same_view() -> None:
    text = "CREATE VIEW [dbo].[v] ([a], [b])\nWITH SCHEMABINDING\nAS\nSELECT Id, N FROM dbo.T WITH CHECK OPTION;\n"
    (statement,) = translated(view("v", text, "SELECT Id, N FROM dbo.T")).of(Phase.VIEWS)
    assert statement.sql.startswith("CREATE VIEW `v` (`a`, `b`) AS\n")
    assert statement.sql.endswith("FROM `T` WITH CHECK OPTION")


def test_a_list_of_json_columns_that_ends_early_is_a_finding() -> None:
    made = plan(read_script("CREATE VIEW v AS SELECT * FROM OPENJSON('[]') WITH (a int '$.a' AS"), RULES)
    assert [finding.rule for finding in made.findings if finding.kind == "view"] == ["view"]
