"""Numbers to the places of small SVG charts; the templates draw them with attributes, so that a strict CSP holds."""

from __future__ import annotations

from collections.abc import Sequence

from generator.pages.facts.view import BarView, DaysView, SparkView

GAP = 0.35
"""Between two parts of a bar, of 100."""


def bar(label: str, note: str, parts: Sequence[tuple[str, float]], words: str) -> BarView:
    """A bar of parts; tone and share of 100 each. What exceeds 100 is cut."""
    placed, at = [], 0.0
    for tone, share in parts:
        width = min(share, 100 - at)
        if width > 0:
            is_last = at + width >= 100 - GAP
            placed.append((tone, f"{at:.2f}", f"{max(width - (0 if is_last else GAP), 0.4):.2f}"))
            at += width
    return BarView(label, note, tuple(placed), words)


def days(label: str, note: str, tones: Sequence[str], words: str) -> DaysView:
    """A row of days, each with its tone."""
    return DaysView(label, note, tuple((tone, f"{index * 4 + 0.4:.1f}") for index, tone in enumerate(tones)), len(tones) * 4, words)


def spark(label: str, note: str, values: Sequence[float], words: str) -> SparkView | None:
    """A line from the first to the last value; None for fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    low, high = min(0.0, *values), max(values)
    reach = (high - low) or 1
    step = 100 / (len(values) - 1)
    points = " ".join(f"{index * step:.1f},{22 - (value - low) / reach * 20:.1f}" for index, value in enumerate(values))
    return SparkView(label, note, points, words)
