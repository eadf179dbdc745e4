"""An OpenSSF Scorecard file (``scorecard --format json``) → its results as ratings; a check without a result is inconclusive, never 0."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from callboard.integrations.reports.findings import Incomplete, ReportFinding, ReportItem
from callboard.integrations.reports.json_file import json_object, rows
from callboard.plugins.integrations import FactError, GateState, QualityGate, number_at, string_at, time_at

INCONCLUSIVE = "inconclusive"
BEST = 10
CHECKS = 100


def scorecard(content: bytes, now: datetime) -> Iterator[ReportItem]:
    """One finding with the total and the checks, the lowest first. Raises ``FactError`` for another format."""
    data = json_object(content)
    if not isinstance(data.get("checks"), list) or not isinstance(data.get("scorecard"), dict):
        raise FactError("it is not an OpenSSF Scorecard file (scorecard, checks)")
    found: list[tuple[float, str]] = []
    for row in rows(data, "checks"):
        if isinstance(row, Incomplete):
            yield row
        elif (name := string_at(row, "name")) and (score := number_at(row, "score")) is not None:
            found.append((score, name))
        else:
            yield Incomplete("has a check without a name or a score")
    ordered = sorted(found, key=lambda each: (_is_inconclusive(each[0]), each))
    total = number_at(data, "score")
    ratings = (("Scorecard", _written(-1 if total is None else total)), *((name[:60], _written(score)) for score, name in ordered[:CHECKS]))
    try:
        analysed = time_at(data, now, "date")
    except FactError:
        analysed = None
    yield ReportFinding("scorecard", partial(QualityGate, GateState.NONE, analysed, ratings=ratings))


def _is_inconclusive(score: float) -> bool:
    return not math.isfinite(score) or not 0 <= score <= BEST


def _written(score: float) -> str:
    return INCONCLUSIVE if _is_inconclusive(score) else f"{score:g}/{BEST}"
