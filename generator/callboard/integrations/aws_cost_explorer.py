"""AWS Cost Explorer: tags and cost categories in; the costs of the last days, by day, out.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/: each request costs money, so that one query returns the costs of all
values of a tag. A tag must be activated as a cost allocation tag, and has no costs of the time before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    BodyCursor,
    Client,
    Connector,
    Cost,
    FactBatch,
    HttpError,
    Target,
    aws_credential,
    json_resource,
    listed_objects,
    objects_at,
    parse_number,
    split_commas,
    string_at,
    value_at,
)

TAGS, CATEGORIES = "aws.amazon.com/cost-insights-tags", "aws.amazon.com/cost-insights-cost-categories"
TYPES = {TAGS: "TAG", CATEGORIES: "COST_CATEGORY"}
FAMILY = "cost"
MOST_KEYS = 2
"""Cost Explorer groups by no more."""
CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET = "AWSInsightsIndexService.GetCostAndUsage"
Keys = tuple[tuple[str, str], ...]
"""Type and name of each tag or category of a query."""


@dataclass(slots=True)
class _Spent:
    """Costs of one combination of values."""

    unit: str = ""
    by_day: dict[str, float] = field(default_factory=dict)


class AwsCostExplorerIntegration(Connector):
    """Costs by tags and cost categories, from AWS Cost Explorer."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/aws-cost-explorer.json")
    title: ClassVar[str] = "AWS Cost Explorer"
    default_url: ClassVar[str] = "https://ce.us-east-1.amazonaws.com"
    families = (FAMILY,)
    annotations = (TAGS, CATEGORIES)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The costs of the values that the annotations name, with one query for each combination of tags."""
        wanted: dict[Keys, dict[tuple[str, ...], list[Target]]] = {}
        for target in targets:
            pairs = self._pairs(target)
            if pairs:
                keys = tuple((kind, key) for kind, key, _ in pairs)
                wanted.setdefault(keys, {}).setdefault(tuple(value for *_, value in pairs), []).append(target)
        if wanted:
            credential = aws_credential(self._options, "ce", self._option("region", "us-east-1"))
            client = self._client(credential, {"X-Amz-Target": TARGET})
            for keys, by_values in sorted(wanted.items()):
                self._query(client, keys, by_values)
        return self._collector.batch()

    def _pairs(self, target: Target) -> list[tuple[str, str, str]]:
        """Type, name and value of the tags that the annotations name, sorted; empty, with a problem, if they cannot be used."""
        found = []
        for annotation, kind in TYPES.items():
            written = target.annotations.get(annotation, "")
            parts = [part.partition("=") for part in split_commas(written)]
            if any(not (equals and key.strip() and value.strip()) for key, equals, value in parts):
                message = f"`{written[:100]}` is not `tag=value`, or two of them separated by a comma."
                self._collector.add_unusable_annotation([target], annotation, message)
                return []
            found += [(kind, key.strip(), value.strip()) for key, _, value in parts]
        if len(found) > MOST_KEYS:
            message = f"Cost Explorer can combine {MOST_KEYS} tags and categories, and the annotations name {len(found)}."
            self._collector.add_unusable_annotation([target], TAGS, message)
            return []
        return sorted(found)

    @property
    def _days(self) -> int:
        return self._integer_option("days", 30)

    def _query(self, client: Client, keys: Keys, by_values: Mapping[tuple[str, ...], Sequence[Target]]) -> None:
        connected = [target for group in by_values.values() for target in group]
        end = self._now.date()
        metric = self._option("metric", "UnblendedCost")
        body = {
            "TimePeriod": {"Start": str(end - timedelta(days=2 * self._days)), "End": str(end)},
            "Granularity": "DAILY",
            "Metrics": [metric],
            "GroupBy": [{"Type": kind, "Key": key} for kind, key in keys],
        }
        spent: dict[tuple[str, ...], _Spent] = {}
        estimated: set[str] = set()
        try:
            by = BodyCursor(("NextPageToken",), ("NextPageToken",))
            for page in client.posted_pages("/", body, by=by, content_type=CONTENT_TYPE):
                for result in listed_objects(page, "costs by time", "ResultsByTime"):
                    self._read_day(result, keys, metric, spent, estimated)
        except HttpError as error:
            self._collector.add_failure(error, ", ".join(key for _, key in keys)[:80], connected, FAMILY)
            return
        for values, targets in by_values.items():
            self._add(keys, values, spent.get(values), targets, is_estimated=bool(estimated))

    def _read_day(
        self, result: Mapping[str, Any], keys: Keys, metric: str, spent: dict[tuple[str, ...], _Spent], estimated: set[str]
    ) -> None:
        day = string_at(result, "TimePeriod", "Start")
        if value_at(result, "Estimated") is True:
            estimated.add(day)
        for group in objects_at(result, "Groups"):
            written = value_at(group, "Keys")
            named = written if isinstance(written, list) and len(written) == len(keys) else ()
            values = tuple(str(name).removeprefix(f"{key}$") for (_, key), name in zip(keys, named, strict=False))
            if values and day:
                found = spent.setdefault(values, _Spent())
                found.unit = string_at(group, "Metrics", metric, "Unit")
                found.by_day[day] = parse_number(string_at(group, "Metrics", metric, "Amount") or 0)

    def _add(self, keys: Keys, values: tuple[str, ...], spent: _Spent | None, targets: Sequence[Target], *, is_estimated: bool) -> None:
        name = ", ".join(f"{key}={value}" for (_, key), value in zip(keys, values, strict=True))
        if spent is None:
            annotation = next(key for key, kind in TYPES.items() if kind == keys[0][0])
            self._collector.add_unusable_annotation(
                targets, annotation, f"Cost Explorer has no costs of `{name[:100]}` in the last {2 * self._days} days.",
                "Correct the annotation, or activate the tag as a cost allocation tag in AWS Billing.",
            )  # fmt: skip
            return
        self._collector.add_fact(targets, FAMILY, name, partial(self._cost, name, spent, is_estimated=is_estimated))

    def _cost(self, name: str, spent: _Spent, *, is_estimated: bool) -> Cost:
        """Costs of the days before yesterday's end; a day that is not in the answer had none."""
        days = [self._now.date() - timedelta(days=back) for back in range(2 * self._days, 0, -1)]
        amounts = [round(spent.by_day.get(str(day), 0.0), 4) for day in days]
        before, last = amounts[: self._days], amounts[self._days :]
        first_day: date = days[self._days]
        return Cost(name, round(sum(last), 4), spent.unit, first_day, days[-1], round(sum(before), 4), tuple(last), is_estimated)
