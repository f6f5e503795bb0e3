from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import ConfigError
from migrator.mysql.url import PASSWORD_VARIABLE, Target, Tls


def test_defaults_are_safe() -> None:
    target = Target.parse("mysql://admin@db.example")
    assert (target.port, target.database, target.tls) == (3306, "", Tls.VERIFY)
    assert target.password_variable == PASSWORD_VARIABLE


def test_everything() -> None:
    target = Target.parse("mysql://a%40b@h:3307/my%20db?socket=/tmp/s&tls=off&ca=/ca.pem&password-env=PW&binlog=off")
    assert target == Target("a@b", "h", 3307, "my db", "/tmp/s", Tls.OFF, "/ca.pem", "PW", binlog=False)


@given(
    st.builds(
        Target,
        user=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
        host=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
        port=st.integers(1, 65535),
        database=st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda name: not name.startswith("/")),
        tls=st.sampled_from(Tls),
        ca=st.sampled_from(["", "/etc/ca.pem", "/with space/ca.pem"]),
        binlog=st.booleans(),
    )
)
def test_text_reads_back(target: Target) -> None:
    assert Target.parse(str(target)) == target


def test_the_same_database_has_the_same_identity() -> None:
    by_socket = Target.parse("mysql://root@localhost:3307/x?socket=/tmp/s&tls=off")
    assert by_socket.identity == Target.parse("mysql://root@localhost:4711/x?socket=/tmp/s").identity
    assert by_socket.identity != by_socket.with_database("y").identity
    assert Target.parse("mysql://a@h/x").identity == Target.parse("mysql://b@h:3306/x?tls=off").identity
    assert Target.parse("mysql://a@h/x").identity != Target.parse("mysql://a@h:3307/x").identity


def test_password_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "hunter2")
    target = Target.parse("mysql://admin@db/x")
    assert target.password == "hunter2"
    assert "hunter2" not in f"{target} {target!r} {target.place}"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://admin:hunter2@db/x", "holds a password"),
        ("postgres://admin@db/x", "not a MySQL address"),
        ("mysql://admin@db/x?sll=1", "unknown option"),
        ("mysql://admin@db/x?tls=maybe", "cannot be read"),
        ("mysql://admin@db:port/x", "cannot be read"),
        ("mysql://admin@db/x?binlog=0", "binlog=0 means nothing"),
    ],
)
def test_refusals_say_what_to_do(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        Target.parse(url)
    assert caught.value.todo
    assert "hunter2" not in str(caught.value)
