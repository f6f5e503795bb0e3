from __future__ import annotations

import pytest

from migrator.errors import LabError
from migrator.lab.program import Origin, environment, probe


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("/usr/sbin/mysqld  Ver 8.0.44-0ubuntu0.24.04.1 for Linux on x86_64 ((Ubuntu))", (8, 0, 44)),
        ("mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))", (9, 7, 4)),
        ("/usr/local/opt/mysql/bin/mysqld  Ver 8.4.6 for macos15.4 on arm64 (Homebrew)", (8, 4, 6)),
    ],
)
def test_version_is_read(install, said: str, version: tuple[int, int, int]) -> None:
    path = install("mysqld", f"echo '{said}'")
    assert probe((str(path),), origin=Origin.PATH).version == version


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64'", "MariaDB"),
        ("echo 'mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))'", "older"),
        ("echo 'mysqld: libaio.so.1: cannot open shared object file' >&2; exit 127", "libaio"),
        ("kill -SEGV $$", "exit -11"),
        ("echo hello", "hello"),
    ],
)
def test_what_is_no_mysql_is_refused_with_the_reason(install, script: str, reason: str) -> None:
    path = install("mysqld", script)
    with pytest.raises(LabError, match=reason):
        probe((str(path),), origin=Origin.PATH)


def test_a_missing_program_is_refused(tmp_path) -> None:
    with pytest.raises(LabError, match="does not run"):
        probe((str(tmp_path / "mysqld"),), origin=Origin.NAMED)


def test_a_server_does_not_inherit_the_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "/usr/lib/libjemalloc.so")
    monkeypatch.setenv("HOME", "/home/ana")
    assert "LD_PRELOAD" not in environment()
    assert environment()["HOME"] == "/home/ana"
