"""Payers, what they pay for a service, and what they have authorised."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import digits, joined, texts
from migrator.lab.generate.awkward import LATIN
from migrator.lab.generate.census import Constant, Linear
from migrator.lab.generate.columns import (
    AMOUNT,
    DATE,
    INT,
    MONEY,
    NOT_NULL,
    NULL,
    SMALLINT,
    SMALLMONEY,
    char,
    decimal,
    nvarchar,
    ordered,
    primary_key,
    unique,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.catalogue import SERVICE, SERVICE_IDS
from migrator.lab.generate.tables.patient import PATIENT, PATIENT_IDS
from migrator.lab.generate.values import TODAY, beginning, cents, days, gaps
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Default, ForeignKey, Identity, Index, Table

PAYER: Final = ObjectName("billing", "Payer")
RATE: Final = ObjectName("billing", "ServiceRate")
AUTHORISATION: Final = ObjectName("billing", "Authorization")
PAYER_IDS: Final = Numbering(PAYER)
AUTHORISATION_IDS: Final = Numbering(AUTHORISATION)
_SERVICES: Final = 8
_YEARS: Final = (19_358, 19_723)
"""1 January of 2023 and of 2024."""


def _payers(span: Span) -> Columns:
    kinds = texts(["MCD", "MCR", "VA", "INS", "PVT"])
    return {
        "PayerId": PAYER_IDS.own(span),
        "PayerCode": joined("PAY", digits(span.index * 37, 6)),
        "Name": joined("Kasa Zdrowia „Żar” ", digits(span.index)),
        "Kind": kinds.take(pa.array(span.index % 5)),
        "ContractTerms": beginning(span, joined("Net ", digits(span.index + 15), " days."), [None, *LATIN]),
        "CreditLimit": beginning(span, gaps(span, 0.3, cents(span, 0, 9_000_000)), [2**63 - 1, -(2**63), 0]),
    }


def _rates(span: Span) -> Columns:
    payers, rest = np.divmod(span.index, _SERVICES * len(_YEARS))
    services, years = np.divmod(rest, len(_YEARS))
    return {
        "PayerId": PAYER_IDS.of(payers),
        "ServiceTypeId": SERVICE_IDS.of(services),
        "EffectiveFrom": np.array(_YEARS)[years],
        "Rate": span.dice.whole(80_000, 1_200_000, span.rows),
        "Rounding": beginning(span, gaps(span, 0.5, span.dice.whole(-50, 51, span.rows)), [-(2**31), 2**31 - 1]),
    }


def _authorisations(span: Span) -> Columns:
    first = days(span, 700, 60)
    approved = span.dice.whole(100, 100_000, span.rows)
    return {
        "AuthorizationId": AUTHORISATION_IDS.own(span),
        "PatientId": PATIENT_IDS.some(span),
        "PayerId": PAYER_IDS.some(span),
        "ServiceTypeId": SERVICE_IDS.some(span),
        "AuthorizationNo": joined("A-", digits(span.index, 9), "-", digits(span.dice.whole(0, 100, span.rows), 2)),
        "UnitsApproved": beginning(span, approved, [999_999_999]),
        "UnitsUsed": beginning(span, span.dice.below(approved), [999_999_999, 0]),
        "ValidFrom": first,
        "ValidTo": beginning(span, first + span.dice.whole(30, 366, span.rows), [2_932_896]),
        "Copay": beginning(span, gaps(span, 0.5, cents(span, 0, 50)), [-(10**15) + 1, 10**15 - 1]),
        "RequestedOn": gaps(span, 0.2, np.minimum(first - span.dice.whole(1, 30, span.rows), TODAY)),
    }


POPULATIONS: Final = (
    Population(
        Table(
            PAYER,
            (
                Column("PayerId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("PayerCode", varchar(15), NOT_NULL),
                Column("Name", nvarchar(120), NOT_NULL),
                Column("Kind", char(3), NOT_NULL),
                Column("ContractTerms", varchar(), NULL),
                Column("CreditLimit", MONEY, NULL),
            ),
            primary_key=primary_key("PK_Payer", "PayerId"),
            uniques=(unique("UQ_Payer_PayerCode", "PayerCode"),),
            checks=(Check("CK_Payer_Kind", "([Kind] IN ('MCD','MCR','VA','INS','PVT'))"),),
        ),
        Constant(30),
        _payers,
    ),
    Population(
        Table(
            RATE,
            (
                Column("PayerId", INT, NOT_NULL),
                Column("ServiceTypeId", SMALLINT, NOT_NULL),
                Column("EffectiveFrom", DATE, NOT_NULL),
                Column("Rate", MONEY, NOT_NULL),
                Column("Rounding", SMALLMONEY, NULL),
            ),
            primary_key=primary_key("PK_ServiceRate", "PayerId", "ServiceTypeId", "EffectiveFrom"),
            foreign_keys=(
                ForeignKey("FK_ServiceRate_Payer", ("PayerId",), PAYER, ("PayerId",), Action.CASCADE),
                ForeignKey("FK_ServiceRate_Service", ("ServiceTypeId",), SERVICE, ("ServiceTypeId",)),
            ),
            checks=(Check("CK_ServiceRate_Rate", "([Rate]>=($0.0000))"),),
        ),
        Constant(30 * _SERVICES * len(_YEARS)),
        _rates,
    ),
    Population(
        Table(
            AUTHORISATION,
            (
                Column("AuthorizationId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("PatientId", INT, NOT_NULL),
                Column("PayerId", INT, NOT_NULL),
                Column("ServiceTypeId", SMALLINT, NOT_NULL),
                Column("AuthorizationNo", varchar(20), NOT_NULL),
                Column("UnitsApproved", decimal(9, 2), NOT_NULL),
                Column("UnitsUsed", decimal(9, 2), NOT_NULL, default=Default("DF_Authorization_Used", "((0.00))")),
                Column("ValidFrom", DATE, NOT_NULL),
                Column("ValidTo", DATE, NOT_NULL),
                Column("Copay", AMOUNT, NULL),
                Column("RequestedOn", DATE, NULL, default=Default(None, "(CONVERT([date],getdate()))")),
            ),
            primary_key=primary_key("PK_Authorization", "AuthorizationId"),
            uniques=(unique("UQ_Authorization_No", "AuthorizationNo"),),
            foreign_keys=(
                ForeignKey("FK_Authorization_Patient", ("PatientId",), PATIENT, ("PatientId",)),
                ForeignKey("FK_Authorization_Payer", ("PayerId",), PAYER, ("PayerId",)),
                ForeignKey("FK_Authorization_Service", ("ServiceTypeId",), SERVICE, ("ServiceTypeId",)),
            ),
            checks=(
                Check("CK_Authorization_Valid", "([ValidTo]>=[ValidFrom])"),
                Check("CK_Authorization_Units", "([UnitsUsed]>=(0) AND [UnitsUsed]<=[UnitsApproved])"),
            ),
            indexes=(
                Index("IX_Authorization_Patient", ordered("PatientId", "ValidTo DESC"), included=("UnitsApproved",)),
            ),
        ),
        Linear(5_000),
        _authorisations,
    ),
)
