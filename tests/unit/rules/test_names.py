from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import RulesError
from migrator.model.name import ObjectName
from migrator.rules import Rules, load_rules
from migrator.rules.names import Case

STRIP = '[[strip]]\nof = "{of}"\nprefix = "{prefix}"\n'
CASE = '[[case]]\nof = "{of}"\nto = "{to}"\n'


def rules(folder: Path, text: str) -> Rules:
    (folder / "names.toml").write_text(text, encoding="utf-8")
    return load_rules(folder)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OrderLines", "order_lines"),
        ("orderLines", "order_lines"),
        ("OrderID", "order_id"),
        ("XMLData", "xml_data"),
        ("Line2Total", "line2_total"),
        ("already_snake", "already_snake"),
        ("Two_Words", "two_words"),
        ("ID", "id"),
        ("Order Details", "order details"),
        ("ZażółćGęśl", "zażółćgęśl"),
    ],
)
def test_snakes(name: str, expected: str) -> None:
    assert Case.SNAKE.apply(name) == expected


@given(st.text(max_size=20))
def test_a_case_is_applied_once_and_for_all(name: str) -> None:
    for case in Case:
        once = case.apply(name)
        assert case.apply(once) == once
        assert once.replace("_", "").casefold() == name.replace("_", "").casefold()


def test_strip_then_prefix_then_case(tmp_path: Path) -> None:
    found = rules(tmp_path, STRIP.format(of="table", prefix="tbl") + CASE.format(of="table", to="snake"))
    naming = found.table_name(ObjectName("HumanResources", "TblShiftPlan"))
    assert naming.wanted == "human_resources_shift_plan"
    folder = tmp_path.as_posix()
    assert list(map(str, naming.origins)) == [
        f"{folder}/names.toml:1",
        "schema_rules/names.toml:20",
        f"{folder}/names.toml:4",
    ]
    assert found.column_name(ObjectName("dbo", "T"), "TblX").wanted == "TblX"


def test_a_chosen_name_stands_as_it_is(tmp_path: Path) -> None:
    text = '[[table]]\ntable = "Sales.tblX"\nto = "MyX"\n' + CASE.format(of="table", to="lower")
    naming = rules(tmp_path, text + STRIP.format(of="table", prefix="tbl")).table_name(ObjectName("Sales", "tblX"))
    assert (naming.wanted, naming.chosen) == ("MyX", True)
    assert len(naming.origins) == 1


def test_a_name_is_never_stripped_to_nothing(tmp_path: Path) -> None:
    found = rules(tmp_path, STRIP.format(of="column", prefix="fld_"))
    table = ObjectName("dbo", "T")
    assert [found.column_name(table, name).wanted for name in ("fld_", "FLD_a", "xfld_a")] == ["fld_", "a", "xfld_a"]


def test_the_table_of_a_rule_makes_it_more_specific(tmp_path: Path) -> None:
    text = CASE.format(of="column", to="lower") + '[[case]]\nof = "column"\nto = "keep"\ntable = "dbo.Raw*"\n'
    found = rules(tmp_path, text)
    names = [found.column_name(ObjectName("dbo", table), "Id").wanted for table in ("Raw1", "T")]
    assert names == ["Id", "id"]


def test_only_ones_own_rules_that_change_more_than_case_are_to_blame(tmp_path: Path) -> None:
    lower = rules(tmp_path, CASE.format(of="table", to="lower"))
    assert lower.table_name(ObjectName("Sales", "Orders")).made_by == ()
    bare = rules(tmp_path, '[[schema]]\nschema = "Sales"\nprefix = ""\n')
    assert [str(origin) for origin in bare.table_name(ObjectName("Sales", "Orders")).made_by] == [
        f"{tmp_path.as_posix()}/names.toml:1"
    ]
    assert load_rules().table_name(ObjectName("Sales", "Orders")).made_by == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[strip]]\nof = "tabel"\nprefix = "x"\n', ["names.toml:1", "'tabel'", "meant 'table'"]),
        ('[[strip]]\nof = "table"\nprefix = ""\n', ["prefix is empty"]),
        ('[[case]]\nof = "table"\nto = "upper"\n', ["'upper'", "lower"]),
        ('[[schema]]\nschema = "x"\nprefix = "{shema}_"\n', ["{shema}", "known is {schema}"]),
        ('[[table]]\ntable = "Orders"\nto = "x"\n', ["is not one table", "dbo.Orders"]),
        ('[[table]]\ntable = "dbo.*"\nto = "x"\n', ["is not one table"]),
        (CASE.format(of="table", to="lower") * 2, ["speak about the same"]),
        (STRIP.format(of="table", prefix="A") + STRIP.format(of="table", prefix="a"), ["speak about the same"]),
        ('[[case]]\nof = "table"\nto = "lower"\nexamples = ["x"]\n', ["'x'", "not a table"]),
        ('[[case]]\nof = "table"\nto = "lower"\nexamples = [{ tsql = "x" }]\n', ["case.examples needs 'mysql'"]),
        (
            '[[case]]\nof = "table"\nto = "lower"\nexamples = [{ tsql = "x", mysql = "x", column = "y" }]\n',
            ["no key 'column'"],
        ),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(RulesError) as caught:
        rules(tmp_path, text)
    for word in words:
        assert word in str(caught.value)
