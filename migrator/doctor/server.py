"""The source's product, and what its database is set to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.model.checkup import Area, Check, Grade
from migrator.sqlserver.facts import Options, SourceFacts
from migrator.sqlserver.version import EngineEdition
from migrator.units import count, counted, volume

_ONLY_LIKE_IT: Final = frozenset({EngineEdition.BABELFISH, EngineEdition.EDGE, EngineEdition.FABRIC})
_SYSTEM: Final = frozenset({"master", "model", "msdb", "tempdb"})


def server(facts: SourceFacts) -> Iterator[Check]:
    """Version and edition, the database, its recovery model and features that do not come over by themselves."""
    yield _product(facts)
    yield _database(facts)
    if facts.options is not None:
        yield from _options(facts.options)
    if facts.encrypted_columns:
        yield _source(
            "Always Encrypted",
            Grade.BLOCKER,
            counted(facts.encrypted_columns, "encrypted column"),
            "the server does not know their values: ciphertext would be copied, which MySQL cannot read",
            "decrypt these columns before the migration, or leave their tables out",
        )
    if facts.assemblies:
        yield _source(
            "CLR",
            Grade.WARNING,
            f"assemblies of users: {count(facts.assemblies)}",
            "MySQL runs no .NET code",
            "`migrator assess` lists what depends on them",
        )


def _product(facts: SourceFacts) -> Check:
    found = ", ".join(part for part in (facts.product.text, facts.edition) if part)
    if facts.product.edition in _ONLY_LIKE_IT:
        return _source(
            "version",
            Grade.WARNING,
            found,
            f"{facts.product.edition} speaks SQL Server's protocol, but its catalog is not the same in all places",
            "look through the unknown lines below, and rehearse",
        )
    return _source("version", Grade.OK, found)


def _database(facts: SourceFacts) -> Check:
    size = "" if facts.bytes is None else f", {volume(facts.bytes)} of data"
    tables = "" if facts.tables is None else f", {counted(len(facts.tables), 'table')}"
    if facts.database.lower() in _SYSTEM:
        return _source(
            "database",
            Grade.WARNING,
            f"{facts.database}: a system database",
            "what is in it belongs to the server",
            "name a database in the address: mssql://user@host:1433/database",
        )
    if facts.tables == ():
        return _source(
            "database",
            Grade.WARNING,
            f"{facts.database}: no tables are to be seen",
            "a login sees only tables that it has a permission on",
            "check the name of the database, and `migrator doctor --grants`",
        )
    return _source("database", Grade.OK, f"{facts.database}{tables}{size}")


def _options(options: Options) -> Iterator[Check]:
    yield _source("compatibility level", Grade.OK, str(options.compatibility))
    yield _source(
        "recovery model",
        Grade.OK,
        options.recovery,
        "reading and change tracking work under every model; the log's space is another matter",
    )
    if options.encrypted:
        yield _source(
            "encryption (TDE)",
            Grade.OK,
            "on: the files are encrypted, reading is not affected",
            "Aurora encrypts a cluster from its creation on, or never",
            "make sure that the target's storage is encrypted",
        )
    if options.cdc:
        yield _source(
            "change data capture",
            Grade.OK,
            "on: its tables in the schema cdc are the server's own and stay behind",
            "catching up goes by change tracking, which is another feature",
        )
    if options.published:
        yield _source(
            "replication",
            Grade.WARNING,
            "the database is published",
            "subscribers will get nothing any more once the application writes to MySQL",
            "plan what becomes of the subscribers",
        )


def _source(
    name: str, grade: Grade, found: str, why: str = "", advice: str = "", statements: tuple[str, ...] = ()
) -> Check:
    return Check(Area.SOURCE, name, grade, found, why, advice, statements)
