"""The closing words of a copy."""

from __future__ import annotations

from dataclasses import replace

from migrator.model.consistency import Consistency, Hold
from migrator.model.copied import Copied, TablePlan
from migrator.model.finding import Finding, Severity, Status
from migrator.model.rehearsal import PhaseTime, TableLoad
from migrator.model.schema import ObjectKind
from migrator.report.copy import copy_json, copy_text, plan_json, plan_text

FINDING = Finding(
    rule="unread",
    severity=Severity.ERROR,
    status=Status.MANUAL,
    kind=ObjectKind.VIEW,
    object="dbo.V",
    reason="no",
    advice="",
)
COPIED = Copied(
    (TableLoad("dbo.A", "A", 1_000, 2_000_000, 2.0), TableLoad("dbo.B", "B", 0, 0, 0.0)),
    (PhaseTime("load", 2.5, 1_000, 2_000_000),),
    Hold(Consistency.SNAPSHOT, "one worker reads all rows in one SNAPSHOT transaction"),
    (FINDING,),
    ("Keys could not be read: \x1b[31mno",),
)


def test_words() -> None:
    text = copy_text(COPIED)
    assert text.splitlines()[2].split() == ["A", "1,000", "2.00", "500", "1.0"]
    assert "1 remark on the schema (1 error)" in text
    assert "note: Keys could not be read" in text
    assert "\x1b" not in text
    closing = " ".join(text.split("\n\n")[-1].split())
    assert closing.startswith("COPIED. 1,000 rows in 2 tables. Consistency: snapshot: one worker reads all rows")
    assert "catch-up" not in text
    assert all(len(line) <= 88 for line in text.splitlines())


def test_tracked_tables_are_said() -> None:
    assert "Changes of 2 tables are tracked since before the load" in " ".join(
        copy_text(replace(COPIED, followed=2)).split()
    )


def test_many_tables_are_cut() -> None:
    loads = tuple(TableLoad(f"dbo.T{n}", f"T{n}", n, n, 1.0) for n in range(100))
    text = copy_text(replace(COPIED, loads=loads))
    assert "T99 " in text
    assert "T1 " not in text
    assert "and 70 smaller tables: see --json" in text


def test_values() -> None:
    values = copy_json(replace(COPIED, followed=1))
    assert (values["rows"], values["bytes"], values["followed_tables"]) == (1_000, 2_000_000, 1)
    assert values["consistency"] == {"kind": "snapshot", "why": COPIED.picture.why}
    assert [table["target"] for table in values["tables"]] == ["A", "B"]
    assert values["findings"][0]["object"] == "dbo.V"
    assert values["notes"] == list(COPIED.notes)


def test_a_plan() -> None:
    plans = [TablePlan("dbo.A", "A", None, 10, 1), TablePlan("care.B", "care_B", 5, 2_000_000, 3)]
    text = plan_text(plans, workers=4)
    assert text.index("care.B") < text.index("dbo.A")
    assert "?" in text
    assert text.endswith("2 tables, about 2.0 MB, over 4 connections.")
    assert [table["segments"] for table in plan_json(plans)["tables"]] == [1, 3]
