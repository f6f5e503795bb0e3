"""The medical record: what patients have, and what they take."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.awkward import TEXT as AWKWARD
from migrator.lab.generate.census import Family
from migrator.lab.generate.columns import (
    BIGINT,
    DATE,
    INT,
    NOT_NULL,
    NULL,
    REAL,
    TINYINT,
    char,
    decimal,
    nvarchar,
    ordered,
    primary_key,
    time,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.catalogue import (
    DIAGNOSIS,
    DIAGNOSIS_COUNT,
    MEDICATION,
    MEDICATION_IDS,
    diagnosis_codes,
)
from migrator.lab.generate.tables.patient import PATIENT, PATIENT_IDS
from migrator.lab.generate.values import beginning, days, gaps, pick
from migrator.lab.generate.words import NOTES
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Default, ForeignKey, Identity, Index, Table

PATIENT_DIAGNOSIS: Final = ObjectName("care", "PatientDiagnosis")
PATIENT_MEDICATION: Final = ObjectName("care", "PatientMedication")
_DIAGNOSES: Final = Family(PATIENT, (2, 1, 3, 2))
_MEDICATIONS: Final = Family(PATIENT, (1, 4, 0, 3))
_MEDICATION_ROWS: Final = Numbering(PATIENT_MEDICATION, start=1_000_000_000_000)


def _diagnoses(span: Span) -> Columns:
    patients, numbers = _DIAGNOSES.place(span.index)
    return {
        "PatientId": PATIENT_IDS.of(patients),
        # Siblings lie 7 codes apart, so that nobody has the same diagnosis twice.
        "DiagnosisCode": diagnosis_codes((patients * 11 + numbers * 7) % DIAGNOSIS_COUNT),
        "OnsetDate": beginning(span, days(span, 9_000, 0), [-719_162, 2_932_896]),
        "Severity": gaps(span, 0.3, span.dice.whole(0, 11, span.rows)),
        "Confidence": span.dice.real(span.rows).astype(np.float32),
    }


def _medications(span: Span) -> Columns:
    patients, _ = _MEDICATIONS.place(span.index)
    started = days(span, 1_500, 100)
    return {
        "PatientMedicationId": _MEDICATION_ROWS.own(span),
        "PatientId": PATIENT_IDS.of(patients),
        "MedicationId": MEDICATION_IDS.some(span),
        "Dose": span.dice.whole(1, 8_000_000, span.rows),
        "FrequencyHours": gaps(span, 0.1, np.array([4, 6, 8, 12, 24])[span.dice.whole(0, 5, span.rows)]),
        "StartedOn": started,
        "StoppedOn": gaps(span, 0.7, started + span.dice.whole(0, 90, span.rows)),
        "TakenAt": gaps(span, 0.3, span.dice.whole(0, 86_400, span.rows) * 1_000_000_000),
        "Instructions": beginning(span, gaps(span, 0.3, pick(span, NOTES)), AWKWARD),
    }


POPULATIONS: Final = (
    Population(
        Table(
            PATIENT_DIAGNOSIS,
            (
                Column("PatientId", INT, NOT_NULL),
                Column("DiagnosisCode", char(7), NOT_NULL),
                Column("OnsetDate", DATE, NOT_NULL),
                Column("Severity", TINYINT, NULL),
                Column("Confidence", REAL, NOT_NULL, default=Default(None, "((1.0))")),
            ),
            primary_key=primary_key("PK_PatientDiagnosis", "PatientId", "DiagnosisCode"),
            foreign_keys=(
                ForeignKey("FK_PatientDiagnosis_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.CASCADE),
                ForeignKey("FK_PatientDiagnosis_Code", ("DiagnosisCode",), DIAGNOSIS, ("Code",)),
            ),
            checks=(Check("CK_PatientDiagnosis_Severity", "([Severity]>=(0) AND [Severity]<=(10))"),),
        ),
        _DIAGNOSES,
        _diagnoses,
    ),
    Population(
        Table(
            PATIENT_MEDICATION,
            (
                Column("PatientMedicationId", BIGINT, NOT_NULL, identity=Identity(1_000_000_000_000, 1)),
                Column("PatientId", INT, NOT_NULL),
                Column("MedicationId", INT, NOT_NULL),
                Column("Dose", decimal(9, 4), NOT_NULL),
                Column("FrequencyHours", TINYINT, NULL),
                Column("StartedOn", DATE, NOT_NULL),
                Column("StoppedOn", DATE, NULL),
                Column("TakenAt", time(0), NULL),
                Column("Instructions", nvarchar(1000), NULL),
            ),
            primary_key=primary_key("PK_PatientMedication", "PatientMedicationId"),
            foreign_keys=(
                ForeignKey("FK_PatientMedication_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.CASCADE),
                ForeignKey("FK_PatientMedication_Medication", ("MedicationId",), MEDICATION, ("MedicationId",)),
            ),
            checks=(
                Check("CK_PatientMedication_Stopped", "([StoppedOn] IS NULL OR [StoppedOn]>=[StartedOn])"),
                Check("CK_PatientMedication_Dose", "([Dose]>(0))", trusted=False),
            ),
            indexes=(Index("IX_PatientMedication_Patient", ordered("PatientId", "StartedOn DESC")),),
        ),
        _MEDICATIONS,
        _medications,
    ),
)
