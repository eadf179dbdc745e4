"""What the APIs of Opsgenie and of Jira Service Management share: alert queries and teams in; open alerts and on-call shifts out.

A subclass says how its API lists items, and how it writes teams, periods and people. Annotations are those of Opsgenie's Backstage plugin.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar

from callboard.integrations.opsgenie.alert_queries import AlertFields, Matches, alert_matcher
from callboard.plugins.integrations import (
    Alert,
    AlertState,
    Client,
    Connector,
    FactSeverity,
    HttpError,
    OnCall,
    Shift,
    Target,
    objects_at,
    parse_time,
    shift_order,
    string_at,
    time_at,
    value_at,
)

SELECTOR, TEAM = "opsgenie.com/component-selector", "opsgenie.com/team"
ON_CALL = timedelta(hours=48)
OPEN = "status: open"
PRIORITIES = {
    "P1": FactSeverity.CRITICAL, "P2": FactSeverity.HIGH, "P3": FactSeverity.MEDIUM, "P4": FactSeverity.LOW, "P5": FactSeverity.LOW,
}  # fmt: skip
GROUPS = frozenset({"all", "escalation", "group", "schedule", "team"})
"""Types of responders that stand for several people."""
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OperationsPerson:
    """A person on call, as an API knows them."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Rota:
    """A schedule, the entities of its team, and the periods of its rotations."""

    schedule: Item
    targets: Sequence[Target]
    periods: Sequence[Item]


