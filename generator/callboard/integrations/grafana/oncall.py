"""Grafana OnCall (Grafana Cloud IRM): ids and names of schedules in; the on-call shifts of the next 48 hours out.

https://grafana.com/docs/oncall/latest/oncall-api-reference/: final shifts have overrides in them, and are queried for each schedule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Answer,
    Client,
    Connector,
    FactBatch,
    HttpError,
    OnCall,
    Shift,
    Target,
    header,
    json_resource,
    listed_objects,
    shift_order,
    split_commas,
    string_at,
    time_at,
)

SCHEDULE = "grafana/oncall-schedule"
FAMILY = "on-call"
WINDOW = timedelta(hours=48)
PER_SECOND, SOME = 1.0, 200
"""Requests, for more schedules than ``SOME``: a key may send 300 in five minutes, the pages of the listing included."""


@dataclass(frozen=True, slots=True)
class OnCallPages:
    """Pages by number while there is a next one, whose URL may have another host than ours if OnCall is behind a proxy."""

    def next(self, answer: Answer, query: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query for the next page."""
        return {**query, "page": int(query["page"]) + 1} if isinstance(answer.object().get("next"), str) else None


class GrafanaOnCallIntegration(Connector):
    """Who is on call, from Grafana OnCall."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/grafana-oncall.json")
    title: ClassVar[str] = "Grafana OnCall"
    families = (FAMILY,)
    annotations = (SCHEDULE,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The shifts of the schedules that the annotations name. Raises ``HttpError`` if the schedules cannot be listed."""
        by_name: dict[str, list[Target]] = {}
        for target in targets:
            for name in split_commas(target.annotations.get(SCHEDULE, "")):
                by_name.setdefault(name, []).append(target)
        if by_name:
            stack = self._option("grafana")
            headers, pace = {"X-Grafana-URL": stack} if stack else None, PER_SECOND if len(by_name) > SOME else 0.0
            client = self._client(header("Authorization", self._option("token")), headers, per_second=pace)
            self._add_schedules(client, by_name)
        return self._collector.batch()

    def _add_schedules(self, client: Client, by_name: Mapping[str, Sequence[Target]]) -> None:
        missing = dict(by_name)
        for schedule in [*self._listed(client, "/api/v1/schedules/", {})]:
            keys = dict.fromkeys((string_at(schedule, "id"), string_at(schedule, "name")))
            if connected := {target.ref: target for target in chain.from_iterable(by_name.get(key, ()) for key in keys)}:
                self._add(client, schedule, [*connected.values()])
            for key in keys:
                missing.pop(key, None)
        for name, targets in missing.items():
            message = f"Grafana OnCall has no schedule `{name[:100]}`, or the token may not read it."
            self._collector.add_unusable_annotation(targets, SCHEDULE, message, "Write the id or the name of a schedule.")
            self._collector.add_measurements(targets, FAMILY, complete=False)

    def _add(self, client: Client, schedule: Mapping[str, Any], targets: Sequence[Target]) -> None:
        identity, name = string_at(schedule, "id"), string_at(schedule, "name")
        until = self._now + WINDOW
        days = {"start_date": self._now.date().isoformat(), "end_date": until.date().isoformat()}
        self._collector.add_measurements(targets, FAMILY)
        try:
            shifts = [*self._listed(client, f"/api/v1/schedules/{quote(identity, safe='')}/final_shifts", days)]
        except HttpError as error:
            self._collector.add_failure(error, name[:80], targets, FAMILY)
            return
        web = self._option("grafana").rstrip("/")
        url = f"{web}/a/grafana-oncall-app/schedules/{quote(identity, safe='')}" if web else ""
        self._collector.add_fact(targets, FAMILY, identity, partial(self._value, name, shifts), url=url)

    def _value(self, name: str, entries: Sequence[Mapping[str, Any]]) -> OnCall:
        """A schedule; the days of the query begin and end at midnight, so that some shifts are over or yet far."""
        shifts = {self._shift(entry) for entry in entries}
        near = [one for one in shifts if (not one.end or one.end > self._now) and (not one.start or one.start < self._now + WINDOW)]
        return OnCall(name, tuple(sorted(near, key=shift_order)))

    def _shift(self, entry: Mapping[str, Any]) -> Shift:
        email = string_at(entry, "user_email")
        start, end = time_at(entry, self._now, "shift_start"), time_at(entry, self._now, "shift_end")
        return Shift(string_at(entry, "user_username") or email, start, end, email=email)

    def _listed(self, client: Client, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing. Raises ``HttpError``."""
        for answer in client.pages(path, {**query, "page": 1}, by=OnCallPages()):
            yield from listed_objects(answer, "results", "results")
