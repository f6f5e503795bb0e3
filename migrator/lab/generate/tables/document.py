"""Scanned documents and messages."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.arrays import cut_bytes, digits, fixed_bytes, joined, moments, texts
from migrator.lab.generate.awkward import BINARY
from migrator.lab.generate.awkward import TEXT as AWKWARD
from migrator.lab.generate.census import Linear
from migrator.lab.generate.columns import (
    BIGINT,
    BIT,
    INT,
    NOT_NULL,
    NULL,
    SMALLINT,
    UNIQUEIDENTIFIER,
    binary,
    datetime2,
    datetimeoffset,
    nvarchar,
    ordered,
    primary_key,
    varbinary,
    varchar,
)
from migrator.lab.generate.population import Columns, Population, Span
from migrator.lab.generate.tables.appuser import APP_USER, APP_USER_IDS
from migrator.lab.generate.tables.patient import PATIENT, PATIENT_IDS
from migrator.lab.generate.values import SECOND, beginning, days, gaps, guids, pick, ticks, times, weighted
from migrator.lab.generate.words import FAMILY, NOTES
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Column, Default, ForeignKey, Identity, Index, Table

DOCUMENT: Final = ObjectName("care", "Document")
MESSAGE: Final = ObjectName("care", "Message")
MEGABYTE: Final = 1 << 20


def _documents(span: Span) -> Columns:
    rows = span.rows
    small = span.dice.real(rows)
    sizes = 2_000 + (small * small * small * small * 150_000).astype(np.int64)
    sizes[(span.index % 250 == 20) | (span.index == 30)] = MEGABYTE
    return {
        "DocumentId": guids(span),
        "PatientId": gaps(span, 0.1, PATIENT_IDS.some(span)),
        "FileName": joined("skan ", pick(span, FAMILY), " ", digits(span.index), ".pdf"),
        "ContentType": weighted(span, texts(["application/pdf", "image/jpeg", "text/plain; charset=utf-8"]), (8, 3, 1)),
        "Content": beginning(span, cut_bytes(span.dice.octets(int(sizes.sum())), sizes), [*BINARY, None]),
        "Sha256": gaps(span, 0.1, fixed_bytes(span.dice.octets(rows * 32).reshape(-1, 32))),
        "StoragePath": beginning(
            span,
            joined("\\\\fileserver\\care\\", digits(span.index // 1_000, 4), "\\", digits(span.index, 8)),
            ["\\\\fileserver\\" + "długa-ścieżka\\" * 59],
        ),
        "UploadedAt": ticks(days(span, 900, 0), times(span, 0, 24, SECOND // 1_000)),
        "PageCount": gaps(span, 0.2, span.dice.whole(1, 400, rows)),
    }


def _messages(span: Span) -> Columns:
    rows = span.rows
    # Newest last, as they are written; the index reads them newest first.
    sent = ticks(np.full(rows, 19_000), np.zeros(rows, np.int64)) + span.index * 60 * SECOND
    body = joined(pick(span, NOTES), "\n\n", pick(span, NOTES), "\n— ", pick(span, FAMILY), "\n", pick(span, NOTES))
    return {
        "MessageId": span.index + 1,
        "ThreadId": guids(span),
        "FromUserId": APP_USER_IDS.some(span),
        "PatientId": gaps(span, 0.4, PATIENT_IDS.some(span)),
        "Subject": beginning(span, gaps(span, 0.1, pick(span, NOTES)), AWKWARD),
        "Body": beginning(span, body, [*AWKWARD, "wiadomość 📨\n" * 8_000]),
        "SentAt": moments(sent, np.where(span.index % 2 == 0, 60, -300)),
        "ReadAt": moments(
            sent + span.dice.whole(1, 10**8, rows) * (SECOND // 10_000), np.full(rows, 60), span.dice.flags(0.3, rows)
        ),
        "IsUrgent": span.dice.flags(0.02, rows),
    }


POPULATIONS: Final = (
    Population(
        Table(
            DOCUMENT,
            (
                Column(
                    "DocumentId",
                    UNIQUEIDENTIFIER,
                    NOT_NULL,
                    default=Default("DF_Document_DocumentId", "(newid())"),
                ),
                Column("PatientId", INT, NULL),
                Column("FileName", nvarchar(260), NOT_NULL),
                Column("ContentType", varchar(100), NOT_NULL),
                Column("Content", varbinary(), NULL, description="The file itself, up to a few megabytes."),
                Column("Sha256", binary(32), NULL),
                Column("StoragePath", nvarchar(850), NOT_NULL),
                Column(
                    "UploadedAt", datetime2(3), NOT_NULL, default=Default("DF_Document_UploadedAt", "(sysdatetime())")
                ),
                Column("PageCount", SMALLINT, NULL),
            ),
            primary_key=primary_key("PK_Document", "DocumentId", clustered=False),
            foreign_keys=(ForeignKey("FK_Document_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.SET_NULL),),
            indexes=(
                Index("CIX_Document_UploadedAt", ordered("UploadedAt"), clustered=True),
                Index("IX_Document_StoragePath", ordered("StoragePath")),
            ),
        ),
        Linear(600),
        _documents,
        batch_rows=64,
    ),
    Population(
        Table(
            MESSAGE,
            (
                Column("MessageId", BIGINT, NOT_NULL, identity=Identity(1, 1)),
                Column("ThreadId", UNIQUEIDENTIFIER, NOT_NULL),
                Column("FromUserId", INT, NOT_NULL),
                Column("PatientId", INT, NULL),
                Column("Subject", nvarchar(200), NULL),
                Column("Body", nvarchar(), NOT_NULL),
                Column(
                    "SentAt",
                    datetimeoffset(0),
                    NOT_NULL,
                    default=Default("DF_Message_SentAt", "(sysdatetimeoffset())"),
                ),
                Column("ReadAt", datetimeoffset(4), NULL),
                Column("IsUrgent", BIT, NOT_NULL, default=Default("DF_Message_IsUrgent", "((0))")),
            ),
            primary_key=primary_key("PK_Message", "MessageId"),
            foreign_keys=(
                ForeignKey("FK_Message_FromUser", ("FromUserId",), APP_USER, ("UserId",)),
                ForeignKey("FK_Message_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.SET_NULL),
            ),
            indexes=(
                Index("IX_Message_SentAt", ordered("SentAt DESC", "MessageId DESC")),
                Index("IX_Message_Thread", ordered("ThreadId"), included=("Subject", "IsUrgent")),
            ),
        ),
        Linear(6_000),
        _messages,
        batch_rows=4_096,
    ),
)
