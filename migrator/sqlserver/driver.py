"""Which ODBC driver serves, and the driver manager that it needs."""

from __future__ import annotations

import ctypes
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
_MACHINES: Final = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


@cache
def load_manager() -> None:
    """Have unixODBC's library in this process, the system's or our own. Raises ConfigError.

    Loaded once under its name, it serves everything that is linked with it, wherever it lies (ld.so compares SONAMEs).
    """
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
    if platform.system() == "Linux":
        known = " ".join(platform.freedesktop_os_release().get(key, "") for key in ("ID", "ID_LIKE"))
        if any(word in known for word in ("rhel", "fedora", "centos")):
            return "rhel"
        if "suse" in known:
            return "suse"
    return "debian_ubuntu"
