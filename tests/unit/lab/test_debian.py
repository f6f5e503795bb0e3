from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.errors import LabError
from migrator.lab import debian

BOOKWORM = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
NOBLE = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_CODENAME": "noble", "UBUNTU_CODENAME": "noble"}
MINT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "VERSION_CODENAME": "zena", "UBUNTU_CODENAME": "noble"}
SOURCES = """\
cdrom://disc/ bookworm main
https://download.example/apt bookworm stable
http://security.debian.org/debian-security/ bookworm-security main
http://mirror.example/debian/ bookworm-updates main
http://mirror.example/debian/ bookworm main
"""

APT_GET = """\
echo "apt-get $*" >>{log}
case "$*" in
indextargets*) cat {sources} ;;
*update) cp "$3" {log}.conf; cp "${{3%apt.conf}}sources.list" {log}.list; sleep {pause}; {update} ;;
*install*) touch "${{3%apt.conf}}cache/archives/mysql-server-core_1_amd64.deb" ;;
esac"""
# What is unpacked: a "loader" that drops its own options, and a mysqld that says its version.
DPKG = """\
case "$1" in
--print-architecture) echo amd64 ;;
-x) mkdir -p "$3/usr/sbin" "$3/usr/lib/x86_64-linux-gnu"
    printf '#!/bin/sh\\nshift 2\\nexec "$@"\\n' >"$3/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    printf '#!/bin/sh\\necho "mysqld  Ver 9.7.4-2 for Linux"\\n' >"$3/usr/sbin/mysqld"
    chmod +x "$3"/usr/lib/*/ld-linux* "$3/usr/sbin/mysqld" ;;
esac"""

Apt = Callable[..., Path]


@pytest.fixture
def keyrings(tmp_path: Path) -> Path:
    folder = tmp_path / "keyrings"
    folder.mkdir()
    (folder / "debian-archive-keyring.gpg").touch()
    (folder / "ubuntu-archive-keyring.gpg").touch()
    return folder


@pytest.fixture
def apt(install: Callable[[str, str], Path], tmp_path: Path, keyrings: Path, monkeypatch: pytest.MonkeyPatch) -> Apt:
    """A machine with apt; returns the log of its calls."""

    def machine(
        *, update: str = ":", packages: str = "mysql-server-core", sources: str = SOURCES, pause: float = 0
    ) -> Path:
        log = tmp_path / "apt.log"
        log.touch()
        (tmp_path / "sources").write_text(sources)
        install("apt-get", APT_GET.format(log=log, sources=tmp_path / "sources", update=update, pause=pause))
        install("apt-cache", f"echo {packages}")
        install("dpkg", DPKG)
        return log

    monkeypatch.setattr(debian, "_KEYRINGS", keyrings)
    monkeypatch.setattr(debian.platform, "freedesktop_os_release", lambda: BOOKWORM)
    return machine


def test_debian_takes_the_unstable_suite_of_the_machines_own_mirror(apt: Apt) -> None:
    apt()
    archive = debian.this_archive()
    assert (archive.mirror, archive.suite, archive.distribution) == ("http://mirror.example/debian", "sid", "debian")


@pytest.mark.parametrize("release", [NOBLE, MINT])
def test_ubuntu_takes_its_own_release(apt: Apt, monkeypatch: pytest.MonkeyPatch, release: dict[str, str]) -> None:
    apt(sources="http://mirror.example/ubuntu/ noble main\nhttp://mirror.example/ubuntu/ noble universe\n")
    monkeypatch.setattr(debian.platform, "freedesktop_os_release", lambda: release)
    archive = debian.this_archive()
    assert (archive.mirror, archive.suite) == ("http://mirror.example/ubuntu", "noble")
    assert archive.source.startswith("deb [signed-by=")


def test_without_a_mirror_debians_own_serves(apt: Apt) -> None:
    apt(sources="https://packages.example/kali kali-rolling main\n")
    assert debian.this_archive().mirror == "http://deb.debian.org/debian"


