"""What payers paid, line by line."""

from __future__ import annotations

from typing import Final

from migrator.lab.generate.arrays import digits, joined, texts
from migrator.lab.generate.awkward import LATIN
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    BIGINT,
    DATE,
    INT,
    MONEY,
    NOT_NULL,
    NULL,
    SMALLDATETIME,
    SMALLINT,
    SMALLMONEY,
    nchar,
    ordered,
    primary_key,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.claim import CLAIM_LINE, claim_lines
from migrator.lab.generate.tables.payer import PAYER, PAYER_IDS
from migrator.lab.generate.values import beginning, cents, days, gaps, weighted
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Column, Default, ForeignKey, Identity, Index, Table

REMITTANCE: Final = ObjectName("billing", "Remittance")
REMITTANCE_LINE: Final = ObjectName("billing", "RemittanceLine")
_IDS: Final = Numbering(REMITTANCE, start=-2_147_483_648)
_LINES: Final = Family(REMITTANCE, (15, 10, 20))


def _remittances(span: Span) -> Columns:
    return {
        "RemittanceId": _IDS.own(span),
        "PayerId": PAYER_IDS.some(span),
        "ReceivedOn": days(span, 600, 0),
        "CheckNo": joined("EFT", digits(span.dice.whole(0, 10**9, span.rows), 10)),
        "Amount": beginning(span, cents(span, 0, 80_000), [2**63 - 1, -(2**63)]),
        "Raw835": beginning(
            span, joined("ISA*00*          *ZZ*PAYER~GS*HP~ST*835*", digits(span.index, 9), "~SE*3~GE*1~"), LATIN
        ),
        "PostedAt": beginning(
            span,
            gaps(span, 0.3, days(span, 500, 0) * 86_400 + span.dice.whole(0, 1_440, span.rows) * 60),
            [-2_208_988_800, 3_453_148_740, None],
        ),
    }


def _lines(span: Span) -> Columns:
    remittances, numbers = _LINES.place(span.index)
    claims, lines = claim_lines(span)
    return {
        "RemittanceId": _IDS.of(remittances),
        "LineNo": numbers,
        "ClaimId": claims,
        "ClaimLineNo": lines,
        "Paid": cents(span, -20, 400),
        "Adjustment": beginning(span, gaps(span, 0.6, cents(span, -100, 0)), [-(2**31), 2**31 - 1, 0]),
        "ReasonCode": gaps(span, 0.4, weighted(span, texts(["CO-45", "PR-1", "OA-23", "ł-1"]), (5, 3, 1, 1))),
    }


POPULATIONS: Final = (
    Population(
        Table(
            REMITTANCE,
            (
                Column("RemittanceId", INT, NOT_NULL, identity=Identity(-2_147_483_648, 1)),
                Column("PayerId", INT, NOT_NULL),
                Column("ReceivedOn", DATE, NOT_NULL),
                Column("CheckNo", varchar(30), NOT_NULL),
                Column("Amount", MONEY, NOT_NULL),
                Column("Raw835", varchar(), NULL),
                Column("PostedAt", SMALLDATETIME, NULL),
            ),
            primary_key=primary_key("PK_Remittance", "RemittanceId"),
            foreign_keys=(ForeignKey("FK_Remittance_Payer", ("PayerId",), PAYER, ("PayerId",)),),
            indexes=(Index("IX_Remittance_Received", ordered("ReceivedOn DESC", "PayerId")),),
        ),
        Linear(1_000),
        _remittances,
    ),
    Population(
        Table(
            REMITTANCE_LINE,
            (
                Column("RemittanceId", INT, NOT_NULL),
                Column("LineNo", SMALLINT, NOT_NULL),
                Column("ClaimId", BIGINT, NOT_NULL),
                Column("ClaimLineNo", SMALLINT, NOT_NULL),
                Column("Paid", MONEY, NOT_NULL, default=Default("DF_RemittanceLine_Paid", "((0))")),
                Column("Adjustment", SMALLMONEY, NULL),
                Column("ReasonCode", nchar(6), NULL),
            ),
            primary_key=primary_key("PK_RemittanceLine", "RemittanceId", "LineNo"),
            foreign_keys=(
                ForeignKey(
                    "FK_RemittanceLine_Remittance", ("RemittanceId",), REMITTANCE, ("RemittanceId",), Action.CASCADE
                ),
                ForeignKey(
                    "FK_RemittanceLine_ClaimLine", ("ClaimId", "ClaimLineNo"), CLAIM_LINE, ("ClaimId", "LineNo")
                ),
            ),
        ),
        _LINES,
        _lines,
    ),
)
