"""What all pages have in common: how templates are filled, and the words and shapes that they may use."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from migrator import units
from migrator.report import charts, summary

_JOINTS: Final = re.compile(r"(?<=[._])(?=.)")


@cache
def template(name: str) -> Template:
    """A template by its file's name. Every text that it shows is escaped and kept on one line."""
    environment = Environment(
        loader=PackageLoader("migrator.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=units.count,
        counted=units.counted,
        parts=_parts,
        duration=units.duration,
        seconds=units.seconds,
        megabytes=units.megabytes,
        volume=units.volume,
        percent=units.percent,
        short=summary.short,
        stopped=_stopped,
        code=_code,
    )
    environment.globals.update(
        rows_per_second=units.rows_per_second,
        megabytes_per_second=units.megabytes_per_second,
        timeline=charts.timeline,
        share=charts.share,
        stacked=charts.stacked,
        dash=units.NONE,
    )
    return environment.get_template(name)


def _one_line(value: object) -> object:
    """Every text on its way into the page; what the template made itself (Markup) stays."""
    return units.printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _parts(name: str) -> list[str]:
    """A name cut behind its dots and underscores, where a line may end."""
    return _JOINTS.split(name)


def _stopped(sentence: str) -> str:
    """A sentence with its full stop, whoever wrote it."""
    return sentence if sentence.endswith((".", "!", "?", ":")) else f"{sentence}."


def _code(text: str) -> Markup:
    """A text of several lines as they stand, each of them escaped."""
    return Markup("\n").join(escape(units.printable(line.expandtabs(4))) for line in text.splitlines())
