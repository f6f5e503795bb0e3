"""MySQL out of Debian's or Ubuntu's packages, in a folder of its own: nothing is installed, no privilege is needed.

Debian stable carries MariaDB only; Oracle's MySQL is in its unstable suite. Ubuntu carries MySQL in the release itself.
apt checks every signature against the distribution's keyring, with a private configuration: own sources, lists, cache
and an empty package database. Proxies, certificates and credentials stay those of the machine's own apt.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from migrator.errors import LabError
from migrator.lab.lock import locked
from migrator.lab.program import Origin, Program, probe

PACKAGES: Final = ("mysql-server-core-8.0", "mysql-server-core-8.4", "mysql-server-core")
"""The first one that the suite has: the nearest to Aurora MySQL 3."""

_KEYRINGS: Final = Path("/usr/share/keyrings")
_KEYRING_PACKAGES: Final = {"debian": "debian-archive-keyring", "ubuntu": "ubuntu-keyring"}
_DEBIAN_MIRROR: Final = "http://deb.debian.org/debian"
_SECONDS_OF_DOWNLOAD: Final = 1800

# Read after the machine's own files (apt.conf(5)), so that hooks and pins for the real system do not reach this one.
_CONFIGURATION: Final = """\
#clear APT::Architectures;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; }};
APT::Default-Release "";
APT::Install-Recommends "false";
APT::Sandbox::User "{user}";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::sourcelist "{work}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{work}/state";
Dir::State::status "{work}/status";
Dir::Cache "{work}/cache";
Dir::Log "{work}/log";
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """Where packages come from: a mirror, the suite on it, and the keyring that vouches for it."""

    distribution: str
    mirror: str
    suite: str
    keyring: Path
    architecture: str

    @property
    def source(self) -> str:
        """The line of a sources.list."""
        return f"deb [signed-by={self.keyring}] {self.mirror} {self.suite} main\n"


def packaged(cache: Path, *, say: Callable[[str], None]) -> Program:
    """MySQL unpacked below ``cache``: at once where it is there, else downloaded. Raises LabError.

    Safe when several processes ask at a time; a download that is killed leaves nothing that looks whole.
    """
    archive = this_archive()
    root = cache / f"{archive.distribution}-{archive.suite}-{archive.architecture}"
    if not root.is_dir():
        try:
            cache.mkdir(parents=True, exist_ok=True)
            with locked(cache / "lock", waits=lambda: say("waiting for another process that unpacks MySQL")):
                if not root.is_dir():
                    for leftover in cache.glob("unpacking-*"):
                        shutil.rmtree(leftover, ignore_errors=True)
                    _unpack(archive, root, say=say)
        except OSError as error:
            raise LabError(f"MySQL cannot be unpacked into {cache}", why=str(error)) from error
    return installed(root)


def installed(root: Path) -> Program:
    """The server in an unpacked tree, run by the tree's own loader and libraries. Raises LabError."""
    libraries = [
        folder for folder in (*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")) if folder.is_dir()
    ]
    # Its usual name, /lib64/ld-linux…, is a link that may lead out of the tree to the machine's own loader.
    loader = next((path for folder in libraries for path in folder.glob("ld-linux*.so.*")), None)
    if loader is None:
        raise LabError(f"no program loader in {root}", todo="remove the folder: it is made again")
    return probe(
        (str(loader), "--library-path", ":".join(map(str, libraries)), str(root / "usr/sbin/mysqld")),
        origin=Origin.PACKAGES,
        options=(
            f"--basedir={root}/usr",
            f"--lc-messages-dir={root}/usr/share/mysql",
            f"--character-sets-dir={root}/usr/share/mysql/charsets",
        ),
    )


def this_archive() -> Archive:
    """The archive that fits this machine. Raises LabError where there is no apt or no keyring to trust."""
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise LabError("no packages to unpack", why=f"this machine has no {tool}")
    release = platform.freedesktop_os_release()
    family = {release.get("ID"), *release.get("ID_LIKE", "").split()}
    distribution = "ubuntu" if "ubuntu" in family else "debian"
    keyring = next(
        (path for end in ("gpg", "pgp") if (path := _KEYRINGS / f"{distribution}-archive-keyring.{end}").exists()), None
    )
    if keyring is None:
        raise LabError(
            "no packages that can be trusted",
            why=f"there is no {distribution}-archive-keyring in {_KEYRINGS} to check their signatures with",
            todo=f"install the package {_KEYRING_PACKAGES[distribution]}",
        )
    codename = release.get("UBUNTU_CODENAME") or release.get("VERSION_CODENAME", "")
    architecture = _output("dpkg", "--print-architecture").strip()
    mirror = _mirror(codename, like=f"/{distribution}")
    if distribution == "ubuntu":
        if mirror is None:
            raise LabError("no mirror of Ubuntu in apt's sources", why=f"none offers {codename or 'this release'} main")
        return Archive(distribution, mirror, codename, keyring, architecture)
    return Archive(distribution, mirror or _DEBIAN_MIRROR, "sid", keyring, architecture)


def _mirror(codename: str, *, like: str) -> str | None:
    """The mirror that the machine itself uses, out of apt's own reading of its sources."""
    lines = _output("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)").split("\n")
    offers = [(uri.rstrip("/"), suite) for uri, suite, component in _triples(lines) if component == "main"]
    exact = (uri for uri, suite in offers if suite == codename)
    alike = (uri for uri, _ in offers if uri.endswith(like))
    return next(exact, None) or next(alike, None)


def _triples(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    for line in lines:
        match line.split():
            case [uri, suite, component] if not uri.startswith("cdrom:"):
                yield uri, suite, component


def _unpack(archive: Archive, root: Path, *, say: Callable[[str], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=root.parent) as name:
        work = Path(name)
        options = _configure(archive, work)
        say(f"reading the package lists of {archive.mirror} {archive.suite}")
        _run("apt-get", *options, "update")
        names = set(_output("apt-cache", *options, "pkgnames", "mysql-server-core").split())
        package = next((package for package in PACKAGES if package in names), None)
        if package is None:
            raise LabError(
                f"no MySQL in {archive.distribution} {archive.suite}", why=f"looked for {', '.join(PACKAGES)}"
            )
        say(f"downloading {package} and its libraries (about 65 MB)")
        _run("apt-get", *options, "install", "--yes", "--download-only", package)
        packages = sorted((work / "cache/archives").glob("*.deb"))
        tree = work / "tree"
        tree.mkdir()
        for path in packages:
            _run("dpkg", "-x", str(path), str(tree))
        (tree / "PACKAGES").write_text("".join(f"{path.name}\n" for path in packages))
        say(f"unpacked MySQL {installed(tree).release}")
        tree.rename(root)


def _configure(archive: Archive, work: Path) -> tuple[str, ...]:
    for folder in ("state/lists/partial", "cache/archives/partial", "log"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(archive.source)
    # Root's apt steps down to a user who cannot write into our private folder: there it stays who it is.
    user = "root" if os.geteuid() == 0 else ""
    (work / "apt.conf").write_text(_CONFIGURATION.format(work=work, architecture=archive.architecture, user=user))
    return ("-q", "-c", str(work / "apt.conf"))


def _run(*command: str) -> None:
    _output(*command)


def _output(*command: str) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS_OF_DOWNLOAD,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"{command[0]} does not run", why=str(error)) from error
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise LabError(f"{command[0]} failed", why="; ".join(said[-3:]) or f"exit {done.returncode}")
    return done.stdout
