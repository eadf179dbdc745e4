"""Prometheus: shares of good time or good requests against what was promised, with a history by days.

https://prometheus.io/docs/prometheus/latest/querying/api/: a query of the portal's gives one series for each component, so that each
objective costs one instant query and one range query. The queries that Backstage's plugin takes from ``prometheus.io/rule`` are never run:
whoever may write a descriptor could then read, with the portal's credential, whatever Prometheus has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from callboard.integrations.prometheus.api import LABELS, SERVICE, Owners, credential
from callboard.io.http.cache import Answer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.model.errors import CallboardError
from callboard.model.facts.values import Availability, DayShare
from callboard.model.facts.words import FactError
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, text_at

FAMILY = "availability"
WINDOW = "$window"
DAY = timedelta(days=1)
NAME = "__name__"
EXACT = 6
"""Decimals of a percent that are kept: sums of floating point numbers differ behind them."""
SeriesKey = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Objective:
    """One item of the option ``objectives``."""

    name: str
    query: str
    history: str
    """Empty: no history."""
    factor: float
    """What makes percent of what the queries give."""
    objective: float | str | None
    """Percent, or a query."""
    days: int


class PrometheusIntegration(Connector):
    """Availability by the portal's own queries."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("prometheus")
    title: ClassVar[str] = "Prometheus"
    families = (FAMILY,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The option's, and those of Backstage's plugin that name labels."""
        return (self._option("annotation", SERVICE), LABELS)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """The objectives of the entities that series are about. No series: not measured."""
        owners = Owners(subjects, self._options, self._found)
        if owners.subjects:
            client = self._client(credential(self._options))
            for item in self._options.get("objectives") or ():
                objective = _objective(item)
                try:
                    self._asked(client, owners, objective)
                except HttpError as error:
                    self._found.failed(error, objective.name, owners.subjects, FAMILY)
            self._tell_unknown(owners)
        return self._found.done()

    def _asked(self, client: Client, owners: Owners, objective: Objective) -> None:
        """The questions of one objective. Raises ``HttpError``."""
        query = objective.query.replace(WINDOW, f"{objective.days}d")
        shares = self._instant(client, owners, query)
        promised: Mapping[SeriesKey, float] = {}
        if isinstance(objective.objective, str):
            found = self._instant(client, owners, objective.objective)
            promised = {series: value * objective.factor for series, value in found.items()}
        history: Mapping[SeriesKey, Sequence[DayShare]] = {}
        try:
            history = self._history(client, owners, objective) if objective.history and shares else {}
        except HttpError as error:
            self._found.failed(error, f"{objective.name}, history", owners.subjects, FAMILY)
        for series, share in shares.items():
            labels = dict(series)
            wanted = objective.objective if isinstance(objective.objective, float) else _best(promised, series)
            self._found.add(
                owners.of(labels), FAMILY, _key(objective, labels), partial(_value, objective, share, wanted, history.get(series, ())),
                environment=labels.get(self._option("environment_label", "environment"), ""),
                url=f"{self._base}/graph?{urlencode({'g0.expr': query})}",
            )  # fmt: skip

    def _instant(self, client: Client, owners: Owners, query: str) -> Mapping[SeriesKey, float]:
        answer = client.get("/api/v1/query", {"query": query, "time": int(self._now.timestamp())})
        result = self._result(answer, owners, "vector")
        return {_series(one): _sample(answer, one.get("value"))[1] for one in result if "value" in one}

    def _history(self, client: Client, owners: Owners, objective: Objective) -> Mapping[SeriesKey, Sequence[DayShare]]:
        """Each day's share, asked for at the midnight after it."""
        last = datetime.combine(self._now.astimezone(UTC).date(), time(), UTC)
        ends = {int((last - back * DAY).timestamp()): (last - (back + 1) * DAY).date() for back in reversed(range(objective.days))}
        span = {"start": min(ends), "end": max(ends), "step": int(DAY.total_seconds())}
        answer = client.get("/api/v1/query_range", {"query": objective.history.replace(WINDOW, "1d"), **span})
        found = {_series(one): _samples(answer, one) for one in self._result(answer, owners, "matrix")}
        return {
            series: tuple(DayShare(day, _percent(objective, samples.get(end, math.nan))) for end, day in ends.items())
            for series, samples in found.items()
        }

    def _result(self, answer: Answer, owners: Owners, kind: str) -> Sequence[Mapping[str, Any]]:
        """The series of an answer; one that was put together from a part of the data is incomplete."""
        told = answer.object()
        result = at(told, "data", "result")
        if told.get("status") != "success" or at(told, "data", "resultType") != kind or not isinstance(result, list):
            raise answer.invalid(f"a {kind}", result)
        if not all(isinstance(one, Mapping) and isinstance(one.get("metric"), Mapping) for one in result):
            raise answer.invalid("a list of series", result)
        if warnings := told.get("warnings"):
            first = text_at({"first": warnings[0]}, "first") if isinstance(warnings, list) else ""
            self._found.failed(CallboardError(f"Prometheus warns: {first}", "Look at the query there."), "", owners.subjects, FAMILY)
        return result

    def _tell_unknown(self, owners: Owners) -> None:
        """Those that name a label which no objective has, unless a question came to nothing."""
        if self._found.failures:
            return
        asked = {ref for ref, _ in self._found.asked}
        for subject in owners.subjects:
            key = next((key for key in (LABELS, self.annotations[0]) if subject.annotations.get(key)), "")
            if key and subject.ref not in asked:
                self._found.unknown([subject], key, f"No objective has a series for `{key}: {subject.annotations[key][:100]}`.")


def _objective(item: Mapping[str, Any]) -> Objective:
    query, promised = str(item["query"]), item.get("objective")
    history = str(item.get("history") or (query if WINDOW in query else ""))
    factor = 1 if item.get("unit") == "percent" else 100
    promised = float(promised) if isinstance(promised, int | float) else promised
    return Objective(str(item["name"]), query, history, factor, promised, int(item.get("window_days", 30)))


def _series(one: Mapping[str, Any]) -> SeriesKey:
    return frozenset((name, value) for name, value in one["metric"].items() if isinstance(value, str) and name != NAME)


def _sample(answer: Answer, pair: Any) -> tuple[float, float]:
    """Seconds since 1970, and the value, which may be NaN. Raises ``HttpError``."""
    try:
        when, value = pair
        return float(when), float(value)
    except (TypeError, ValueError):
        raise answer.invalid("a sample (time and value)", pair) from None


def _samples(answer: Answer, one: Mapping[str, Any]) -> Mapping[float, float]:
    found = one.get("values", [])
    if not isinstance(found, list):
        raise answer.invalid("a list of samples", found)
    return dict(_sample(answer, pair) for pair in found)


def _key(objective: Objective, labels: Mapping[str, str]) -> str:
    return f"{objective.name}{{{','.join(f'{name}={labels[name]}' for name in sorted(labels))}}}"


def _best(promised: Mapping[SeriesKey, float], series: SeriesKey) -> float | None:
    """What was promised to a series: by the same labels, or by some of them."""
    fitting = [labels for labels in promised if labels <= series]
    best = max(fitting, key=lambda labels: (len(labels), sorted(labels)), default=None)
    return None if best is None or not math.isfinite(promised[best]) else round(promised[best], EXACT)


def _value(objective: Objective, share: float, promised: float | None, history: Sequence[DayShare]) -> Availability:
    return Availability(objective.name, _percent(objective, share), promised, objective.days, tuple(history))


def _percent(objective: Objective, value: float) -> float | None:
    """A share in percent; None for NaN, which is nothing divided by nothing: nobody asked, so nothing was measured."""
    if not math.isfinite(value):
        return None
    percent = round(value * objective.factor, EXACT)
    if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise FactError(f"the query gives {value:g}, which is no share (see the option unit)")
    return percent
