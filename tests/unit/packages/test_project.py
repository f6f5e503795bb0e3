from __future__ import annotations

from pathlib import Path

import pytest

from migrator.errors import SourceError
from migrator.packages.scripts import Scripts
from migrator.translate.tsql.read import read_scripts

OLD = """<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><PropertyGroup>
<DefaultCollation>Latin1_General_CS_AS</DefaultCollation><DefaultSchema>shop</DefaultSchema></PropertyGroup><ItemGroup>
<Build Include="Tables\\ORDERS.sql" /><Build Include="Views\\*.sql"/><PostDeploy Include="after.sql"/>
<None Include="old.sql"/></ItemGroup></Project>"""
SDK = """<Project><Sdk Name="Microsoft.Build.Sql"/><ItemGroup><Build Remove="old.sql"/><PostDeploy Include="after.sql"/>
</ItemGroup></Project>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "Tables/Orders.sql": "create table Orders (a int, b varchar(5))",
        "Views/v.sql": "create view v as select a from Orders",
        "after.sql": "create table after_it (a int)",
        "old.sql": "create table old (a int)",
        "more.sql": "create table more (a int)",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("by_folder", [True, False])
def test_a_project_says_what_is_built(folder: Path, by_folder: bool) -> None:
    (folder / "shop.sqlproj").write_text(OLD)
    database = Scripts(folder if by_folder else folder / "shop.sqlproj", read_scripts).catalog()
    assert [str(table.name) for table in database.tables] == ["shop.Orders"]
    assert [str(module.name) for module in database.modules] == ["shop.v"]
    assert database.collation == "Latin1_General_CS_AS"


def test_a_project_in_sdk_style_builds_all_but_what_it_removes(folder: Path) -> None:
    (folder / "shop.sqlproj").write_text(SDK)
    database = Scripts(folder, read_scripts).catalog()
    assert [str(table.name) for table in database.tables] == ["dbo.Orders", "dbo.more"]


def test_what_is_no_project(folder: Path) -> None:
    (folder / "shop.sqlproj").write_text("<Project>")
    with pytest.raises(SourceError, match="is no database project"):
        Scripts(folder, read_scripts).catalog()


def test_numbers_count_as_numbers_and_several_paths_are_read_in_turn(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"V{number}__x.sql").write_text(f"-- {number}")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "V3__x.sql").touch()
    assert [file.name for file in Scripts(tmp_path / "other", read_scripts, (tmp_path,)).files()] == [
        "other/V3__x.sql",
        *(f"{tmp_path.name}/{name}" for name in ("V1__x.sql", "V2__x.sql", "V10__x.sql", "other/V3__x.sql")),
    ]


def test_a_script_that_is_named_alone_includes_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "main.sql").write_text(":r part.sql\n:r gone.sql\n")
    (tmp_path / "part.sql").write_text("create table t (a int)")
    database = Scripts(tmp_path / "main.sql", read_scripts).catalog()
    assert len(database.tables) == 1
    assert [item.reason for item in database.unread] == ["there is no such file in the folder"]
