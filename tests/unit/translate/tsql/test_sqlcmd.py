from __future__ import annotations

from migrator.translate.tsql.sqlcmd import substituted


def test_variables_are_put_in_and_lines_stay() -> None:
    script = ':setvar Name "my db"\r\n:SETVAR n 1\r\nuse [$(name)] -- $(N) $(other)\r\n'
    assert substituted(script) == "\r\n\r\nuse [my db] -- 1 $(other)\r\n"


def test_a_later_value_counts_from_its_line_on() -> None:
    assert substituted(":setvar a 1\n$(a)\n:setvar a 2\n$(a)") == "\n1\n\n2"


def test_a_script_without_variables_is_left_alone() -> None:
    assert substituted("select '$(x)'\x0b\n") == "select '$(x)'\x0b\n"
