"""The folder of MySQL Shell's util.dumpSchemas(), as util.loadDump() reads it.

Facts: MySQL Shell 8.0 manual, "Instance Dump Utility, Schema Dump Utility, and Table Dump Utility" and "Dump Loading
Utility"; names and keys as MySQL Shell itself reads them (modules/util/load/dump_reader.cc, dump version 2.0.1).

    @.json                     what the whole dump is; @.sql and @.post.sql run before and after everything else
    SCHEMA.json, SCHEMA.sql    tables and programs by name; CREATE DATABASE and the functions
    SCHEMA@TABLE.json, .sql    how LOAD DATA reads the table's files; CREATE TABLE
    SCHEMA@TABLE.triggers.sql  its triggers, made after all rows are there
    SCHEMA@TABLE@N.tsv.zst     rows; the last file of a table has two @ before its number; .idx beside each
    @.done.json                sizes and rows; written last

Secondary indexes, foreign keys and views are in @.post.sql in their order: they come after the rows. The other scripts
may be run again, which the Shell does when a connection is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from migrator import __version__
from migrator.dump.manifest import MANIFEST, Compression, Manifest
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.translation import Phase, Statement, Translation
from migrator.mysql.connect import SQL_MODE, quoted
from migrator.mysql.script import text_of

VERSION: Final = "2.0.1"
SERVER: Final = "8.0.23"
"""What the statements are written for."""
DONE: Final = "@.done.json"
EXTENSION: Final = {Compression.ZSTD: "tsv.zst", Compression.NONE: "tsv"}
_CHUNK_BYTES: Final = 64_000_000
"""MySQL Shell's own default; it loads a larger file in transactions of about this size."""
_CREATE: Final = "CREATE TABLE "
_TRIGGER: Final = re.compile(r"\s*CREATE\s+TRIGGER\s+`((?:[^`]|``)+)`", re.IGNORECASE)


def encoded_name(name: str) -> str:
    """A name as a part of a file's name: ASCII but letters, digits, ``_``, ``-``, ``.`` and ``~`` in hex behind a
    percent sign."""
    return "".join(
        letter if ord(letter) > 127 or letter.isalnum() or letter in "_-.~" else f"%{ord(letter):02X}"
        for letter in name
    )


def schema_name(database: str) -> str:
    """The first part of every file's name. A database may be called as our manifest is."""
    name = encoded_name(database)
    return f"%{ord(name[0]):02X}{name[1:]}" if f"{name}.json" == MANIFEST else name


def table_name(database: str, table: str) -> str:
    """The beginning of the names of a table's files."""
    return f"{schema_name(database)}@{encoded_name(table)}"


def data_name(database: str, table: str, number: int, count: int, compression: Compression) -> str:
    """The name of data file ``number`` of ``count``."""
    last = "@" if number == count - 1 else ""
    return f"{table_name(database, table)}@{last}{number}.{EXTENSION[compression]}"


def first_files(
    translation: Translation, database: str, compression: Compression, *, started: str, consistent: bool
) -> dict[str, bytes]:
    """Every file but data, their indexes and the last one, by name."""
    schema = schema_name(database)
    files = {
        "@.json": _json(
            {
                "dumper": f"migrator {__version__}",
                "version": VERSION,
                "origin": "dumpSchemas",
                "schemas": [database],
                "basenames": {database: schema},
                "defaultCharacterSet": "utf8mb4",
                "tzUtc": True,
                "bytesPerChunk": _CHUNK_BYTES,
                "user": "",
                "hostname": "",
                "server": "",
                "serverVersion": SERVER,
                "gtidExecuted": "",
                "gtidExecutedInconsistent": False,
                "consistent": consistent,
                "targetVersion": SERVER,
                "partialRevokes": False,
                "compatibilityOptions": [],
                "capabilities": [],
                "checksum": False,
                "begin": started,
            }
        ),
        "@.sql": _sql([]),
        "@.post.sql": _post(translation, database),
        f"{schema}.json": _json(_schema(translation, database)),
        f"{schema}.sql": _sql(
            [
                f"CREATE DATABASE IF NOT EXISTS {quoted(database)} {_character_set(translation)};\n\n",
                f"USE {quoted(database)};\n\n",
                *(text for item in _programs(translation) for text in (_drop(item.makes, item.table), text_of(item))),
            ]
        ),
    }
    mappings = {mapping.target: mapping for mapping in translation.mappings}
    for statement in translation.of(Phase.TABLES):
        name = table_name(database, statement.table)
        mapping = mappings.get(statement.table)
        triggers = [item for item in translation.of(Phase.TRIGGERS) if item.table == statement.table]
        files[f"{name}.sql"] = _sql([text_of(statement).replace(_CREATE, f"{_CREATE}IF NOT EXISTS ", 1)])
        files[f"{name}.json"] = _json(_table(database, statement.table, mapping, triggers, compression))
        if triggers:
            texts = ((_drop("TRIGGER", _trigger_name(item)), text_of(item)) for item in triggers)
            files[f"{name}.triggers.sql"] = _sql(text for pair in texts for text in pair)
    return files


