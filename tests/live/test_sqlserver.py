"""SQL Server itself is the judge: it takes in the generated database, and what it gives back is migrated and proven."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from support.commands import migrator

from migrator.mysql.url import Target

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]


def sqlpackage(action: str, package: Path, database: str) -> None:
    """Import or export a package with the server that MIGRATOR_TEST_SQLSERVER names (mssql://user@host:port/)."""
    url = urlsplit(os.environ["MIGRATOR_TEST_SQLSERVER"])
    password = os.environ[parse_qs(url.query)["password-env"][0]]
    file, server = ("SourceFile", "Target") if action == "Import" else ("TargetFile", "Source")
    done = subprocess.run(
        [
            "sqlpackage",
            f"/Action:{action}",
            f"/{file}:{package}",
            f"/{server}ServerName:{url.hostname},{url.port or 1433}",
            f"/{server}DatabaseName:{database}",
            f"/{server}User:{url.username}",
            f"/{server}Password:{password}",  # it takes a password in no other way; a live server's is for one run
            f"/{server}TrustServerCertificate:True",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_and_back(tmp_path: Path, mysql: Target) -> None:
    ours, theirs = tmp_path / "homecare.bacpac", tmp_path / "exported.bacpac"
    made = migrator("lab", "generate", "--scale", "0.1", "--seed", "1", "--out", ours)
    assert made.code == 0, made.err
    sqlpackage("Import", ours, mysql.database)
    sqlpackage("Export", theirs, mysql.database)
    rehearsed = migrator("rehearse", theirs, "--target", mysql, "--out", tmp_path / "out", "--json")
    assert rehearsed.code == 0, rehearsed.err
    assert rehearsed.json["verdict"] == "fits"
    assert rehearsed.json["differences"] == 0
    assert rehearsed.json["rows"] > 25_000