class OperationsConnector(Connector):
    """Open alerts, and who is on call."""

    annotations = (SELECTOR, TEAM)
    title: ClassVar[str]
    responder: ClassVar[str]
    """The field of a period with its responder."""
    responders: ClassVar[str]
    """The field of a period with the people of its responder, where that is a team or an escalation."""

    @abstractmethod
    def _listed(self, client: Client, items: str, query: Item) -> Iterator[Item]:
        """All items of a listing. Raises ``HttpError``."""

    @abstractmethod
    def _team_names(self, client: Client) -> Sequence[tuple[str, str]]:
        """Id and name of each team. Raises ``HttpError``."""

    @abstractmethod
    def _timeline(self, client: Client, schedule: str, query: Item) -> Sequence[Item]:
        """The rotations of a schedule with their periods, overrides and forwarding applied. Raises ``HttpError``."""

    @abstractmethod
    def _people(self, client: Client, rotas: Sequence[Rota]) -> Mapping[str, OperationsPerson]:
        """The people of all periods, by id. Failures are recorded."""

    @abstractmethod
    def _alert_url(self, identity: str) -> str:
        """The page of an alert; empty if it is not known."""

    def _add_alerts(self, client: Client, by_query: Mapping[str, Sequence[Target]]) -> None:
        """Open alerts: one listing for all queries that can be compared here, and one for each of the others."""
        compared = {query: matches for query in by_query if (matches := alert_matcher(query))}
        self._collector.add_measurements(chain.from_iterable(by_query.values()), "alert")
        if compared:
            found = [(matches, by_query[query]) for query, matches in compared.items()]
            self._add_listed(client, OPEN, [target for _, group in found for target in group], found)
        for query in (query for query in by_query if query not in compared):
            self._add_listed(client, f"({query}) AND {OPEN}", by_query[query], [(lambda _: True, by_query[query])])

    def _add_listed(self, client: Client, query: str, targets: Sequence[Target], found: Sequence[tuple[Matches, Sequence[Target]]]) -> None:
        try:
            for alert in self._listed(client, "alerts", {"query": query, "sort": "createdAt", "order": "desc"}):
                if string_at(alert, "status") == "closed":
                    continue
                connected = {target.ref: target for matches, group in found if matches(alert) for target in group}
                key = string_at(alert, "id")
                self._collector.add_fact([*connected.values()], "alert", key, partial(self._alert, alert), url=self._alert_url(key))
        except HttpError as error:
            self._collector.add_failure(error, "alerts", targets, "alert")

    def _alert(self, alert: AlertFields) -> Alert:
        priority = string_at(alert, "priority")
        is_quiet = value_at(alert, "snoozed") is True
        return Alert(
            string_at(alert, "message") or string_at(alert, "tinyId"), PRIORITIES.get(priority, FactSeverity.UNKNOWN),
            AlertState.SILENCED if is_quiet else AlertState.FIRING, time_at(alert, self._now, "createdAt"),
            severity_word="" if priority in PRIORITIES else priority,
        )  # fmt: skip

    def _by_team(self, teams: Sequence[tuple[str, str]], by_name: Mapping[str, Sequence[Target]]) -> Mapping[str, Sequence[Target]]:
        """The entities by the id of their team, which their annotation names by name or id; a problem for each unknown one."""
        ids = {name.lower(): identity for identity, name in reversed(teams)} | {identity.lower(): identity for identity, _ in teams}
        found: dict[str, list[Target]] = {}
        for name, targets in by_name.items():
            if name.lower() in ids:
                found.setdefault(ids[name.lower()], []).extend(targets)
            else:
                message = f"{self.title} has no team `{name[:100]}`, or the credential may not see it."
                self._collector.add_unusable_annotation(targets, TEAM, message)
        return found

    def _add_shifts(self, client: Client, by_team: Mapping[str, Sequence[Target]]) -> None:
        """The shifts on the enabled schedules of teams: a fact for each schedule and entity."""
        everyone = [*chain.from_iterable(by_team.values())]
        self._collector.add_measurements(everyone, "on-call")
        try:
            schedules = [*self._listed(client, "schedules", {})]
        except HttpError as error:
            self._collector.add_failure(error, "schedules", everyone, "on-call")
            return
        owned = [
            (one, by_team.get(team, ())) for one in schedules for team in {string_at(one, "teamId"), string_at(one, "ownerTeam", "id")}
        ]
        in_use = [(one, targets) for one, targets in owned if targets and one.get("enabled") is not False]
        rotas = [Rota(one, targets, self._periods(client, one, targets)) for one, targets in in_use]
        people = self._people(client, rotas)
        for rota in rotas:
            make = partial(self._on_call, string_at(rota.schedule, "name"), rota.periods, people)
            self._collector.add_fact(rota.targets, "on-call", string_at(rota.schedule, "id"), make)
            if any(self._has_unknown(period, people) for period in rota.periods):
                self._collector.add_measurements(rota.targets, "on-call", complete=False)

    def _periods(self, client: Client, schedule: Item, targets: Sequence[Target]) -> list[Item]:
        """The periods of a schedule; deleted rotations are still listed."""
        query: dict[str, Any] = {"date": self._now.isoformat(), "interval": 3, "intervalUnit": "days"}
        try:
            rotations = self._timeline(client, string_at(schedule, "id"), query)
        except HttpError as error:
            self._collector.add_failure(error, f"schedule {string_at(schedule, 'name')[:80]}", targets, "on-call")
            return []
        return [period for rotation in rotations if rotation.get("deleted") is not True for period in objects_at(rotation, "periods")]

    def _has_unknown(self, period: Item, people: Mapping[str, OperationsPerson]) -> bool:
        """Whether a period has a person who is not known, or a team or an escalation whose people are not told."""
        is_group = string_at(period, self.responder, "type") in GROUPS and not objects_at(period, self.responders)
        return is_group or any(string_at(one, "id") not in people for one in self._users(period))

    def _users(self, period: Item) -> list[Item]:
        """The people of a period: the members of a team or escalation where they are given, else the one person; none if nobody is."""
        people = objects_at(period, self.responders) or objects_at({"one": [period.get(self.responder)]}, "one")
        return [one for one in people if string_at(one, "type") == "user" and string_at(one, "id")]

    def _on_call(self, name: str, periods: Sequence[Item], people: Mapping[str, OperationsPerson]) -> OnCall:
        """People whose name cannot be found out are left out; the schedule is incomplete then."""
        shifts = set()
        for period in periods:
            start, end = self._window(period)
            if start < self._now + ON_CALL and end > self._now:
                found = [people[key] for one in self._users(period) if (key := string_at(one, "id")) in people]
                shifts |= {Shift(person.name, start, end, 1, person.email) for person in found}
        return OnCall(name, tuple(sorted(shifts, key=shift_order)))

    def _window(self, period: Item) -> tuple[datetime, datetime]:
        return parse_time(period.get("startDate"), self._now), parse_time(period.get("endDate"), self._now)
