"""Numbers over time → SVG for inlining: bands stacked on each other, gaps where nothing is known, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

HEIGHT = 100
"""Of the drawing; it is stretched to the place that it has on the page."""


@dataclass(frozen=True, slots=True)
class BandSegment:
    """A time in which no number changes."""

    first: int
    """Its first day."""
    end: int
    """The day after its last one."""
    numbers: tuple[int, ...]
    """From the lowest band to the highest."""


@dataclass(frozen=True, slots=True)
class BandChart:
    """What is drawn."""

    segments: tuple[BandSegment, ...]
    """In order; where none is, nothing is known."""
    tones: tuple[str, ...]
    """Of each band."""
    marks: tuple[int, ...] = ()
    """Days with a mark."""
    words: str = ""
    """The same in one sentence, for screen readers."""


def draw_bands(chart: BandChart, form: str = "wide") -> Markup:
    """The chart as ``<svg class="cb-bands">``; empty if there is nothing to draw."""
    if not chart.segments:
        return Markup()
    first, end = chart.segments[0].first, chart.segments[-1].end
    most = max(sum(segment.numbers) for segment in chart.segments) or 1
    parts = [
        f'<path class="cb-fill--{escape(tone)}" d="{path}"/>'
        for band, tone in enumerate(chart.tones)
        if (path := _band_path(chart.segments, band, first, most))
    ]
    parts += [f'<path class="cb-bands__mark" d="M{day - first} 0V{HEIGHT}"/>' for day in chart.marks if first < day < end]
    box = f'viewBox="0 0 {end - first} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(chart.words)}"'
    return Markup(f'<svg class="cb-bands cb-bands--{form}" {box}>{"".join(parts)}</svg>')  # noqa: S704 - all parts are escaped or numbers


def _band_path(segments: Sequence[BandSegment], band: int, first: int, most: int) -> str:
    """The outline of a band: a rectangle for each segment in which it has a height."""
    parts = []
    for segment in segments:
        below, number = sum(segment.numbers[:band]), segment.numbers[band]
        if number:
            top, bottom = (f"{HEIGHT - HEIGHT * value / most:.4g}" for value in (below + number, below))
            parts.append(f"M{segment.first - first} {bottom}V{top}H{segment.end - first}V{bottom}z")
    return "".join(parts)
