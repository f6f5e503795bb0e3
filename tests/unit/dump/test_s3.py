"""Files in a bucket: there as a whole or not at all, encrypted as asked, read back in blocks."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from support.dumps import folder_dump, visits

from migrator.dump import aurora, s3
from migrator.dump.manifest import Compression, Format, read_manifest
from migrator.dump.open import open_place
from migrator.dump.place import get, put
from migrator.dump.plan import Setting
from migrator.dump.s3 import Bucket
from migrator.errors import ConfigError, OutputError, SourceError
from migrator.events import silent
from migrator.mysql.connect import session
from migrator.mysql.url import Target
from migrator.workflows.dump import Wanted, dump_folder, dump_script, write_aurora_script
from migrator.workflows.load import LoadSetting, load_folder

pytestmark = pytest.mark.usefixtures("one_process")
REGION = "eu-central-1"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    s3._client.cache_clear()
    with mock_aws():
        made = boto3.client("s3")
        made.create_bucket(Bucket="dumps", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield made
    s3._client.cache_clear()


@pytest.fixture
def bucket(client: Any) -> Bucket:
    return Bucket.parse("s3://dumps/shop/now/")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    """The smallest part that S3 takes, but for the last one."""
    monkeypatch.setattr(s3, "_PART_BYTES", 5 << 20)
    return 5 << 20


def uploads(client: Any) -> list[Any]:
    found: list[Any] = client.list_multipart_uploads(Bucket="dumps").get("Uploads", [])
    return found


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
def test_a_small_file_goes_as_a_whole(bucket: Bucket, client: Any, size: int) -> None:
    put(bucket, "a/b", b"x" * size)
    assert get(bucket, "a/b") == b"x" * size
    assert bucket.size("a/b") == size
    assert bucket.names() == {"a/b"}
    assert client.head_object(Bucket="dumps", Key="shop/now/a/b")["ContentLength"] == size


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_large_file_goes_in_parts(bucket: Bucket, client: Any, small_parts: int, more: int) -> None:
    data = bytes(range(256)) * (small_parts * 2 // 256) + b"x" * max(0, more)
    data = data[: small_parts * 2 + more]
    with bucket.writing("large") as file:
        for start in range(0, len(data), 700_000):
            file.write(data[start : start + 700_000])
        assert bucket.size("large") is None  # not there before its end
    assert get(bucket, "large") == data
    assert client.head_object(Bucket="dumps", Key="shop/now/large")["ETag"].endswith(f'-{3 if more > 0 else 2}"')
    assert uploads(client) == []


def test_a_file_that_fails_is_not_there(bucket: Bucket, client: Any, small_parts: int) -> None:
    with pytest.raises(KeyboardInterrupt), bucket.writing("half") as file:
        file.write(b"x" * small_parts)
        assert len(uploads(client)) == 1
        raise KeyboardInterrupt
    assert bucket.names() == frozenset()
    assert uploads(client) == []


def test_what_a_killed_run_left_is_tidied_up(bucket: Bucket, client: Any) -> None:
    client.create_multipart_upload(Bucket="dumps", Key="shop/now/a")
    client.create_multipart_upload(Bucket="dumps", Key="other/a")
    bucket.tidy()
    assert [upload["Key"] for upload in uploads(client)] == ["other/a"]


def test_a_key_of_kms_is_used_for_every_file(client: Any, small_parts: int) -> None:
    bucket = Bucket.parse("s3://dumps/x", kms_key="alias/dumps")
    put(bucket, "small", b"x")
    with bucket.writing("large") as file:
        file.write(b"x" * (small_parts + 1))
    for name in ("small", "large"):
        head = client.head_object(Bucket="dumps", Key=f"x/{name}")
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/dumps")


def test_reading_goes_to_and_fro(bucket: Bucket) -> None:
    put(bucket, "file", bytes(range(200)))
    with bucket.reading("file") as file:
        assert file.read(3) == b"\0\1\2"
        file.seek(-2, io.SEEK_END)
        assert file.read() == bytes((198, 199))
        file.seek(5)
        assert file.tell() == 5
        assert file.read(1) == b"\5"


def test_a_request_takes_a_block(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bucket, "file", bytes(10_000))
    monkeypatch.setattr(s3, "_BLOCK_BYTES", 4000)
    asked = []
    whole = s3._client().get_object
    monkeypatch.setattr(s3._client(), "get_object", lambda **names: asked.append(names["Range"]) or whole(**names))
    assert get(bucket, "file") == bytes(10_000)
    blocks = ["bytes=0-3999", "bytes=4000-7999", "bytes=8000-9999"]
    assert asked == blocks
    with bucket.reading("file") as file:
        while file.read(100):
            pass
    assert asked == blocks * 2


def test_what_is_not_there(bucket: Bucket) -> None:
    assert bucket.size("nothing") is None
    with pytest.raises(SourceError, match="nothing"), bucket.reading("nothing"):
        pass
    bucket.remove("nothing")
    with pytest.raises(OutputError):
        Bucket.parse("s3://no-such-bucket/x").names()


def test_an_answer_that_is_an_error_is_told(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")

    monkeypatch.setattr(s3._client(), "put_object", refused)
    with pytest.raises(OutputError, match="AccessDenied"):
        put(bucket, "a", b"x")


def test_addresses() -> None:
    assert Bucket.parse("s3://b") == Bucket("b")
    assert str(Bucket.parse("s3://b/x/y/")) == "s3://b/x/y"
    assert str(Bucket.parse("s3://b")) == "s3://b"
    assert pickle.loads(pickle.dumps(Bucket("b", "x/", "k"))) == Bucket("b", "x/", "k")
    for wrong in ("s3:///x", "gs://b/x"):
        with pytest.raises(ConfigError):
            open_place(wrong)
    with pytest.raises(ConfigError):
        open_place("folder", kms_key="k")


def test_a_dump_in_s3_comes_back(bucket: Bucket, mysql: Target) -> None:
    setting = Setting(bucket, Format.PARQUET, Compression.ZSTD, "shop", 1)
    manifest = dump_folder(visits(range(100)), Wanted(), setting, emit=silent)
    assert read_manifest(bucket) == manifest
    assert not any(name.startswith("journal/") for name in bucket.names())
    assert write_aurora_script(manifest, bucket) is None  # Aurora reads no Parquet this way
    result = load_folder(bucket, LoadSetting(mysql, 1), emit=silent)
    assert (result.rows, result.different) == (100, ())


def test_a_script_in_s3(bucket: Bucket) -> None:
    dump_script(visits(range(10)), Wanted(), "s3://dumps/a/b.sql", kms_key="", replace=False, emit=silent)
    text = get(Bucket("dumps", "a/"), "b.sql")
    assert text.endswith(b"-- Dump completed: 2 tables, 10 rows\n")
    with pytest.raises(OutputError, match="already"):
        dump_script(visits(range(10)), Wanted(), "s3://dumps/a/b.sql", kms_key="", replace=False, emit=silent)


def test_the_statements_for_aurora(bucket: Bucket, mysql: Target, tmp_path: Path) -> None:
    """The syntax is Amazon's, but for where the lines come from it is MySQL's: so that much of it is run."""
    setting = Setting(bucket, Format.MYSQLSH, Compression.NONE, mysql.database, 1)
    manifest = dump_folder(visits(range(100), range(100, 130)), Wanted(), setting, emit=silent)
    where = write_aurora_script(manifest, bucket)
    assert where == "s3://dumps/shop/now/aurora-load.sql"
    script = get(bucket, aurora.NAME).decode()
    loads = [line for line in script.split(";\n") if "LOAD DATA" in line]
    assert len(loads) == 2
    with session(mysql, loads=True) as connection:
        connection.query(
            get(bucket, f"{mysql.database}@visits.sql").decode().rpartition("sql_mode")[2].partition("\n")[2]
        )
        for line, file in zip(loads, manifest.files, strict=True):
            start = f"LOAD DATA FROM S3 FILE 's3-{REGION}://dumps/shop/now/{file.name}' INTO TABLE `visits` "
            assert start in line
            (tmp_path / "lines").write_bytes(get(bucket, file.name))
            local = f"LOAD DATA LOCAL INFILE '{tmp_path / 'lines'}' INTO TABLE `visits` "
            with connection.cursor() as cursor:
                cursor.execute(line[line.index("LOAD DATA") :].replace(start, local))
                assert (cursor.rowcount, cursor.warning_count) == (file.rows, 0)


@pytest.mark.parametrize("compression", [Compression.ZSTD])
def test_aurora_reads_nothing_that_is_packed(bucket: Bucket, compression: Compression) -> None:
    setting = Setting(bucket, Format.MYSQLSH, compression, "shop", 1)
    manifest = dump_folder(visits(range(10)), Wanted(), setting, emit=silent)
    assert write_aurora_script(manifest, bucket) is None


def test_a_folder_has_no_statements_for_aurora(tmp_path: Path) -> None:
    from migrator.dump.folder import Folder

    manifest = folder_dump(visits(range(10)), tmp_path, Format.MYSQLSH, compression=Compression.NONE)
    assert write_aurora_script(manifest, Folder(tmp_path)) is None
