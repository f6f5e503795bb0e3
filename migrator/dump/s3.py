"""A dump in Amazon S3, or in what speaks like it. The only room that knows boto3.

Credentials, region and endpoint come from where Amazon's own tools take them (environment, shared files, the machine's
role; ``AWS_ENDPOINT_URL_S3`` names another server).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from migrator.errors import ConfigError, OutputError, SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_PART_BYTES: Final = 16 << 20
"""An upload has at most 10,000 parts (Amazon S3 User Guide, "Amazon S3 multipart upload limits"): 160 GB a file."""
_BLOCK_BYTES: Final = 8 << 20
_MISSING: Final = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A ``Place``. A file is there when its upload is completed, and never in part.

    ``kms_key`` encrypts every file with that key of AWS KMS (an id, an ARN or an alias).
    """

    bucket: str
    prefix: str = ""
    kms_key: str = ""

    @classmethod
    def parse(cls, url: str, *, kms_key: str = "") -> Self:
        """Read ``s3://bucket/prefix``. Raises ConfigError."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise ConfigError(f"{url} names no bucket", todo="write s3://bucket/prefix")
        prefix = parts.path.strip("/")
        return cls(parts.netloc, f"{prefix}/" if prefix else "", kms_key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def uri(self, name: str) -> str:
        """As LOAD DATA FROM S3 names a file: with the bucket's region where we know it."""
        region = _client().meta.region_name
        return f"s3{f'-{region}' if region else ''}://{self.bucket}/{self.prefix}{name}"

    def names(self) -> frozenset[str]:
        """See ``Place``."""
        with _words(f"listing {self}"):
            pages = _client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            return frozenset(
                item["Key"][len(self.prefix) :] for page in pages for item in page.get("Contents", []) if "Key" in item
            )

    def size(self, name: str) -> int | None:
        """See ``Place``."""
        with _words(f"looking at {self}/{name}"):
            try:
                return _client().head_object(Bucket=self.bucket, Key=self.prefix + name)["ContentLength"]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _MISSING:
                    return None
                raise

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """See ``Place``."""
        with _words(f"writing {self}/{name}"):
            upload = _Upload(self, self.prefix + name)
            try:
                yield cast("BinaryIO", upload)
                upload.complete()
            except BaseException:
                upload.abort()
                raise

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """See ``Place``. Blocks are asked for one by one, so that a lost connection costs a block."""
        size = self.size(name)
        if size is None:
            raise SourceError(f"{self}/{name} is not there", todo="the dump is not whole: make it anew")
        yield cast("BinaryIO", io.BufferedReader(_Download(self, self.prefix + name, size), _BLOCK_BYTES))

    def remove(self, name: str) -> None:
        """See ``Place``."""
        with _words(f"removing {self}/{name}"):
            _client().delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def tidy(self) -> None:
        """End the uploads that a killed run left: their parts are paid for until somebody does."""
        with _words(f"tidying {self}"):
            pages = _client().get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for page in pages:
                for upload in page.get("Uploads", []):
                    _client().abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])

    @property
    def encryption(self) -> dict[str, Any]:
        """What an upload says of it."""
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key} if self.kms_key else {}


class _Upload:
    """A file on its way, in parts; a small one goes as a whole."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket = bucket
        self._key = key
        self._held = bytearray()
        self._id = ""
        self._parts: list[CompletedPartTypeDef] = []

    def write(self, data: bytes | memoryview) -> int:
        self._held += data
        while len(self._held) >= _PART_BYTES:
            self._send(bytes(self._held[:_PART_BYTES]))
            del self._held[:_PART_BYTES]
        return len(data)

    def flush(self) -> None:
        """Parts go when they are full."""

    def _send(self, data: bytes) -> None:
        place: dict[str, Any] = {"Bucket": self._bucket.bucket, "Key": self._key}
        if not self._id:
            self._id = _client().create_multipart_upload(**place, **self._bucket.encryption)["UploadId"]
        number = len(self._parts) + 1
        answer = _client().upload_part(**place, UploadId=self._id, PartNumber=number, Body=data)
        self._parts.append({"ETag": answer["ETag"], "PartNumber": number})

    def complete(self) -> None:
        place: dict[str, Any] = {"Bucket": self._bucket.bucket, "Key": self._key}
        if not self._id:
            _client().put_object(**place, **self._bucket.encryption, Body=bytes(self._held))
            return
        if self._held:
            self._send(bytes(self._held))
        _client().complete_multipart_upload(**place, UploadId=self._id, MultipartUpload={"Parts": self._parts})

    def abort(self) -> None:
        if self._id:
            with suppress(BotoCoreError, ClientError):  # the next run tidies up
                _client().abort_multipart_upload(Bucket=self._bucket.bucket, Key=self._key, UploadId=self._id)


class _Download(io.RawIOBase):
    """A file read in blocks; it can go back, as a reader of Parquet does."""

    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
        self._bucket = bucket
        self._key = key
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]  # what BufferedReader calls it with
        data = self._block(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        blocks = []
        while block := self._block(_BLOCK_BYTES):
            blocks.append(block)
        return b"".join(blocks)

    def _block(self, size: int) -> bytes:
        end = min(self._at + size, self._size)
        if end <= self._at:
            return b""
        try:
            answer = _client().get_object(
                Bucket=self._bucket.bucket, Key=self._key, Range=f"bytes={self._at}-{end - 1}"
            )
            data = answer["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise SourceError(f"reading {self._bucket} failed", why=str(error)) from error
        self._at += len(data)
        return data


@cache
def _client() -> S3Client:
    config = Config(retries={"mode": "standard", "total_max_attempts": 10}, user_agent_extra="migrator")
    return boto3.client("s3", config=config)


@contextmanager
def _words(doing: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OutputError(
            f"{doing} failed", why=str(error), todo="look at the bucket's name, region, policy and your credentials"
        ) from error
