"""What ODBC is told, and names and texts in T-SQL."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import ConfigError
from migrator.sqlserver import connect
from migrator.sqlserver.connect import connection_string, literal, quoted, trusting
from migrator.sqlserver.url import Server

OPTIONS = "password-env=PW"


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", "hunter2")
    monkeypatch.setattr(connect, "driver_name", lambda wanted: wanted or "/lib/msodbcsql.so")


def settings(url: str) -> dict[str, str]:
    """What a driver reads out of the text: the rules of ODBC for braces."""
    text = connection_string(Server.parse(url))
    found = {}
    while text:
        key, _, text = text.partition("=")
        value = ""
        if text.startswith("{"):
            text = text[1:]
            while True:
                part, _, text = text.partition("}")
                value += part
                if not text.startswith("}"):
                    break
                value += "}"
                text = text[1:]
            assert text.startswith(";")
            text = text[1:]
        else:
            value, _, text = text.partition(";")
        found[key] = value
    return found


def test_defaults() -> None:
    assert settings(f"mssql://reader@db.example/Care?{OPTIONS}") == {
        "DRIVER": "/lib/msodbcsql.so",
        "DATABASE": "Care",
        "APP": "migrator",
        "UID": "reader",
        "PWD": "hunter2",
        "SERVER": "tcp:db.example,1433",
        "Encrypt": "yes",
        "TrustServerCertificate": "no",
        "ConnectRetryCount": "0",
    }


@pytest.mark.parametrize(("tls", "encrypt", "trust"), [("verify", "yes", "no"), ("encrypt", "yes", "yes")])
def test_tls(tls: str, encrypt: str, trust: str) -> None:
    found = settings(f"mssql://r@h/d?{OPTIONS}&tls={tls}&certificate-host=db.example")
    assert (found["Encrypt"], found["TrustServerCertificate"]) == (encrypt, trust)
    assert found["HostNameInCertificate"] == "db.example"
    assert settings(f"mssql://r@h/d?{OPTIONS}&tls=off")["Encrypt"] == "no"


def test_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    kerberos = settings("mssql://h/d?auth=kerberos")
    assert kerberos["Trusted_Connection"] == "yes"
    assert not {"UID", "PWD", "Authentication"} & set(kerberos)
    entra = settings(f"mssql://app-id@h/d?auth=entra&{OPTIONS}")
    assert (entra["Authentication"], entra["UID"]) == ("ActiveDirectoryServicePrincipal", "app-id")
    monkeypatch.delenv("PW")
    identity = settings(f"mssql://h/d?auth=managed-identity&{OPTIONS}")
    assert identity["Authentication"] == "ActiveDirectoryMsi"
    assert not {"UID", "PWD"} & set(identity)
    assert settings(f"mssql://one@h/d?auth=managed-identity&{OPTIONS}")["UID"] == "one"


def test_read_only_intent() -> None:
    assert settings(f"mssql://r@h/d?{OPTIONS}&intent=read-only")["ApplicationIntent"] == "ReadOnly"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_password_and_database_come_through(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PW", text)
        patch.setattr(connect, "driver_name", lambda wanted: wanted)
        server = Server("r", password_variable="PW", driver="D", database=text)
        patch.setattr(Server, "parse", lambda url: server)
        found = settings("")
    assert (found["PWD"], found["DATABASE"]) == (text, text)


def test_freetds() -> None:
    found = settings(f"mssql://r@h:1444/d?{OPTIONS}&driver=FreeTDS&tls=encrypt&intent=read-only")
    assert found == {
        "DRIVER": "FreeTDS",
        "DATABASE": "d",
        "APP": "migrator",
        "UID": "r",
        "PWD": "hunter2",
        "SERVER": "h",
        "PORT": "1444",
        "TDS_Version": "7.4",
        "ClientCharset": "UTF-8",
        "Encryption": "require",
        "ApplicationIntent": "ReadOnly",
    }
    assert settings(f"mssql://r@h/d?{OPTIONS}&driver=FreeTDS&tls=off")["Encryption"] == "off"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mssql://r@h/d?password-env=NOT_SET", "NOT_SET is not set"),
        (f"mssql://h/d?{OPTIONS}", "names no user"),
        (f"mssql://r@h/d?{OPTIONS}&driver=FreeTDS", "FreeTDS cannot be told"),
        (
            f"mssql://r@h/d?{OPTIONS}&driver=/usr/lib/libtdsodbc.so&tls=encrypt&auth=entra",
            "FreeTDS knows no auth=entra",
        ),
    ],
)
def test_refused(url: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        connection_string(Server.parse(url))
    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_names_and_texts() -> None:
    assert quoted("a]b'c") == "[a]]b'c]"
    assert literal("a'b]c") == "N'a''b]c'"


def test_authorities_are_trusted_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    for before in (None, "/etc/all.pem"):
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        if before:
            monkeypatch.setenv("SSL_CERT_FILE", before)
        with pytest.raises(ZeroDivisionError), trusting(Server("r", ca=str(ca))):
            assert os.environ["SSL_CERT_FILE"] == str(ca)
            raise ZeroDivisionError
        assert os.environ.get("SSL_CERT_FILE") == before
        with trusting(Server("r")):
            assert os.environ.get("SSL_CERT_FILE") == before
    with pytest.raises(ConfigError, match="no such file"), trusting(Server("r", ca=str(tmp_path / "other.pem"))):
        pass
