"""Which ODBC driver serves, and the driver manager that it needs."""

from __future__ import annotations

import ctypes
import locale
import platform
import sys
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from migrator.errors import ConfigError

_MANAGER: Final = "libodbc.so.2"
_OWN_FOLDER: Final = Path("lib", "odbc")
"""Below the virtual environment: where ``make setup`` puts a driver manager on a machine that has none."""
_ROUNDS: Final = 4
_LOCALES: Final = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8")
_MACHINES: Final = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


@cache
def load_manager() -> None:
    """Have unixODBC's library in this process, the system's or our own. Raises ConfigError.

    Loaded once under its name, it serves everything that is linked with it, wherever it lies (ld.so compares SONAMEs).
    """
    speak_utf8()
    if sys.platform != "linux":
        return  # Windows has its own; Homebrew's is found by its path
    own = sorted((Path(sys.prefix) / _OWN_FOLDER).rglob("*.so.*"))
    for _ in range(_ROUNDS):  # one library wants another, and nobody says which
        for path in own:
            with suppress(OSError):
                ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    try:
        ctypes.CDLL(_MANAGER, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        pass
    else:
        return
    raise ConfigError(
        "unixODBC is missing on this machine",
        why=f"ODBC drivers are reached through {_MANAGER}",
        todo="sudo apt-get install unixodbc (RHEL: dnf install unixODBC; macOS: brew install unixodbc)",
    )


def speak_utf8() -> None:
    """Have a UTF-8 locale in this process: Microsoft's driver reads the bytes of a query in that of LC_CTYPE, which is
    plain ASCII under cron, systemd and LC_ALL=C. Raises ConfigError where the machine has no such locale.

    Source: Microsoft Learn, "Programming Guidelines" of the ODBC driver on Linux and macOS, "Character support".
    """
    if sys.platform == "win32" or locale.nl_langinfo(locale.CODESET).upper().replace("-", "") == "UTF8":
        return
    for name in _LOCALES:
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        return
    raise ConfigError(
        "this machine has no UTF-8 locale",
        why=f"the ODBC driver reads names in that of the process, and none of {', '.join(_LOCALES)} is there",
        todo="install one (sudo apt-get install locales) and set LC_ALL to it",
    )


def driver_name(wanted: str) -> str:
    """What DRIVER= names: ``wanted`` itself, else the library in Microsoft's wheel. Raises ConfigError."""
    return wanted or str(_from_wheel())


def is_freetds(wanted: str) -> bool:
    """True for FreeTDS: it spells several settings in its own way."""
    return "freetds" in wanted.lower() or "tdsodbc" in wanted.lower()


def _from_wheel() -> Path:
    spec = find_spec("mssql_python_odbc")
    roots = spec.submodule_search_locations if spec is not None else None
    if roots:
        libraries = Path(roots[0]) / "libs"
        machine = _MACHINES.get(platform.machine(), platform.machine())
        if sys.platform == "linux":
            found = sorted((libraries / "linux" / _family() / machine / "lib").glob("libmsodbcsql-18*.so*"))
        elif sys.platform == "darwin":
            found = sorted((libraries / "macos" / machine / "lib").glob("libmsodbcsql*.dylib"))
        else:
            found = sorted((libraries / "windows").rglob("msodbcsql18.dll"))
        if found:
            return found[-1]
    raise ConfigError(
        "Microsoft's ODBC driver is not there for this machine",
        why=f"mssql-python-odbc has none for {sys.platform} on {platform.machine()}" if roots else "no wheel of it",
        todo="pip install mssql-python-odbc, or add ?driver=NAME of an installed driver to the address",
    )


def _family() -> str:
    """The family of Linux as the wheel's folders name it."""
    if platform.libc_ver()[0] != "glibc":
        return "alpine"
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # a small container may have no such file
        release = {}
    known = " ".join(release.get(key, "") for key in ("ID", "ID_LIKE"))
    if any(word in known for word in ("rhel", "fedora", "centos")):
        return "rhel"
    return "suse" if "suse" in known else "debian_ubuntu"
