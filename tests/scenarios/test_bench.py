"""The bench at its smallest, and what it must never do."""

from __future__ import annotations

from pathlib import Path

from support.commands import migrator

from migrator.errors import TargetOccupied
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target

SMALLEST = ("--rows", "1000", "--rounds", "2", "--memory", "", "--json")
LINES = ("500,1000", "")


def test_it_measures_ours_against_the_floor(mysql: Target, tmp_path: Path) -> None:
    for lines in LINES:  # what the first left behind is no obstacle to the second
        answer = migrator("bench", "--target", mysql, "--out", tmp_path, *SMALLEST, "--lines", lines)
        assert answer.code == 0, answer.err
        copied = answer.json["copy"]
        assert copied["rows"] == 1000
        assert copied["ratio"] == copied["load_s"] / copied["floor_s"] > 0
        translated = [one["lines"] for one in answer.json["translate"]]
        assert len(translated) == len([part for part in lines.split(",") if part])
        assert translated == sorted(translated)
    with session(mysql) as connection:
        assert fetch(connection, "SELECT COUNT(*) FROM `care_Visit`") == [(1000,)]
    assert not list(tmp_path.glob("*.tsv"))


def test_a_database_of_somebody_else_stays(mysql: Target, tmp_path: Path) -> None:
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE `payroll` (`id` INT)", doing="making a stranger")
    answer = migrator("bench", "--target", mysql, "--out", tmp_path, *SMALLEST, "--lines", "")
    assert answer.code == TargetOccupied.exit_code
    with session(mysql) as connection:
        assert fetch(connection, "SHOW TABLES") == [("payroll",)]
    assert not list(tmp_path.glob("*.tsv"))
