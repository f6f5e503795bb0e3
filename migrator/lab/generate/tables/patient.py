"""Patients and the people around them."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.arrays import digits, joined, texts
from migrator.lab.generate.awkward import TEXT as AWKWARD
from migrator.lab.generate.awkward import XML as AWKWARD_XML
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    BIT,
    DATE,
    DATETIME,
    EMAIL,
    FLOAT,
    INT,
    MONEY,
    NOT_NULL,
    NULL,
    PHONE,
    REAL,
    ROWVERSION,
    TINYINT,
    UNIQUEIDENTIFIER,
    XML,
    char,
    datetime2,
    nvarchar,
    ordered,
    primary_key,
    unique,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.address import ADDRESS, ADDRESS_IDS
from migrator.lab.generate.tables.country import LANGUAGE, LANGUAGES
from migrator.lab.generate.tables.setting import CONTACT_KIND, KINDS
from migrator.lab.generate.values import (
    TODAY,
    beginning,
    cents,
    datetimes,
    days,
    gaps,
    guids,
    pick,
    sevenths,
    stamps,
    ticks,
    times,
    weighted,
)
from migrator.lab.generate.words import FAMILY, GIVEN, MAILS, NOTES
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Computed, Default, ForeignKey, Identity, Index, Table

PATIENT: Final = ObjectName("care", "Patient")
PATIENT_CONTACT: Final = ObjectName("care", "PatientContact")
PATIENT_IDS: Final = Numbering(PATIENT)
CONTACTS: Final = Family(PATIENT, (1, 2, 3, 2))

_BIRTHS: Final = (-719_162, -719_162, -354_285, -141_428, -25_567, TODAY)
"""1 January of the years 1 (unknown), 1000, 15 October 1582, 1 January 1900, and born today."""


def _patients(span: Span) -> Columns:
    rows = span.rows
    born = span.dice.whole(TODAY - 38_000, TODAY - 6_000, rows)
    died = np.ma.array(TODAY - span.dice.whole(0, 700, rows), mask=~span.dice.flags(0.06, rows) | (span.index < 10))
    given, family = pick(span, GIVEN), pick(span, FAMILY)
    created = ticks(days(span, 2_500, 30), times(span, 7, 19, 10_000) + sevenths(span) % 10_000)
    languages = texts(LANGUAGES)
    return {
        "PatientId": PATIENT_IDS.own(span),
        "MedicalRecordNo": joined("MRN", digits(span.index + 1, 8)),
        "GivenName": given,
        "MiddleName": beginning(span, gaps(span, 0.6, pick(span, GIVEN)), AWKWARD),
        "FamilyName": family,
        "BirthDate": beginning(span, born, _BIRTHS),
        "DeceasedOn": died,
        "Sex": gaps(span, 0.03, weighted(span, texts(["F", "M", "X"]), (58, 40, 2))),
        "Phone": gaps(span, 0.1, joined("+48 ", digits(span.dice.whole(500_000_000, 900_000_000, rows)))),
        "Email": gaps(span, 0.6, joined("patient", digits(span.index), "@", pick(span, MAILS))),
        "LanguageTag": gaps(span, 0.1, pick(span, languages)),
        "AddressId": gaps(span, 0.02, ADDRESS_IDS.some(span)),
        "Preferences": beginning(
            span,
            gaps(span, 0.5, joined("<preferences><visits perWeek='", digits(span.index % 7), "'/></preferences>")),
            AWKWARD_XML,
        ),
        "WeightKg": gaps(span, 0.2, (70 + 14 * span.dice.bell(rows)).astype(np.float32)),
        "HeightCm": gaps(span, 0.2, 168 + 9 * span.dice.bell(rows)),
        "Balance": beginning(span, cents(span, -500, 2_000), [0, 1, -1, 9_999_999_999_999, -9_999_999_999_999]),
        "Notes": beginning(
            span, gaps(span, 0.4, joined(pick(span, NOTES), "\r\n", pick(span, NOTES))), [*AWKWARD, "long – " * 30_000]
        ),
        "CreatedAt": created,
        "ModifiedAt": datetimes(span, 400, 1),
        "RowGuid": guids(span),
        "RowStamp": stamps(span),
    }


def _contacts(span: Span) -> Columns:
    patients, numbers = CONTACTS.place(span.index)
    return {
        "PatientId": PATIENT_IDS.of(patients),
        "ContactNo": numbers,
        "ContactKindId": span.dice.whole(0, len(KINDS), span.rows),
        "FullName": joined(pick(span, GIVEN), " ", pick(span, FAMILY)),
        "Phone": gaps(span, 0.1, joined("+1 555 ", digits(span.dice.whole(0, 10_000_000, span.rows), 7))),
        "IsEmergency": np.where(numbers == 1, span.dice.flags(0.9, span.rows), False),
        "Remark": beginning(span, gaps(span, 0.8, pick(span, NOTES)), AWKWARD),
    }


POPULATIONS: Final = (
    Population(
        Table(
            PATIENT,
            (
                Column("PatientId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("MedicalRecordNo", varchar(12), NOT_NULL),
                Column("GivenName", nvarchar(60), NOT_NULL),
                Column("MiddleName", nvarchar(60), NULL),
                Column("FamilyName", nvarchar(60), NOT_NULL),
                Column(
                    "FullName", None, NULL, computed=Computed("(([FamilyName]+N', ')+[GivenName])", persisted=False)
                ),
                Column("BirthDate", DATE, NOT_NULL, description="1 January of year 1 where nobody knows."),
                Column("BirthYear", None, NULL, computed=Computed("(datepart(year,[BirthDate]))", persisted=True)),
                Column("DeceasedOn", DATE, NULL),
                Column("Sex", char(1), NULL),
                Column("Phone", PHONE, NULL),
                Column("Email", EMAIL, NULL),
                Column("LanguageTag", varchar(20), NULL, collation="Latin1_General_100_BIN2"),
                Column("AddressId", INT, NULL),
                Column("Preferences", XML, NULL),
                Column("WeightKg", REAL, NULL, sparse=True),
                Column("HeightCm", FLOAT, NULL, sparse=True),
                Column("Balance", MONEY, NOT_NULL, default=Default("DF_Patient_Balance", "((0.00))")),
                Column("Notes", nvarchar(), NULL),
                Column(
                    "CreatedAt", datetime2(7), NOT_NULL, default=Default("DF_Patient_CreatedAt", "(sysutcdatetime())")
                ),
                Column("ModifiedAt", DATETIME, NOT_NULL, default=Default("DF_Patient_ModifiedAt", "(getdate())")),
                Column(
                    "RowGuid",
                    UNIQUEIDENTIFIER,
                    NOT_NULL,
                    rowguid=True,
                    default=Default("DF_Patient_RowGuid", "(newid())"),
                ),
                Column("RowStamp", ROWVERSION, NOT_NULL),
            ),
            primary_key=primary_key("PK_Patient", "PatientId"),
            uniques=(unique("UQ_Patient_MedicalRecordNo", "MedicalRecordNo"), unique("UQ_Patient_RowGuid", "RowGuid")),
            foreign_keys=(
                ForeignKey("FK_Patient_Language", ("LanguageTag",), LANGUAGE, ("Tag",)),
                ForeignKey("FK_Patient_Address", ("AddressId",), ADDRESS, ("AddressId",), Action.SET_NULL),
            ),
            checks=(
                Check("CK_Patient_Sex", "([Sex]='F' OR [Sex]='M' OR [Sex]='X')"),
                Check("CK_Patient_DeceasedOn", "([DeceasedOn] IS NULL OR [DeceasedOn]>=[BirthDate])"),
            ),
            indexes=(
                Index("IX_Patient_Name", ordered("FamilyName", "GivenName"), included=("BirthDate",)),
                Index("IX_Patient_BirthYear", ordered("BirthYear")),
            ),
            description="People in care. Protected health information.",
        ),
        Linear(2_500, least=60),
        _patients,
        batch_rows=4_096,
    ),
    Population(
        Table(
            PATIENT_CONTACT,
            (
                Column("PatientId", INT, NOT_NULL),
                Column("ContactNo", TINYINT, NOT_NULL),
                Column("ContactKindId", TINYINT, NOT_NULL, default=Default("DF_PatientContact_Kind", "((0))")),
                Column("FullName", nvarchar(130), NOT_NULL),
                Column("Phone", PHONE, NULL),
                Column("IsEmergency", BIT, NOT_NULL, default=Default("DF_PatientContact_IsEmergency", "((0))")),
                Column("Remark", nvarchar(400), NULL),
            ),
            primary_key=primary_key("PK_PatientContact", "PatientId", "ContactNo"),
            foreign_keys=(
                ForeignKey("FK_PatientContact_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.CASCADE),
                ForeignKey("FK_PatientContact_ContactKind", ("ContactKindId",), CONTACT_KIND, ("ContactKindId",)),
            ),
            indexes=(
                Index("UX_PatientContact_Emergency", ordered("PatientId"), unique=True, filter="([IsEmergency]=(1))"),
            ),
            description="Family, neighbours and physicians; at most one is the emergency contact.",
        ),
        CONTACTS,
        _contacts,
    ),
)
