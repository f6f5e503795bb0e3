"""The statements with which Aurora MySQL reads a dump out of S3 by itself.

Facts: Amazon Aurora User Guide, "Loading data into an Amazon Aurora MySQL DB cluster from text files in an Amazon S3
bucket". It reads no compressed files, and PREFIX would take the index files beside the data as well: so each file has a
statement of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from migrator import __version__
from migrator.dump.manifest import Manifest
from migrator.dump.s3 import Bucket
from migrator.model.mapping import TableMapping
from migrator.mysql.connect import SQL_MODE
from migrator.mysql.load import load_statement

NAME: Final = "aurora-load.sql"
_LOCAL: Final = "LOAD DATA LOCAL INFILE"
_FROM_S3: Final = "LOAD DATA FROM S3 FILE"


def load_script(manifest: Manifest, bucket: Bucket) -> bytes:
    """A LOAD DATA FROM S3 statement for every data file, each a transaction of its own."""
    mappings = {mapping.target: mapping for mapping in manifest.schema.mappings}
    lines = [
        f"-- migrator {__version__}: {len(manifest.files)} files, {manifest.rows} rows.\n",
        "-- Run the tables' .sql files before it and @.post.sql behind it.\n",
        "-- The cluster needs a role that may read the bucket, and its user AWS_LOAD_S3_ACCESS.\n",
        f"SET SESSION sql_mode = '{SQL_MODE}';\n",
        "SET unique_checks = 0, foreign_key_checks = 0;\n\n",
        *(_statement(file.name, file.rows, mappings[file.table], bucket) for file in manifest.files),
    ]
    return "".join(lines).encode("utf-8", "backslashreplace")


def _statement(name: str, rows: int, mapping: TableMapping, bucket: Bucket) -> str:
    sql = load_statement(mapping, _literal(bucket.uri(name)))
    return f"{sql.replace(_LOCAL, _FROM_S3, 1)};\n-- {rows} rows\n"


def _literal(text: str) -> str:
    escapes: Mapping[str, str] = {"'": "''", "\\": "\\\\"}
    return "".join(escapes.get(letter, letter) for letter in text)
