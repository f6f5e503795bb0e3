"""The whole model: every object of a database, in the order of names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import count as numbers
from typing import Final

from migrator.lab.generate.model_xml.dac import Element, Property, Reference, bracketed, count, relationship, render
from migrator.lab.generate.model_xml.programs import program_element, sequence_element, synonym_element
from migrator.lab.generate.model_xml.tables import TableElements
from migrator.lab.generate.model_xml.types import alias_element
from migrator.lab.generate.programs import Program, Sequence, Synonym
from migrator.model.schema import Database

SCHEMA_VERSION: Final = "2.9"
_ROOT: Final = {
    "FileFormatVersion": "1.2",
    "SchemaVersion": SCHEMA_VERSION,
    "DspName": "Microsoft.Data.Tools.Schema.Sql.Sql150DatabaseSchemaProvider",
    "CollationLcid": "1033",
    "CollationCaseSensitive": "False",
}
_OPTIONS: Final = {
    "IsAnsiNullsOn": "True",
    "IsAnsiWarningsOn": "True",
    "IsArithAbortOn": "True",
    "IsConcatNullYieldsNullOn": "True",
    "IsTornPageProtectionOn": "False",
    "IsFullTextEnabled": "True",
    "PageVerifyMode": "3",
    "QueryStoreStaleQueryThreshold": "367",
}


@dataclass(frozen=True, slots=True)
class Model:
    """A model.xml: its bytes, and how many objects of each kind it holds."""

    data: bytes
    counts: Counter[str]


def write_model(
    database: Database,
    programs: tuple[Program, ...] = (),
    sequences: tuple[Sequence, ...] = (),
    synonyms: tuple[Synonym, ...] = (),
) -> Model:
    """The model of ``database``'s tables, schemas and alias types, and of the programs given beside it.

    ``database.modules`` and ``database.others`` say the same as the programs in less detail, and are not read.
    """
    disambiguators = numbers(2)
    elements = [_options(database)]
    elements += [_schema(name) for name in database.schemas if name != "dbo"]
    elements += map(alias_element, database.alias_types)
    for table in database.tables:
        elements += TableElements(table, lambda: next(disambiguators)).elements()
    elements += map(program_element, programs)
    elements += map(sequence_element, sequences)
    elements += map(synonym_element, synonyms)
    # Nameless elements come first, the options before all, as DacFx orders them.
    ordered = tuple(sorted(elements, key=lambda e: (e.type != "SqlDatabaseOptions", (e.name or "").lower())))
    return Model(render(ordered, _ROOT), count(ordered))


def _options(database: Database) -> Element:
    properties = (Property("Collation", database.collation), *(Property(*option) for option in _OPTIONS.items()))
    filegroup = relationship("DefaultFilegroup", Reference("[PRIMARY]", builtin=True))
    return Element("SqlDatabaseOptions", None, properties, filegroup, disambiguator=1)


def _schema(name: str) -> Element:
    return Element("SqlSchema", bracketed(name), (), relationship("Authorizer", Reference("[dbo]", builtin=True)))
