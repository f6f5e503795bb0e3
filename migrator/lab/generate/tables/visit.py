"""Visits, the agency's largest table, and the tasks done in them."""

from __future__ import annotations

from typing import Final

from migrator.lab.generate.arrays import texts, without
from migrator.lab.generate.awkward import TEXT as AWKWARD
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    BIGINT,
    BIT,
    INT,
    NOT_NULL,
    NULL,
    SMALLINT,
    TINYINT,
    UNIQUEIDENTIFIER,
    datetime2,
    decimal,
    nvarchar,
    ordered,
    primary_key,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.caregiver import CAREGIVER, CAREGIVER_IDS
from migrator.lab.generate.tables.catalogue import TASK, TASK_IDS
from migrator.lab.generate.tables.patient import PATIENT, PATIENT_IDS
from migrator.lab.generate.values import SECOND, beginning, days, gaps, guids, pick, ticks, times, weighted
from migrator.lab.generate.words import NOTES
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Default, ForeignKey, Identity, Index, Table

VISIT: Final = ObjectName("care", "Visit")
VISIT_TASK: Final = ObjectName("care", "VisitTask")
VISIT_IDS: Final = Numbering(VISIT)
_TASKS: Final = Family(VISIT, (0, 1, 0, 0, 3, 0, 0, 0, 0, 0))
_STATUSES: Final = texts(["Completed", "Scheduled", "Cancelled", "Missed", "InProgress"])
_MILLISECOND: Final = SECOND // 1_000


def _visits(span: Span) -> Columns:
    rows = span.rows
    scheduled = ticks(days(span, 730, -30), times(span, 6, 21, 900 * SECOND))
    started = scheduled + span.dice.whole(-900_000, 1_800_000, rows) * _MILLISECOND
    not_begun = span.dice.flags(0.12, rows)
    not_ended = not_begun | span.dice.flags(0.03, rows)
    return {
        "VisitId": VISIT_IDS.own(span),
        "PatientId": PATIENT_IDS.some(span),
        "CaregiverId": CAREGIVER_IDS.some(span),
        "ScheduledStart": scheduled,
        "ActualStart": without(started, not_begun),
        "ActualEnd": without(started + span.dice.whole(900_000, 14_400_000, rows) * _MILLISECOND, not_ended),
        "Status": weighted(span, _STATUSES, (80, 8, 6, 4, 2)),
        "Notes": beginning(span, gaps(span, 0.2, pick(span, NOTES)), AWKWARD),
        "Miles": beginning(span, span.dice.whole(0, 6_000, rows), [0, 999_999, 1]),
        "VisitGuid": guids(span),
    }


def _tasks(span: Span) -> Columns:
    visits, numbers = _TASKS.place(span.index)
    return {
        "VisitId": VISIT_IDS.of(visits),
        "TaskNo": numbers,
        "TaskKindId": TASK_IDS.some(span),
        "DoneAt": gaps(span, 0.2, ticks(days(span, 730, 0), times(span, 6, 22, SECOND // 10))),
        "Minutes": beginning(span, gaps(span, 0.1, span.dice.whole(0, 120, span.rows)), [0, 32_767, None]),
        "Refused": span.dice.flags(0.05, span.rows),
        "Remark": beginning(span, gaps(span, 0.85, pick(span, NOTES)), AWKWARD),
    }


POPULATIONS: Final = (
    Population(
        Table(
            VISIT,
            (
                Column("VisitId", BIGINT, NOT_NULL, identity=Identity(1, 1)),
                Column("PatientId", INT, NOT_NULL),
                Column("CaregiverId", INT, NOT_NULL),
                Column("ScheduledStart", datetime2(0), NOT_NULL, description="Local time of the patient's home."),
                Column("ActualStart", datetime2(3), NULL),
                Column("ActualEnd", datetime2(3), NULL),
                Column("Status", varchar(20), NOT_NULL, default=Default("DF_Visit_Status", "('Scheduled')")),
                Column("Notes", nvarchar(400), NULL),
                Column("Miles", decimal(6, 2), NOT_NULL, default=Default("DF_Visit_Miles", "((0))")),
                Column("VisitGuid", UNIQUEIDENTIFIER, NOT_NULL, default=Default("DF_Visit_VisitGuid", "(newid())")),
            ),
            primary_key=primary_key("PK_Visit", "VisitId"),
            foreign_keys=(
                ForeignKey("FK_Visit_Patient", ("PatientId",), PATIENT, ("PatientId",)),
                ForeignKey("FK_Visit_Caregiver", ("CaregiverId",), CAREGIVER, ("CaregiverId",)),
            ),
            checks=(
                Check("CK_Visit_ActualEnd", "([ActualEnd] IS NULL OR [ActualEnd]>=[ActualStart])"),
                Check("CK_Visit_Miles", "([Miles]>=(0))"),
            ),
            indexes=(
                Index("IX_Visit_Patient", ordered("PatientId", "ScheduledStart DESC")),
                Index("IX_Visit_Caregiver", ordered("CaregiverId", "ScheduledStart"), included=("Status",)),
            ),
            description="One visit of a caregiver to a patient.",
        ),
        Linear(100_000),
        _visits,
    ),
    Population(
        Table(
            VISIT_TASK,
            (
                Column("VisitId", BIGINT, NOT_NULL),
                Column("TaskNo", TINYINT, NOT_NULL),
                Column("TaskKindId", SMALLINT, NOT_NULL),
                Column("DoneAt", datetime2(1), NULL),
                Column("Minutes", SMALLINT, NULL),
                Column("Refused", BIT, NOT_NULL, default=Default("DF_VisitTask_Refused", "((0))")),
                Column("Remark", nvarchar(200), NULL),
            ),
            primary_key=primary_key("PK_VisitTask", "VisitId", "TaskNo"),
            foreign_keys=(
                ForeignKey("FK_VisitTask_Visit", ("VisitId",), VISIT, ("VisitId",), Action.CASCADE),
                ForeignKey("FK_VisitTask_TaskKind", ("TaskKindId",), TASK, ("TaskKindId",)),
            ),
        ),
        _TASKS,
        _tasks,
    ),
)
