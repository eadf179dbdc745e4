"""Grafana: labels of alert rules and selectors of dashboards in; firing, pending and silenced alerts, and links to dashboards, out.

https://grafana.com/docs/grafana/latest/developers/http_api/: the rules of an organization are a listing in the shape of Prometheus' API,
without instances here, because a rule may have ten thousands. The instances that fire are a listing in the shape of Alertmanager's API:
they have the labels of queries, too, and are known to be silenced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.integrations.grafana import dashboards
from callboard.plugins.integrations import (
    Alert,
    AlertState,
    Client,
    Connector,
    Cursor,
    EntityRef,
    FactBatch,
    FactError,
    FactSeverity,
    HttpError,
    Target,
    bearer,
    json_resource,
    objects_at,
    parse_word,
    split_commas,
    string_at,
    time_at,
    url_at,
    value_at,
)

SELECTOR = "grafana/alert-label-selector"
FAMILY = "alert"
GROUPS = 500
"""Groups of rules on a page; servers before 11.4 have one page with all."""
INACTIVE, ERROR = "inactive", "error"
SPECIAL_NAMES = frozenset({"DatasourceNoData", "DatasourceError"})
"""Names of alerts about rules that cannot be evaluated; the rule's own name is in the label ``rulename``."""
NO_TIME = "0001-01-01"
"""Beginning of the time that stands for no time."""
Pair = tuple[str, str]
"""Name and value of a label."""
Item = Mapping[str, Any]
"""A rule, or an instance that fires."""


class GrafanaIntegration(Connector):
    """Firing, pending and silenced alerts, and dashboards, from Grafana."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/grafana.json")
    title: ClassVar[str] = "Grafana"
    families = (FAMILY, dashboards.FAMILY)
    annotations = (SELECTOR, dashboards.SELECTOR, dashboards.TAG)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The alerts with a label that the annotation names, of which none is a measured zero; the dashboards that fit a selector."""
        selecting = [(target, pairs) for target in targets if (pairs := self._pairs(target))]
        selected = dashboards.selections(targets, self._collector)
        if selecting or selected:
            client = self._client(bearer(self._option("token")))
            if selecting:
                self._alerts(client, selecting)
            if selected:
                dashboards.add_dashboards(client, self._option("web", self._base_url).rstrip("/"), selected, self._collector)
        return self._collector.batch()

    def _alerts(self, client: Client, selecting: Sequence[tuple[Target, tuple[Pair, ...]]]) -> None:
        try:
            rules = [*self._rules(client)]
        except HttpError as error:
            self._collector.add_failure(error, "rules", [target for target, _ in selecting], FAMILY)
            return
        instances = self._instances(client, [target for target, _ in selecting])
        known = self._measured(selecting, rules, instances)
        named = self._add_all(known, instances)
        self._add_rules(known, rules, named)

    def _pairs(self, target: Target) -> tuple[Pair, ...]:
        """The labels in ``label=value``, several separated by commas, of which an alert must have one."""
        written = target.annotations.get(SELECTOR, "").strip()
        parts = [part.partition("=") for part in split_commas(written)]
        pairs = tuple((name.strip(), value.strip().strip("\"'")) for name, _, value in parts)
        if all(name and value for name, value in pairs):
            return pairs
        message = f"`{written[:100]}` is not a list of labels, such as `service=payments`."
        self._collector.add_unusable_annotation([target], SELECTOR, message)
        return ()

    def _rules(self, client: Client) -> Iterator[Item]:
        """The alert rules in all folders that the token may read. Raises ``HttpError``."""
        pages = client.pages(
            "/api/prometheus/grafana/api/v1/rules", {"limit_alerts": 0, "group_limit": GROUPS},
            by=Cursor(("data", "groupNextToken"), "group_next_token"),
        )  # fmt: skip
        for answer in pages:
            groups = value_at(answer.object(), "data", "groups")
            if not isinstance(groups, list):
                raise answer.invalid("groups of rules", groups)
            for group in objects_at(groups):
                yield from (rule for rule in objects_at(group, "rules") if string_at(rule, "type") != "recording")

    def _instances(self, client: Client, targets: Sequence[Target]) -> Sequence[Item]:
        """The instances that fire; none after a failure, which is recorded."""
        try:
            answer = client.get("/api/alertmanager/grafana/api/v2/alerts", {"active": "true", "silenced": "true", "inhibited": "false"})
            alerts = answer.array()
            if not all(isinstance(alert, Mapping) and isinstance(alert.get("labels"), Mapping) for alert in alerts):
                raise answer.invalid("a list of alerts with labels", alerts)
        except HttpError as error:
            self._collector.add_failure(error, "instances", targets, FAMILY)
            return ()
        return alerts

    def _measured(
        self, selecting: Sequence[tuple[Target, tuple[Pair, ...]]], rules: Sequence[Item], instances: Sequence[Item]
    ) -> Mapping[Pair, Sequence[Target]]:
        """The targets by label. One whose labels exist on rules, but never with its values, is not measured: the value may be misspelled.

        A label that no rule has is one of queries, which only instances that fire have: nothing firing is a measured zero then.
        """
        of_rules = {pair for rule in rules for pair in _labels(rule).items()}
        of_all = of_rules | {pair for instance in instances for pair in _labels(instance).items()}
        names = {name for name, _ in of_rules}
        known: dict[Pair, list[Target]] = {}
        for target, pairs in selecting:
            if all(name in names and (name, value) not in of_all for name, value in pairs):
                message = f"Grafana has no alert rule for `{SELECTOR}: {target.annotations[SELECTOR][:100]}`, or the token may not read it."
                hint = "Correct the annotation, or let the service account read the folder of the rule."
                self._collector.add_unusable_annotation([target], SELECTOR, message, hint)
                self._collector.add_measurements([target], FAMILY, complete=False)
                continue
            self._collector.add_measurements([target], FAMILY)
            for pair in pairs:
                known.setdefault(pair, []).append(target)
        return known

    def _add_all(self, known: Mapping[Pair, Sequence[Target]], instances: Iterable[Item]) -> set[tuple[EntityRef, str]]:
        """Add instances; the entities with the names of their alerts."""
        named: set[tuple[EntityRef, str]] = set()
        for instance in instances:
            labels, targets = _labels(instance), _selecting(known, instance)
            name = labels.get("rulename", "") if labels.get("alertname") in SPECIAL_NAMES else ""
            name = name or labels.get("alertname", "")
            state = string_at(instance, "status", "state") or "active"
            key = string_at(instance, "fingerprint") or ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
            make = partial(self._alert, instance, name, state, "startsAt")
            self._collector.add_fact(
                targets, FAMILY, key, make, environment=self._environment(labels), url=url_at(instance, "generatorURL")
            )
            named |= {(target.ref, name) for target in targets}
        return named

    def _add_rules(self, known: Mapping[Pair, Sequence[Target]], rules: Iterable[Item], named: set[tuple[EntityRef, str]]) -> None:
        """Add rules that are not inactive and of which no instance was added: pending ones, and those for another Alertmanager."""
        for rule in rules:
            name, state, labels = string_at(rule, "name"), string_at(rule, "state"), _labels(rule)
            if state == INACTIVE and string_at(rule, "health") != ERROR:
                continue
            targets = [target for target in _selecting(known, rule) if (target.ref, name) not in named]
            key, web = string_at(rule, "uid") or name, self._option("web", self._base_url).rstrip("/")
            page = f"grafana/{quote(key, safe='')}/view" if "uid" in rule else f"list?search={quote(name, safe='')}"
            make = partial(self._alert, rule, name, state, "activeAt")
            self._collector.add_fact(
                targets, FAMILY, f"rule:{key}", make, environment=self._environment(labels), url=f"{web}/alerting/{page}"
            )

    def _alert(self, item: Item, name: str, state: str, since: str) -> Alert:
        """``since``: the field with the time. A rule that cannot be evaluated is inactive in some settings: its state is unknown."""
        if not name:
            raise FactError("the alert has no name")
        severity, severity_word = parse_word(
            FactSeverity, _labels(item).get(self._option("severity_label", "severity"), ""), FactSeverity.UNKNOWN
        )
        known, word = (AlertState.UNKNOWN, ERROR) if state == INACTIVE else parse_word(AlertState, state, AlertState.UNKNOWN)
        time = None if string_at(item, since).startswith(NO_TIME) else time_at(item, self._now, since)
        texts = item.get("annotations")
        summary = string_at(texts, "summary") or string_at(texts, "description") or string_at(texts, "message")
        return Alert(name[:200], severity, known, time, summary, severity_word, word)

    def _environment(self, labels: Mapping[str, str]) -> str:
        return labels.get(self._option("environment_label", "environment"), "")


def _labels(item: Item) -> Mapping[str, str]:
    labels = item.get("labels")
    return {name: value for name, value in labels.items() if isinstance(value, str)} if isinstance(labels, Mapping) else {}


def _selecting(known: Mapping[Pair, Sequence[Target]], item: Item) -> Sequence[Target]:
    """The targets that select one of the labels, each once."""
    return [*{target.ref: target for pair in _labels(item).items() for target in known.get(pair, ())}.values()]
