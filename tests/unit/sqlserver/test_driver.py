"""Which library serves, and what a machine without it is told."""

from __future__ import annotations

import ctypes
import importlib.machinery
import locale
import platform
import sys
from pathlib import Path

import pytest

from migrator.errors import ConfigError
from migrator.sqlserver import driver


def test_a_named_driver_is_taken_as_it_is() -> None:
    assert driver.driver_name("ODBC Driver 17 for SQL Server") == "ODBC Driver 17 for SQL Server"


def test_the_wheel_has_a_driver_for_this_machine() -> None:
    found = Path(driver.driver_name(""))
    assert found.is_file()
    assert "msodbcsql" in found.name


def test_freetds_by_name_and_by_path() -> None:
    assert driver.is_freetds("FreeTDS")
    assert driver.is_freetds("/usr/lib/x86_64-linux-gnu/odbc/libtdsodbc.so")
    assert not driver.is_freetds("")
    assert not driver.is_freetds("ODBC Driver 18 for SQL Server")


def wheel(folder: Path, monkeypatch: pytest.MonkeyPatch, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    spec = importlib.machinery.ModuleSpec("mssql_python_odbc", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(driver, "find_spec", lambda name: spec)


@pytest.mark.parametrize(
    ("release", "libc", "machine", "folder"),
    [
        ({"ID": "debian"}, "glibc", "x86_64", "debian_ubuntu/x86_64"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "glibc", "aarch64", "debian_ubuntu/arm64"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "glibc", "x86_64", "rhel/x86_64"),
        ({"ID": "amzn", "ID_LIKE": "fedora"}, "glibc", "aarch64", "rhel/arm64"),
        ({"ID": "sles", "ID_LIKE": "suse"}, "glibc", "x86_64", "suse/x86_64"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "glibc", "x86_64", "suse/x86_64"),
        ({"ID": "alpine"}, "", "x86_64", "alpine/x86_64"),
        ({"ID": "unheard-of"}, "glibc", "x86_64", "debian_ubuntu/x86_64"),
    ],
)
def test_families_of_linux(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    release: dict[str, str],
    libc: str,
    machine: str,
    folder: str,
) -> None:
    every = [f"{family}/{m}" for family in ("debian_ubuntu", "rhel", "suse", "alpine") for m in ("x86_64", "arm64")]
    wheel(
        tmp_path,
        monkeypatch,
        *(f"libs/linux/{place}/lib/{name}.so" for place in every for name in ("libmsodbcsql-18.6", "libodbcinst")),
    )
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: (libc, "2.36" if libc else ""))
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    assert driver.driver_name("") == str(tmp_path / f"libs/linux/{folder}/lib/libmsodbcsql-18.6.so")


def test_linux_without_a_release_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, str]:
        raise OSError("no such file")

    wheel(tmp_path, monkeypatch, "libs/linux/debian_ubuntu/x86_64/lib/libmsodbcsql-18.6.so")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(platform, "freedesktop_os_release", missing)
    assert driver.driver_name("").endswith("debian_ubuntu/x86_64/lib/libmsodbcsql-18.6.so")


def test_macos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path, monkeypatch, "libs/macos/arm64/lib/libmsodbcsql.18.dylib")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert driver.driver_name("").endswith("libmsodbcsql.18.dylib")


def test_a_machine_that_the_wheel_has_none_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path, monkeypatch)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(ConfigError, match=r"none for \w+ on riscv64"):
        driver.driver_name("")


def test_no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="no wheel of it"):
        driver.driver_name("")


def test_no_driver_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def missing(name: str, mode: int) -> None:
        tried.append(name)
        raise OSError(name)

    own = tmp_path / "lib" / "odbc" / "x86_64-linux-gnu" / "libodbc.so.2"
    own.parent.mkdir(parents=True)
    own.touch()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(ConfigError, match="unixODBC is missing"):
        driver.load_manager.__wrapped__()
    assert tried[0] == str(own)  # ours is there only where the system's is missing
    assert tried[-1] == "libodbc.so.2"


def test_a_process_without_utf8_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def setlocale(category: int, name: str) -> None:
        asked.append((category, name))
        if name != "en_US.UTF-8":
            raise locale.Error(name)

    monkeypatch.setattr(locale, "setlocale", setlocale)
    monkeypatch.setattr(locale, "nl_langinfo", lambda item: "UTF-8")
    driver.speak_utf8()
    assert asked == []
    monkeypatch.setattr(locale, "nl_langinfo", lambda item: "ANSI_X3.4-1968")
    driver.speak_utf8()
    assert asked == [(locale.LC_CTYPE, name) for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8")]


def test_a_machine_without_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    def setlocale(category: int, name: str) -> None:
        raise locale.Error(name)

    monkeypatch.setattr(locale, "setlocale", setlocale)
    monkeypatch.setattr(locale, "nl_langinfo", lambda item: "ANSI_X3.4-1968")
    with pytest.raises(ConfigError, match="no UTF-8 locale"):
        driver.speak_utf8()