def test_without_a_keyring_nothing_is_trusted(apt: Apt, keyrings: Path) -> None:
    apt()
    (keyrings / "debian-archive-keyring.gpg").unlink()
    with pytest.raises(LabError, match="debian-archive-keyring"):
        debian.this_archive()


def test_without_apt_there_are_no_packages(bare: Path) -> None:
    with pytest.raises(LabError, match="no apt-get"):
        debian.this_archive()


def test_it_is_unpacked_once(apt: Apt, tmp_path: Path) -> None:
    log = apt()
    said: list[str] = []
    first = debian.packaged(tmp_path / "cache", say=said.append)
    assert first.version == (9, 7, 4)
    assert any("downloading mysql-server-core " in line for line in said)
    said.clear()
    assert debian.packaged(tmp_path / "cache", say=said.append) == first
    assert said == []
    assert log.read_text().count("update") == 1
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.is_dir()] == ["debian-sid-amd64"]


def test_the_release_nearest_to_aurora_wins(apt: Apt, tmp_path: Path) -> None:
    log = apt(packages="mysql-server-core mysql-server-core-8.4 mysql-server-core-8.0")
    debian.packaged(tmp_path / "cache", say=print)
    assert log.read_text().strip().endswith("mysql-server-core-8.0")


def test_signatures_are_checked_and_the_machines_hooks_stay_out(apt: Apt, tmp_path: Path, keyrings: Path) -> None:
    log = apt()
    debian.packaged(tmp_path / "cache", say=print)
    sources = Path(f"{log}.list").read_text()
    assert sources == f"deb [signed-by={keyrings}/debian-archive-keyring.gpg] http://mirror.example/debian sid main\n"
    configuration = Path(f"{log}.conf").read_text()
    assert "#clear APT::Update::Post-Invoke;" in configuration
    assert 'Dir::Etc::sourceparts "/dev/null"' in configuration
    assert "unauthenticated" not in log.read_text() + configuration.lower()
    assert "trusted" not in sources


def test_a_failed_download_leaves_nothing(apt: Apt, tmp_path: Path) -> None:
    apt(update="echo 'E: The repository is not signed.' >&2; exit 100")
    with pytest.raises(LabError, match="not signed"):
        debian.packaged(tmp_path / "cache", say=print)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]


def test_a_suite_without_mysql_is_told(apt: Apt, tmp_path: Path) -> None:
    apt(packages="")
    with pytest.raises(LabError, match="no MySQL in debian sid"):
        debian.packaged(tmp_path / "cache", say=print)


def test_what_a_killed_run_left_is_removed(apt: Apt, tmp_path: Path) -> None:
    apt()
    (tmp_path / "cache/unpacking-x/tree").mkdir(parents=True)
    debian.packaged(tmp_path / "cache", say=print)
    assert not list((tmp_path / "cache").glob("unpacking-*"))


def test_of_two_at_a_time_one_downloads(apt: Apt, tmp_path: Path) -> None:
    log = apt(pause=0.3)
    found: list[object] = []
    said: list[str] = []

    def unpack() -> None:
        found.append(debian.packaged(tmp_path / "cache", say=said.append))

    threads = [threading.Thread(target=unpack) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 2
    assert found[0] == found[1]
    assert log.read_text().count("update") == 1
    assert "waiting for another process that unpacks MySQL" in said


def test_a_cache_that_cannot_be_written_is_an_error(apt: Apt, tmp_path: Path) -> None:
    apt()
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match="cannot be unpacked"):
        debian.packaged(tmp_path / "file/cache", say=print)


def test_a_loader_that_leads_out_of_the_tree_is_not_used(tmp_path: Path) -> None:
    """Before the merge of /usr, libc6's /lib64/ld-linux… pointed to an absolute path: the machine's own loader."""
    (tmp_path / "lib64").mkdir()
    (tmp_path / "lib64/ld-linux-x86-64.so.2").symlink_to("/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    with pytest.raises(LabError, match="no program loader"):
        debian.installed(tmp_path)
