"""Lookup tables of care: diagnoses, medications, services and tasks."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import digits, fixed_bytes, joined, texts
from migrator.lab.generate.awkward import XML as AWKWARD_XML
from migrator.lab.generate.census import Constant
from migrator.lab.generate.columns import (
    BIT,
    INT,
    NOT_NULL,
    NULL,
    SMALLINT,
    TINYINT,
    XML,
    binary,
    char,
    decimal,
    nvarchar,
    primary_key,
    unique,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.values import beginning
from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, Default, Identity, Table

DIAGNOSIS: Final = ObjectName("care", "DiagnosisCode")
MEDICATION: Final = ObjectName("care", "Medication")
SERVICE: Final = ObjectName("care", "ServiceType")
TASK: Final = ObjectName("care", "TaskKind")

DIAGNOSIS_COUNT: Final = 60
MEDICATION_IDS: Final = Numbering(MEDICATION, start=100, step=5)
SERVICE_IDS: Final = Numbering(SERVICE, start=10, step=10)
TASK_IDS: Final = Numbering(TASK)

_DRUGS: Final = ("Paracetamol", "Metformin", "Amlodypina", "Lisinopril", "Warfaryna", "Insulin glargine", "L-Thyroxin")
_SERVICES: Final = (
    ("PCA", "Personal care", 15, 0x00FF7F),
    ("HHA", "Home health aide", 15, None),
    ("RN", "Registered nurse", 60, 0xFFFFFF),
    ("LPN", "Licensed practical nurse", 60, 0),
    ("PT", "Fizjoterapia", 45, -1),
    ("OT", "Occupational therapy", 45, None),
    ("RESP", "Respite", 30, 0x808080),
    ("HMK", "Homemaker", 15, None),
)
_TASKS: Final = (
    "Bathing",
    "Dressing",
    "Meal preparation",
    "Feeding",
    "Medication reminder",
    "Transfer",
    "Toileting",
    "Laundry",
    "Spacer 🚶",
    "Wound care",
)


def diagnosis_codes(numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    """The codes of diagnoses counted from 0; char(7), so the shorter ones are padded."""
    letters = texts(list("ABCDEFGHIJKLMNOPQRST"))
    return joined(letters.take(pa.array(numbers % 20)), digits(numbers * 7 % 100, 2), ".", digits(numbers * 3 % 10))


def _diagnoses(span: Span) -> Columns:
    return {
        "Code": diagnosis_codes(span.index),
        "Title": joined("Diagnosis – rozpoznanie № ", digits(span.index)),
        "IsBillable": span.index % 7 != 0,
        "Weight": span.index * 1_234_567 % 100_000_000,
    }


def _medications(span: Span) -> Columns:
    strengths = (span.index // len(_DRUGS) + 1) * 2_5000
    leaflets = joined("<leaflet lang='pl'><dose unit='mg'>", digits(strengths // 10_000), "</dose></leaflet>")
    return {
        "MedicationId": MEDICATION_IDS.own(span),
        "Name": joined(
            texts(_DRUGS).take(pa.array(span.index % len(_DRUGS))), " ", digits(strengths // 1_000), "00 µg"
        ),
        "Strength": strengths,
        "Unit": texts(["mg"] * span.rows),
        "Leaflet": beginning(span, leaflets, [None, *AWKWARD_XML]),
        "Barcode": fixed_bytes(span.dice.octets(span.rows * 8).reshape(-1, 8)),
    }


def _services(span: Span) -> Columns:
    codes, names, minutes, colours = zip(*_SERVICES, strict=True)
    return {
        "ServiceTypeId": SERVICE_IDS.own(span),
        "Code": texts(codes),
        "Name": texts(names),
        "UnitMinutes": pa.array(minutes, pa.uint8()),
        "ColourRgb": pa.array(colours, pa.int32()),
    }


def _tasks(span: Span) -> Columns:
    return {"TaskKindId": TASK_IDS.own(span), "Name": texts(_TASKS), "IsClinical": span.index == len(_TASKS) - 1}


POPULATIONS: Final = (
    Population(
        Table(
            DIAGNOSIS,
            (
                Column("Code", char(7), NOT_NULL),
                Column("Title", nvarchar(200), NOT_NULL),
                Column("IsBillable", BIT, NOT_NULL, default=Default("DF_DiagnosisCode_IsBillable", "((1))")),
                Column("Weight", decimal(9, 5), NULL),
            ),
            primary_key=primary_key("PK_DiagnosisCode", "Code"),
        ),
        Constant(DIAGNOSIS_COUNT),
        _diagnoses,
    ),
    Population(
        Table(
            MEDICATION,
            (
                Column("MedicationId", INT, NOT_NULL, identity=Identity(100, 5)),
                Column("Name", nvarchar(120), NOT_NULL),
                Column("Strength", decimal(9, 4), NULL),
                Column("Unit", varchar(10), NOT_NULL, default=Default("DF_Medication_Unit", "('mg')")),
                Column("Leaflet", XML, NULL),
                Column("Barcode", binary(8), NULL),
            ),
            primary_key=primary_key("PK_Medication", "MedicationId"),
            uniques=(unique("UQ_Medication_Name", "Name"),),
            checks=(Check("CK_Medication_Strength", "([Strength]>(0))"),),
        ),
        Constant(42),
        _medications,
    ),
    Population(
        Table(
            SERVICE,
            (
                Column("ServiceTypeId", SMALLINT, NOT_NULL, identity=Identity(10, 10)),
                Column("Code", varchar(10), NOT_NULL),
                Column("Name", nvarchar(60), NOT_NULL),
                Column("UnitMinutes", TINYINT, NOT_NULL, default=Default("DF_ServiceType_UnitMinutes", "((15))")),
                Column("ColourRgb", INT, NULL),
            ),
            primary_key=primary_key("PK_ServiceType", "ServiceTypeId"),
            uniques=(unique("UQ_ServiceType_Code", "Code"),),
            checks=(Check("CK_ServiceType_UnitMinutes", "([UnitMinutes] IN ((15),(30),(45),(60)))"),),
        ),
        Constant(len(_SERVICES)),
        _services,
    ),
    Population(
        Table(
            TASK,
            (
                Column("TaskKindId", SMALLINT, NOT_NULL, identity=Identity(1, 1)),
                Column("Name", nvarchar(60), NOT_NULL),
                Column("IsClinical", BIT, NOT_NULL, default=Default("DF_TaskKind_IsClinical", "((0))")),
            ),
            primary_key=primary_key("PK_TaskKind", "TaskKindId"),
        ),
        Constant(len(_TASKS)),
        _tasks,
    ),
)
