"""The demo database as a whole: every table with its rows, and the catalog that goes with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from migrator.errors import ConfigError
from migrator.lab.generate.census import Census
from migrator.lab.generate.columns import ALIAS_TYPES
from migrator.lab.generate.model_xml.dac import bracketed
from migrator.lab.generate.population import Population
from migrator.lab.generate.programs import PROGRAMS, SEQUENCES, SYNONYMS, Program, Sequence, Synonym
from migrator.lab.generate.tables import (
    address,
    agency,
    appuser,
    area,
    audit,
    caregiver,
    careplan,
    catalogue,
    claim,
    country,
    document,
    patient,
    payer,
    probe,
    record,
    remittance,
    setting,
    verification,
    visit,
)
from migrator.model import schema
from migrator.model.name import ObjectName
from migrator.model.schema import Database, Table

NAME: Final = "HomeCare"
COLLATION: Final = "SQL_Latin1_General_CP1_CI_AS"

_SUBJECTS: Final = (
    address,
    agency,
    appuser,
    area,
    audit,
    caregiver,
    careplan,
    catalogue,
    claim,
    country,
    document,
    patient,
    payer,
    probe,
    record,
    remittance,
    setting,
    verification,
    visit,
)
POPULATIONS: Final[tuple[Population, ...]] = tuple(
    sorted(
        (made for subject in _SUBJECTS for made in subject.POPULATIONS), key=lambda made: bracketed(made.name).lower()
    )
)
"""Every table of the demo database, in the order in which DacFx lists them."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a package is to hold: tables with their rows, the catalog, and the programs in full."""

    populations: tuple[Population, ...]
    database: Database
    programs: tuple[Program, ...]
    sequences: tuple[Sequence, ...]
    synonyms: tuple[Synonym, ...]


def census_at(scale: float) -> Census:
    """The rows of every table at a scale."""
    return Census(scale, {population.name: population.growth for population in POPULATIONS})


def design(tables: Collection[str] | None = None) -> Design:
    """The whole database, or only ``tables`` (``care.Visit``): then without programs and keys to other tables.

    Raises ConfigError for a table that there is not.
    """
    if tables is None:
        return Design(POPULATIONS, _database(POPULATIONS, PROGRAMS), PROGRAMS, SEQUENCES, SYNONYMS)
    by_name = {str(population.name).lower(): population for population in POPULATIONS}
    for wanted in tables:
        if wanted.lower() not in by_name:
            close = get_close_matches(wanted.lower(), by_name, n=1)
            raise ConfigError(
                f"the demo database has no table {wanted}",
                todo=f"perhaps you meant {by_name[close[0]].name}" if close else "name it as schema.table",
            )
    chosen = {by_name[wanted.lower()].name for wanted in tables}
    populations = tuple(
        replace(population, table=_alone(population.table, chosen))
        for population in POPULATIONS
        if population.name in chosen
    )
    return Design(populations, _database(populations, ()), (), (), ())


def _alone(table: Table, chosen: Collection[ObjectName]) -> Table:
    return replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.references in chosen))


def _database(populations: tuple[Population, ...], programs: tuple[Program, ...]) -> Database:
    tables = tuple(population.table for population in populations)
    used = {column.type.alias for table in tables for column in table.columns if column.type is not None}
    return Database(
        name=NAME,
        collation=COLLATION,
        schemas=("dbo", *sorted({table.name.schema for table in tables} - {"dbo"})),
        tables=tables,
        modules=tuple(program.module for program in programs),
        alias_types=tuple(alias for alias in ALIAS_TYPES if alias.name in used),
        sequences=tuple(
            schema.Sequence(item.name, item.type, item.start, item.increment) for item in SEQUENCES if programs
        ),
        synonyms=tuple(
            schema.Synonym(item.name, (item.target.schema, item.target.name)) for item in SYNONYMS if programs
        ),
    )
