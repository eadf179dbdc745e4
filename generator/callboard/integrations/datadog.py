"""Datadog: tags in; service level objectives (SLOs) and monitors that alert out.

https://docs.datadoghq.com/api/latest: one search returns all SLOs with their status, one listing all monitors; their tags are compared with
those in the annotations of entities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Alert,
    AlertState,
    Availability,
    Client,
    Connector,
    FactBatch,
    FactSeverity,
    FactValue,
    HttpError,
    PageNumber,
    StaticCredential,
    Target,
    by_annotation,
    json_resource,
    listed_objects,
    number_at,
    objects_at,
    split_commas,
    string_at,
    time_at,
    value_at,
)

SLO_TAG, MONITOR_TAGS = "datadoghq.com/slo_tag", "datadoghq.com/monitor_tags"
SLOS, MONITORS = 100, 1_000
"""Items of a page."""
SLO_PATH = ("data", "attributes", "slos")
WINDOWS = {"30d": 30, "90d": 90, "7d": 7}
"""Days of time frames, in order of preference."""
QUIET = frozenset({"", "ok", "no data", "ignored", "skipped", "unknown"})
"""States of a monitor that does not fire, in lower case: https://docs.datadoghq.com/api/latest/monitors/."""
STATES = {"alert": FactSeverity.HIGH, "warn": FactSeverity.MEDIUM}
"""Severities of monitors without a priority, by state; monitors in other states are not alerting."""
PRIORITIES = {1: FactSeverity.CRITICAL, 2: FactSeverity.HIGH, 3: FactSeverity.MEDIUM, 4: FactSeverity.LOW, 5: FactSeverity.LOW}


@dataclass(frozen=True, slots=True)
class DatadogItem:
    """An SLO or a monitor, before the entities with its tags are known."""

    tags: frozenset[str]
    """In lower case."""
    key: str
    make: Callable[[], FactValue]
    url: str


class DatadogIntegration(Connector):
    """Service level objectives and alerting monitors, from Datadog."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/datadog.json")
    title: ClassVar[str] = "Datadog"
    families = ("availability", "alert")
    annotations = (SLO_TAG, MONITOR_TAGS)

    @property
    def _web_url(self) -> str:
        return f"https://app.{self._option('site', 'datadoghq.com')}"

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """SLOs and alerts that have all tags in the annotation of an entity."""
        if any(key in target.annotations for target in targets for key in self.annotations):
            keys = {"DD-API-KEY": self._option("api_key").strip(), "DD-APPLICATION-KEY": self._option("application_key").strip()}
            base_url = self._base_url or f"https://api.{self._option('site', 'datadoghq.com')}"
            client = self._client(StaticCredential(keys, tuple(keys.values())), base_url=base_url)
            self._add_tagged(SLO_TAG, targets, "availability", self._slos(client))
            self._add_tagged(MONITOR_TAGS, targets, "alert", self._alerts(client))
        return self._collector.batch()

    def _add_tagged(self, annotation: str, targets: Sequence[Target], family: str, items: Iterable[DatadogItem]) -> None:
        """Add the items as facts about the targets whose tags they all have; ``items`` sends its requests while it is iterated."""
        by_first_tag: dict[str, list[tuple[frozenset[str], Target]]] = {}
        for written, group in by_annotation(targets, annotation).items():
            tags = [tag.lower() for tag in split_commas(written)]
            if tags:
                by_first_tag.setdefault(tags[0], []).extend((frozenset(tags), target) for target in group)
            else:
                self._collector.add_unusable_annotation(group, annotation, f"`{written[:100]}` has no tag.")
        tagged = [target for group in by_first_tag.values() for _, target in group]
        if not tagged:
            return
        self._collector.add_measurements(tagged, family)
        try:
            for item in items:
                matching = [one for tag in sorted(item.tags) for tags, one in by_first_tag.get(tag, ()) if tags <= item.tags]
                self._collector.add_fact(matching, family, item.key, item.make, url=item.url)
        except HttpError as error:
            self._collector.add_failure(error, family, tagged, family)

    def _slos(self, client: Client) -> Iterator[DatadogItem]:
        query = {"page[size]": SLOS, "page[number]": 0}
        for answer in client.pages("/api/v1/slo/search", query, by=PageNumber("page[number]", SLOS, SLO_PATH)):
            for slo in listed_objects(answer, "SLOs", *SLO_PATH):
                attributes, key = value_at(slo, "data", "attributes"), string_at(slo, "data", "id")
                url = f"{self._web_url}/slo?slo_id={quote(key, safe='')}"
                yield DatadogItem(_tags(attributes, "all_tags"), key, partial(_availability, attributes), url)

    def _alerts(self, client: Client) -> Iterator[DatadogItem]:
        query: dict[str, str | int] = {"page": 0, "page_size": MONITORS, "with_downtimes": "true"}
        for answer in client.pages("/api/v1/monitor", query, by=PageNumber("page", MONITORS)):
            for monitor in objects_at(answer.array()):
                if string_at(monitor, "overall_state").lower() not in QUIET:
                    key = string_at(monitor, "id")
                    url = f"{self._web_url}/monitors/{quote(key, safe='')}"
                    yield DatadogItem(_tags(monitor, "tags"), key, partial(self._alert, monitor), url)

    def _alert(self, monitor: Mapping[str, Any]) -> Alert:
        priority = value_at(monitor, "priority")
        severity = PRIORITIES.get(priority) if isinstance(priority, int) else None
        is_silenced = bool(value_at(monitor, "options", "silenced")) or bool(objects_at(monitor, "matching_downtimes"))
        word = string_at(monitor, "overall_state")
        by_state = STATES.get(word.lower())
        state = AlertState.SILENCED if is_silenced else AlertState.FIRING if by_state else AlertState.UNKNOWN
        return Alert(
            string_at(monitor, "name"), severity or by_state or FactSeverity.UNKNOWN, state,
            time_at(monitor, self._now, "overall_state_modified"), state_word="" if by_state else word[:60],
        )  # fmt: skip


def _tags(value: Any, name: str) -> frozenset[str]:
    tags = value_at(value, name)
    return frozenset(tag.lower() for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()


def _availability(slo: Any) -> Availability:
    """The status of thirty days, or of another time frame; without any status, the target alone."""
    by_frame = {string_at(one, "timeframe"): one for one in objects_at(slo, "overall_status")}
    frame = next((name for name in WINDOWS if name in by_frame), next(iter(by_frame), ""))
    status = by_frame.get(frame, {})
    threshold = next(iter(objects_at(slo, "thresholds")), {})
    frame = frame or string_at(threshold, "timeframe")
    measured, promised, left = number_at(status, "status"), number_at(status, "target"), number_at(status, "error_budget_remaining")
    return Availability(
        string_at(slo, "name"), measured, promised if promised is not None else number_at(threshold, "target"), WINDOWS.get(frame, 30),
        budget_left=left if measured is not None else None,
    )  # fmt: skip
