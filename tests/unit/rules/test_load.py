from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.errors import RulesError
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.finding import Status
from migrator.model.name import ObjectName
from migrator.rules import load, load_rules
from migrator.rules.checks import plain_word

ORDERS = ObjectName("Sales", "Orders")
INT = '[[type]]\ntype = "int"\nto = "INT"\nform = "integer"\n'
FUNCTION = '[[function]]\nname = "f"\nto = "F()"\nreturns = "int"\n'
CHECK = (
    '[[check]]\nid = "seventh-digit"\ntitle = "t"\nseverity = "info"\nstatus = "lossy"\nminutes = 0\n'
    'reason = "REASON"\nadvice = "a"\n'
)
GUID = DataType(SqlType.UNIQUEIDENTIFIER)


def overlay(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_every_type_has_a_rule() -> None:
    rules = load_rules()
    with_max = {SqlType.VARCHAR, SqlType.NVARCHAR, SqlType.VARBINARY}
    for base in SqlType:
        for length in (None, 10, 300, *((MAX,) if base in with_max else ())):
            type_ = DataType(base, length=length)
            rule = rules.type_rule(type_, ORDERS, "x")
            assert rule.type is base
            assert "{" not in rule.mysql_type(type_)


def test_the_first_time_takes_as_long_as_any_other_where_nothing_is_said(tmp_path: Path) -> None:
    assert (
        load_rules(overlay(tmp_path, checks=CHECK.replace("minutes = 0", "minutes = 7"))).check("seventh-digit").first
        == 7
    )
    longer = CHECK.replace("minutes = 0", "minutes = 7\nfirst = 90")
    assert load_rules(overlay(tmp_path, checks=longer)).check("seventh-digit").first == 90


@pytest.mark.parametrize("effort", ["minutes = -1", "minutes = 1\nfirst = -1"])
def test_an_effort_is_not_less_than_nothing(tmp_path: Path, effort: str) -> None:
    with pytest.raises(RulesError, match="less than nothing"):
        load_rules(overlay(tmp_path, checks=CHECK.replace("minutes = 0", effort)))


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (DataType(SqlType.DECIMAL, precision=38, scale=10), "DECIMAL(38,10)"),
        (DataType(SqlType.DECIMAL), "DECIMAL(18,0)"),
        (DataType(SqlType.DECIMAL, precision=38, scale=31), "DECIMAL(38,30)"),
        (DataType(SqlType.CHAR, length=255), "CHAR(255)"),
        (DataType(SqlType.CHAR, length=256), "VARCHAR(256)"),
        (DataType(SqlType.BINARY, length=256), "VARBINARY(256)"),
        (DataType(SqlType.VARCHAR, length=-1), "LONGTEXT"),
        (DataType(SqlType.VARCHAR, length=8000), "VARCHAR(8000)"),
        (DataType(SqlType.DATETIME2), "DATETIME(6)"),
        (DataType(SqlType.DATETIME2, scale=0), "DATETIME(0)"),
        (DataType(SqlType.TIME, scale=7), "TIME(6)"),
    ],
)
def test_sizes_are_filled_in(type_: DataType, expected: str) -> None:
    assert load_rules().type_rule(type_, ORDERS, "x").mysql_type(type_) == expected


def test_an_overlay_beats_what_is_shipped(tmp_path: Path) -> None:
    folder = overlay(tmp_path, types='[[type]]\ntype = "uniqueidentifier"\nto = "BINARY(16)"\nform = "binary"\n')
    rule = load_rules(folder).type_rule(GUID, ORDERS, "Id")
    assert rule.to == "BINARY(16)"
    assert (rule.origin.overlay, str(rule.origin)) == (True, f"{folder.as_posix()}/types.toml:1")
    assert load_rules().type_rule(GUID, ORDERS, "Id").to.startswith("CHAR(36)")


