"""A complete build → the record by which the next build finds that nothing has changed, or none if something failed."""

from __future__ import annotations

import contextlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from callboard.build_inputs import (
    Queries,
    SavedTarget,
    collected_digest,
    is_repeatable,
    questions_of,
    requests_of,
    result_digest,
)
from callboard.build_request import BuildRequest, BuildResult
from callboard.documentation.health import next_turn_of_documentation
from callboard.insights.delivery_facts import next_turn_of_delivery
from callboard.io.clock import Meter
from callboard.io.store import Store
from callboard.model.errors import CallboardError
from callboard.pages.facts.past import next_turn_of_counts
from callboard.pages.site_data import SiteData
from callboard.plugins.integrations.base import IntegrationContext
from callboard.plugins.run_integrations import independent_of_time, input_digests, integration_items
from callboard.state.accumulation import next_turn_of_records
from callboard.state.manifest import read_manifest
from callboard.unchanged_build import LastBuild, UnchangedBuilds
from callboard.website.portal_digest import portal_digest
from callboard.website.unchanged_site import site_digest


def record_build(request: BuildRequest, queries: Queries, data: SiteData, result: BuildResult) -> None:
    """Save the record, after the state is saved; remove that of an earlier build if this one was not complete.

    Something may have failed, been left out, or come from a last good copy. A record that cannot be saved is not an error.
    """
    builds = UnchangedBuilds(request.settings, Store.beside(request.settings.root), request.output, request.now, Meter())
    with contextlib.suppress(OSError, CallboardError, ValueError, TypeError):  # such as a text that is no valid Unicode
        builds.forget()
        if _is_complete(request, data, result) and is_repeatable(queries.collected):
            builds.save(_record(request, queries, data, result))


def _is_complete(request: BuildRequest, data: SiteData, result: BuildResult) -> bool:
    """Whether a later build may compare itself with this one."""
    collections = (*data.collected.collections, *data.facts.collections)
    has_failed = result.failures or result.losses or result.damaged or result.set_aside or data.collected.stale or request.skipped
    return not has_failed and all(each.as_of == request.now == each.tried_at and not each.errors for each in collections)


def _record(request: BuildRequest, queries: Queries, data: SiteData, result: BuildResult) -> LastBuild:
    settings, store = request.settings, Store.beside(request.settings.root)
    manifest = read_manifest(store.state)
    context = IntegrationContext(settings.root, request.now, store.cache, request.environ, settings.redactor)
    items = integration_items(settings)
    timeless = independent_of_time(items, context)
    inputs = {name: digest for name, digest in input_digests(items, context).items() if name in timeless}
    collected, results = queries.collected, queries.results
    return LastBuild(
        portal_digest(settings, request.output),
        manifest.sha256 if manifest else "",
        site_digest(request.output),
        request.now,
        _next_turn(data, ZoneInfo(settings.portal.timezone)),
        data.facts.recorded.days,
        collected_digest(collected),
        requests_of(collected, results.values()),
        tuple(questions_of(collected)),
        inputs,
        {name: result_digest(found) for name, found in results.items() if not inputs.get(name)},
        tuple(map(SavedTarget.of, queries.targets)) if not all(inputs.get(item.name) for item in items) else (),
        result.report["counts"],
        result.problems,
        len(result.catalog_problems),
    )


def _next_turn(data: SiteData, zone: ZoneInfo) -> datetime | None:
    recorded, facts = data.facts.recorded, data.facts.facts
    turns = [
        next_turn_of_counts(recorded), next_turn_of_records(recorded, facts), next_turn_of_documentation(data.documentation, data.now),
        next_turn_of_delivery(facts, data.now), data.documentation.announcements.next_turn(data.now, zone),
        data.drift.next_turn,
    ]  # fmt: skip
    if data.judged is not None:  # the results of each day are recorded, so that the first build of a day is complete
        tomorrow = data.now.astimezone(data.judged.zone).date() + timedelta(days=1)
        turns += [data.judged.judgement.next_turn, datetime.combine(tomorrow, time(), data.judged.zone)]
    return min((turn for turn in turns if turn is not None), default=None)
