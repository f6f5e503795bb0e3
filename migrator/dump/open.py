"""A place by what the user wrote."""

from __future__ import annotations

from pathlib import Path

from migrator.dump.folder import Folder
from migrator.dump.place import Place
from migrator.errors import ConfigError


def open_place(name: str, *, kms_key: str = "") -> Place:
    """The folder or ``s3://bucket/prefix`` of that name. Raises ConfigError."""
    if name.startswith("s3://"):
        from migrator.dump.s3 import Bucket  # noqa: PLC0415 - boto3 is large, and few dumps go there

        return Bucket.parse(name, kms_key=kms_key)
    if "://" in name:
        raise ConfigError(f"{name} is no place for a dump", todo="name a folder or s3://bucket/prefix")
    if kms_key:
        raise ConfigError("--kms-key is for s3:// alone", todo="leave it out, or write to s3://bucket/prefix")
    return Folder(Path(name))