def test_the_most_specific_match_wins(tmp_path: Path) -> None:
    def entry(to: str, **where: str) -> str:
        keys = "".join(f'{key} = "{value}"\n' for key, value in where.items())
        return f'[[type]]\ntype = "int"\nto = "{to}"\nform = "integer"\n{keys}\n'

    text = (
        entry("INT")
        + entry("BIGINT", table="Sales.*")
        + entry("MEDIUMINT", table="Sales.Orders")
        + entry("SMALLINT", column="*Id")
        + entry("TINYINT", table="Sales.Orders", column="OrderId")
    )
    rules = load_rules(overlay(tmp_path, types=text))
    int_ = DataType(SqlType.INT)
    found = {
        (str(table), column): rules.type_rule(int_, table, column).to
        for table in (ORDERS, ObjectName("Sales", "Lines"), ObjectName("dbo", "T"))
        for column in ("OrderId", "LineId", "Total")
    }
    assert found == {
        ("Sales.Orders", "OrderId"): "TINYINT",
        ("Sales.Orders", "LineId"): "SMALLINT",
        ("Sales.Orders", "Total"): "MEDIUMINT",
        ("Sales.Lines", "OrderId"): "SMALLINT",
        ("Sales.Lines", "LineId"): "SMALLINT",
        ("Sales.Lines", "Total"): "BIGINT",
        ("dbo.T", "OrderId"): "SMALLINT",
        ("dbo.T", "LineId"): "SMALLINT",
        ("dbo.T", "Total"): "INT",
    }


def test_alias_types_can_be_matched(tmp_path: Path) -> None:
    text = '[[type]]\ntype = "nvarchar"\nalias = "dbo.Phone"\nto = "VARCHAR(20)"\nform = "text"\n'
    rules = load_rules(overlay(tmp_path, types=text))
    alias = DataType(SqlType.NVARCHAR, length=25, alias=ObjectName("dbo", "Phone"))
    assert rules.type_rule(alias, ORDERS, "x").to == "VARCHAR(20)"
    assert rules.type_rule(alias.without_alias(), ORDERS, "x").to == "VARCHAR({length})"


def test_a_star_alone_is_no_condition(tmp_path: Path) -> None:
    entry = '[[type]]\ntype = "int"\n{where}\nto = "BIGINT"\nform = "integer"\n'
    star, table = entry.format(where='column = "*"'), entry.format(where='table = "Sales.Orders"')
    rules = load_rules(overlay(tmp_path, types=star + table))
    assert rules.type_rule(DataType(SqlType.INT), ORDERS, "x").table == "Sales.Orders"
    rules = load_rules(overlay(tmp_path, types=star + entry.format(where="")))
    with pytest.raises(RulesError, match="contradict each other"):
        rules.type_rule(DataType(SqlType.INT), ORDERS, "x")


