"""The audit log, and the heap that an old import left behind."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import cut_bytes, digits, fixed_bytes, joined, texts, without
from migrator.lab.generate.awkward import BINARY, LATIN, TEXT
from migrator.lab.generate.awkward import XML as AWKWARD_XML
from migrator.lab.generate.census import Linear
from migrator.lab.generate.columns import (
    BIGINT,
    IMAGE,
    INT,
    NOT_NULL,
    NTEXT,
    NULL,
    SMALLDATETIME,
    SMALLMONEY,
    SYSNAME,
    XML,
    char,
    datetime2,
    nchar,
    nvarchar,
    ordered,
    primary_key,
    varbinary,
    varchar,
)
from migrator.lab.generate.columns import TEXT as TEXT_TYPE
from migrator.lab.generate.population import Columns, Population, Span
from migrator.lab.generate.values import (
    SECOND,
    TODAY,
    beginning,
    gaps,
    pick,
    sevenths,
    ticks,
    weighted,
)
from migrator.lab.generate.words import FAMILY, NOTES
from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, Default, Identity, Index, IndexKind, Table

AUDIT_LOG: Final = ObjectName("audit", "AuditLog")
LEGACY_IMPORT: Final = ObjectName("dbo", "Legacy Import")
_TABLES: Final = texts(["Patient", "Visit", "CarePlan", "Claim", "Document"])


def _entries(span: Span) -> Columns:
    rows = span.rows
    happened = ticks(np.full(rows, TODAY - 700), span.index * 17 * SECOND + sevenths(span))
    numbers = span.dice.whole(1, 100_000, rows)
    old = joined(
        "<row id='", digits(numbers), "'><Status>Scheduled</Status><Notes>", pick(span, FAMILY), "</Notes></row>"
    )
    new = joined('{"id":', digits(numbers), ',"Status":"Completed","Notes":"', pick(span, NOTES), '"}')
    action = weighted(span, texts(["I", "U", "D"]), (3, 9, 1))
    inserted = np.asarray(action) == "I"
    return {
        "AuditId": span.index + 1,
        "OccurredAt": beginning(span, happened, [0, 3_155_378_975_999_999_999]),
        "TableName": pick(span, _TABLES),
        "KeyText": digits(numbers),
        "Action": action,
        "OldValues": beginning(span, without(old, inserted), [None, *AWKWARD_XML]),
        "NewValues": beginning(span, gaps(span, 0.08, new), TEXT),
        "UserName": joined("HOMECARE\\user", digits(numbers % 300, 6)),
        "ClientAddress": beginning(
            span,
            gaps(span, 0.1, fixed_bytes(span.dice.octets(rows * 4).reshape(-1, 4)).cast(pa.binary())),
            [b for b in BINARY if len(b) <= 16],
        ),
    }


def _imports(span: Span) -> Columns:
    # Every third row repeats the one before it: the table has no key, and holds duplicates.
    number = span.index - (span.index % 3 == 2)
    sizes = number % 40
    pattern = np.arange(int(sizes.sum()), dtype=np.int64).astype(np.uint8)
    starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    octets = (pattern - np.repeat(starts, sizes).astype(np.uint8)).astype(np.uint8)
    return {
        "Line No.": number,
        "Raw Line": beginning(span, joined("P|", digits(number, 6), "|NFZ|", digits(number * 7), "|"), LATIN),
        "Raw]Note": beginning(span, joined("Uwaga: ", digits(number), " ✓"), TEXT),
        "Raw File": beginning(span, cut_bytes(octets, sizes), [None, *BINARY]),
        "Imported At": np.where(number % 5 == 0, -2_208_988_800, (TODAY - number % 900) * 86_400 + number % 1_440 * 60),
        "Amount": np.ma.array(number * 12_345 % 2_000_000_000 - 10**9, mask=number % 11 == 0),
        "Flag": texts(["T", "N", "ł", " ", ""]).take(pa.array(number % 5)),
        "order": np.ma.array(number % 3, mask=number % 3 == 1),
    }


POPULATIONS: Final = (
    Population(
        Table(
            AUDIT_LOG,
            (
                Column("AuditId", BIGINT, NOT_NULL, identity=Identity(1, 1)),
                Column(
                    "OccurredAt",
                    datetime2(7),
                    NOT_NULL,
                    default=Default("DF_AuditLog_OccurredAt", "(sysutcdatetime())"),
                ),
                Column("TableName", SYSNAME, NOT_NULL),
                Column("KeyText", varchar(100), NOT_NULL),
                Column("Action", char(1), NOT_NULL),
                Column("OldValues", XML, NULL),
                Column("NewValues", nvarchar(), NULL),
                Column("UserName", SYSNAME, NOT_NULL, default=Default("DF_AuditLog_UserName", "(suser_sname())")),
                Column("ClientAddress", varbinary(16), NULL),
            ),
            primary_key=primary_key("PK_AuditLog", "AuditId"),
            checks=(Check("CK_AuditLog_Action", "([Action]='D' OR [Action]='U' OR [Action]='I')"),),
            indexes=(
                Index(
                    "NCCI_AuditLog",
                    ordered("OccurredAt", "TableName", "Action", "UserName"),
                    kind=IndexKind.COLUMNSTORE,
                ),
            ),
            description="Who changed what. Written by triggers.",
        ),
        Linear(20_000),
        _entries,
        batch_rows=8_192,
    ),
    Population(
        Table(
            LEGACY_IMPORT,
            (
                Column("Line No.", INT, NOT_NULL),
                Column("Raw Line", TEXT_TYPE, NOT_NULL),
                Column("Raw]Note", NTEXT, NULL),
                Column("Raw File", IMAGE, NULL),
                Column("Imported At", SMALLDATETIME, NOT_NULL),
                Column("Amount", SMALLMONEY, NULL),
                Column("Flag", nchar(1), NOT_NULL),
                Column("order", INT, NULL),
            ),
            description="Left behind by the import of 2009. Has no key, and rows more than once.",
        ),
        Linear(2_000),
        _imports,
    ),
)
