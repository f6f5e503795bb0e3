"""The small files of a package: Origin.xml, DacMetadata.xml, [Content_Types].xml and _rels/.rels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from migrator.lab.generate.model_xml.dac import NAMESPACE
from migrator.lab.generate.model_xml.writer import SCHEMA_VERSION
from migrator.model.name import ObjectName

_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>'
_EXPORTED_AT: Final = "2024-06-30T22:00:00.0000000+02:00"
"""Always the same moment: the same arguments make the same package."""
_SERVER: Final = "Microsoft SQL Server 2019 (RTM-CU27) - 15.0.4375.4 (X64)"
_PRODUCT: Final = "Microsoft.SqlServer.Dac, Version=162.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91"
_PACKAGES: Final = "http://schemas.openxmlformats.org/package/2006"

CONTENT_TYPES: Final = (
    _DECLARATION
    + f'<Types xmlns="{_PACKAGES}/content-types">'
    + '<Default Extension="xml" ContentType="text/xml" />'
    + '<Default Extension="BCP" ContentType="application/octet-stream" />'
    + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" /></Types>'
)


@dataclass(frozen=True, slots=True)
class Export:
    """What Origin.xml says: ``rows`` in all tables, their row data's ``bytes``, the model and its object counts."""

    seed: int
    model: bytes
    counts: Mapping[str, int]
    tables: Sequence[ObjectName]
    rows: int
    bytes: int


def origin_xml(export: Export) -> str:
    """Origin.xml, with the checksum of model.xml and the number of all rows."""
    digest = sha256(export.model).hexdigest().upper()
    identity = UUID(bytes=sha256(f"{digest} {export.seed} {export.rows}".encode()).digest()[:16], version=4)
    counts = "".join(f"      <{kind}>{number}</{kind}>\n" for kind, number in sorted(export.counts.items()))
    return f"""\ufeff{_DECLARATION}
<DacOrigin xmlns="{NAMESPACE}">
  <PackageProperties>
    <Version>3.1.0.0</Version>
    <ContainsExportedData>true</ContainsExportedData>
    <StreamVersions>
      <Version StreamName="Data">2.0.0.0</Version>
      <Version StreamName="DeploymentContributors">1.0.0.0</Version>
    </StreamVersions>
  </PackageProperties>
  <Operation>
    <Identity>{identity}</Identity>
    <Start>{_EXPORTED_AT}</Start>
    <End>0001-01-01T00:00:00.0000000</End>
    <ProductName>{_PRODUCT}</ProductName>
    <ProductVersion>162.3.566.1</ProductVersion>
    <ProductSchema>{NAMESPACE}</ProductSchema>
  </Operation>
  <Server>
    <ServerVersion>{_SERVER}
</ServerVersion>
    <ObjectCounts>
{counts}    </ObjectCounts>
  </Server>
  <ExportStatistics>
    <SourceDatabaseSize>{export.bytes // 1024}</SourceDatabaseSize>
    <TableRowCountTotalTag>{export.rows}</TableRowCountTotalTag>
  </ExportStatistics>
  <Checksums>
    <Checksum Uri="/model.xml">{digest}</Checksum>
  </Checksums>
  <ModelSchemaVersion>{SCHEMA_VERSION}</ModelSchemaVersion>
  <DataPhaseTables>{escape(",".join(map(str, export.tables)))}</DataPhaseTables>
</DacOrigin>"""


def metadata_xml(name: str) -> str:
    """DacMetadata.xml: the database's name."""
    return f"""\ufeff{_DECLARATION}
<DacType xmlns="{NAMESPACE}">
  <Name>{escape(name)}</Name>
  <Version>0.0.0.0</Version>
</DacType>"""


def relationships_xml(parts: Sequence[tuple[ObjectName, str]]) -> str:
    """_rels/.rels: for each part of row data its table and its schema."""
    lines = [
        f"<Relationship Type={quoteattr(kind)} Target={quoteattr('/' + entry)} Id={_id(entry, kind)} />"
        for table, entry in parts
        for kind in (f"table={table.name}", f"schema={table.schema}")
    ]
    return f'\ufeff{_DECLARATION}<Relationships xmlns="{_PACKAGES}/relationships">{"".join(lines)}</Relationships>'


def _id(entry: str, kind: str) -> str:
    return f'"R{sha256(f"{kind} {entry}".encode()).hexdigest()[:16]}"'
