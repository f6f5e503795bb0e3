"""Claims and their lines."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import digits, joined, texts
from migrator.lab.generate.awkward import LATIN
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    BIGINT,
    DATE,
    DATETIME,
    INT,
    MONEY,
    NOT_NULL,
    NULL,
    SMALLINT,
    char,
    decimal,
    numeric,
    ordered,
    primary_key,
    unique,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.catalogue import SERVICE, SERVICE_IDS
from migrator.lab.generate.tables.patient import PATIENT, PATIENT_IDS
from migrator.lab.generate.tables.payer import AUTHORISATION, AUTHORISATION_IDS, PAYER, PAYER_IDS
from migrator.lab.generate.tables.visit import VISIT, VISIT_IDS
from migrator.lab.generate.values import beginning, cents, datetimes, days, gaps, pick, weighted
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Computed, Default, ForeignKey, Identity, Index, Table

CLAIM: Final = ObjectName("billing", "Claim")
CLAIM_LINE: Final = ObjectName("billing", "ClaimLine")
CLAIM_IDS: Final = Numbering(CLAIM, start=700_000)
CLAIM_LINES: Final = Family(CLAIM, (1, 2, 3, 4, 5))
_MODIFIERS: Final = texts(["U1", "GT", "59", "  ", "x"])


def _claims(span: Span) -> Columns:
    return {
        "ClaimId": CLAIM_IDS.own(span),
        "ClaimNo": joined("C", digits(span.index, 11)),
        "PatientId": PATIENT_IDS.some(span),
        "PayerId": PAYER_IDS.some(span),
        "AuthorizationId": gaps(span, 0.2, AUTHORISATION_IDS.some(span)),
        "Status": weighted(span, texts(["N", "S", "P", "D"]), (1, 3, 12, 2)),
        "ServiceMonth": days(span, 700, 10),
        "SubmittedAt": gaps(span, 0.1, datetimes(span, 600, 0)),
        "Total": beginning(span, cents(span, 10, 4_000), [0, 10**14, 1]),
        "Remark": beginning(span, gaps(span, 0.9, joined("See ", digits(span.index))), LATIN),
    }


def _lines(span: Span) -> Columns:
    claims, numbers = CLAIM_LINES.place(span.index)
    return {
        "ClaimId": CLAIM_IDS.of(claims),
        "LineNo": numbers,
        "VisitId": gaps(span, 0.1, VISIT_IDS.some(span)),
        "ServiceTypeId": SERVICE_IDS.some(span),
        "Units": beginning(span, span.dice.whole(1, 9_600, span.rows), [999_999, 1]),
        "UnitPrice": beginning(span, span.dice.whole(10_000, 900_000, span.rows), [0, 1, 99_999]),
        "Modifier": gaps(span, 0.6, pick(span, _MODIFIERS)),
    }


def claim_lines(span: Span) -> tuple[pa.Array, pa.Array]:
    """For each row of a span any claim line: claim id and line number."""
    claims = span.dice.whole(0, span.census.rows(CLAIM), span.rows)
    return pa.array(CLAIM_IDS.of(claims)), pa.array(span.dice.below(CLAIM_LINES.children(claims)) + np.int64(1))


POPULATIONS: Final = (
    Population(
        Table(
            CLAIM,
            (
                Column("ClaimId", BIGINT, NOT_NULL, identity=Identity(700_000, 1)),
                Column("ClaimNo", char(12), NOT_NULL),
                Column("PatientId", INT, NOT_NULL),
                Column("PayerId", INT, NOT_NULL),
                Column("AuthorizationId", INT, NULL),
                Column("Status", char(1), NOT_NULL, default=Default("DF_Claim_Status", "('N')")),
                Column("ServiceMonth", DATE, NOT_NULL),
                Column("SubmittedAt", DATETIME, NULL),
                Column("Total", numeric(19, 4), NOT_NULL, default=Default("DF_Claim_Total", "((0))")),
                Column("Remark", varchar(500), NULL),
            ),
            primary_key=primary_key("PK_Claim", "ClaimId"),
            uniques=(unique("UQ_Claim_ClaimNo", "ClaimNo"),),
            foreign_keys=(
                ForeignKey("FK_Claim_Patient", ("PatientId",), PATIENT, ("PatientId",)),
                ForeignKey("FK_Claim_Payer", ("PayerId",), PAYER, ("PayerId",)),
                ForeignKey("FK_Claim_Authorization", ("AuthorizationId",), AUTHORISATION, ("AuthorizationId",)),
            ),
            checks=(
                Check("CK_Claim_Status", "([Status]='D' OR [Status]='P' OR [Status]='S' OR [Status]='N')"),
                Check("CK_Claim_Total", "([Total]>=(0))"),
            ),
            indexes=(
                Index("IX_Claim_Open", ordered("PayerId", "SubmittedAt"), filter="([Status]<>'P' AND [Total]>(0))"),
            ),
            description="What was billed to a payer for a month.",
        ),
        Linear(10_000),
        _claims,
    ),
    Population(
        Table(
            CLAIM_LINE,
            (
                Column("ClaimId", BIGINT, NOT_NULL),
                Column("LineNo", SMALLINT, NOT_NULL),
                Column("VisitId", BIGINT, NULL),
                Column("ServiceTypeId", SMALLINT, NOT_NULL),
                Column("Units", decimal(9, 2), NOT_NULL),
                Column("UnitPrice", MONEY, NOT_NULL),
                Column(
                    "LineTotal",
                    None,
                    NOT_NULL,
                    computed=Computed("(isnull([Units]*[UnitPrice],(0)))", persisted=True),
                ),
                Column("Modifier", char(2), NULL),
            ),
            primary_key=primary_key("PK_ClaimLine", "ClaimId", "LineNo"),
            foreign_keys=(
                ForeignKey("FK_ClaimLine_Claim", ("ClaimId",), CLAIM, ("ClaimId",), Action.CASCADE),
                ForeignKey("FK_ClaimLine_Visit", ("VisitId",), VISIT, ("VisitId",)),
                ForeignKey("FK_ClaimLine_Service", ("ServiceTypeId",), SERVICE, ("ServiceTypeId",)),
            ),
            checks=(Check("CK_ClaimLine_Units", "([Units]>(0))"),),
            indexes=(Index("IX_ClaimLine_Visit", ordered("VisitId"), included=("Units", "UnitPrice")),),
        ),
        CLAIM_LINES,
        _lines,
    ),
)
