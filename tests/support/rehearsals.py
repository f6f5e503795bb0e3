"""Rehearsals to draw: a usual one, and the ones that break a layout."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from migrator.model.difference import Difference, DifferenceKind
from migrator.model.finding import Finding, Severity, Status
from migrator.model.fingerprint import Fingerprint
from migrator.model.name import ObjectName
from migrator.model.rehearsal import Forecast, PhaseTime, Rehearsal, TableLoad
from migrator.model.schema import ObjectKind, Place
from migrator.model.translation import TranslatedObject, Translation
from migrator.model.validation import SourceOf, TableValidation, Validation

# fmt: off
_TABLES = {
    "care": {
        "Patients": (8_400, 410), "PatientContacts": (14_900, 180), "Caregivers": (1_250, 520),
        "CaregiverSkills": (6_200, 60), "Authorisations": (11_300, 240), "CarePlans": (9_100, 900),
        "CarePlanTasks": (58_000, 150), "Visits": (120_000, 210), "VisitTasks": (310_000, 70),
        "VisitVerifications": (118_400, 160), "Schedules": (131_000, 90), "Documents": (2_600, 41_000),
        "Medications": (22_800, 130), "Allergies": (5_900, 85), "Assessments": (7_700, 1_900),
    },
    "billing": {
        "Payers": (84, 300), "Rates": (1_900, 75), "Claims": (74_000, 190), "ClaimLines": (148_000, 110),
        "ClaimStatuses": (160_500, 65), "Remittances": (9_300, 280), "RemittanceLines": (139_700, 120),
        "Adjustments": (17_200, 95), "PayrollRuns": (104, 140), "PayrollLines": (61_000, 100),
    },
    "dbo": {
        "AuditLog": (402_000, 260), "Users": (1_480, 310), "Settings": (96, 450), "Countries": (249, 60),
        "Holidays": (0, 0),
    },
}

_RULES = (
    ("time.seventh-digit", Severity.WARNING, Status.LOSSY, ObjectKind.COLUMN,
     "datetime2(7) keeps 100 ns, DATETIME(6) keeps 1 µs: the seventh digit is cut off, never rounded",
     "Nothing to do unless something compares times to 100 ns; then store the ticks in a BIGINT column."),
    ("unique.nullable", Severity.WARNING, Status.LOSSY, ObjectKind.UNIQUE,
     "SQL Server admits one NULL in a unique constraint, MySQL any number",
     "Make the column NOT NULL, or check in the application that at most one row has no value."),
    ("index.filtered", Severity.INFO, Status.LOSSY, ObjectKind.INDEX,
     "a filtered index becomes a plain one over all rows",
     "Watch its size and write cost; a generated column that is NULL outside the filter keeps it small."),
    ("index.included", Severity.INFO, Status.LOSSY, ObjectKind.INDEX,
     "INCLUDE columns become key columns at the end of the index",
     "Drop those that no query needs: the key is limited to 3,072 bytes."),
    ("collation.no-pad", Severity.INFO, Status.AUTOMATIC, ObjectKind.COLUMN,
     "trailing spaces count in utf8mb4_0900 collations",
     "Look for unique keys whose values differ in trailing spaces alone."),
    ("routine.procedure", Severity.WARNING, Status.MANUAL, ObjectKind.PROCEDURE,
     "a procedure's body is not translated", "Write it again as a MySQL procedure, or move it into the application."),
    ("trigger.body", Severity.ERROR, Status.MANUAL, ObjectKind.TRIGGER,
     "the trigger works on the set of all changed rows; MySQL calls a trigger for each row",
     "Write it again for one row (NEW and OLD); see the sets inserted and deleted in its text."),
    ("fk.set-default", Severity.ERROR, Status.BLOCKED, ObjectKind.FOREIGN_KEY,
     "InnoDB refuses ON DELETE SET DEFAULT", "Choose NO ACTION and set the default in a trigger, or drop the action."),
    ("clr.assembly", Severity.ERROR, Status.BLOCKED, ObjectKind.OTHER,
     "an assembly cannot run in MySQL", "Move it to a service or to AWS Lambda."),
)

_OBJECTS: Mapping[str, tuple[str, ...]] = {
    "time.seventh-digit": (
        "care.Visits.made_at", "care.Visits.changed_at", "care.VisitTasks.made_at", "care.VisitTasks.changed_at",
        "care.Schedules.made_at", "care.Schedules.changed_at", "care.Documents.made_at", "care.Medications.given_at",
        "care.VisitVerifications.check_in", "care.VisitVerifications.check_out", "dbo.AuditLog.at",
        "billing.Claims.submitted_at", "billing.Remittances.received_at",
    ),
    "unique.nullable": ("care.Patients.UQ_Patients_MedicaidId", "care.Caregivers.UQ_Caregivers_Npi"),
    "index.filtered": (
        "care.Visits.IX_Visits_Open", "billing.Claims.IX_Claims_Unpaid", "care.Schedules.IX_Schedules_Next",
    ),
    "index.included": (
        "care.Visits.IX_Visits_Patient", "billing.ClaimLines.IX_ClaimLines_Claim", "dbo.AuditLog.IX_AuditLog_At",
        "care.VisitTasks.IX_VisitTasks_Visit", "billing.RemittanceLines.IX_RemittanceLines_Claim",
    ),
    "collation.no-pad": (
        "care.Patients.last_name", "care.Patients.first_name", "care.Caregivers.last_name", "dbo.Users.login",
        "dbo.Countries.name",
    ),
    "routine.procedure": (
        "billing.usp_SubmitClaims", "billing.usp_PostRemittance", "care.usp_CloseVisit", "care.usp_PlanWeek",
        "dbo.usp_Purge", "dbo.usp_Report",
    ),
    "trigger.body": ("care.tr_Visits_Audit", "billing.tr_Claims_Audit", "care.tr_Patients_Audit"),
    "fk.set-default": ("care.Visits.FK_Visits_Caregivers", "billing.Claims.FK_Claims_Payers"),
    "clr.assembly": ("dbo.GeoTools",),
}
# fmt: on

_STARTED = datetime(2026, 11, 22, 1, 58, 12, tzinfo=UTC)


def shown(difference: Difference) -> Mapping[str, str]:
    """Keys as a privacy rule might show them: numbers in clear, text as a hash."""
    return {f"key_{position}": _shown(part) for position, part in enumerate(difference.key, start=1)}


def _shown(part: str | None) -> str:
    if part is None:
        return "NULL"
    return part if part.isdigit() else f"#{hashlib.sha256(part.encode()).hexdigest()[:12]}"


def _fingerprint(seed: str, rows: int) -> Fingerprint:
    if not rows:
        return Fingerprint()
    digest = hashlib.sha256(seed.encode()).digest()
    return Fingerprint(rows, int.from_bytes(digest[:7], "big") * rows, int.from_bytes(digest[7:14], "big") * rows)


def _target(schema: str, name: str) -> str:
    return name if schema == "dbo" else f"{schema}_{name}"


def loads() -> tuple[TableLoad, ...]:
    return tuple(
        TableLoad(
            f"{schema}.{name}", _target(schema, name), rows, rows * width, rows * width / 21e6 + rows / 400_000, rows
        )
        for schema, tables in _TABLES.items()
        for name, (rows, width) in tables.items()
    )


def validation(differences: tuple[Difference, ...] = ()) -> Validation:
    tables = []
    for load in loads():
        schema, name = load.source.split(".")
        source = _fingerprint(load.target, load.rows)
        here = tuple(difference for difference in differences if difference.table == load.target)
        limits = []
        if name in {"Patients", "Claims", "Documents"}:
            limits.append("rowversion column row_version is left out: the target makes its own")
        if name == "AuditLog":
            limits.append("no key: rows are compared as a set, a difference is named by its row's hash")
        target = Fingerprint(source.rows, source.low + 12_345, source.high + 77) if here else source
        tables.append(
            TableValidation(
                ObjectName(schema, name),
                load.target,
                source,
                target,
                SourceOf.RECORDED,
                here,
                0,
                tuple(limits),
                load.rows / 900_000,
            )
        )
    return Validation(tuple(tables))


def findings() -> tuple[Finding, ...]:
    return tuple(
        Finding(
            rule,
            severity,
            status,
            kind,
            name,
            reason,
            advice,
            Place("schema/tables.sql", 10 + line) if line < 2 else None,
        )
        for rule, severity, status, kind, reason, advice in _RULES
        for line, name in enumerate(_OBJECTS[rule])
    )


def translation() -> Translation:
    found = {finding.object: finding for finding in findings()}
    objects = [
        TranslatedObject(
            finding.object,
            finding.kind,
            finding.status,
            "" if finding.status.rank > 1 else finding.object.split(".")[-1],
        )
        for finding in found.values()
    ]
    for load in loads():
        lossy = any(
            name.startswith(f"{load.source}.") and finding.kind is ObjectKind.COLUMN and finding.status is Status.LOSSY
            for name, finding in found.items()
        )
        objects.append(
            TranslatedObject(load.source, ObjectKind.TABLE, Status.LOSSY if lossy else Status.AUTOMATIC, load.target)
        )
        objects.append(
            TranslatedObject(f"{load.source}.PK_{load.target}", ObjectKind.PRIMARY_KEY, Status.AUTOMATIC, "PRIMARY")
        )
        objects += [
            TranslatedObject(f"{load.source}.column_{number}", ObjectKind.COLUMN, Status.AUTOMATIC, f"column_{number}")
            for number in range(8)
        ]
        objects += [
            TranslatedObject(f"{load.source}.IX_{number}", ObjectKind.INDEX, Status.AUTOMATIC, f"IX_{number}")
            for number in range(2)
        ]
        objects.append(TranslatedObject(f"{load.source}.FK_1", ObjectKind.FOREIGN_KEY, Status.AUTOMATIC, "FK_1"))
    objects += [
        TranslatedObject(f"care.vw_{name}", ObjectKind.VIEW, Status.AUTOMATIC, f"care_vw_{name}")
        for name in ("Today", "Open")
    ]
    return Translation((), (), tuple(objects), findings())


def usual() -> Rehearsal:
    """30 tables, 40 findings, everything equal, well inside the window."""
    loaded = loads()
    rows, size = sum(load.rows for load in loaded), sum(load.bytes for load in loaded)
    phases = (
        PhaseTime("assess", 1.84, 0, 0),
        PhaseTime("translate", 0.61, 0, 0),
        PhaseTime("create", 2.37, 0, 0),
        PhaseTime("load", 24.92, rows, size),
        PhaseTime("build", 15.49, 0, 0),
        PhaseTime("validate", 5.73, rows, 0),
    )
    return Rehearsal(
        source="homecare.bacpac",
        source_identity="sha256:9f2c4b1de0a75a1c7a51d1b3b0c2f7f4a88f10de5d6a5ac0dc8a1d5f9e7b2c31",
        product="Microsoft SQL Server 2022 (16.0.4175.1)",
        target="migrator_rehearsal at socket mysql.sock",
        server_version="8.0.39",
        started=_STARTED,
        finished=_STARTED + timedelta(seconds=sum(phase.seconds for phase in phases) + 0.4),
        phases=phases,
        loads=loaded,
        translation=translation(),
        validation=validation(),
        forecast=Forecast(
            2_080.0,
            3_120.0,
            21_600.0,
            (
                "inside the window, one after the other: create, load, build, validate",
                "the same data, the same machines and the same network as in this rehearsal",
                "P95 is 1.5 times P50: one rehearsal says nothing about the spread, repeat it on the real target",
                "freezing the source, draining, switching the application and the decision itself are not counted",
            ),
        ),
    )


def different() -> Rehearsal:
    """The usual one with a changed, a missing and an extra row."""
    found = (
        Difference("care_Visits", DifferenceKind.CHANGED, ("48211",), ("verified_at", "mileage")),
        Difference("billing_ClaimLines", DifferenceKind.MISSING, ("73100", "2")),
        Difference("care_Patients", DifferenceKind.EXTRA, ("PL-88213-Łódź",)),
    )
    return replace(usual(), validation=validation(found))


def too_long() -> Rehearsal:
    """Equal, but an hour over."""
    phases = tuple(replace(phase, seconds=phase.seconds * 420) for phase in usual().phases)
    return replace(
        usual(), phases=phases, forecast=Forecast(17_286.7, 25_930.0, 21_600.0, usual().forecast.assumptions)
    )


def empty() -> Rehearsal:
    """A schema without a row and without a finding; one column of time only."""
    nothing = Validation(
        tuple(replace(table, source=Fingerprint(), target=Fingerprint(), limits=()) for table in validation().tables)
    )
    objects = tuple(replace(item, status=Status.AUTOMATIC) for item in translation().objects)
    return replace(
        usual(),
        phases=(PhaseTime("assess", 0.0), PhaseTime("create", 0.0)),
        loads=(),
        validation=nothing,
        translation=Translation((), (), objects, ()),
        forecast=Forecast(0.0, 0.0, 21_600.0, ()),
    )


def many(tables: int = 400) -> Rehearsal:
    """More tables than a screen holds, sizes from nothing to most of it."""
    loaded = tuple(
        TableLoad(
            f"erp.Table{number:03d}",
            f"erp_Table{number:03d}",
            rows := 4_000_000 // (number * number),
            rows * 120,
            rows / 90_000,
            rows,
        )
        for number in range(1, tables + 1)
    )
    compared = Validation(
        tuple(
            TableValidation(
                ObjectName(*load.source.split(".")),
                load.target,
                mark := _fingerprint(load.target, load.rows),
                mark,
                SourceOf.RECORDED,
                limits=() if number % 9 else ("no key: rows are compared as a set",),
            )
            for number, load in enumerate(loaded)
        )
    )
    found = tuple(
        Finding(
            "time.seventh-digit",
            Severity.WARNING,
            Status.LOSSY,
            ObjectKind.COLUMN,
            f"{load.source}.at",
            _RULES[0][4],
            _RULES[0][5],
        )
        for load in loaded
    )
    objects = tuple(TranslatedObject(finding.object, finding.kind, finding.status, "at") for finding in found) + tuple(
        TranslatedObject(load.source, ObjectKind.TABLE, Status.LOSSY, load.target) for load in loaded
    )
    return replace(usual(), loads=loaded, validation=compared, translation=Translation((), (), objects, found))


HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp;{{ 7 * 7 }}\u202e\x1b[2J'


def hostile() -> Rehearsal:
    """Every text that comes from outside tries to become markup, a terminal's command or a right-to-left turn."""
    base = different()
    long = "A" + "very_long_name_" * 8 + "Z"
    renamed = {load.target: HOSTILE if number % 2 else long for number, load in enumerate(base.loads)}
    differences = (Difference(HOSTILE, DifferenceKind.CHANGED, (HOSTILE,), (HOSTILE,)),)
    finding = replace(findings()[0], rule=HOSTILE, object=HOSTILE, reason=HOSTILE, advice=HOSTILE)
    return replace(
        base,
        source=HOSTILE,
        source_identity=HOSTILE,
        product=HOSTILE,
        target=HOSTILE,
        server_version=HOSTILE,
        phases=(PhaseTime(HOSTILE, 1.0),),
        loads=tuple(
            replace(load, source=f"dbo.{renamed[load.target]}", target=renamed[load.target]) for load in base.loads
        ),
        validation=Validation(
            tuple(
                replace(
                    table,
                    table=renamed[table.table],
                    name=ObjectName(HOSTILE, HOSTILE),
                    limits=(HOSTILE,),
                    differences=() if table.equal else differences,
                )
                for table in base.validation.tables
            )
        ),
        translation=replace(
            base.translation,
            findings=(finding,),
            objects=(
                TranslatedObject(HOSTILE, ObjectKind.OTHER, Status.BLOCKED),
                TranslatedObject(long, ObjectKind.TABLE, Status.LOSSY),
            ),
        ),
        forecast=replace(base.forecast, assumptions=(HOSTILE,)),
    )
