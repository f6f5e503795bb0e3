"""People who log in to the application."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.arrays import cut_bytes, digits, fixed_bytes, joined, moments
from migrator.lab.generate.awkward import BINARY
from migrator.lab.generate.census import Linear
from migrator.lab.generate.columns import (
    BIT,
    EMAIL,
    FLAG,
    INT,
    NOT_NULL,
    NULL,
    binary,
    char,
    datetimeoffset,
    nvarchar,
    ordered,
    primary_key,
    unique,
    varbinary,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.values import SECOND, beginning, days, gaps, pick, ticks, times
from migrator.lab.generate.words import MAILS
from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, Default, Identity, Index, Table

APP_USER: Final = ObjectName("dbo", "AppUser")
APP_USER_IDS: Final = Numbering(APP_USER)
LOGINS: Final = ("admin", "Admin", "ADMIN", "łucja", "Łucja", "o'brien", "svc_evv")
"""The first logins: case tells them apart, under the column's own collation."""


def _users(span: Span) -> Columns:
    salts = span.dice.whole(8, 17, span.rows)
    seen = ticks(days(span, 400, 1), times(span, 0, 24, SECOND // 1000))
    return {
        "UserId": APP_USER_IDS.own(span),
        "Login": beginning(span, joined("user", digits(span.index, 6)), LOGINS),
        "PasswordHash": fixed_bytes(span.dice.octets(span.rows * 32).reshape(-1, 32)),
        "Salt": beginning(
            span, cut_bytes(span.dice.octets(int(salts.sum())), salts), [None, *(b for b in BINARY if len(b) <= 16)]
        ),
        "Email": gaps(span, 0.3, joined("user.", digits(span.index), "@", pick(span, MAILS))),
        "Pin": digits(span.dice.whole(0, 10_000, span.rows), 4),
        "IsLocked": gaps(span, 0.2, span.dice.flags(0.05, span.rows)),
        "IsEmployee": span.dice.flags(0.9, span.rows),
        "LastLoginAt": moments(
            seen, np.array([-300, 0, 60, 120, 345])[span.dice.whole(0, 5, span.rows)], span.dice.flags(0.2, span.rows)
        ),
    }


POPULATIONS: Final = (
    Population(
        Table(
            APP_USER,
            (
                Column("UserId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("Login", nvarchar(60), NOT_NULL, collation="SQL_Latin1_General_CP1_CS_AS"),
                Column("PasswordHash", binary(32), NOT_NULL),
                Column("Salt", varbinary(16), NULL),
                Column("Email", EMAIL, NULL),
                Column("Pin", char(4), NOT_NULL, default=Default("DF_AppUser_Pin", "('0000')")),
                Column("IsLocked", BIT, NULL, default=Default(None, "((0))")),
                Column("IsEmployee", FLAG, NOT_NULL, default=Default(None, "((1))")),
                Column("LastLoginAt", datetimeoffset(3), NULL),
            ),
            primary_key=primary_key("PK_AppUser", "UserId"),
            uniques=(unique("UQ_AppUser_Login", "Login"),),
            checks=(Check("CK_AppUser_Pin", "(len([Pin])=(4))"),),
            indexes=(Index("UX_AppUser_Email", ordered("Email"), unique=True, filter="([Email] IS NOT NULL)"),),
        ),
        Linear(300),
        _users,
    ),
)
