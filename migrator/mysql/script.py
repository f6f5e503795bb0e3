"""Statements as a file for the mysql client has them."""

from __future__ import annotations

from migrator.model.translation import Statement


def text_of(statement: Statement) -> str:
    """The statement with its semicolon and an empty line behind it; with another DELIMITER where it holds semicolons,
    and with foreign_key_checks off around it where it wants that."""
    if statement.compound:
        mark = "$$"
        while mark in statement.sql:
            mark += "$"
        return f"DELIMITER {mark}\n{statement.sql}{mark}\nDELIMITER ;\n\n"
    if statement.unchecked:
        return f"SET foreign_key_checks = 0;\n{statement.sql};\nSET foreign_key_checks = 1;\n\n"
    return f"{statement.sql};\n\n"
