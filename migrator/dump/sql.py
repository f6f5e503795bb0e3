"""One SQL script that ``mysql < file`` takes, as mysqldump writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from migrator import __version__
from migrator.dump.complete import all_there
from migrator.dump.pieces import pieces
from migrator.events import Advanced, Emit, Finished, Started, Unit
from migrator.model.consistency import Hold
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.translation import Phase, Translation
from migrator.mysql.connect import SQL_MODE, quoted
from migrator.mysql.script import text_of
from migrator.wire.inserts import encode_inserts

STAGE: Final = "dump"
STATEMENT_BYTES: Final = 1 << 20
"""So large is an INSERT, as mysqldump's: far below the 64 MB that a server takes by default, and the 16 MB of a
client."""
DONE: Final = "-- Dump completed"
"""The first words of the last line: a script without it is not whole."""
_BATCH_BYTES: Final = 2 << 20
_COMMIT_BYTES: Final = 64 << 20
_AFTER: Final = (Phase.INDEXES, Phase.FOREIGN_KEYS, Phase.ROUTINES, Phase.TRIGGERS, Phase.VIEWS)
"""Triggers must not see the rows, and a view may call a function. A view that a server refuses stops nothing but
views."""


@dataclass(frozen=True, slots=True)
class Script:
    """What was written: rows and fingerprints by target table, what the source had to repair (``Source.repaired``), and
    how far all of it is of one moment."""

    tables: dict[str, Fingerprint] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    picture: Hold | None = None

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(found.rows for found in self.tables.values())


def write_script(
    source: Source, database: Database, translation: Translation, hold: Hold, out: BinaryIO, *, whole: bool, emit: Emit
) -> Script:
    """Write everything in the order in which a server takes it: tables, rows, indexes, foreign keys, programs.

    An AUTO_INCREMENT counter needs no statement: CREATE TABLE has the one of the source, and InnoDB moves it behind
    every larger value that is inserted. ``whole`` says that it is all tables of the source. Raises SourceError,
    OutputError, and RowsDamaged where a whole source has not the rows that it vouches for.
    """
    _say(out, _head(source, translation))
    for statement in translation.of(Phase.TABLES):
        _say(out, [text_of(statement)])
    script = Script()
    for mapping in translation.mappings:
        script.tables[mapping.target] = _rows(source, database, mapping, out, emit)
    script.repaired.update(source.repaired)
    if whole:
        all_there(source, script.rows)
    picture = hold.outcome(source.slipped)
    for phase in _AFTER:
        statements = translation.of(phase)
        if statements:
            _say(out, [f"-- {str(phase).capitalize()}\n", *map(text_of, statements)])
    _say(out, _foot(script, picture))
    return Script(script.tables, script.repaired, picture)


def _rows(source: Source, database: Database, mapping: TableMapping, out: BinaryIO, emit: Emit) -> Fingerprint:
    table = database.table(mapping.source)
    segments = source.segments(table)
    emit(Started(STAGE, mapping.target, sum(segment.bytes for segment in segments), Unit.BYTES))
    names = ", ".join(quoted(column.name) for column in mapping.columns)
    head = f"INSERT INTO {quoted(mapping.target)} ({names}) VALUES"
    total = Fingerprint()
    since = 0
    for segment in segments:
        left = segment.bytes
        for batch in pieces(source.read(table, segment, batch_bytes=_BATCH_BYTES)):
            text, found = encode_inserts(batch, mapping, head, STATEMENT_BYTES)
            if not total.rows:
                _say(out, ["SET autocommit = 0;\n"])
            out.write(text.data)
            total += found
            since += len(text)
            if since >= _COMMIT_BYTES:
                _say(out, ["COMMIT;\n"])
                since = 0
            moved = min(left, len(text))
            left -= moved
            emit(Advanced(STAGE, mapping.target, moved, rows=batch.num_rows))
        emit(Advanced(STAGE, mapping.target, left))
    if total.rows:
        _say(out, ["COMMIT;\n"])
    _say(out, [f"-- {_comment(mapping.target)}: {total.rows} rows, fingerprint {total}\n\n"])
    emit(Finished(STAGE, mapping.target))
    return total


def _head(source: Source, translation: Translation) -> list[str]:
    return [
        f"-- migrator {__version__}\n",
        f"-- Source: {_comment(source.identity)}\n",
        f"-- Mapping: {digest(translation.mappings)}\n\n",
        "SET @old_character_set_client = @@character_set_client;\n",
        "SET @old_character_set_results = @@character_set_results;\n",
        "SET @old_collation_connection = @@collation_connection;\n",
        f"SET NAMES utf8mb4 COLLATE {translation.collation};\n",
        "SET @old_time_zone = @@time_zone, time_zone = '+00:00';\n",
        "SET @old_unique_checks = @@unique_checks, unique_checks = 0;\n",
        "SET @old_foreign_key_checks = @@foreign_key_checks, foreign_key_checks = 0;\n",
        f"SET @old_sql_mode = @@sql_mode, sql_mode = '{SQL_MODE}';\n",
        "SET @old_autocommit = @@autocommit;\n",
        f"ALTER DATABASE CHARACTER SET {translation.character_set} COLLATE {translation.collation};\n\n",
    ]


def _foot(script: Script, picture: Hold) -> list[str]:
    return [
        "SET autocommit = @old_autocommit;\n",
        "SET sql_mode = @old_sql_mode;\n",
        "SET foreign_key_checks = @old_foreign_key_checks;\n",
        "SET unique_checks = @old_unique_checks;\n",
        "SET time_zone = @old_time_zone;\n",
        "SET character_set_client = @old_character_set_client;\n",
        "SET character_set_results = @old_character_set_results;\n",
        "SET collation_connection = @old_collation_connection;\n\n",
        f"-- Consistency: {picture.consistency}: {_comment(picture.why)}\n",
        f"{DONE}: {len(script.tables)} tables, {script.rows} rows\n",
    ]


def _comment(text: str) -> str:
    """On one line, whatever is in it: a comment ends with its line."""
    return " ".join(text.split())


def _say(out: BinaryIO, lines: Iterable[str]) -> None:
    # Half a UTF-16 pair can stand in a SQL Server name; UTF-8 has no bytes for it.
    out.write("".join(lines).encode("utf-8", "backslashreplace"))
