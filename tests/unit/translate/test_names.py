from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.mysql.connect import execute, fetch, quoted, session
from migrator.mysql.url import Target
from migrator.translate.names import LIMIT, Namer, fitting, fold

NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=128)


@given(NAMES)
def test_a_fitting_name_is_one_that_mysql_takes(name: str) -> None:
    found = fitting(name)
    assert 1 <= len(found) <= LIMIT
    assert found == found.rstrip()
    assert all(0 < ord(letter) <= 0xFFFF for letter in found)
    assert fitting(found) == found


@given(st.lists(NAMES, max_size=20))
def test_names_never_collide_and_never_change_from_run_to_run(names: list[str]) -> None:
    def take() -> list[str]:
        namer = Namer()
        return [namer.take(name, "owner") for name in names]

    found = take()
    assert len({fold(name) for name in found}) == len(names)
    assert found == take()


def test_names_that_fit_stay() -> None:
    for name in ("Orders", "Order Details", "Zażółć", "a`b", "x" * 64):
        assert fitting(name) == name


def test_long_names_keep_their_beginning_and_differ() -> None:
    first, second = fitting("x" * 70 + "1"), fitting("x" * 70 + "2")
    assert first != second
    assert first[:55] == second[:55] == "x" * 55


def test_a_table_is_a_file_whose_name_ends_somewhere(mysql: Target) -> None:
    names = ["漢" * 64, "ż" * 48, "Σ" * 64, "a/b\\c.d", "x" * 64, "İstanbul ", "🙂"]
    with session(mysql) as connection:
        for name in names:
            execute(connection, f"CREATE TABLE {quoted(fitting(name))} (a INT)", doing=name)
        assert len(fetch(connection, "SHOW TABLES")) == len(names)


def test_names_that_mysql_takes_for_one_are_folded_to_one(mysql: Target) -> None:
    pairs = [("E", "e"), ("É", "é"), ("Ł", "ł"), ("İ", "i"), ("A", "b"), ("e", "é"), ("Σ", "σ")]
    with session(mysql) as connection:
        for first, second in pairs:
            namer = Namer()
            columns = ", ".join(f"{quoted(namer.take(name, name))} INT" for name in (first, second))
            execute(connection, f"CREATE TABLE t ({columns})", doing=f"{first} {second}")
            execute(connection, "DROP TABLE t", doing="cleaning")
