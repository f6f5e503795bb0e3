"""Care plans with their goals, and the schedules that visits follow."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.arrays import digits, joined
from migrator.lab.generate.awkward import TEXT as AWKWARD
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    DATE,
    INT,
    NOT_NULL,
    NULL,
    SMALLINT,
    TINYINT,
    XML,
    datetime2,
    decimal,
    nvarchar,
    ordered,
    primary_key,
    time,
    unique,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.appuser import APP_USER, APP_USER_IDS
from migrator.lab.generate.tables.caregiver import CAREGIVER, CAREGIVER_IDS
from migrator.lab.generate.tables.catalogue import SERVICE, SERVICE_IDS
from migrator.lab.generate.tables.patient import PATIENT, PATIENT_IDS
from migrator.lab.generate.values import SECOND, beginning, days, gaps, pick, ticks, times
from migrator.lab.generate.words import GOALS, NOTES
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Default, ForeignKey, Identity, Index, Table

CARE_PLAN: Final = ObjectName("care", "CarePlan")
CARE_PLAN_GOAL: Final = ObjectName("care", "CarePlanGoal")
VISIT_SCHEDULE: Final = ObjectName("care", "VisitSchedule")
_PLAN_IDS: Final = Numbering(CARE_PLAN)
_PLANS: Final = Family(PATIENT, (1, 1, 2, 1))
_GOALS: Final = Family(CARE_PLAN, (2, 1, 3))


def _plans(span: Span) -> Columns:
    patients, numbers = _PLANS.place(span.index)
    start = days(span, 1_200, 5)
    return {
        "CarePlanId": _PLAN_IDS.own(span),
        "PatientId": PATIENT_IDS.of(patients),
        "VersionNo": numbers,
        "ApprovedBy": gaps(span, 0.2, APP_USER_IDS.some(span)),
        "ValidFrom": start,
        "ValidTo": gaps(span, 0.5, start + span.dice.whole(1, 400, span.rows)),
        "Summary": beginning(span, joined(pick(span, NOTES), " ", pick(span, NOTES), "\n", pick(span, GOALS)), AWKWARD),
        "Timetable": gaps(span, 0.4, joined("<week><day n='", digits(numbers), "' visits='2'/></week>")),
    }


def _goals(span: Span) -> Columns:
    plans, numbers = _GOALS.place(span.index)
    return {
        "CarePlanId": _PLAN_IDS.of(plans),
        "GoalNo": numbers,
        "Goal": beginning(span, pick(span, GOALS), AWKWARD),
        "TargetDate": gaps(span, 0.2, days(span, 300, -300)),
        "ProgressPercent": beginning(span, gaps(span, 0.1, span.dice.whole(0, 10_001, span.rows)), [0, 10_000, None]),
    }


def _schedules(span: Span) -> Columns:
    first = ticks(days(span, 700, 20), times(span, 0, 24, SECOND))
    return {
        "VisitScheduleId": span.index + 1,
        "PatientId": PATIENT_IDS.some(span),
        "CaregiverId": gaps(span, 0.2, CAREGIVER_IDS.some(span)),
        "ServiceTypeId": SERVICE_IDS.some(span),
        "WeekdayMask": span.dice.whole(1, 128, span.rows),
        "StartsAt": beginning(span, span.dice.whole(0, 86_400_000, span.rows) * 1_000_000, [0, 86_399_999_000_000]),
        "LengthMinutes": np.array([30, 45, 60, 120, 480])[span.dice.whole(0, 5, span.rows)],
        "EffectiveFrom": beginning(span, first, [0]),
        "EffectiveTo": beginning(
            span, gaps(span, 0.6, first + span.dice.whole(0, 10**7, span.rows) * SECOND), [3_155_378_975_990_000_000]
        ),
    }


POPULATIONS: Final = (
    Population(
        Table(
            CARE_PLAN,
            (
                Column("CarePlanId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("PatientId", INT, NOT_NULL),
                Column("VersionNo", SMALLINT, NOT_NULL),
                Column("ApprovedBy", INT, NULL),
                Column("ValidFrom", DATE, NOT_NULL),
                Column("ValidTo", DATE, NULL),
                Column("Summary", nvarchar(), NOT_NULL, default=Default("DF_CarePlan_Summary", "(N'')")),
                Column("Timetable", XML, NULL),
            ),
            primary_key=primary_key("PK_CarePlan", "CarePlanId"),
            uniques=(unique("UQ_CarePlan_Version", "PatientId", "VersionNo"),),
            foreign_keys=(
                ForeignKey("FK_CarePlan_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.CASCADE),
                ForeignKey("FK_CarePlan_ApprovedBy", ("ApprovedBy",), APP_USER, ("UserId",)),
            ),
            checks=(Check("CK_CarePlan_ValidTo", "([ValidTo] IS NULL OR [ValidTo]>[ValidFrom])"),),
        ),
        _PLANS,
        _plans,
    ),
    Population(
        Table(
            CARE_PLAN_GOAL,
            (
                Column("CarePlanId", INT, NOT_NULL),
                Column("GoalNo", TINYINT, NOT_NULL),
                Column("Goal", nvarchar(500), NOT_NULL),
                Column("TargetDate", DATE, NULL),
                Column("ProgressPercent", decimal(5, 2), NULL),
            ),
            primary_key=primary_key("PK_CarePlanGoal", "CarePlanId", "GoalNo"),
            foreign_keys=(
                ForeignKey("FK_CarePlanGoal_CarePlan", ("CarePlanId",), CARE_PLAN, ("CarePlanId",), Action.CASCADE),
            ),
            checks=(
                Check("CK_CarePlanGoal_Progress", "([ProgressPercent]>=(0) AND [ProgressPercent]<=(100))"),
                Check("CK_CarePlanGoal_GoalNo", "([GoalNo] BETWEEN (1) AND (20))"),
            ),
        ),
        _GOALS,
        _goals,
    ),
    Population(
        Table(
            VISIT_SCHEDULE,
            (
                Column("VisitScheduleId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("PatientId", INT, NOT_NULL),
                Column("CaregiverId", INT, NULL),
                Column("ServiceTypeId", SMALLINT, NOT_NULL),
                Column("WeekdayMask", TINYINT, NOT_NULL),
                Column("StartsAt", time(3), NOT_NULL),
                Column("LengthMinutes", SMALLINT, NOT_NULL, default=Default("DF_VisitSchedule_Length", "((60))")),
                Column("EffectiveFrom", datetime2(0), NOT_NULL),
                Column("EffectiveTo", datetime2(0), NULL, description="9999-12-31 for ever."),
            ),
            primary_key=primary_key("PK_VisitSchedule", "VisitScheduleId"),
            foreign_keys=(
                ForeignKey("FK_VisitSchedule_Patient", ("PatientId",), PATIENT, ("PatientId",), Action.CASCADE),
                ForeignKey("FK_VisitSchedule_Caregiver", ("CaregiverId",), CAREGIVER, ("CaregiverId",)),
                ForeignKey("FK_VisitSchedule_Service", ("ServiceTypeId",), SERVICE, ("ServiceTypeId",)),
            ),
            checks=(
                Check("CK_VisitSchedule_WeekdayMask", "(([WeekdayMask]&(127))=[WeekdayMask] AND [WeekdayMask]<>(0))"),
                Check("CK_VisitSchedule_LengthMinutes", "([LengthMinutes]%(15)=(0))"),
            ),
            indexes=(Index("IX_VisitSchedule_Patient", ordered("PatientId", "EffectiveFrom DESC")),),
        ),
        Linear(5_000),
        _schedules,
    ),
)
