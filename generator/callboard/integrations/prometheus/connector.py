"""Prometheus: labels of entities and the portal's own queries in; availability against objectives (SLOs), with a history by day, out.

https://prometheus.io/docs/prometheus/latest/querying/api/: a query returns one series for each component, so that an objective takes one
instant query and one range query. The queries in Backstage's annotation ``prometheus.io/rule`` are never run: an author of a descriptor
could then read, with the portal's credential, everything that Prometheus has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from callboard.integrations.prometheus.api import LABELS, SERVICE, LabelIndex, credential
from callboard.plugins.integrations import (
    Answer,
    Availability,
    CallboardError,
    Client,
    Connector,
    DayShare,
    FactBatch,
    FactError,
    HttpError,
    Target,
    json_resource,
    string_at,
    value_at,
)

FAMILY = "availability"
WINDOW = "$window"
DAY = timedelta(days=1)
NAME = "__name__"
"""The label with the name of the metric."""
DECIMALS = 6
"""Decimals of a percentage: the digits after them depend on the order in which floating point numbers are added."""
HUNDRED = 100.0
INEXACTNESS = 0.1
"""Percent that a share may lie outside of 0 to 100: ``rate`` extrapolates the parts of a ratio, each from its own samples."""
SeriesKey = frozenset[tuple[str, str]]
"""The labels of a series."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One item of the option ``objectives``: an SLO, for all components that the series of its queries are about."""

    name: str
    query: str
    history: str
    """Query with the share of each day; empty for no history."""
    factor: float
    """Factor that turns a result of the queries into a percentage."""
    objective: float | str | None
    """Percent, or a query that returns it for each series; None for no objective."""
    days: int


