"""What SHOW GRANTS says, and what a user is given."""

from __future__ import annotations

import pytest

from migrator.mysql.grants import PRIVILEGES, grant, held, missing, script
from migrator.mysql.url import Target

ROOT = "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["GRANT USAGE ON *.* TO `u`@`%`"], {"USAGE"}),
        (["GRANT SELECT, INSERT ON *.* TO `u`@`%`"], {"SELECT", "INSERT"}),
        (["GRANT SELECT ON `my_shop`.* TO `u`@`%`", "GRANT DROP ON `other`.* TO `u`@`%`"], {"SELECT"}),
        ([r"GRANT SELECT ON `my\_shop`.* TO `u`@`%`"], {"SELECT"}),
        ([r"GRANT SELECT ON `my\%`.* TO `u`@`%`"], set()),
        (["GRANT SELECT ON `my%`.* TO `u`@`%`"], {"SELECT"}),
        (["GRANT SELECT ON `m__shop`.* TO `u`@`%`"], {"SELECT"}),
        (["GRANT SELECT ON `my_sho`.* TO `u`@`%`"], set()),
        (["GRANT SELECT ON `my_shop`.`t` TO `u`@`%`"], set()),
        (["GRANT SELECT (`a`), INSERT ON `my_shop`.* TO `u`@`%`"], {"INSERT"}),
        (["GRANT `role`@`%` TO `u`@`%`", "GRANT PROXY ON ``@`` TO `root`@`localhost`"], set()),
        (["GRANT SELECT, DROP ON *.* TO `u`@`%`", "REVOKE DROP ON `my_shop`.* FROM `u`@`%`"], {"SELECT"}),
        (["GRANT CREATE VIEW, SHOW VIEW ON `my_shop`.* TO `u`@`%` WITH GRANT OPTION"], {"CREATE VIEW", "SHOW VIEW"}),
    ],
)
def test_held(lines: list[str], expected: set[str]) -> None:
    assert held(lines, "my_shop") == expected


def test_a_name_may_hold_a_backtick() -> None:
    assert held(["GRANT SELECT ON `my``shop`.* TO `u`@`%`"], "my`shop") == {"SELECT"}


def test_everything_is_enough() -> None:
    assert missing(held([ROOT], "shop")) == ()
    assert missing(frozenset()) == PRIVILEGES


def test_the_statement_quotes_what_it_names() -> None:
    text = grant("my_sh`op", "o'brien", "%", PRIVILEGES[:2])
    assert text == "GRANT SELECT, INSERT ON `my\\_sh``op`.* TO 'o''brien'@'%';"


def test_what_is_given_is_what_is_asked_for() -> None:
    text = script(Target.parse("mysql://u@host/my_shop"), "mover")
    [line] = [line for line in text.splitlines() if line.startswith("GRANT")]
    assert missing(held([line.replace("'", "`")], "my_shop")) == ()
    assert "REQUIRE SSL" in text
    assert "REQUIRE SSL" not in script(Target.parse("mysql://u@host/my_shop?tls=off"), "mover")
    assert "<database>" in script(Target.parse("mysql://u@host"), "mover")


def test_keeping_out_of_the_binary_log_takes_a_privilege() -> None:
    assert "SESSION_VARIABLES_ADMIN" not in script(Target.parse("mysql://u@host/shop"), "mover")
    text = script(Target.parse("mysql://u@host/shop?binlog=off"), "mover")
    assert "GRANT SESSION_VARIABLES_ADMIN ON *.* TO 'mover'@'%';" in text


def test_no_privilege_reaches_beyond_the_database() -> None:
    assert not {"SUPER", "FILE", "PROCESS", "RELOAD", "GRANT OPTION", "CREATE USER"} & {
        item.name for item in PRIVILEGES
    }
    assert all(item.why for item in PRIVILEGES)