def last_file(manifest: Manifest) -> bytes:
    """What ``@.done.json`` holds."""
    database = manifest.outline.database
    sizes = {table.target: 0 for table in manifest.outline.tables}
    rows = dict(sizes)
    for file in manifest.files:
        sizes[file.table] += file.unpacked
        rows[file.table] += file.rows
    return _json(
        {
            "end": manifest.finished,
            "dataBytes": sum(sizes.values()),
            "tableDataBytes": {database: sizes},
            "tableRows": {database: rows},
            "chunkFileBytes": {file.name: file.unpacked for file in manifest.files},
        }
    )


def _character_set(translation: Translation) -> str:
    return f"CHARACTER SET {translation.character_set} COLLATE {translation.collation}"


def _schema(translation: Translation, database: str) -> dict[str, Any]:
    tables = [statement.table for statement in translation.of(Phase.TABLES)]
    programs = _programs(translation)
    return {
        "schema": database,
        "includesDdl": True,
        "includesViewsDdl": True,
        "includesData": True,
        "tables": tables,
        "views": [],
        "events": [],
        "functions": [item.table for item in programs if item.makes == "FUNCTION"],
        "procedures": [item.table for item in programs if item.makes == "PROCEDURE"],
        "basenames": {table: table_name(database, table) for table in tables},
    }


def _table(
    database: str, table: str, mapping: TableMapping | None, triggers: Sequence[Statement], compression: Compression
) -> dict[str, Any]:
    """How a table's files are read. A table without a mapping has no rows of the source: a statement fills it."""
    columns = mapping.columns if mapping is not None else ()
    shapes = {column.name: _shape(column) for column in columns if column.form is Form.GEOMETRY}
    options: dict[str, Any] = {
        "schema": database,
        "table": table,
        "columns": [column.name for column in columns],
        **({"decodeColumns": shapes} if shapes else {}),
        # Bytes go in as they are: text is UTF-8 already, and binary columns need no digits.
        "defaultCharacterSet": "binary",
        "fieldsTerminatedBy": "\t",
        "fieldsEnclosedBy": "",
        "fieldsOptionallyEnclosed": False,
        "fieldsEscapedBy": "\\",
        "linesTerminatedBy": "\n",
    }
    return {
        "options": options,
        "triggers": [_trigger_name(statement) for statement in triggers],
        "includesData": mapping is not None,
        "includesDdl": True,
        "extension": EXTENSION[compression],
        "chunking": True,
        "compression": str(compression),
        "primaryIndex": list(mapping.key) if mapping is not None else [],
        "partitions": [],
        "basenames": {},
    }


def _shape(column: TargetColumn) -> str:
    order = ", 'axis-order=long-lat'" if column.srid else ""
    return f"ST_GeomFromWKB(@{quoted(column.name)}, {column.srid}{order})"


def _drop(kind: str, name: str) -> str:
    return f"DROP {kind} IF EXISTS {quoted(name)};\n"


def _trigger_name(statement: Statement) -> str:
    found = _TRIGGER.match(statement.sql)
    return found[1].replace("``", "`") if found else statement.object


def _programs(translation: Translation) -> list[Statement]:
    return [item for item in translation.of(Phase.ROUTINES) if item.makes]


def _post(translation: Translation, database: str) -> bytes:
    statements = [
        *translation.of(Phase.INDEXES),
        *translation.of(Phase.FOREIGN_KEYS),
        *(item for item in translation.of(Phase.ROUTINES) if not item.makes),
        *translation.of(Phase.VIEWS),
    ]
    if not statements:
        return _sql([])
    # A key that the source keeps in spite of rows without a parent, or one that was proved there already.
    return _sql([f"USE {quoted(database)};\n\nSET foreign_key_checks = 0;\n\n", *map(text_of, statements)])


def _sql(texts: Iterable[str]) -> bytes:
    head = f"-- migrator {__version__}\nSET NAMES utf8mb4;\nSET SESSION sql_mode = '{SQL_MODE}';\n\n"
    return (head + "".join(texts)).encode("utf-8", "backslashreplace")


def _json(values: dict[str, Any]) -> bytes:
    return (json.dumps(values, indent=4, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
