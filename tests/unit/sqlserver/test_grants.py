"""The least that a login needs, as T-SQL."""

from __future__ import annotations

import pytest

from migrator.sqlserver.grants import NEEDS, Scope, Service, Task, needs, script, service_at, service_of
from migrator.sqlserver.url import Server
from migrator.sqlserver.version import EngineEdition, Product

BOX = Server.parse("mssql://reader@db.example:1433/shop")
AZURE = Server.parse("mssql://reader@shop.database.windows.net/shop")
INSTANCE = Server.parse("mssql://reader@mi.a1b2c3.database.windows.net/shop")


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("db", Service.SERVER),
        ("db.example.com", Service.SERVER),
        ("database.windows.net.example", Service.SERVER),
        ("shop.database.windows.net", Service.AZURE_SQL_DATABASE),
        ("SHOP.Database.Windows.Net.", Service.AZURE_SQL_DATABASE),
        ("shop.privatelink.database.windows.net", Service.AZURE_SQL_DATABASE),
        ("shop.database.chinacloudapi.cn", Service.AZURE_SQL_DATABASE),
        ("mi.a1b2c3.database.windows.net", Service.MANAGED_INSTANCE),
        ("mi.public.a1b2c3.database.windows.net", Service.MANAGED_INSTANCE),
    ],
)
def test_an_address_says_which_service_it_is(host: str, service: Service) -> None:
    assert service_at(host) is service


@pytest.mark.parametrize(
    ("edition", "service"),
    [
        (EngineEdition.SERVER, Service.SERVER),
        (EngineEdition.BABELFISH, Service.SERVER),
        (EngineEdition.EDGE, Service.SERVER),
        (EngineEdition.MANAGED_INSTANCE, Service.MANAGED_INSTANCE),
        (EngineEdition.AZURE_SQL_DATABASE, Service.AZURE_SQL_DATABASE),
        (EngineEdition.FABRIC, Service.AZURE_SQL_DATABASE),
    ],
)
def test_a_product_says_which_service_it_is(edition: EngineEdition, service: Service) -> None:
    assert service_of(Product(16, edition, "")) is service


def _named(major: int, edition: EngineEdition, *tasks: Task) -> set[str]:
    return {need.permission for need in needs(Product(major, edition, ""), tasks)}


def test_reading_takes_four_permissions() -> None:
    common = {"CONNECT", "SELECT", "VIEW DEFINITION"}
    assert _named(15, EngineEdition.SERVER, Task.READ) == common | {"VIEW DATABASE STATE"}
    assert _named(16, EngineEdition.SERVER, Task.READ) == common | {"VIEW DATABASE PERFORMANCE STATE"}
    assert _named(16, EngineEdition.MANAGED_INSTANCE, Task.READ) == common | {"VIEW DATABASE PERFORMANCE STATE"}
    assert _named(17, EngineEdition.AZURE_SQL_DATABASE, Task.READ) == common | {"VIEW DATABASE STATE"}


def test_releases_and_services_differ_in_what_shows_their_state() -> None:
    assert _named(15, EngineEdition.SERVER, Task.DOCTOR) - {"CONNECT", "VIEW DEFINITION"} == {
        "VIEW SERVER STATE",
        "VIEW DATABASE STATE",
    }
    assert _named(16, EngineEdition.SERVER, Task.DOCTOR) - {"CONNECT", "VIEW DEFINITION"} == {
        "VIEW SERVER PERFORMANCE STATE",
        "VIEW DATABASE PERFORMANCE STATE",
    }
    assert _named(17, EngineEdition.AZURE_SQL_DATABASE, *Task) == {
        "CONNECT",
        "SELECT",
        "VIEW DEFINITION",
        "VIEW DATABASE STATE",
        "VIEW CHANGE TRACKING",
    }


def test_nothing_lets_a_login_write() -> None:
    assert not [need for need in NEEDS if need.permission.split()[0] in ("ALTER", "CONTROL", "INSERT", "UPDATE")]


def test_a_server_gets_a_login_and_a_user() -> None:
    text = script(BOX, "mov]er's")
    assert "IF SUSER_ID(N'mov]er''s') IS NULL CREATE LOGIN [mov]]er's] WITH PASSWORD = N'<password>';" in text
    assert "CREATE USER [mov]]er's] FOR LOGIN [mov]]er's];" in text
    assert text.index("GRANT VIEW SERVER STATE") < text.index("USE [shop];") < text.index("GRANT SELECT TO")
    assert "CREATE ANY DATABASE" not in text


def test_a_release_does_not_see_the_grants_of_others() -> None:
    text = script(BOX, "mover")
    for permission in ("VIEW SERVER STATE", "VIEW SERVER PERFORMANCE STATE", "VIEW DATABASE PERFORMANCE STATE"):
        [line] = [line for line in text.splitlines() if permission in line and not line.startswith("--")]
        assert line.startswith("IF CAST(PARSENAME(")
        assert f"EXEC (N'GRANT {permission} TO [mover];');" in line


def test_a_quote_in_a_name_is_doubled_in_an_executed_text() -> None:
    assert "EXEC (N'GRANT VIEW SERVER STATE TO [o''brien];');" in script(BOX, "o'brien")


def test_azure_gets_a_contained_user_and_no_login() -> None:
    text = script(AZURE, "mover")
    assert "CREATE USER [mover] WITH PASSWORD" in text
    assert "CREATE LOGIN" not in text
    assert "USE " not in text.replace("USE does not", "")
    assert "GRANT VIEW DATABASE STATE TO [mover];" in text
    assert "PERFORMANCE" not in text
    assert "##MS_ServerStateReader##" in text


def test_an_instance_is_always_new_enough() -> None:
    text = script(INSTANCE, "mover")
    assert "GRANT VIEW SERVER PERFORMANCE STATE TO [mover];" in text
    assert "VIEW SERVER STATE" not in text
    assert "PARSENAME" not in text


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("mssql://db/shop?auth=kerberos", "CREATE LOGIN [CORP\\mover] FROM WINDOWS;"),
        ("mssql://db/shop?auth=entra", "CREATE LOGIN [CORP\\mover] FROM EXTERNAL PROVIDER;"),
        ("mssql://s.database.windows.net/shop?auth=entra", "CREATE USER [CORP\\mover] FROM EXTERNAL PROVIDER;"),
    ],
)
def test_who_the_user_proves_to_be(url: str, how: str) -> None:
    text = script(Server.parse(url), "CORP\\mover")
    assert how in text
    assert "password" not in text


def test_tasks_decide() -> None:
    text = script(BOX, "mover", [Task.READ])
    assert "GRANT SELECT" in text
    assert "SERVER STATE" not in text
    assert "CHANGE TRACKING" not in text
    assert "GRANT CREATE ANY DATABASE TO [mover];" in script(BOX, "mover", [Task.DATABASE_SNAPSHOT])


def test_changes_are_granted_schema_by_schema() -> None:
    text = script(BOX, "mo'ver")
    assert "N'GRANT VIEW CHANGE TRACKING ON SCHEMA::' + QUOTENAME(s.name) + N' TO [mo''ver]; '" in text


def test_an_address_without_a_database_leaves_its_place_open() -> None:
    assert "USE [<database>];" in script(Server.parse("mssql://db/"), "mover")


def test_every_need_says_why() -> None:
    assert all(need.why and need.tasks and need.services for need in NEEDS)
    assert {need.scope for need in NEEDS} == set(Scope)
