"""The agency and its branches: a tree, by a self reference and by hierarchyid."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import digits, joined, texts, without
from migrator.lab.generate.census import Constant
from migrator.lab.generate.columns import (
    DATE,
    HIERARCHYID,
    NOT_NULL,
    NULL,
    PHONE,
    UNIQUEIDENTIFIER,
    nvarchar,
    primary_key,
    varchar,
)
from migrator.lab.generate.dice import Integers
from migrator.lab.generate.population import Columns, Population, Span
from migrator.lab.generate.values import beginning, days, pick, sequential_guids
from migrator.lab.generate.words import CITIES
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Default, ForeignKey, Index, KeyColumn, Table

AGENCY: Final = ObjectName("dbo", "Agency")
_COUNT: Final = 40
_BRANCHES: Final = 6
"""Children of each node of the tree."""


def agency_ids(indices: Integers) -> pa.Array:
    """The keys of agencies counted from 0."""
    return sequential_guids(1, indices)


def _paths() -> list[str]:
    """The path of each node: node i hangs below node (i - 1) // 6; some lie between siblings or below zero."""
    paths = ["/"]
    for node in range(1, _COUNT):
        number = (node - 1) % _BRANCHES
        label = ("1", "2", "2.5", "-7", "16", "1104")[number]
        paths.append(f"{paths[(node - 1) // _BRANCHES]}{label}/")
    return paths


def _agencies(span: Span) -> Columns:
    parents = np.maximum((span.index - 1) // _BRANCHES, 0)
    return {
        "AgencyId": agency_ids(span.index),
        "ParentAgencyId": without(agency_ids(parents), span.index == 0),
        "OrgNode": texts(_paths()),
        "Name": joined("Opieka ", pick(span, CITIES), " #", digits(span.index, 3)),
        "TaxNumber": joined("PL", digits(span.index * 7_919 + 1_000_000_000)),
        "Phone": joined("+48 22 ", digits(span.dice.whole(1_000_000, 10_000_000, span.rows))),
        "FoundedOn": beginning(span, days(span, 20_000, 400), [None, -719_162, -354_285]),
    }


POPULATIONS: Final = (
    Population(
        Table(
            AGENCY,
            (
                Column(
                    "AgencyId",
                    UNIQUEIDENTIFIER,
                    NOT_NULL,
                    rowguid=True,
                    default=Default("DF_Agency_AgencyId", "(newsequentialid())"),
                ),
                Column("ParentAgencyId", UNIQUEIDENTIFIER, NULL),
                Column("OrgNode", HIERARCHYID, NOT_NULL),
                Column("Name", nvarchar(100), NOT_NULL),
                Column("TaxNumber", varchar(20), NULL),
                Column("Phone", PHONE, NULL),
                Column("FoundedOn", DATE, NULL, description="1 January of year 1 where nobody knows."),
            ),
            primary_key=primary_key("PK_Agency", "AgencyId", clustered=False),
            foreign_keys=(ForeignKey("FK_Agency_Parent", ("ParentAgencyId",), AGENCY, ("AgencyId",)),),
            indexes=(
                Index("CIX_Agency_Name", (KeyColumn("Name"),), clustered=True),
                Index(
                    "UX_Agency_TaxNumber", (KeyColumn("TaxNumber"),), unique=True, filter="([TaxNumber] IS NOT NULL)"
                ),
            ),
            description="The agency itself is the root; its branches hang below it.",
        ),
        Constant(_COUNT),
        _agencies,
    ),
)