def test_two_rules_of_equal_weight_are_an_error(tmp_path: Path) -> None:
    text = "".join(
        f'[[type]]\ntype = "int"\ncolumn = "{pattern}"\nto = "{to}"\nform = "integer"\n'
        for pattern, to in (("Order*", "BIGINT"), ("*Order", "SMALLINT"))
    )
    rules = load_rules(overlay(tmp_path, types=text))
    with pytest.raises(
        RulesError, match=r"types\.toml:\d+ and .*types\.toml:\d+ contradict .*Sales\.Orders\.OrderOrder"
    ):
        rules.type_rule(DataType(SqlType.INT), ORDERS, "OrderOrder")
    assert rules.type_rule(DataType(SqlType.INT), ORDERS, "OrderId").to == "BIGINT"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        (
            "types",
            '[[type]]\ntype = "intt"\nto = "INT"\nform = "integer"\n',
            ["types.toml:1", "perhaps you meant 'int'"],
        ),
        (
            "types",
            '\n[[type]]\ntype = "int"\nto = "INT"\nforn = "integer"\n',
            ["types.toml:2", "needs 'form'", "'forn'"],
        ),
        (
            "types",
            '[[type]]\ntype = "int"\nto = "INT"\nform = "integer"\ncolum = "x"\n',
            ["no key 'colum'", "meant 'column'"],
        ),
        (
            "types",
            '[[type]]\ntype = "int"\nto = "DECIMAL({precison})"\nform = "decimal"\n',
            ["{precison}", "precision"],
        ),
        ("types", '[[type]]\ntype = "int"\nto = 5\nform = "integer"\n', ["to = 5 is not a text"]),
        ("types", '[[type]]\ntype = "int"\nto = "INT"\nform = "integer"\nover_scale = true\n', ["not a whole number"]),
        ("types", '[[type]]\ntype = "int"\nto = "INT"\nform = "integer"\ncompared = false\n', ["why_not"]),
        ("types", '[[type]]\ntype = "int"\nto = "INT"\nform = "integer"\nfinding = "xml-as-txt"\n', ["'xml-as-text'"]),
        ("types", '[[tipe]]\ntype = "int"\n', ["types.toml:1", "[[tipe]]", "'type'"]),
        ("types", 'type = [{type = "int", to = "INT", form = "integer"}]\n', ["on a line of its own"]),
        ("types", "[[type]\n", ["is not TOML"]),
        (
            "types",
            '[[type]]\ntype = "int"\nto = "INT"\nform = "integer"\n' * 2,
            ["types.toml:1 and ", "types.toml:5 speak about the same"],
        ),
        ("types", '[[type]]\ntype = "int"\nto = "INT({"\nform = "integer"\n', ["cannot be read as a MySQL type"]),
        ("types", '[[type]]\ntype = "int"\nto = "INT({length!r})"\nform = "integer"\n', ["cannot be read"]),
        ("types", '[[type]]\ntype = "money"\nto = "DECIMAL(19, 4)"\nform = "decimal"\n', ["TYPE(n,m)"]),
        ("types", '[[type]]\ntype = "text"\nto = "TEXT CHARACTER SET latin1"\nform = "clob"\n', ["ascii or utf8mb4"]),
        (
            "types",
            '[[type]]\ntype = "text"\nto = "TEXT CHARACTER SET ascii"\nform = "clob"\ncollated = true\n',
            ["leave one of them"],
        ),
        ("types", INT + 'finding = "row-size"\n', ["{limit}", "types.toml:1"]),
        ("functions", FUNCTION + 'finding = "seventh-digit"\n', ["{type}"]),
        ("collations", '[[collation]]\ncollation = "X"\nto = "utf8mb4_bin; DROP"\n', ["utf8mb4"]),
        ("checks", CHECK.replace("REASON", "{tipe} is"), ["checks.toml:1", "{tipe}", "meant 'type'"]),
        ("checks", CHECK.replace("REASON", "a } b"), ["no placeholders"]),
        ("checks", CHECK.replace("REASON", "{type.base}"), ["no placeholders"]),
        ("typs", "", ["typs.toml is no rule file", "'types.toml'"]),
        ("collations", '[[collation]]\ncollation = "X"\nto = "latin1_bin"\n', ["utf8mb4"]),
        ("functions", '[[function]]\nname = "f"\nto = "F({1})"\nreturns = "int"\narguments = "text"\n', ["{1}"]),
        ("functions", '[[function]]\nname = "f"\nto = "F()"\nreturns = "int"\narguments = "txt"\n', ["'txt'"]),
        ("names", '[[table]]\ntable = "dbo.T"\nto = ""\n', ["to is empty"]),
        ("checks", '[[object]]\nword = "x"\ncheck = "synonim"\n', ["'synonym'"]),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, file: str, text: str, words: list[str]) -> None:
    with pytest.raises(RulesError) as caught:
        load_rules(overlay(tmp_path, **{file: text}))
    for word in words:
        assert word in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="is not there"):
        load_rules(tmp_path / "absent")


def test_names(tmp_path: Path) -> None:
    text = (
        '[[schema]]\nschema = "Human*"\nprefix = "hr_"\n'
        '[[table]]\ntable = "Sales.Orders"\nto = "orders"\n'
        '[[column]]\ntable = "sales.orders"\ncolumn = "id"\nto = "order_id"\n'
    )
    rules = load_rules(overlay(tmp_path, names=text))
    assert [rules.prefix(schema) for schema in ("dbo", "Sales", "HumanResources")] == ["", "Sales_", "hr_"]
    assert rules.chosen_name(ORDERS) == "orders"
    assert rules.chosen_name(ORDERS, "Id") == "order_id"
    assert rules.chosen_name(ORDERS, "Other") is None


@pytest.mark.parametrize(
    ("collation", "expected"),
    [
        ("SQL_Latin1_General_CP1_CI_AS", "utf8mb4_0900_as_ci"),
        ("Latin1_General_100_CI_AI_SC_UTF8", "utf8mb4_0900_ai_ci"),
        ("Latin1_General_CS_AS", "utf8mb4_0900_as_cs"),
        ("Latin1_General_BIN", "utf8mb4_0900_bin"),
        ("Latin1_General_100_BIN2_UTF8", "utf8mb4_0900_bin"),
        ("Polish_CS_AS", "utf8mb4_pl_0900_as_cs"),
        ("Polish_CI_AI", "utf8mb4_pl_0900_ai_ci"),
        ("Polish_CI_AS", "utf8mb4_0900_as_ci"),
        ("Polish_BIN", "utf8mb4_0900_bin"),
        ("Japanese_XJIS_140_CS_AS_KS_WS", "utf8mb4_ja_0900_as_cs_ks"),
    ],
)
def test_collations(collation: str, expected: str) -> None:
    rule = load_rules().collation(collation)
    assert rule is not None
    assert rule.to == expected


