"""PagerDuty: who is on call in the next 48 hours, open and recent incidents.

https://developer.pagerduty.com/api-reference: services, incidents and on-calls are listings of the account with ``offset`` and ``more``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from callboard.io.http.auth import header
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.pagination import Offset
from callboard.model.facts.values import Incident, OnCall, Shift, in_order
from callboard.model.facts.words import FactError, IncidentState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, by_annotation, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, batches, items, link_at, text_at, time_at

SERVICE, INTEGRATION_KEY = "pagerduty.com/service-id", "pagerduty.com/integration-key"
HEADERS = {"Content-Type": "application/json"}
"""PagerDuty's description asks for it with questions that have no body, too."""
ACCEPT = "application/vnd.pagerduty+json;version=2"
PAGE = 100
IN_A_QUESTION = 100
"""Ids that one question names: more would make its URL too long."""
ON_CALL = timedelta(hours=48)
URGENCIES = {"high": 2, "low": 4}


class PagerDutyIntegration(Connector):
    """Who is on call, and open and recent incidents, from PagerDuty."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("pagerduty")
    title: ClassVar[str] = "PagerDuty"
    home: ClassVar[str] = "https://api.pagerduty.com"
    families = ("on-call", "incident")
    annotations = (SERVICE, INTEGRATION_KEY)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """What PagerDuty knows of the services that the annotations name. Raises ``HttpError`` where services cannot be listed."""
        named = by_annotation(subjects, SERVICE)
        keyed = by_annotation([one for one in subjects if not one.annotations.get(SERVICE)], INTEGRATION_KEY)
        if not named and not keyed:
            return self._found.done()
        client = self._client(header("Authorization", self._option("token"), "Token token="), HEADERS)
        known = self._services(client, named, keyed)
        self._incidents(client, known)
        self._on_call(client, known)
        return self._found.done()

    def _services(
        self, client: Client, named: Mapping[str, Sequence[Target]], keyed: Mapping[str, Sequence[Target]]
    ) -> Mapping[str, tuple[Mapping[str, Any], tuple[Target, ...]]]:
        """The services that are ours by id, with the subjects that they are about."""
        known: dict[str, tuple[Mapping[str, Any], tuple[Target, ...]]] = {}
        missing = {**{(SERVICE, name): those for name, those in named.items()}, **{(INTEGRATION_KEY, key): s for key, s in keyed.items()}}
        query = {"include[]": ("integrations",)} if keyed else {}
        for service in self._listed(client, "services", query):
            names = [(SERVICE, text_at(service, "id")), *((INTEGRATION_KEY, key) for key in _keys(service))]
            ours = tuple(subject for name in names for subject in missing.pop(name, ()))
            if ours:
                known[text_at(service, "id")] = (service, ours)
        for (annotation, value), those in missing.items():
            self._found.unknown(those, annotation, f"PagerDuty has no service for `{annotation}: {_shown(annotation, value)}`.")
        for _, ours in known.values():
            self._found.measured(ours, *self.families)
        return known

    def _incidents(self, client: Client, known: Mapping[str, tuple[Mapping[str, Any], tuple[Target, ...]]]) -> None:
        """Those of the last days, and older ones that are still open."""
        since = (self._now - timedelta(days=self._number("days", 30))).isoformat()
        questions: tuple[dict[str, Any], ...] = (
            {"since": since, "until": self._now.isoformat()},
            {"date_range": "all", "statuses[]": ("triggered", "acknowledged")},
        )
        for ids in batches(sorted(known), IN_A_QUESTION):
            try:
                for question in questions:
                    for incident in self._listed(client, "incidents", {**question, "service_ids[]": ids, "sort_by": "created_at:desc"}):
                        self._incident(incident, known.get(text_at(incident, "service", "id"), ({}, ()))[1])
            except HttpError as error:
                self._found.failed(error, "incidents", [one for name in ids for one in known[name][1]], "incident")

    def _incident(self, incident: Mapping[str, Any], subjects: Sequence[Target]) -> None:
        def value() -> Incident:
            state = parsing.known_word(IncidentState, text_at(incident, "status"), IncidentState.OPEN)
            ended = time_at(incident, self._now, "resolved_at") or time_at(incident, self._now, "last_status_change_at")
            return Incident(
                text_at(incident, "title") or text_at(incident, "summary"), parsing.moment(incident.get("created_at"), self._now),
                _severity(incident), state, ended if state is IncidentState.RESOLVED else None,
            )  # fmt: skip

        self._found.add(subjects, "incident", text_at(incident, "id"), value, url=link_at(incident, "html_url"))

    def _on_call(self, client: Client, known: Mapping[str, tuple[Mapping[str, Any], tuple[Target, ...]]]) -> None:
        """The shifts of the services' escalation policies."""
        policies: dict[str, list[Target]] = {}
        for service, ours in known.values():
            if policy := text_at(service, "escalation_policy", "id"):
                policies.setdefault(policy, []).extend(ours)
        window = {"since": self._now.isoformat(), "until": (self._now + ON_CALL).isoformat(), "include[]": ("users",)}
        for ids in batches(sorted(policies), IN_A_QUESTION):
            called: dict[str, list[Mapping[str, Any]]] = {}
            try:
                for entry in self._listed(client, "oncalls", {**window, "escalation_policy_ids[]": ids}):
                    called.setdefault(text_at(entry, "escalation_policy", "id"), []).append(entry)
            except HttpError as error:
                self._found.failed(error, "on-calls", [one for name in ids for one in policies[name]], "on-call")
            for policy, entries in called.items():
                self._rota(policy, entries, policies.get(policy, ()))

    def _rota(self, policy: str, entries: Sequence[Mapping[str, Any]], subjects: Sequence[Target]) -> None:
        first = entries[0].get("escalation_policy")

        def value() -> OnCall:
            shifts = {self._shift(entry) for entry in entries}
            return OnCall(text_at(first, "summary"), tuple(sorted(shifts, key=in_order)))

        self._found.add(subjects, "on-call", policy, value, url=link_at(first, "html_url"))

    def _shift(self, entry: Mapping[str, Any]) -> Shift:
        """Somebody who is always on call has neither start nor end."""
        level, user = at(entry, "escalation_level"), entry.get("user")
        return Shift(
            text_at(user, "name") or text_at(user, "summary"), time_at(entry, self._now, "start"), time_at(entry, self._now, "end"),
            level if isinstance(level, int) else 1, text_at(user, "email"),
        )  # fmt: skip

    def _listed(self, client: Client, what: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing. Raises ``HttpError``."""
        for answer in client.pages(f"/{what}", {**query, "limit": PAGE}, by=Offset(what, PAGE, more="more"), accept=ACCEPT):
            found = answer.object().get(what)
            if not isinstance(found, list):
                raise answer.invalid(f"a list of {what}", found)
            yield from items(found)


def _severity(incident: Mapping[str, Any]) -> int:
    """The priority's, where it is called ``P1`` or ``SEV2``; else what the urgency says."""
    try:
        return parsing.incident_severity(text_at(incident, "priority", "summary"))
    except FactError:
        return URGENCIES.get(text_at(incident, "urgency"), 3)


def _keys(service: Mapping[str, Any]) -> list[str]:
    return [key for one in items(service, "integrations") if (key := text_at(one, "integration_key"))]


def _shown(annotation: str, value: str) -> str:
    """An integration key lets anybody raise incidents: it is not told in full."""
    return value[:100] if annotation == SERVICE else f"{value[:4]}…"
