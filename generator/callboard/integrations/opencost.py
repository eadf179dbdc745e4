"""OpenCost: values of a label of Kubernetes in; each component's share of the costs of a cluster, by day, out.

https://opencost.io/docs/integrations/api/: one request returns the costs of all values of a label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Connector,
    Cost,
    FactBatch,
    Target,
    bearer,
    by_annotation,
    json_resource,
    number_at,
    value_at,
)

ID = "backstage.io/kubernetes-id"
FAMILY = "cost"
NOT_IN_LABELS = re.compile(r"[^a-zA-Z0-9_]")
"""Characters of labels in place of which Prometheus, and so OpenCost, has an underscore."""


class OpenCostIntegration(Connector):
    """Costs of workloads in a cluster, from OpenCost."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/opencost.json")
    title: ClassVar[str] = "OpenCost"
    families = (FAMILY,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The annotation with the value of the label."""
        return (self._option("annotation", ID),)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The costs of the label's values that the annotations name. Raises ``HttpError`` if they cannot be read."""
        by_value = by_annotation(targets, *self.annotations)
        if not by_value:
            return self._collector.batch()
        days = self._integer_option("days", 7)
        label = NOT_IN_LABELS.sub("_", self._option("label", ID))
        client = self._client(bearer(self._option("token")))
        answer = client.get("/allocation/compute", {"window": f"{2 * days}d", "aggregate": f"label:{label}", "step": "1d"})
        found = value_at(answer.object(), "data")
        if not isinstance(found, list) or not any(isinstance(one, Mapping) and one for one in found):
            raise answer.invalid("a list of costs by day", found)
        by_day = [one if isinstance(one, Mapping) else {} for one in found][-2 * days :]
        for value, group in by_value.items():
            self._add(value, group, by_day, days)
        return self._collector.batch()

    def _add(self, value: str, targets: Sequence[Target], by_day: Sequence[Mapping[str, Any]], days: int) -> None:
        """A day without any costs of the cluster is not known; one without costs of this value had none."""
        amounts = [(number_at(day, value, "totalCost") or 0.0) if day else None for day in by_day]
        last = amounts[-days:]
        known = tuple(round(amount, 4) for amount in last if amount is not None)
        self._collector.add_measurements(targets, FAMILY, complete=len(known) == days)
        if any(isinstance(value_at(day, value), Mapping) for day in by_day):
            before = [amount for amount in amounts[:-days] if amount is not None]
            previous = round(sum(before), 4) if len(before) == days else None
            end = self._now.date()
            make = partial(
                Cost, f"{self._option('cluster', 'cluster')}: {value[:100]}", round(sum(known), 4), self._option("currency"),
                end - timedelta(days=days), end - timedelta(days=1), previous, known,
            )  # fmt: skip
            self._collector.add_fact(targets, FAMILY, value, make)
