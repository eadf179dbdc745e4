"""Alertmanager: labels of entities in; firing and silenced alerts out.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: one answer has all alerts, however many components there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from callboard.integrations.prometheus.api import ALERT, LABELS, SERVICE, LabelIndex, credential
from callboard.plugins.integrations import (
    Alert,
    AlertState,
    Connector,
    FactBatch,
    FactError,
    FactSeverity,
    Target,
    json_resource,
    parse_string,
    parse_word,
    string_at,
    time_at,
    url_at,
    value_at,
)

FAMILY = "alert"


class AlertmanagerIntegration(Connector):
    """Firing and silenced alerts, from Alertmanager."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/alertmanager.json")
    title: ClassVar[str] = "Alertmanager"
    families = (FAMILY,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The option ``annotation``, and the annotations of Backstage's plugin."""
        return (self._option("annotation", SERVICE), LABELS, ALERT)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The alerts with the labels of an entity; none is a measured zero. Raises ``HttpError`` if the alerts cannot be listed."""
        index = LabelIndex(targets, self._options, self._collector, alerts=True)
        if not index.targets:
            return self._collector.batch()
        query: dict[str, str | Sequence[str]] = {"inhibited": "false"}
        if filters := self._options.get("filter"):
            query["filter"] = tuple(filters)
        answer = self._client(credential(self._options)).get("/api/v2/alerts", query)
        alerts = answer.array()
        if not all(isinstance(alert, Mapping) and isinstance(alert.get("labels"), Mapping) for alert in alerts):
            raise answer.invalid("a list of alerts with labels", alerts)
        self._collector.add_measurements(index.targets, FAMILY)
        for alert in alerts:
            self._add(index, alert)
        return self._collector.batch()

    def _add(self, index: LabelIndex, alert: Mapping[str, Any]) -> None:
        labels = {name: value for name, value in alert["labels"].items() if isinstance(value, str)}
        key = string_at(alert, "fingerprint") or ",".join(f"{name}={value}" for name, value in sorted(labels.items()))

        def value() -> Alert:
            name = labels.get("alertname", "")
            if not name:
                raise FactError("the alert has no name")
            severity, word = parse_word(FactSeverity, labels.get(self._option("severity_label", "severity"), ""), FactSeverity.UNKNOWN)
            state, state_word = parse_word(AlertState, string_at(alert, "status", "state") or "active", AlertState.UNKNOWN)
            texts = value_at(alert, "annotations")
            summary = string_at(texts, "summary") or string_at(texts, "description") or string_at(texts, "message")
            return Alert(parse_string(name, 200), severity, state, time_at(alert, self._now, "startsAt"), summary, word, state_word)

        environment = labels.get(self._option("environment_label", "environment"), "")
        url = url_at(alert, "generatorURL")
        self._collector.add_fact(index.targets_of(labels), FAMILY, key, value, environment=environment, url=url)
