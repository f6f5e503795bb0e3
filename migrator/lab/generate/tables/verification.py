"""Electronic visit verification: where and when caregivers checked in and out; and the vital signs they took."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.arrays import cut_bytes, moments, positions
from migrator.lab.generate.awkward import BINARY, LATIN
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    BIGINT,
    DATETIME,
    FLOAT,
    GEOGRAPHY,
    NOT_NULL,
    NULL,
    REAL,
    SMALLINT,
    datetimeoffset,
    ordered,
    primary_key,
    varbinary,
    varchar,
)
from migrator.lab.generate.population import Columns, Population, Span
from migrator.lab.generate.tables.address import TOWNS
from migrator.lab.generate.tables.visit import VISIT, VISIT_IDS
from migrator.lab.generate.values import SECOND, beginning, datetimes, days, gaps, pick, sevenths, ticks, times
from migrator.lab.generate.words import DEVICES
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Column, Default, ForeignKey, Identity, Index, Table

VERIFICATION: Final = ObjectName("care", "VisitVerification")
VITAL_SIGN: Final = ObjectName("care", "VitalSign")
_VERIFIED: Final = Family(VISIT, (1, 0, 1, 0, 0))
_MOST_TICKS: Final = 3_155_378_975_999_999_999
"""9999-12-31 23:59:59.9999999."""

FLOAT_EXTREMES: Final = (
    1.7976931348623157e308,
    -1.7976931348623157e308,
    5e-324,
    2.2250738585072014e-308,
    0.1,
    1 / 3,
    1e22,
    123456789.123456789,
    0.0,
)
REAL_EXTREMES: Final = (3.4028234663852886e38, -3.4028234663852886e38, 1.401298464324817e-45, 0.1, 16777216.0, 0.0)


def _verifications(span: Span) -> Columns:
    rows = span.rows
    visits, _ = _VERIFIED.place(span.index)
    town = TOWNS[span.dice.whole(0, len(TOWNS), rows)]
    longitude, latitude = town[:, 0] + span.dice.bell(rows) * 0.05, town[:, 1] + span.dice.bell(rows) * 0.04
    if span.first == 0:
        longitude[:4], latitude[:4] = (0.0, 180.0, -179.9999999, 19.4), (0.0, 0.0, 90.0, -90.0)
    arrived = ticks(days(span, 730, 0), times(span, 6, 21, SECOND) + sevenths(span))
    minutes = np.array([-360, -300, 60, 120, 345, 840, -840, 0])[span.dice.whole(0, 8, rows)]
    left = arrived + span.dice.whole(600, 14_400, rows) * SECOND + sevenths(span)
    open_ended = span.dice.flags(0.05, rows)
    sizes = span.dice.whole(20, 120, rows)
    if span.first == 0:
        arrived[:2], left[:2], minutes[:2] = (0, _MOST_TICKS), (0, _MOST_TICKS), (0, 0)
    return {
        "VisitId": VISIT_IDS.of(visits),
        "CheckInAt": moments(arrived, minutes),
        "CheckOutAt": moments(left, minutes, open_ended),
        "CheckInPoint": positions(longitude, latitude),
        "CheckOutPoint": positions(
            longitude * 0.99999 + span.dice.bell(rows) * 1e-7,
            latitude * 0.99999,
            open_ended | span.dice.flags(0.1, rows),
        ),
        "AccuracyMetres": beginning(span, gaps(span, 0.1, span.dice.real(rows).astype(np.float32) * 50), REAL_EXTREMES),
        "Device": beginning(span, gaps(span, 0.05, pick(span, DEVICES)), LATIN),
        "Signature": beginning(
            span,
            gaps(span, 0.4, cut_bytes(span.dice.octets(int(sizes.sum())), sizes)),
            [b for b in BINARY if len(b) < 200],
        ),
    }


def _vital_signs(span: Span) -> Columns:
    rows = span.rows
    return {
        "VitalSignId": span.index + 1,
        "VisitId": VISIT_IDS.some(span),
        "TakenAt": beginning(
            span, datetimes(span, 730, 0), [-6_847_804_800_000, 253_402_300_799_997, -2_208_988_799_997]
        ),
        "Systolic": beginning(span, gaps(span, 0.1, span.dice.whole(90, 190, rows)), [-32_768, 32_767, None]),
        "TemperatureC": beginning(span, gaps(span, 0.2, 36.6 + span.dice.bell(rows) * 0.5), FLOAT_EXTREMES),
        "OxygenPercent": beginning(span, (90 + 10 * span.dice.real(rows)).astype(np.float32), REAL_EXTREMES),
    }


POPULATIONS: Final = (
    Population(
        Table(
            VERIFICATION,
            (
                Column("VisitId", BIGINT, NOT_NULL),
                Column("CheckInAt", datetimeoffset(7), NOT_NULL),
                Column("CheckOutAt", datetimeoffset(7), NULL),
                Column("CheckInPoint", GEOGRAPHY, NOT_NULL),
                Column("CheckOutPoint", GEOGRAPHY, NULL),
                Column("AccuracyMetres", REAL, NULL),
                Column("Device", varchar(60), NULL),
                Column("Signature", varbinary(200), NULL),
            ),
            primary_key=primary_key("PK_VisitVerification", "VisitId"),
            foreign_keys=(ForeignKey("FK_VisitVerification_Visit", ("VisitId",), VISIT, ("VisitId",), Action.CASCADE),),
            indexes=(Index("IX_VisitVerification_CheckIn", ordered("CheckInAt")),),
            description="At most one a visit; points are WGS 84.",
        ),
        _VERIFIED,
        _verifications,
        batch_rows=8_192,
    ),
    Population(
        Table(
            VITAL_SIGN,
            (
                Column("VitalSignId", BIGINT, NOT_NULL, identity=Identity(1, 1)),
                Column("VisitId", BIGINT, NOT_NULL),
                Column("TakenAt", DATETIME, NOT_NULL, default=Default("DF_VitalSign_TakenAt", "(getdate())")),
                Column("Systolic", SMALLINT, NULL),
                Column("TemperatureC", FLOAT, NULL),
                Column("OxygenPercent", REAL, NOT_NULL),
            ),
            primary_key=primary_key("PK_VitalSign", "VitalSignId", clustered=False),
            foreign_keys=(ForeignKey("FK_VitalSign_Visit", ("VisitId",), VISIT, ("VisitId",), Action.CASCADE),),
            indexes=(Index("CIX_VitalSign_Visit", ordered("VisitId", "TakenAt DESC"), clustered=True),),
        ),
        Linear(6_000),
        _vital_signs,
    ),
)
