"""Numbers over time → SVG for inlining: bands stacked on each other, gaps where nothing is known, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from callboard.model.data_classes import dataclass

HEIGHT = 100
"""Of the drawing; it is stretched to the place that it has on the page."""
_CLOSED = f"V{HEIGHT}z"


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
        for band, tone in reversed(tuple(enumerate(chart.tones)))  # a lower band covers the lower part of a higher one
        if (path := _band_path(chart.segments, band, first, most))
    ]
    parts += [f'<path class="cb-bands__mark" d="M{day - first} 0V{HEIGHT}"/>' for day in chart.marks if first < day < end]
    box = f'viewBox="0 0 {end - first} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(chart.words)}"'
    return Markup(f'<svg class="cb-bands cb-bands--{form}" {box}>{"".join(parts)}</svg>')  # noqa: S704 - all parts are escaped or numbers


def _band_path(segments: Sequence[BandSegment], band: int, first: int, most: int) -> str:
    """The outline from the ground to the top of a band, for each run of days in which it has a height."""
    parts: list[str] = []
    end = last = ""
    for segment in segments:
        if not segment.numbers[band]:
            continue
        start, top = str(segment.first - first), f"{HEIGHT - HEIGHT * sum(segment.numbers[: band + 1]) / most:.1f}".removesuffix(".0")
        if start != end:
            parts.append(f"{_CLOSED if parts else ''}M{start} {HEIGHT}V{top}")
        elif top != last:
            parts.append(f"V{top}")
        end, last = str(segment.end - first), top
        parts.append(f"H{end}")
    return "".join((*parts, _CLOSED)) if parts else ""