def test_an_unknown_collation_has_no_rule() -> None:
    assert load_rules().collation("Klingon") is None


def test_a_check_of_an_overlay_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = (
        '[[check]]\nid = "local-time"\ntitle = "t"\nseverity = "info"\nstatus = "automatic"\nminutes = 0\n'
        'reason = "r"\nadvice = "a"\n'
    )
    assert load_rules(overlay(tmp_path, checks=text)).check("local-time").status is Status.AUTOMATIC
    assert load_rules().check("local-time").status is Status.LOSSY


def test_a_check_that_nothing_makes_is_an_error(tmp_path: Path) -> None:
    text = (
        '[[check]]\nid = "seventh-digits"\ntitle = "t"\nseverity = "info"\nstatus = "lossy"\nminutes = 0\n'
        'reason = "r"\nadvice = "a"\n'
    )
    with pytest.raises(RulesError, match=r"checks\.toml:1: nothing makes the remark 'seventh-digits'") as caught:
        load_rules(overlay(tmp_path, checks=text))
    assert "meant 'seventh-digit'" in caught.value.todo
    types = '[[type]]\ntype = "int"\nto = "BIGINT"\nform = "integer"\nfinding = "seventh-digits"\n'
    assert load_rules(overlay(tmp_path, types=types)).check("seventh-digits").title == "t"


def test_an_unknown_file_is_an_error_and_others_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert load_rules(tmp_path) == load_rules()
    (tmp_path / "column.toml").write_text("")
    with pytest.raises(RulesError, match=r"column\.toml is no rule file") as caught:
        load_rules(tmp_path)
    assert "collations.toml" in caught.value.todo


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "types.toml").write_bytes(b"\xff\xfe[[type]]")
    with pytest.raises(RulesError, match=r"types\.toml cannot be read"):
        load_rules(tmp_path)


def test_kinds_of_objects_are_spelled_in_one_way() -> None:
    rules = load_rules()
    assert plain_word("SqlXmlSchemaCollection") == plain_word("XML SCHEMA COLLECTION") == "xmlschemacollection"
    assert rules.object_rule("SqlExtendedProperty").check == "extended-property"
    assert not rules.object_rule("SqlExtendedProperty").counts
    assert rules.object_rule("SOMETHING NEW").check == "other-object"


def test_an_installed_copy_finds_its_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load.shipped_folder()
    package = tmp_path / "site-packages" / "migrator"
    shutil.copytree(shipped, package / "_data" / "schema_rules")
    monkeypatch.setattr(load, "__file__", str(package / "rules" / "load.py"))
    assert load.shipped_folder() == package / "_data" / "schema_rules"
    shutil.rmtree(package / "_data")
    with pytest.raises(RulesError, match="install migrator again"):
        load.shipped_folder()


def test_every_shipped_file_is_expected() -> None:
    assert {path.name for path in load.shipped_folder().glob("*.toml")} == set(load.FILES)


WORDS = st.text(max_size=5) | st.sampled_from(
    ["int", "varchar", "INT", "VARCHAR({length})", "DECIMAL({", "{}", "integer", "text", "dbo.T", "*", "table", "lower"]
)
KEYS = st.sampled_from(
    [
        *(
            "type",
            "to",
            "form",
            "table",
            "column",
            "schema",
            "prefix",
            "of",
            "collation",
            "name",
            "returns",
            "arguments",
        ),
        *(
            "examples",
            "reason",
            "max",
            "over_length",
            "finding",
            "companion",
            "default",
            "word",
            "check",
            "id",
            "alias",
        ),
        *("loaded", "compared", "why_not", "severity", "status", "minutes", "title", "advice", "srid", "part"),
    ]
)
VALUES = WORDS.map(json.dumps) | st.sampled_from(
    ["1", "true", "[]", "{}", "1.5", "[{}]", "[1]", '{ to = "INT" }', "1979-05-27"]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([(file, kind) for file, kinds in load.FILES.items() for kind in kinds]),
    st.dictionaries(KEYS, VALUES, max_size=6),
)
def test_whatever_a_file_holds_it_is_read_or_named(
    tmp_path: Path, place: tuple[str, str], keys: dict[str, str]
) -> None:
    file, kind = place
    text = f"[[{kind}]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
    (tmp_path / file).write_text(text, encoding="utf-8")
    problem = ""
    try:
        load_rules(tmp_path)
    except RulesError as error:
        problem = error.what
    (tmp_path / file).unlink()
    assert not problem or file in problem
