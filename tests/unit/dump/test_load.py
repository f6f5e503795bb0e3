"""A dumped folder goes into MySQL exactly once, and only as it was dumped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.arrow_source import ArrowSource
from support.dumps import folder_dump, visits

from migrator.dump import load as loading
from migrator.dump.folder import Folder
from migrator.dump.manifest import Compression, Format
from migrator.errors import ChecksumMismatch, LedgerError, SourceError, TargetOccupied, TargetUnreachable
from migrator.events import silent
from migrator.mysql import control
from migrator.mysql.connect import Connection, commit, execute, fetch, session
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.workflows.load import LoadSetting, load_folder

pytestmark = pytest.mark.usefixtures("one_process")
FORMATS = pytest.mark.parametrize("form", Format)
ROWS = 500


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.dump.lines.PART_BYTES", 20_000)
    monkeypatch.setattr("migrator.dump.parquet._GROUP_BYTES", 20_000)


def dumped(path: Path, form: Format, compression: Compression = Compression.ZSTD) -> Folder:
    source = visits(range(300), range(300, ROWS))
    source = ArrowSource(source.database, source.batches, batch_rows=40)
    manifest = folder_dump(source, path, form, compression=compression)
    assert all(len(file.parts) > 1 for file in manifest.files)
    return Folder(path)


def setting(target: Target, *, resume: bool = False, replacing: bool = False) -> LoadSetting:
    return LoadSetting(target, 1, resume, replacing)


def held(target: Target) -> tuple[int, int]:
    """Rows in the table, and rows that the control table speaks of."""
    with session(target) as connection:
        [(rows,)] = fetch(connection, "SELECT COUNT(*) FROM visits")
        [(recorded,)] = fetch(connection, f"SELECT COALESCE(SUM(`rows`), 0) FROM `{control.SLICE_TABLE}`")
        return int(rows), int(recorded)


@FORMATS
@pytest.mark.parametrize("compression", Compression)
def test_every_form(mysql: Target, tmp_path: Path, form: Format, compression: Compression) -> None:
    result = load_folder(dumped(tmp_path, form, compression), setting(mysql), emit=silent)
    assert (result.rows, result.tables, result.different) == (ROWS, 2, ())
    assert held(mysql) == (ROWS, ROWS)


Break = Callable[[Connection], None]


def before_commit(connection: Connection) -> None:
    connection.rollback()
    raise TargetUnreachable("gone before the commit")


def after_commit(connection: Connection) -> None:
    commit(connection, doing="committing")
    raise TargetUnreachable("gone before the answer")


@FORMATS
@pytest.mark.parametrize("broken", [before_commit, after_commit])
def test_a_commit_without_an_answer(
    mysql: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Format, broken: Break
) -> None:
    commits = 0

    def unsure(connection: Connection, *, doing: str) -> None:
        nonlocal commits
        commits += 1
        if commits in {1, 3}:
            broken(connection)
        commit(connection, doing=doing)

    monkeypatch.setattr(loading, "commit", unsure)
    result = load_folder(dumped(tmp_path, form), setting(mysql), emit=silent)
    assert (result.rows + result.skipped, result.different) == (ROWS, ())
    assert held(mysql) == (ROWS, ROWS)


@FORMATS
@pytest.mark.parametrize("at", [1, 2, 4])
def test_resume_loads_what_is_missing(
    mysql: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Format, at: int
) -> None:
    place = dumped(tmp_path, form)
    commits = 0

    def dying(connection: Connection, *, doing: str) -> None:
        nonlocal commits
        commits += 1
        if commits > at:
            raise KeyboardInterrupt
        commit(connection, doing=doing)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loading, "commit", dying)
        load_folder(place, setting(mysql), emit=silent)
    rows, recorded = held(mysql)
    assert 0 < rows == recorded < ROWS
    result = load_folder(place, setting(mysql, resume=True), emit=silent)
    assert (result.skipped, result.rows, result.different) == (rows, ROWS - rows, ())
    assert held(mysql) == (ROWS, ROWS)
    again = load_folder(place, setting(mysql, resume=True), emit=silent)
    assert (again.skipped, again.rows) == (ROWS, 0)


@FORMATS
@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_a_damaged_file_loads_no_damaged_row(
    mysql: Target, tmp_path: Path, form: Format, compression: Compression, share: float
) -> None:
    """Whatever is committed before the damage is what was dumped."""
    place = dumped(tmp_path, form, compression)
    [path, *_] = sorted(tmp_path.rglob("*visits@0.tsv*") if form is Format.MYSQLSH else tmp_path.rglob("0*.parquet"))
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(ChecksumMismatch):
        load_folder(place, setting(mysql), emit=silent)
    rows, recorded = held(mysql)
    assert rows == recorded < ROWS
    folder_dump(visits(range(300), range(300, ROWS)), tmp_path / "again", form)
    result = load_folder(Folder(tmp_path / "again"), setting(mysql, replacing=True), emit=silent)
    assert result.different == ()


@FORMATS
def test_a_file_that_is_missing_or_cut_is_told_before_anything_is_made(
    mysql: Target, tmp_path: Path, form: Format
) -> None:
    place = dumped(tmp_path, form)
    [path, *_] = sorted(tmp_path.rglob("*.tsv.zst") if form is Format.MYSQLSH else tmp_path.rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SourceError, match="another size"):
        load_folder(place, setting(mysql), emit=silent)
    path.unlink()
    with pytest.raises(SourceError, match="missing"):
        load_folder(place, setting(mysql), emit=silent)
    with session(mysql) as connection:
        assert fetch(connection, "SHOW TABLES") == []


def test_a_target_that_holds_something_else_is_not_touched(mysql: Target, tmp_path: Path) -> None:
    place = dumped(tmp_path, Format.MYSQLSH)
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE theirs (a INT)", doing="making a table")
    for replacing in (False, True):
        with pytest.raises(TargetOccupied):
            load_folder(place, setting(mysql, replacing=replacing), emit=silent)
    with pytest.raises(LedgerError):
        load_folder(place, setting(mysql, resume=True), emit=silent)


def test_a_load_of_another_dump_is_not_gone_on_with(mysql: Target, tmp_path: Path) -> None:
    load_folder(dumped(tmp_path / "one", Format.MYSQLSH), setting(mysql), emit=silent)
    other = dumped(tmp_path / "two", Format.PARQUET)
    with pytest.raises(LedgerError):
        load_folder(other, setting(mysql, resume=True), emit=silent)
    assert load_folder(other, setting(mysql, replacing=True), emit=silent).different == ()


def test_rows_that_others_change_are_found(mysql: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = dumped(tmp_path, Format.MYSQLSH)
    whole = loading.load_all

    def meddled(*arguments: object, **options: object) -> object:
        done = whole(*arguments, **options)  # type: ignore[arg-type]
        with session(mysql) as connection:
            execute(connection, "UPDATE visits SET code = 'x' WHERE id = 7", doing="meddling")
        return done

    monkeypatch.setattr("migrator.workflows.load.load_all", meddled)
    assert load_folder(place, setting(mysql), emit=silent).different == ("visits",)


def test_a_target_that_never_comes_back_is_an_error(
    mysql: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "retrying", lambda: retrying().copy(sleep=lambda _: None))
    monkeypatch.setattr(loading, "commit", lambda connection, doing: before_commit(connection))
    with pytest.raises(TargetUnreachable):
        load_folder(dumped(tmp_path, Format.MYSQLSH), setting(mysql), emit=silent)
    assert held(mysql) == (0, 0)


def test_what_the_source_repaired_is_a_finding(mysql: Target, tmp_path: Path) -> None:
    from migrator.dump.manifest import MANIFEST, read_manifest, write

    place = dumped(tmp_path, Format.MYSQLSH)
    manifest = read_manifest(place)
    files = tuple(replace(file, repaired=(("dbo.visits.note", 2),)) for file in manifest.files)
    write(place, MANIFEST, replace(manifest, files=files))
    [finding] = load_folder(place, setting(mysql), emit=silent).findings
    assert finding.object == "dbo.visits.note"
    assert finding.reason.startswith("4 values")
