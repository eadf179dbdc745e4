"""Shared by Prometheus and Alertmanager: annotations and sets of labels in, the entities that the labels are about out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callboard.plugins.integrations import Credential, FactCollector, Target, basic, bearer, split_commas

SERVICE, LABELS, ALERT = "prometheus.io/service-name", "prometheus.io/labels", "prometheus.io/alert"
ALL = "all"
Labels = Mapping[str, str]


class LabelIndex:
    """Finds the entities that a set of labels is about.

    An entity selects by the labels in its annotation (``prometheus.io/labels: team=care,service=desk``; all must be present). Otherwise it
    selects by the value of one label: the annotation that the option ``annotation`` names or, with the option ``by_name``, the entity's
    name. For alerts, the names in ``prometheus.io/alert`` are values of the label ``alertname``.
    """

    def __init__(self, targets: Sequence[Target], options: Mapping[str, Any], collector: FactCollector, *, alerts: bool = False) -> None:
        self._label = str(options.get("label", "service"))
        self._annotation = str(options.get("annotation", SERVICE))
        self._by_name = options.get("by_name") is True
        self._collector = collector
        self._alerts = alerts
        self._selecting_all: list[Target] = []
        self._by_pair: dict[tuple[str, str], list[tuple[Labels, Target]]] = {}
        self.targets = tuple(target for target in targets if self._add(target))
        """The targets that select any labels."""

    def targets_of(self, labels: Labels) -> tuple[Target, ...]:
        """The entities that select these labels, each once."""
        found = {target.ref: target for target in self._selecting_all}
        for pair in labels.items():
            found.update({one.ref: one for required, one in self._by_pair.get(pair, ()) if required.items() <= labels.items()})
        return tuple(found.values())

    def _add(self, target: Target) -> bool:
        """Enter a target; False if it selects nothing."""
        selections = [*self._selections(target)]
        for required in selections:
            if required:
                self._by_pair.setdefault(next(iter(required.items())), []).append((required, target))
            else:
                self._selecting_all.append(target)
        return bool(selections)

    def _selections(self, target: Target) -> Iterator[Labels]:
        """The sets of labels that the target selects; an empty set selects everything."""
        annotations = target.annotations
        written = annotations.get(LABELS, "").strip()
        alerts = split_commas(annotations.get(ALERT, "")) if self._alerts else ()
        labels = read_labels(written)
        if labels is None:
            message = f"`{written[:100]}` is not a list of labels, such as `service=payments,team=care`."
            self._collector.add_unusable_annotation([target], LABELS, message)
        elif alerts:
            yield from (labels if name.lower() == ALL else {**labels, "alertname": name} for name in alerts)
        elif labels:
            yield labels
        elif name := annotations.get(self._annotation, "").strip() or self._entity_name(target):
            yield {self._label: name}

    def _entity_name(self, target: Target) -> str:
        return target.ref.name if self._by_name and target.ref.kind == "component" else ""


def read_labels(text: str) -> Labels | None:
    """Parse ``a=b,c="d"``; None if the text is not a list of labels."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    labels = {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
    return labels if all(sign and name.strip() for name, sign, _ in pairs) and all(labels.values()) else None


def credential(options: Mapping[str, Any]) -> Credential:
    """User and password, or a token, or an empty credential, as the options have them."""
    if options.get("user"):
        return basic(str(options["user"]), str(options.get("password", "")))
    return bearer(str(options.get("token", "")))