class PrometheusIntegration(Connector):
    """Availability by the portal's own queries, from Prometheus."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/prometheus.json")
    title: ClassVar[str] = "Prometheus"
    families = (FAMILY,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The option ``annotation``, and the annotation of Backstage's plugin with labels."""
        return (self._option("annotation", SERVICE), LABELS)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The availability of the entities that series are about; an entity without a series is not measured."""
        index = LabelIndex(targets, self._options, self._collector)
        if index.targets:
            client = self._client(credential(self._options))
            for item in self._options.get("objectives") or ():
                objective = _objective(item)
                try:
                    self._query_objective(client, index, objective)
                except HttpError as error:
                    self._collector.add_failure(error, objective.name, index.targets, FAMILY)
            self._report_unknown(index)
        return self._collector.batch()

    def _query_objective(self, client: Client, index: LabelIndex, objective: Objective) -> None:
        """Add the facts of one objective. Raises ``HttpError``."""
        query = objective.query.replace(WINDOW, f"{objective.days}d")
        shares = self._instant(client, index, query)
        promised: Mapping[SeriesKey, float] = {}
        if isinstance(objective.objective, str):
            by_series = self._instant(client, index, objective.objective)
            promised = {series: value * objective.factor for series, value in by_series.items()}
        history: Mapping[SeriesKey, Sequence[DayShare]] = {}
        try:
            history = self._history(client, index, objective) if objective.history and shares else {}
        except HttpError as error:
            self._collector.add_failure(error, f"{objective.name}, history", index.targets, FAMILY)
        for series, share in shares.items():
            labels = dict(series)
            percent = objective.objective if isinstance(objective.objective, float) else _objective_of(promised, series)
            make = partial(_value, objective, share, percent, history.get(series, ()))
            self._collector.add_fact(
                index.targets_of(labels), FAMILY, _key(objective, labels), make,
                environment=labels.get(self._option("environment_label", "environment"), ""),
                url=f"{self._base_url}/graph?{urlencode({'g0.expr': query})}",
            )  # fmt: skip

    def _instant(self, client: Client, index: LabelIndex, query: str) -> Mapping[SeriesKey, float]:
        """The values of an instant query at the time of the build. Raises ``HttpError``."""
        answer = client.get("/api/v1/query", {"query": query, "time": int(self._now.timestamp())})
        result = self._result(answer, index, "vector")
        return {_series_key(series): _sample(answer, series.get("value"))[1] for series in result if "value" in series}

    def _history(self, client: Client, index: LabelIndex, objective: Objective) -> Mapping[SeriesKey, Sequence[DayShare]]:
        """The share of each day, evaluated at the midnight after it. Raises ``HttpError``."""
        last = datetime.combine(self._now.astimezone(UTC).date(), time(), UTC)
        ends = {int((last - back * DAY).timestamp()): (last - (back + 1) * DAY).date() for back in reversed(range(objective.days))}
        span = {"start": min(ends), "end": max(ends), "step": int(DAY.total_seconds())}
        answer = client.get("/api/v1/query_range", {"query": objective.history.replace(WINDOW, "1d"), **span})
        by_series = {_series_key(series): _samples(answer, series) for series in self._result(answer, index, "matrix")}
        return {
            series: tuple(DayShare(day, _percent_or_none(objective, samples.get(end, math.nan))) for end, day in ends.items())
            for series, samples in by_series.items()
        }

    def _result(self, answer: Answer, index: LabelIndex, kind: str) -> Sequence[Mapping[str, Any]]:
        """The series of an answer; warnings in it are a failure, because a part of the data may be missing. Raises ``HttpError``."""
        value = answer.object()
        result = value_at(value, "data", "result")
        if value.get("status") != "success" or value_at(value, "data", "resultType") != kind or not isinstance(result, list):
            raise answer.invalid(f"a {kind}", result)
        if not all(isinstance(series, Mapping) and isinstance(series.get("metric"), Mapping) for series in result):
            raise answer.invalid("a list of series", result)
        if warnings := value.get("warnings"):
            first = string_at(warnings[0]) if isinstance(warnings, list) else ""
            warning = CallboardError(f"Prometheus warns: {first}", "Run the query in Prometheus to see what is missing.")
            self._collector.add_failure(warning, "", index.targets, FAMILY)
        return result

    def _report_unknown(self, index: LabelIndex) -> None:
        """Report annotations for which no objective has a series, unless a query failed."""
        if self._collector.failures:
            return
        measured = {ref for ref, _ in self._collector.measurements}
        for target in index.targets:
            key = next((key for key in (LABELS, self.annotations[0]) if target.annotations.get(key)), "")
            if key and target.ref not in measured:
                message = f"No objective in `objectives` has a series for `{key}: {target.annotations[key][:100]}`."
                self._collector.add_unusable_annotation([target], key, message)


def _objective(item: Mapping[str, Any]) -> Objective:
    query, promised = str(item["query"]), item.get("objective")
    history = str(item.get("history") or (query if WINDOW in query else ""))
    factor = 1 if item.get("unit") == "percent" else 100
    promised = float(promised) if isinstance(promised, int | float) else promised
    return Objective(str(item["name"]), query, history, factor, promised, int(item.get("window_days", 30)))


def _series_key(series: Mapping[str, Any]) -> SeriesKey:
    return frozenset((name, value) for name, value in series["metric"].items() if isinstance(value, str) and name != NAME)


def _sample(answer: Answer, pair: Any) -> tuple[float, float]:
    """The time in seconds since 1970, and the value, which may be NaN. Raises ``HttpError``."""
    try:
        timestamp, value = pair
        return float(timestamp), float(value)
    except (TypeError, ValueError):
        raise answer.invalid("a sample (time and value)", pair) from None


def _samples(answer: Answer, series: Mapping[str, Any]) -> Mapping[float, float]:
    """The values of a series by time. Raises ``HttpError``."""
    pairs = series.get("values", [])
    if not isinstance(pairs, list):
        raise answer.invalid("a list of samples", pairs)
    return dict(_sample(answer, pair) for pair in pairs)


def _key(objective: Objective, labels: Mapping[str, str]) -> str:
    return f"{objective.name}{{{','.join(f'{name}={labels[name]}' for name in sorted(labels))}}}"


def _objective_of(promised: Mapping[SeriesKey, float], series: SeriesKey) -> float | None:
    """The objective of a series: the one with the most labels of those whose labels are all labels of the series."""
    matching = [labels for labels in promised if labels <= series]
    best = max(matching, key=lambda labels: (len(labels), sorted(labels)), default=None)
    return None if best is None or not math.isfinite(promised[best]) else round(promised[best], DECIMALS)


def _value(objective: Objective, share: float, promised: float | None, history: Sequence[DayShare]) -> Availability:
    return Availability(objective.name, _percent(objective, share), promised, objective.days, tuple(history))


def _percent(objective: Objective, value: float) -> float | None:
    """A share in percent; None for NaN, which is the result of 0 / 0: there were no requests, so nothing was measured."""
    if not math.isfinite(value):
        return None
    percent = round(value * objective.factor, DECIMALS)
    if not -INEXACTNESS <= percent <= HUNDRED + INEXACTNESS:
        raise FactError(f"the query returns {value:g}, which is not a share (see the option unit)")
    return min(max(percent, 0.0), HUNDRED)


def _percent_or_none(objective: Objective, value: float) -> float | None:
    """The same; None for what is not a share: one day of a history must not lose the others."""
    try:
        return _percent(objective, value)
    except FactError:
        return None
