"""What each product answers, and what it is taken for."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.errors import SourceError
from migrator.sqlserver.version import EngineEdition, Product, read_product


def answering(*values: Any) -> Any:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        assert sql.count("CAST(") == len(values)
        return [values]

    return rows


@pytest.mark.parametrize(
    ("text", "number", "edition", "babelfish", "expected"),
    [
        (
            "Microsoft SQL Server 2012 (SP4) (KB4018073) - 11.0.7001.0 (X64) \n\tAug 15 2017 10:23:29",
            "11.0.7001.0",
            "3",
            None,
            Product(11, EngineEdition.SERVER, "Microsoft SQL Server 2012 (SP4) (KB4018073) - 11.0.7001.0 (X64)"),
        ),
        (
            "Microsoft SQL Server 2025 (RTM) - 17.0.1000.7 (X64)",
            "17.0.1000.7",
            "4",
            None,
            Product(17, EngineEdition.SERVER, "Microsoft SQL Server 2025 (RTM) - 17.0.1000.7 (X64)"),
        ),
        (
            "Microsoft SQL Azure (RTM) - 12.0.2000.8 \n\tApr  9 2025",
            "12.0.2000.8",
            "5",
            None,
            Product(17, EngineEdition.AZURE_SQL_DATABASE, "Microsoft SQL Azure (RTM) - 12.0.2000.8"),
        ),
        (
            "Microsoft SQL Azure (RTM) - 12.0.2000.8",
            "12.0.2000.8",
            "8",
            None,
            Product(16, EngineEdition.MANAGED_INSTANCE, "Microsoft SQL Azure (RTM) - 12.0.2000.8"),
        ),
        (
            "Microsoft SQL Server 2025 - 17.0.900.7",
            "17.0.900.7",
            "8",
            None,
            Product(17, EngineEdition.MANAGED_INSTANCE, "Microsoft SQL Server 2025 - 17.0.900.7"),
        ),
        (
            "Babelfish for PostgreSQL with SQL Server Compatibility - 12.0.2000.8\nNov 1 2024",
            "12.0.2000.8",
            "3",
            "4.3.0",
            Product(
                12, EngineEdition.BABELFISH, "Babelfish for PostgreSQL with SQL Server Compatibility - 12.0.2000.8"
            ),
        ),
    ],
)
def test_products(text: str, number: str, edition: str, babelfish: str | None, expected: Product) -> None:
    assert read_product(answering(text, number, edition, babelfish)) == expected


@pytest.mark.parametrize(
    ("number", "edition", "words"),
    [("10.50.6000.34", "3", "2012 and later"), ("12.0.2000.8", "11", "cannot be migrated"), (None, None, "cannot be")],
)
def test_products_that_cannot_be_read(number: str | None, edition: str | None, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_product(answering("Microsoft SQL Server", number, edition, None))


def test_what_stands_alone() -> None:
    alone = {edition for edition in EngineEdition if Product(17, edition, "").is_single_database}
    assert alone == {EngineEdition.AZURE_SQL_DATABASE, EngineEdition.FABRIC}
