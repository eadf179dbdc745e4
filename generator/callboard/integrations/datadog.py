"""Datadog: service level objectives and monitors that alert.

https://docs.datadoghq.com/api/latest: objectives with their status are a search over all of them, monitors a listing of all; which are
whose is told by tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.io.http.auth import StaticCredential
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.model.facts.values import Alert, Availability
from callboard.model.facts.words import AlertState, FactSeverity
from callboard.plugins.integrations.base import FactBatch, Target, by_annotation, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import NumberedPages, at, items, share_at, text_at, time_at, words_of

SLO_TAG, MONITOR_TAGS = "datadoghq.com/slo_tag", "datadoghq.com/monitor_tags"
SLOS, MONITORS = 100, 1_000
"""Items of a page."""
SLO_WAY = ("data", "attributes", "slos")
WINDOWS = {"30d": 30, "90d": 90, "7d": 7}
"""Time frames, the one that is shown first."""
STATES = {"alert": FactSeverity.HIGH, "warn": FactSeverity.MEDIUM}
PRIORITIES = {1: FactSeverity.CRITICAL, 2: FactSeverity.HIGH, 3: FactSeverity.MEDIUM, 4: FactSeverity.LOW, 5: FactSeverity.LOW}


class DatadogIntegration(Connector):
    """Service level objectives and alerting monitors, from Datadog."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("datadog")
    title: ClassVar[str] = "Datadog"
    families = ("availability", "alert")
    annotations = (SLO_TAG, MONITOR_TAGS)

    @property
    def _web(self) -> str:
        return f"https://app.{self._option('site', 'datadoghq.com')}"

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """Objectives and alerts of the entities whose tags they carry."""
        if any(key in subject.annotations for subject in subjects for key in self.annotations):
            keys = {"DD-API-KEY": self._option("api_key").strip(), "DD-APPLICATION-KEY": self._option("application_key").strip()}
            base = self._base or f"https://api.{self._option('site', 'datadoghq.com')}"
            client = self._client(StaticCredential(keys, tuple(keys.values())), base=base)
            self._tagged(client, SLO_TAG, subjects, "availability", self._objectives)
            self._tagged(client, MONITOR_TAGS, subjects, "alert", self._alerts)
        return self._found.done()

    def _tagged(self, client: Client, annotation: str, subjects: Sequence[Target], family: str, read: Any) -> None:
        """What one listing says, about the subjects whose tags are all on an item."""
        by_first: dict[str, list[tuple[frozenset[str], Target]]] = {}
        for written, those in by_annotation(subjects, annotation).items():
            tags = [tag.lower() for tag in words_of(written)]
            if tags:
                by_first.setdefault(tags[0], []).extend((frozenset(tags), one) for one in those)
            else:
                self._found.unknown(those, annotation, f"`{written[:100]}` names no tag.")
        everybody = [one for those in by_first.values() for _, one in those]
        if not everybody:
            return
        self._found.measured(everybody, family)
        try:
            for has, tell in read(client):
                tell([one for tag in sorted(has) for tags, one in by_first.get(tag, ()) if tags <= has])
        except HttpError as error:
            self._found.failed(error, family, everybody, family)

    def _objectives(self, client: Client) -> Iterator[tuple[set[str], Any]]:
        query = {"page[size]": SLOS, "page[number]": 0}
        for answer in client.pages("/api/v1/slo/search", query, by=NumberedPages("page[number]", SLOS, SLO_WAY)):
            found = at(answer.object(), *SLO_WAY)
            if not isinstance(found, list):
                raise answer.invalid("a list of objectives", found)
            for slo in items({"slos": found}, "slos"):
                told, name = at(slo, "data", "attributes"), text_at(slo, "data", "id")
                url = f"{self._web}/slo?slo_id={quote(name, safe='')}"
                yield _tags(told, "all_tags"), partial(self._tell, "availability", name, partial(_availability, told), url)

    def _alerts(self, client: Client) -> Iterator[tuple[set[str], Any]]:
        query: dict[str, str | int] = {"page": 0, "page_size": MONITORS, "with_downtimes": "true"}
        for answer in client.pages("/api/v1/monitor", query, by=NumberedPages("page", MONITORS)):
            for monitor in items({"all": answer.array()}, "all"):
                if text_at(monitor, "overall_state").lower() in STATES:
                    name = text_at(monitor, "id")
                    url = f"{self._web}/monitors/{quote(name, safe='')}"
                    yield _tags(monitor, "tags"), partial(self._tell, "alert", name, partial(self._alert, monitor), url)

    def _tell(self, family: str, key: str, value: Any, url: str, subjects: Sequence[Target]) -> None:
        self._found.add(subjects, family, key, value, url=url)

    def _alert(self, monitor: Mapping[str, Any]) -> Alert:
        priority = at(monitor, "priority")
        severity = PRIORITIES.get(priority) if isinstance(priority, int) else None
        is_silenced = bool(at(monitor, "options", "silenced")) or bool(items(monitor, "matching_downtimes"))
        return Alert(
            text_at(monitor, "name"), severity or STATES[text_at(monitor, "overall_state").lower()],
            AlertState.SILENCED if is_silenced else AlertState.FIRING, time_at(monitor, self._now, "overall_state_modified"),
        )  # fmt: skip


def _tags(told: Any, name: str) -> set[str]:
    found = at(told, name)
    return {tag.lower() for tag in found if isinstance(tag, str)} if isinstance(found, list) else set()


def _availability(told: Any) -> Availability:
    """The status of thirty days where there is one, else of another time frame; without any the objective alone."""
    by_frame = {text_at(one, "timeframe"): one for one in items(told, "overall_status")}
    frame = next((name for name in WINDOWS if name in by_frame), next(iter(by_frame), ""))
    status = by_frame.get(frame, {})
    threshold = next(iter(items(told, "thresholds")), {})
    frame = frame or text_at(threshold, "timeframe")
    measured, target, left = share_at(status, "status"), share_at(status, "target"), share_at(status, "error_budget_remaining")
    return Availability(
        text_at(told, "name"), measured, target if target is not None else share_at(threshold, "target"), WINDOWS.get(frame, 30),
        budget_left=left if measured is not None else None,
    )  # fmt: skip
