from __future__ import annotations

from defusedxml.ElementTree import fromstring

from migrator.model.verification import CaseResult, Failure, Fault, Verification
from migrator.report.verification import verification_json, verification_junit, verification_text

NASTY = "]]> <b> & \"'\x00\x1b[31m \ud800 ż"
FOUND = Verification(
    "cases & more",
    (
        CaseResult("fine", 0.5),
        CaseResult("bro<ken", 0.25, (Failure(Fault.BROKEN, NASTY, NASTY),)),
        CaseResult("other", 1.0, (Failure(Fault.DIFFERENT, "x differs", "-a\n+b"), Failure(Fault.REFUSED, "no"))),
        CaseResult("new", 0.0, updated=("expected.mysql.sql",)),
    ),
    2.0,
    "8.0.44",
)


def test_junit_counts_and_escapes_everything() -> None:
    suite = fromstring(verification_junit(FOUND).encode("utf-8")).find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "1")
    fine, broken, other, _ = suite.findall("testcase")
    assert (fine.get("classname"), fine.get("time"), len(fine)) == ("cases & more", "0.500", 0)
    assert broken.get("name") == "bro<ken"
    assert broken.find("error").get("message") == NASTY.replace("\x00", "�").replace("\x1b", "�").replace("\ud800", "�")
    assert other.find("failure").get("type") == "different"
    assert other.find("failure").text == "x differs\n-a\n+b\nno"


def test_text_has_what_changed_what_is_wrong_and_a_sentence() -> None:
    text = verification_text(FOUND, colour=False)
    assert "\x1b" not in text
    assert text.startswith("new: expected.mysql.sql\n")
    assert "other: different: x differs\n  -a\n  +b\n" in text
    assert text.splitlines()[-1].startswith("4 cases, 2 failed, 1 updated")
    assert "\x1b[32m+b\x1b[0m" in verification_text(FOUND, colour=True)


def test_json_has_every_failure() -> None:
    body = verification_json(FOUND)
    assert (body["verdict"], body["cases"], body["failed"]) == ("failed", 4, 2)
    assert body["case_list"][2]["failures"][0] == {"fault": "different", "message": "x differs", "detail": "-a\n+b"}
