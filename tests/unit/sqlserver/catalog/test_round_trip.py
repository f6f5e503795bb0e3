"""A schema read from a script and from the catalog of a server that has run it: the same database, the same plan."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from support.sys_catalog import fill
from support.sys_views import SysViews
from support.tables import without_places

from migrator.model.schema import Database, IndexKind, Table
from migrator.model.translation import Translation
from migrator.rules import load_rules
from migrator.sqlserver.catalog import read_catalog
from migrator.studies import open_source
from migrator.translate.plan import plan

FIXTURES = Path(__file__).parents[3] / "fixtures"
PATTERNS = (
    *("alias-*", "check-added-later", "check-and-*", "check-by-trigger-*", "check-not-*", "collation*", "column-*"),
    *("computed", "computed-c*", "default-added-*", "default-constants", "default-n*", "description*", "foreign-key*"),
    *(
        "identity*",
        "index*",
        "name*",
        "no-key",
        "other-*",
        "partition-*",
        "primary-key*",
        "read-option-*",
        "read-rename",
    ),
    *("rowversion-*", "sequence-*", "synonym-*", "table*", "temporal*", "trigger-order", "type*", "unique*"),
    *("view-encrypted", "view-indexed", "view-user-function"),
)
NOT_ON_A_SERVER = {
    "default-object": "what is bound is no part of the model",
    "foreign-key-missing-parent": "a server has no foreign key to a table that is not there",
    "partition-refused": "a server has no table on a scheme that is not there",
    "read-option-graph": "an edge table without columns of its own is no table of the model",
}


def cases() -> list[str]:
    return [
        folder.name
        for folder in sorted(FIXTURES.iterdir())
        if (folder / "source.sql").exists()
        and folder.name not in NOT_ON_A_SERVER
        and any(fnmatchcase(folder.name, pattern) for pattern in PATTERNS)
    ]


def by_name(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted((replace(part, place=None) for part in parts), key=lambda part: (part.name or "", str(part))))


def as_read(database: Database, others: frozenset[Any] = frozenset()) -> Database:
    """Without what one of the two cannot know: places, order, types of computed columns, where a module was cut; and
    without tables of ``others``, histories that a server makes by itself."""

    def table(item: Table) -> Table:
        bare = without_places(item)
        return replace(
            bare,
            rows=None,
            features=tuple(sorted(item.features)),
            uniques=by_name(item.uniques),
            foreign_keys=by_name(item.foreign_keys),
            checks=by_name(item.checks),
            # Which column a full-text index has first means nothing, and the catalog does not say.
            indexes=tuple(
                replace(index, columns=tuple(sorted(index.columns, key=str)))
                if index.kind is IndexKind.FULLTEXT
                else index
                for index in by_name(item.indexes)
            ),
            # A column in the database's own collation is like one of which nothing was said.
            columns=tuple(
                replace(
                    column,
                    type=None if column.computed else column.type,
                    collation=None if column.collation == database.collation else column.collation,
                )
                for column in bare.columns
            ),
            temporal=item.temporal and replace(item.temporal, history=None),
        )

    return replace(
        database,
        name="",
        product="",
        schemas=(),
        tables=tuple(map(table, sorted((t for t in database.tables if t.name not in others), key=lambda t: t.name))),
        modules=tuple(
            replace(item, place=None, body=None) for item in sorted(database.modules, key=lambda item: item.name)
        ),
        alias_types=tuple(sorted(database.alias_types, key=lambda item: item.name)),
        others=tuple(
            replace(item, place=None)
            for item in sorted(database.others, key=lambda item: (item.word, item.name, item.kind))
        ),
        sequences=by_name(database.sequences),
        synonyms=by_name(database.synonyms),
        partition_functions=tuple(sorted(database.partition_functions, key=lambda item: item.name)),
        partition_schemes=tuple(sorted(database.partition_schemes, key=lambda item: item.name)),
        unread=(),
        skipped=(),
    )


def histories(script: Database, live: Database) -> frozenset[Any]:
    """The history tables that no script makes."""
    kept = {table.temporal.history for table in live.tables if table.temporal is not None}
    return frozenset(kept - {table.name for table in script.tables})


@pytest.mark.parametrize("case", cases())
def test_the_catalog_says_what_the_script_said(case: str) -> None:
    script = open_source(str(FIXTURES / case / "source.sql")).catalog()
    views = SysViews(17)
    fill(views, script)
    catalog = read_catalog(views.rows, views.product)
    assert catalog.notes == ()
    live = catalog.database
    made = histories(script, live)
    ours, theirs = as_read(live, made), as_read(script)
    for one, other in zip(ours.tables, theirs.tables, strict=True):
        assert one == other
    assert ours == theirs
    assert set(live.schemas) >= set(script.schemas)
    for module in live.modules:
        assert module.body == module.text


def lines(translation: Translation) -> list[list[str]]:
    """Every statement as its lines, in whatever order tables and constraints stand."""
    return sorted(sorted(line.rstrip(",") for line in item.sql.splitlines()) for item in translation.statements)


@pytest.mark.parametrize(
    "case",
    ["foreign-keys", "index-kinds", "names-schemas", "sequence-counter-no-key", "partition-left-dates", "types-times"],
)
def test_the_plan_is_the_same(case: str) -> None:
    script = open_source(str(FIXTURES / case / "source.sql")).catalog()
    views = SysViews(17)
    fill(views, script)
    rules = load_rules()
    theirs, ours = plan(script, rules), plan(read_catalog(views.rows, views.product).database, rules)
    assert lines(ours) == lines(theirs)
    assert {(item.kind, item.object): item.status for item in ours.objects} == {
        (item.kind, item.object): item.status for item in theirs.objects
    }


def test_expressions_as_the_server_rewrites_them(tmp_path: Path) -> None:
    """SQL Server keeps expressions with brackets of its own around names, numbers and the whole."""
    source = tmp_path / "t.sql"
    source.write_text(
        "CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Points int NOT NULL CONSTRAINT DF DEFAULT 5, "
        "Name nvarchar(20) NULL, Twice AS Points * 2 PERSISTED, "
        "CONSTRAINT CK CHECK (Points >= 0 AND Name <> N'x'));\n"
        "CREATE UNIQUE INDEX IX ON dbo.T (Name) WHERE Name IS NOT NULL;\n"
    )
    script = open_source(str(source)).catalog()
    views = SysViews(17)
    fill(views, script)
    views.change("default_constraints", definition="((5))")
    views.change("check_constraints", definition="([Points]>=(0) AND [Name]<>N'x')")
    views.change("computed_columns", definition="([Points]*(2))")
    views.change("indexes", where="name = 'IX'", filter_definition="([Name] IS NOT NULL)")
    rules = load_rules()
    theirs, ours = plan(script, rules), plan(read_catalog(views.rows, views.product).database, rules)
    assert lines(ours) == lines(theirs)


def test_the_cases_that_no_server_has_are_there() -> None:
    assert {name for name in NOT_ON_A_SERVER if (FIXTURES / name / "source.sql").exists()} == set(NOT_ON_A_SERVER)
