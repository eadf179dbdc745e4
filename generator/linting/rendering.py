"""Problems in one of the formats, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.errors import CallboardError
from generator.linting.formats import FORMATS
from generator.linting.report import Lines, Report, prepared
from generator.problems import Problem


def render(
    problems: Iterable[Problem],
    format: str = "text",  # noqa: A002 - the word that the command line uses
    *,
    lines: Lines | None = None,
    portal: str = "",
    colour: bool = False,
    hidden: int = 0,
) -> str:
    """All problems, sorted by place.

    ``portal`` is the portal's address with a final ``/``, or empty; ``hidden`` says how many the baseline keeps back. Raises
    ``CallboardError`` for an unknown format.
    """
    if format not in FORMATS:
        raise CallboardError(f'There is no format "{format}".', f"Known are {', '.join(FORMATS)}.")
    return FORMATS[format](Report(prepared(problems), lines, portal, colour, hidden))


def wants_colour(*, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Colour on a terminal only, and never where ``NO_COLOR`` is set (no-color.org)."""
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
