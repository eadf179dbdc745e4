"""The options of a build → its outcome: where nothing changed only new times are written, else all steps run.

The steps are imported only where they run: importing them takes longer than finding that nothing changed.
"""

from __future__ import annotations

from callboard.build_inputs import Queries
from callboard.build_request import BuildRequest, BuildResult, report_of_counts
from callboard.io.clock import Meter
from callboard.io.garbage import gc_disabled
from callboard.io.store import Store
from callboard.plugins.integrations.base import IntegrationContext
from callboard.plugins.run_integrations import integration_items
from callboard.plugins.sources import Collected, SourceContext
from callboard.unchanged_build import Inputs, Unchanged, UnchangedBuilds


def build(request: BuildRequest, meter: Meter) -> BuildResult:
    """Build the site. Raises as ``pipeline.build``."""
    store = Store.beside(request.settings.root)
    with store.lock(request.lock_wait, request.command), gc_disabled():
        queries = Queries()
        builds = UnchangedBuilds(request.settings, store, request.output, request.now, meter)
        if request.may_be_short and (unchanged := builds.renew(_inputs(request, queries, meter))):
            return _result(unchanged, request, meter)
        from callboard.pipeline import complete_build  # noqa: PLC0415 - see above

        return complete_build(request, meter, queries)


def _inputs(request: BuildRequest, queries: Queries, meter: Meter) -> Inputs:
    settings, cache = request.settings, Store.beside(request.settings.root).cache
    context = IntegrationContext(settings.root, request.now, cache, request.environ, settings.redactor)

    def collect() -> Collected:
        with meter.phase("sources"):
            return queries.collect(settings, SourceContext(settings.root, cache, request.environ))

    return Inputs(collect, lambda items, targets: queries.collect_each(items, targets, context), integration_items(settings), context)


def _result(unchanged: Unchanged, request: BuildRequest, meter: Meter) -> BuildResult:
    problems, report = unchanged.last.problems, report_of_counts(unchanged.counts, meter, request.now)
    return BuildResult(problems[: unchanged.last.catalog_problems], problems, (), report, set_aside=unchanged.set_aside)
