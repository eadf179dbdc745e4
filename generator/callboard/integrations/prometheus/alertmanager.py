"""Alertmanager: the alerts that fire, silenced ones included.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: all alerts are one answer, however many components there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from callboard.integrations.prometheus.api import ALERT, LABELS, SERVICE, Owners, credential
from callboard.model.facts.values import Alert
from callboard.model.facts.words import AlertState, FactError, FactSeverity
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, link_at, text_at, time_at

FAMILY = "alert"


class AlertmanagerIntegration(Connector):
    """What fires now."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("alertmanager")
    title: ClassVar[str] = "Alertmanager"
    families = (FAMILY,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The option's, and those of Backstage's plugin."""
        return (self._option("annotation", SERVICE), LABELS, ALERT)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """Alerts whose labels are an entity's; none is a measured zero. Raises ``HttpError`` where Alertmanager does not answer."""
        owners = Owners(subjects, self._options, self._found, alerts=True)
        if not owners.subjects:
            return self._found.done()
        query: dict[str, str | Sequence[str]] = {"inhibited": "false"}
        if filters := self._options.get("filter"):
            query["filter"] = tuple(filters)
        answer = self._client(credential(self._options)).get("/api/v2/alerts", query)
        alerts = answer.array()
        if not all(isinstance(alert, Mapping) and isinstance(alert.get("labels"), Mapping) for alert in alerts):
            raise answer.invalid("a list of alerts with labels", alerts)
        self._found.measured(owners.subjects, FAMILY)
        for alert in alerts:
            self._add(owners, alert)
        return self._found.done()

    def _add(self, owners: Owners, alert: Mapping[str, Any]) -> None:
        labels = {name: value for name, value in alert["labels"].items() if isinstance(value, str)}
        key = text_at(alert, "fingerprint") or ",".join(f"{name}={value}" for name, value in sorted(labels.items()))

        def value() -> Alert:
            name = labels.get("alertname", "")
            if not name:
                raise FactError("the alert has no name")
            severity = parsing.known_word(FactSeverity, labels.get(self._option("severity_label", "severity"), ""), FactSeverity.UNKNOWN)
            state = parsing.known_word(AlertState, text_at(alert, "status", "state"), AlertState.FIRING)
            told = at(alert, "annotations")
            summary = text_at(told, "summary") or text_at(told, "description") or text_at(told, "message")
            return Alert(parsing.text(name, 200), severity, state, time_at(alert, self._now, "startsAt"), summary)

        environment = labels.get(self._option("environment_label", "environment"), "")
        self._found.add(owners.of(labels), FAMILY, key, value, environment=environment, url=link_at(alert, "generatorURL"))
