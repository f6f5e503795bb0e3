from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from migrator.errors import LedgerError, OutputError
from migrator.ledger import FILE_NAME, Kind, Ledger

ENDS = {"source": "sha256:1", "target": "mysql://a@b/c"}


def test_a_run_goes_on_after_a_crash(tmp_path: Path) -> None:
    first = Ledger.begin(tmp_path, **ENDS)
    first.note(Kind.PHASE_STARTED, {"phase": "load"})
    # No close: the process died here.
    with Ledger.resume(tmp_path, **ENDS) as second:
        assert second.run == first.run
        assert [entry.kind for entry in second.entries()] == [Kind.RUN_STARTED, Kind.PHASE_STARTED, Kind.RUN_RESUMED]


def test_phases_add_up_over_attempts(tmp_path: Path) -> None:
    with Ledger.begin(tmp_path, **ENDS) as ledger:
        with pytest.raises(ZeroDivisionError), ledger.phase("load"):
            raise ZeroDivisionError
        with ledger.phase("load") as measure:
            measure.rows, measure.bytes = 7, 70
        with ledger.phase("build"):
            pass
        load, build = ledger.phases()
        failed, finished = (
            entry.body["seconds"]
            for entry in ledger.entries()
            if "seconds" in entry.body and entry.body["phase"] == "load"
        )
    assert (load.name, load.rows, load.bytes) == ("load", 7, 70)
    assert load.seconds == failed + finished
    assert build.name == "build"


def test_a_failure_is_named_without_its_words(tmp_path: Path) -> None:
    with Ledger.begin(tmp_path, **ENDS) as ledger:
        with pytest.raises(ValueError, match="Kowalska"), ledger.phase("load"):
            raise ValueError("Kowalska")
        failed = ledger.entries()[-1]
    assert failed.kind is Kind.PHASE_FAILED
    assert failed.body["error"] == "ValueError"
    assert b"Kowalska" not in (tmp_path / FILE_NAME).read_bytes()


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE journal SET body = '{}' WHERE seq = 1",
        "UPDATE journal SET at = '2020' WHERE seq = 2",
        "UPDATE journal SET kind = 'phase started' WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 1",
    ],
)
def test_an_edit_breaks_the_chain(tmp_path: Path, edit: str) -> None:
    with Ledger.begin(tmp_path, **ENDS) as ledger:
        ledger.note(Kind.VERDICT, {"verdict": "different"})
        ledger.verify()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute(edit)
    database.close()
    with pytest.raises(LedgerError, match="not as it was written"):
        Ledger.resume(tmp_path, **ENDS)


@pytest.mark.parametrize("changed", ["source", "target"])
def test_another_end_is_refused(tmp_path: Path, changed: str) -> None:
    Ledger.begin(tmp_path, **ENDS).close()
    with pytest.raises(LedgerError, match=changed):
        Ledger.resume(tmp_path, **{**ENDS, changed: "another"})


def test_nothing_to_resume(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no run to resume"):
        Ledger.resume(tmp_path, **ENDS)


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("something else, long enough to be looked at as a database" * 100)
    with pytest.raises(LedgerError):
        Ledger.resume(tmp_path, **ENDS)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        Ledger.begin(tmp_path / "file" / "out", **ENDS)


def test_begin_forgets_the_run_before(tmp_path: Path) -> None:
    Ledger.begin(tmp_path, **ENDS).close()
    with Ledger.begin(tmp_path, **ENDS) as ledger:
        assert len(ledger.entries()) == 1
