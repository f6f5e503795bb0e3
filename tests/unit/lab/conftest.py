"""Machines as they may be: what is on PATH, and what it answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.lab import acquire

Install = Callable[[str, str], Path]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a shell and no program that a lab could use; its state, cache and temporary files are its own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(acquire, "_SERVER_FOLDERS", ())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MIGRATOR_MYSQLD", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return programs


@pytest.fixture
def install(bare: Path) -> Install:
    """Put a program on the bare machine's PATH: name, and the text of a shell script."""

    def script(name: str, text: str) -> Path:
        path = bare / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{text}\n")
        path.chmod(0o755)
        return path

    return script
