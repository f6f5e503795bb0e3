"""Addresses of a source: every option, what is refused, and no password anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import ConfigError
from migrator.sqlserver.url import PASSWORD_VARIABLE, Login, Server, Tls, Wanted


def test_defaults_are_safe() -> None:
    server = Server.parse("mssql://reader@db.example/Care")
    assert server == Server("reader", "db.example", 1433, "Care")
    assert (server.tls, server.login, server.wanted) == (Tls.VERIFY, Login.SQL, Wanted.AUTO)
    assert server.password_variable == PASSWORD_VARIABLE
    assert not server.read_only_intent


def test_everything() -> None:
    server = Server.parse(
        "mssql://a%40b@h:1444/my%20db?driver=FreeTDS&tls=off&ca=/ca.pem&certificate-host=db.example&auth=entra"
        "&password-env=PW&intent=read-only&consistency=database-snapshot"
    )
    assert server == Server(
        "a@b",
        "h",
        1444,
        "my db",
        "FreeTDS",
        Tls.OFF,
        "/ca.pem",
        "db.example",
        Login.ENTRA,
        "PW",
        read_only_intent=True,
        wanted=Wanted.DATABASE_SNAPSHOT,
    )


@pytest.mark.parametrize(
    ("option", "field", "values"), [("tls", "tls", Tls), ("auth", "login", Login), ("consistency", "wanted", Wanted)]
)
def test_every_choice(option: str, field: str, values: type[Tls | Login | Wanted]) -> None:
    for value in values:
        assert getattr(Server.parse(f"mssql://u@h/d?{option}={value}"), field) is value


@given(
    st.builds(
        Server,
        user=st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        host=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True) | st.sampled_from(["::1", "fe80::2:b", "10.0.0.1"]),
        port=st.integers(1, 65535),
        database=st.text(st.characters(codec="utf-8")).filter(lambda name: not name.startswith("/")),
        driver=st.sampled_from(["", "ODBC Driver 17 for SQL Server", "/opt/lib a&b/libtdsodbc.so"]),
        tls=st.sampled_from(Tls),
        ca=st.sampled_from(["", "/etc/ca.pem", "/with space/ca#1.pem"]),
        certificate_host=st.sampled_from(["", "db.example"]),
        login=st.sampled_from(Login),
        password_variable=st.sampled_from([PASSWORD_VARIABLE, "PW"]),
        read_only_intent=st.booleans(),
        wanted=st.sampled_from(Wanted),
    )
)
def test_text_reads_back(server: Server) -> None:
    assert Server.parse(str(server)) == server


def test_the_same_database_has_the_same_identity() -> None:
    one = Server.parse("mssql://a@DB.example/x?tls=off&intent=read-only")
    assert one.identity == Server.parse("mssql://b@db.example:1433/x").identity == "mssql://db.example:1433/x"
    assert one.identity != one.with_database("y").identity
    assert one.identity != Server.parse("mssql://a@db.example:1434/x").identity
    assert Server.parse("mssql://a@[::1]/x").identity == "mssql://[::1]:1433/x"


def test_places_for_people() -> None:
    assert Server.parse("mssql://a@h/x?tls=off").place == "x at h:1433"
    assert Server.parse("mssql://a@h").place == "h:1433"


def test_password_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server.parse("mssql://reader@db/x?password-env=PW")
    monkeypatch.delenv("PW", raising=False)
    assert not server.password
    monkeypatch.setenv("PW", "hunter2")
    assert server.password == "hunter2"
    assert "hunter2" not in f"{server} {server!r} {server.place} {server.identity}"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mssql://reader:hunter2@db/x", "holds a password"),
        ("mssql://reader:hunt/er2@db/x", "cannot be read"),
        ("mssql://reader:12?er2@db/x", "cannot be read"),
        ("mssql://reader:12#er2@db/x", "cannot be read"),
        ("mssql://reader@db/a#hunter2", "cannot be read"),
        ("postgres://reader@db/x", "not a SQL Server address"),
        ("db/x", "no scheme"),
        ("mssql://reader@db/x?sll=1", "unknown option in the source's address: sll"),
        ("mssql://reader@db/x?tls=maybe", "tls=maybe means nothing"),
        ("mssql://reader@db/x?auth=", "auth= means nothing"),
        ("mssql://reader@db/x?consistency=best", "consistency=best"),
        ("mssql://reader@db/x?intent=write", "intent=write"),
        ("mssql://reader@db:port/x", "cannot be read"),
        ("mssql://reader@db:99999/x", "cannot be read"),
        ("mssql://reader@[::1/x", "cannot be read"),
    ],
)
def test_refused(url: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Server.parse(url)
    assert says in str(caught.value)
    assert "er2" not in str(caught.value)
