from __future__ import annotations

import json

import pytest

from migrator.model.checkup import Area, Check, Checkup, Grade
from migrator.report.doctor import checkup_json, checkup_text

NASTY = "a\x1b[31m\nb \u202e c"
LONG = "ALTER DATABASE [" + "x" * 100 + "] SET ALLOW_SNAPSHOT_ISOLATION ON;"
CHECKUP = Checkup(
    "shop at db:1433",
    "shop at cluster:3306",
    (
        Check(Area.TARGET, "version", Grade.OK, "8.0.36"),
        Check(Area.SOURCE, "version", Grade.OK, "Microsoft SQL Server 2022 " * 5, "not shown where all is fine"),
        Check(Area.SOURCE, "consistency", Grade.WARNING, "off", "because " * 20, "do this", (LONG,)),
        Check(Area.SOURCE, NASTY, Grade.UNKNOWN, f"could not be asked: {NASTY}"),
        Check(Area.TARGET, "local_infile", Grade.BLOCKER, "off", "why", "advice", tuple(f"S{n};" for n in range(9))),
    ),
)


def test_text_is_grouped_and_says_the_sum_last() -> None:
    lines = checkup_text(CHECKUP, colour=False).splitlines()
    assert lines[0] == "source: shop at db:1433"
    assert "target: shop at cluster:3306" in lines
    assert "network" not in lines
    assert lines[-1] == "BLOCKED. 1 blocker, 1 warning, 1 could not be asked, 2 ok."
    assert "not shown where all is fine" not in "\n".join(lines)


def test_columns_stand_under_each_other() -> None:
    lines = checkup_text(CHECKUP, colour=False).splitlines()
    [version] = [line for line in lines if line.startswith("  ok       version") and "Microsoft" in line]
    [consistency] = [line for line in lines if "consistency" in line and "warning" in line]
    assert version.index("Microsoft") == consistency.index("off")


def test_no_line_is_wider_than_it_may_be_but_statements_are_whole() -> None:
    lines = checkup_text(CHECKUP, colour=False, width=70).splitlines()
    assert [line.strip() for line in lines if len(line) > 70] == [LONG]


def test_many_statements_are_cut_and_counted() -> None:
    text = checkup_text(CHECKUP, colour=False)
    assert "S5;" in text
    assert "S6;" not in text
    assert "-- and 3 more like it: see --json" in text


def test_control_characters_are_spelt_out() -> None:
    text = checkup_text(CHECKUP, colour=False)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_colours_change_nothing_but_the_colour() -> None:
    painted = checkup_text(CHECKUP, colour=True)
    assert "\x1b[31mblocker\x1b[0m" in painted
    for code in ("31", "32", "33", "36", "0"):
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == checkup_text(CHECKUP, colour=False)


@pytest.mark.parametrize(
    ("grades", "verdict"),
    [([Grade.OK], "READY."), ([Grade.UNKNOWN], "READY."), ([Grade.WARNING], "READY WITH WARNINGS."), ([], "READY.")],
)
def test_verdicts(grades: list[Grade], verdict: str) -> None:
    found = Checkup("", "", tuple(Check(Area.SOURCE, "x", grade, "y") for grade in grades))
    assert checkup_text(found, colour=False).splitlines()[-1].startswith(verdict)


def test_json_has_every_check_whole() -> None:
    body = json.loads(json.dumps(checkup_json(CHECKUP)))
    assert (body["verdict"], body["source"], body["target"]) == ("blocker", "shop at db:1433", "shop at cluster:3306")
    assert body["counts"] == {"ok": 2, "unknown": 1, "warning": 1, "blocker": 1}
    assert [check["area"] for check in body["checks"]] == ["source"] * 3 + ["target"] * 2
    assert len(body["checks"][-1]["statements"]) == 9
    assert checkup_json(Checkup("", "x", ()))["source"] is None
