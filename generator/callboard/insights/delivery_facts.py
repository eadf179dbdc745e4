"""Recorded deployments and incidents, and commits of repositories → facts of the family ``delivery``, beside those of integrations."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from callboard.catalog.graph import Catalog
from callboard.insights.commit_ranges import KeptRanges
from callboard.insights.delivery_figures import DeliveryRecord, Deployed, Outage, delivery_of, window_end
from callboard.insights.recorded_items import RecordedItem, RecordedItems
from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees, has_commit_ranges, tree_of
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.state.event_history import EVERYTHING, EventHistory
from callboard.state.facts import CollectedFacts, with_own_facts

FAMILY = "delivery"
SOURCE = "delivery"
"""In place of the name of an integration: the facts are made of recorded ones."""
ENVIRONMENTS = ("production", "prod", "live")
"""Default of ``delivery.environments``."""
_INFO = IntegrationInfo(SOURCE, SOURCE, "Delivery", (FAMILY,), ())
_FAILED = frozenset({RunState.FAILED, RunState.ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class DeliveryBuild:
    """What the facts of one build are made of."""

    catalog: Catalog
    trees: Trees
    now: datetime
    state: Path
    """The folder of the saved state, with the files of single items."""
    cache: Path
    environments: Collection[str] = ENVIRONMENTS
    """Names of environments that are production, in lower case."""


def with_delivery_facts(facts: CollectedFacts, build: DeliveryBuild) -> CollectedFacts:
    """The facts with the figures of each entity about whose deployments a tool was queried; as they are without one.

    Raises ``StateError`` if the manifest of the state cannot be read.
    """
    histories = _by_entity(facts.recorded.histories, "deployment")
    known = [ref for ref in histories if ref in build.catalog.entities]
    if not known:
        return facts
    ranges = KeptRanges.load(build.cache / "commit-ranges.jsonl")
    records = _Records.read(facts, build)
    found = [
        Fact(ref, FAMILY, str(ref), delivery_of(records.of(ref), partial(_commits, build, ranges, ref), build.now), SOURCE) for ref in known
    ]
    ranges.save()
    return with_own_facts(facts, _INFO, found, (Measurement(ref, FAMILY, SOURCE) for ref in known), build.now)


def next_turn_of_delivery(facts: Iterable[Fact], now: datetime) -> datetime | None:
    """When figures change without a new deployment: after the midnight that ends their period; None for a portal without figures."""
    if not any(fact.family == FAMILY for fact in facts):
        return None
    return max(window_end(now), now + timedelta(microseconds=1))  # a period that ends at this moment is over in the next one


def _commits(build: DeliveryBuild, ranges: KeptRanges, ref: EntityRef, before: Deployed, after: Deployed) -> Sequence[datetime] | None:
    """The commits that a deployment brings; None for content that is no revision, and for a tree without commits."""
    entity = build.catalog.entities[ref]
    if not before.content or not after.content:
        return None
    tree = tree_of(build.trees, entity.origin)
    folder = posixpath.dirname(entity.origin.path)
    query = partial(tree.commits_between, before.content, after.content, folder) if has_commit_ranges(tree) else None
    return ranges.times((entity.origin.tree, folder, before.content, after.content), query)


@dataclass(frozen=True, slots=True)
class _Records:
    """What is recorded of all entities."""

    histories: Mapping[str, Mapping[EntityRef, Sequence[EventHistory]]]
    """By family, then by entity."""
    deployments: Mapping[EntityRef, Sequence[Deployed]]
    incidents: Mapping[EntityRef, Sequence[Outage]]

    @classmethod
    def read(cls, facts: CollectedFacts, build: DeliveryBuild) -> _Records:
        """The files of single items, and what this build adds to them."""
        deployments: defaultdict[EntityRef, list[Deployed]] = defaultdict(list)
        incidents: defaultdict[EntityRef, list[Outage]] = defaultdict(list)
        for ref, item in RecordedItems(build.state, build.cache / "delivery", "deployment").with_new(facts.recorded.new):
            if made := _deployed(item, build.environments):
                deployments[ref].append(made)
        for ref, item in RecordedItems(build.state, build.cache / "delivery", "incident").with_new(facts.recorded.new):
            incidents[ref].append(Outage(item.at, item.resolved))
        histories = {family: _by_entity(facts.recorded.histories, family) for family in ("deployment", "incident")}
        return cls(histories, deployments, incidents)

    def of(self, ref: EntityRef) -> DeliveryRecord:
        """What is recorded of one entity, sorted by time."""
        has_deployments, known_since = _known(self.histories["deployment"].get(ref, ()))
        has_incidents, incidents_since = _known(self.histories["incident"].get(ref, ()))
        return DeliveryRecord(
            tuple(sorted(self.deployments.get(ref, ()), key=lambda each: each.at)),
            tuple(sorted(self.incidents.get(ref, ()), key=lambda each: each.opened)),
            has_all_deployments=has_deployments,
            known_since=known_since,
            has_all_incidents=has_incidents,
            incidents_since=incidents_since,
        )


def _by_entity(histories: Iterable[EventHistory], family: str) -> Mapping[EntityRef, Sequence[EventHistory]]:
    found: defaultdict[EntityRef, list[EventHistory]] = defaultdict(list)
    for history in histories:
        if history.family == family:
            found[history.subject].append(history)
    return found


def _known(histories: Sequence[EventHistory]) -> tuple[bool, datetime | None]:
    """Whether all items of all integrations are known, and since when; None: since ever."""
    times = [history.whole_since for history in histories]
    if not times or None in times:
        return False, None
    latest = max(at for at in times if at is not None)
    return True, None if latest == EVERYTHING else latest


def _deployed(item: RecordedItem, environments: Collection[str]) -> Deployed | None:
    """A deployment to production that succeeded or failed; None for others: one that runs, waits or was cancelled is neither."""
    if item.environment.lower() not in environments or (item.outcome != RunState.SUCCEEDED and item.outcome not in _FAILED):
        return None
    return Deployed(item.at, item.outcome == RunState.SUCCEEDED, item.revision, item.version)
