"""Settings of the application, and the kinds of contacts."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import texts
from migrator.lab.generate.census import Constant
from migrator.lab.generate.columns import (
    NOT_NULL,
    NULL,
    SQL_VARIANT,
    SYSNAME,
    TINYINT,
    nvarchar,
    primary_key,
    unique,
    varchar,
)
from migrator.lab.generate.population import Columns, Population, Span
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Identity, Table
from migrator.wire.schema import VARIANT

SETTING: Final = ObjectName("dbo", "Setting")
CONTACT_KIND: Final = ObjectName("dbo", "ContactKind")

_SETTINGS: Final = (
    ("agency.name", ("nvarchar(100)", "Opieka Domowa „Łąka” 🏡"), "Shown on every letter."),
    ("evv.radius", ("int", "150"), "Metres from the home within which a check-in counts."),
    ("evv.tolerance", ("smallint", "-15"), "Minutes."),
    ("evv.required", ("bit", "1"), None),
    ("billing.rounding", ("decimal(10,4)", "-0.0050"), "Half a cent against the agency."),
    ("billing.limit", ("money", "922337203685477.5807"), "The most that money can hold."),
    ("billing.nextClaim", ("bigint", "9223372036854775807"), None),
    ("import.lastRun", ("datetime2(7)", "2024-06-29 23:59:59.1234567"), None),
    ("import.firstDay", ("date", "0001-01-01"), "Long before."),
    ("import.separator", ("varchar(10)", "\t"), "A tab."),
    ("import.null", ("varchar(10)", "\\N"), "What the old system wrote for nothing."),
    ("install.id", ("uniqueidentifier", "6f9619ff-8b86-d011-b42d-00c04fc964ff"), None),
    ("install.key", ("varbinary(16)", "00ff5c0a0927221a0d00"), None),
    ("ui.theme", None, "No value: the default."),
    ("ui.empty", ("nvarchar(10)", ""), "Empty is not NULL."),
    ("ui.pageSize", ("tinyint", "255"), ""),
)
KINDS: Final = (
    "Unknown",
    "Daughter",
    "Son",
    "Spouse",
    "Neighbour",
    "Physician",
    "Pharmacy",
    "Legal guardian",
)


def _settings(_: Span) -> Columns:
    keys, values, descriptions = zip(*_SETTINGS, strict=True)
    pairs = [None if value is None else {"type": value[0], "value": value[1]} for value in values]
    return {
        "SettingKey": texts(keys),
        "Value": pa.array(pairs, VARIANT),
        "Description": texts(descriptions),
    }


def _kinds(_: Span) -> Columns:
    return {"ContactKindId": np.arange(len(KINDS)), "Name": texts(KINDS)}


POPULATIONS: Final = (
    Population(
        Table(
            SETTING,
            (
                Column("SettingKey", SYSNAME, NOT_NULL),
                Column("Value", SQL_VARIANT, NULL),
                Column("Description", nvarchar(400), NULL),
            ),
            primary_key=primary_key("PK_Setting", "SettingKey"),
            description="One value a row, each of its own type.",
        ),
        Constant(len(_SETTINGS)),
        _settings,
    ),
    Population(
        Table(
            CONTACT_KIND,
            (
                Column("ContactKindId", TINYINT, NOT_NULL, identity=Identity(0, 1), description="Starts at 0."),
                Column("Name", varchar(30), NOT_NULL),
            ),
            primary_key=primary_key(None, "ContactKindId"),
            uniques=(unique(None, "Name"),),
        ),
        Constant(len(KINDS)),
        _kinds,
    ),
)
