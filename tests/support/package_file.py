"""Packages as files: a zip with model.xml, Origin.xml and parts, each to be spoilt at will."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

NAMESPACE = "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02"
PROVIDER = "Microsoft.Data.Tools.Schema.Sql.Sql150DatabaseSchemaProvider"


def model(*elements: str) -> bytes:
    """A model.xml with these top-level elements."""
    body = "\n".join(elements)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<DataSchemaModel SchemaVersion="2.9" DspName="{PROVIDER}" '
        f'xmlns="{NAMESPACE}">\n<Model>\n{body}\n</Model>\n</DataSchemaModel>'
    ).encode()


def element(type_: str, name: str = "", *inner: str) -> str:
    """An element with properties and relationships inside."""
    named = f' Name="{name}"' if name else ""
    return f'<Element Type="{type_}"{named}>\n{"".join(inner)}</Element>\n'


def prop(name: str, value: object) -> str:
    return f'<Property Name="{name}" Value="{value}" />\n'


def script(name: str, text: str) -> str:
    return f'<Property Name="{name}"><Value><![CDATA[{text}]]></Value></Property>\n'


def related(name: str, *entries: str) -> str:
    body = "".join(f"<Entry>{entry}</Entry>" for entry in entries)
    return f'<Relationship Name="{name}">{body}</Relationship>\n'


def pointer(name: str, *, builtin: bool = False) -> str:
    external = 'ExternalSource="BuiltIns" ' if builtin else ""
    return f'<References {external}Name="{name}" />'


def references(name: str, *names: str) -> str:
    return related(name, *map(pointer, names))


def type_of(name: str, **numbers: object) -> str:
    """The TypeSpecifier of a column of a built-in type."""
    properties = "".join(prop(key, value) for key, value in numbers.items())
    inner = element("SqlTypeSpecifier", "", properties, related("Type", pointer(name, builtin=True)))
    return related("TypeSpecifier", inner)


def column(name: str, type_: str, *inner: str, nullable: bool = True) -> str:
    return element("SqlSimpleColumn", name, "" if nullable else prop("IsNullable", "False"), *inner, type_)


def table(name: str, *columns: str, inner: str = "") -> str:
    return element("SqlTable", name, prop("IsAnsiNullsOn", "True"), inner, related("Columns", *columns))


def origin(model_xml: bytes, *, rows: int | None, exported: bool = True, checksum: str | None = "") -> bytes:
    """An Origin.xml; ``checksum`` "" means the true one, None means none."""
    digest = hashlib.sha256(model_xml).hexdigest().upper() if checksum == "" else checksum
    total = "" if rows is None else f"<TableRowCountTotalTag>{rows}</TableRowCountTotalTag>"
    sums = "" if digest is None else f'<Checksum Uri="/model.xml">{digest}</Checksum>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?><DacOrigin xmlns="{NAMESPACE}"><PackageProperties>'
        f"<ContainsExportedData>{str(exported).lower()}</ContainsExportedData>"
        '<StreamVersions><Version StreamName="Data">2.0.0.0</Version></StreamVersions></PackageProperties>'
        "<Server><ServerVersion>Microsoft SQL Server 2019 (RTM) - 15.0.2000.5 (X64) \n\tSep 24 2019</ServerVersion>"
        f"</Server><ExportStatistics>{total}</ExportStatistics><Checksums>{sums}</Checksums></DacOrigin>"
    ).encode()


def metadata(name: str) -> bytes:
    return f'<DacType xmlns="{NAMESPACE}"><Name>{name}</Name><Version>0.0.0.0</Version></DacType>'.encode()


def write(path: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return path


def bacpac(path: Path, model_xml: bytes, parts: Mapping[str, bytes], *, rows: int | None) -> Path:
    """A whole package; ``parts`` by entry name below Data/."""
    return write(
        path,
        {
            "model.xml": model_xml,
            "DacMetadata.xml": metadata("Care"),
            **{f"Data/{name}": data for name, data in parts.items()},
            "Origin.xml": origin(model_xml, rows=rows),
        },
    )
