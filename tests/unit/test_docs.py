"""The README is held to the program: what exists is described, and what is described exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from migrator import __version__
from migrator.cli.main import app
from migrator.errors import MigratorError

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _errors(kind: type[MigratorError] = MigratorError) -> Iterator[type[MigratorError]]:
    if kind.__module__ == MigratorError.__module__:
        yield kind
    for child in kind.__subclasses__():
        yield from _errors(child)


def _commands(group: Any, path: str = "migrator") -> Iterator[tuple[str, Any]]:
    """Every command below a group, by its full name. Typer may bring its own Click: none of its classes is named."""
    for name, command in getattr(group, "commands", {}).items():
        yield f"{path} {name}", command
        yield from _commands(command, f"{path} {name}")


def _options(command: Any) -> list[Any]:
    return [item for item in command.params if item.param_type_name == "option" and item.name != "help"]


def _words(option: Any) -> list[str]:
    return [*option.opts, *option.secondary_opts]


COMMANDS = dict(_commands(typer.main.get_command(app)))


def test_commands_are_found() -> None:
    assert {"migrator rehearse", "migrator validate", "migrator lab up", "migrator bench"} <= set(COMMANDS)


@pytest.mark.parametrize(
    "kind", sorted(set(_errors()), key=lambda kind: kind.exit_code), ids=lambda kind: kind.__name__
)
def test_every_exit_code_is_explained(kind: type[MigratorError]) -> None:
    assert re.search(rf"^\| {kind.exit_code} \| {kind.__name__} \| \S.* \|$", README, re.MULTILINE)


def test_no_exit_code_is_made_up_or_given_twice() -> None:
    named = re.findall(r"^\| (\d+) \| (\w+) \|", README, re.MULTILINE)
    assert {(str(kind.exit_code), kind.__name__) for kind in _errors()} == set(named)
    codes = [kind.exit_code for kind in _errors()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described_and_has_help(name: str) -> None:
    assert re.search(rf"`{name}\b", README)
    command = COMMANDS[name]
    assert command.help
    assert command.help.strip()


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=COMMANDS)
def test_every_option_is_described_and_has_help(name: str, command: Any) -> None:
    section = README.split(f"### `{' '.join(name.split()[:2])}", 1)[1].split("\n### ", 1)[0]
    for option in _options(command):
        assert option.help, option.name
        assert f"`{option.opts[0]}" in section, option.opts[0]


def test_no_option_is_made_up() -> None:
    known = {word for command in COMMANDS.values() for option in _options(command) for word in _words(option)}
    described = set(re.findall(r"`(?:migrator [a-z ]*)?(--[a-z-]+)", README))
    assert described <= known | {"--help", "--version"}


def test_the_release_notes_know_this_version() -> None:
    assert re.search(rf"^### {re.escape(__version__)}$", README, re.MULTILINE)


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings
