"""What Prometheus and Alertmanager have in common: labels, and the annotations by which they are an entity's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callboard.io.http.auth import Credential, basic, bearer
from callboard.plugins.integrations.base import Target
from callboard.plugins.integrations.collector import FactCollector

SERVICE, LABELS, ALERT = "prometheus.io/service-name", "prometheus.io/labels", "prometheus.io/alert"
ALL = "all"
Labels = Mapping[str, str]


class Owners:
    """Which entities a set of labels is about.

    An entity names its labels (``prometheus.io/labels: team=care,service=desk``: all of them); otherwise it is called by the value of one
    label, in the annotation that the options name, or by its own name where they say so. For alerts, the names in ``prometheus.io/alert``
    are labels, too.
    """

    def __init__(self, subjects: Sequence[Target], options: Mapping[str, Any], found: FactCollector, *, alerts: bool = False) -> None:
        self._label = str(options.get("label", "service"))
        self._annotation = str(options.get("annotation", SERVICE))
        self._by_name = options.get("by_name") is True
        self._found = found
        self._alerts = alerts
        self._all: list[Target] = []
        self._by_pair: dict[tuple[str, str], list[tuple[Labels, Target]]] = {}
        self.subjects = tuple(subject for subject in subjects if self._enter(subject))

    def of(self, labels: Labels) -> tuple[Target, ...]:
        """The entities, each once."""
        found = {subject.ref: subject for subject in self._all}
        for pair in labels.items():
            found.update({s.ref: s for wanted, s in self._by_pair.get(pair, ()) if wanted.items() <= labels.items()})
        return tuple(found.values())

    def _enter(self, subject: Target) -> bool:
        """Whether the entity can have labels at all."""
        ways = [*self._ways(subject)]
        for wanted in ways:
            if wanted:
                self._by_pair.setdefault(next(iter(wanted.items())), []).append((wanted, subject))
            else:
                self._all.append(subject)
        return bool(ways)

    def _ways(self, subject: Target) -> Iterator[Labels]:
        told = subject.annotations
        written, alerts = told.get(LABELS, "").strip(), told.get(ALERT, "").strip() if self._alerts else ""
        labels = read_labels(written)
        if labels is None:
            self._found.unknown([subject], LABELS, f"`{written[:100]}` is not a list of labels, such as `service=payments,team=care`.")
        elif alerts:
            names = [name.strip() for name in alerts.split(",") if name.strip()]
            yield from (labels if name.lower() == ALL else {**labels, "alertname": name} for name in names)
        elif labels:
            yield labels
        elif name := told.get(self._annotation, "").strip() or (
            subject.ref.name if self._by_name and subject.ref.kind == "component" else ""
        ):
            yield {self._label: name}


def read_labels(text: str) -> Labels | None:
    """``a=b,c="d"`` as a mapping, or None where the text is no such thing."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    labels = {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
    return labels if all(sign and name.strip() for name, sign, _ in pairs) and all(labels.values()) else None


def credential(options: Mapping[str, Any]) -> Credential:
    """A token, or user and password, or nobody."""
    if options.get("user"):
        return basic(str(options["user"]), str(options.get("password", "")))
    return bearer(str(options.get("token", "")))
