"""Origin.xml: what the export says of the package that it wrote."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError  # types only; parsing is done by defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from migrator.errors import ChecksumMismatch, PackageDamaged, SourceError
from migrator.packages.archive import METADATA, MODEL, ORIGIN, Archive, Entry

_SMALL: Final = 64 << 20
"""More than any Origin.xml or DacMetadata.xml has: one line a table at most."""

_CHUNK: Final = 1 << 20
_DATA_VERSION: Final = "2."


@dataclass(frozen=True, slots=True)
class Origin:
    """``row_total`` is the number of rows in all tables, None in packages that do not say.

    ``checksums`` maps an entry to the SHA-256 of its bytes in lower-case hex. ``server`` is the first line of @@VERSION
    or "". ``exported`` says that the package was made to hold rows.
    """

    row_total: int | None
    checksums: dict[str, str]
    server: str
    exported: bool


def read_origin(archive: Archive) -> Origin:
    """Read Origin.xml. Raises PackageDamaged, or SourceError for a data format of another age."""
    root = _parse(archive, ORIGIN)
    for version in root.iterfind(".//{*}StreamVersions/{*}Version"):
        if version.get("StreamName") == "Data" and not (version.text or "").startswith(_DATA_VERSION):
            raise SourceError(
                f"{archive.path} stores rows in format {version.text}, not {_DATA_VERSION}x.",
                todo="Export the database again with a current SqlPackage.",
            )
    total = _text(root, "TableRowCountTotalTag")
    if total and not total.isdecimal():
        raise PackageDamaged(f"{ORIGIN} in {archive.path} gives a row total that is no number.")
    return Origin(
        row_total=int(total) if total else None,
        checksums={
            (item.get("Uri") or "").lstrip("/").lower(): (item.text or "").strip().lower()
            for item in root.iterfind(".//{*}Checksums/{*}Checksum")
        },
        server=_text(root, "ServerVersion").partition("\n")[0].strip(),
        exported=_text(root, "ContainsExportedData").lower() == "true",
    )


def read_name(archive: Archive) -> str:
    """The database's name as DacMetadata.xml has it; the file's own name where there is none."""
    if METADATA not in archive:
        return archive.path.stem
    return _text(_parse(archive, METADATA), "Name") or archive.path.stem


def model_digest(archive: Archive) -> str:
    """The SHA-256 of model.xml in lower-case hex."""
    digest = hashlib.sha256()
    with archive.open(MODEL) as entry:
        while chunk := entry.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify_model(archive: Archive, origin: Origin, digest: str) -> None:
    """Compare model.xml with what Origin.xml vouches for, if it does. Raises ChecksumMismatch."""
    expected = origin.checksums.get(MODEL)
    if expected is not None and expected != digest:
        raise ChecksumMismatch(
            f"{MODEL} in {archive.path} is not the one that was exported.",
            why=f"{ORIGIN} says SHA-256 {expected[:16]}…, the file has {digest[:16]}…: it was edited or damaged.",
            todo="Use the package as it was exported. Whoever edits model.xml must also write its new checksum.",
        )


def _parse(archive: Archive, name: str) -> Element:
    with archive.open(name) as entry:
        data = _whole(entry)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise PackageDamaged(f"{name} in {archive.path} is not readable XML.", why=str(error)) from error
    return root


def _whole(entry: Entry) -> bytes:
    if entry.left > _SMALL:
        raise PackageDamaged(f"{entry.name} claims {entry.left:,} bytes, far more than it can need.")
    pieces = []
    while piece := entry.read(_CHUNK):
        pieces.append(piece)
    return b"".join(pieces)


def _text(root: Element, name: str) -> str:
    found = root.find(f".//{{*}}{name}")
    return (found.text or "").strip() if found is not None else ""
