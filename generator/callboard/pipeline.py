"""The sentence of the house as code: sources bring descriptors, the catalog links them, pages say it, the website is committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from callboard import __version__
from callboard.diagrams.layout import Layouts
from callboard.history.build_state import BuildState, load_build_state
from callboard.io.clock import Meter, peak_memory
from callboard.io.parallel import gc_disabled
from callboard.io.store import Store
from callboard.model.problem import Problem, Severity
from callboard.planning import SiteData, contexts_of, data_files, kind_icons, plan, track_contexts
from callboard.settings.settings import Settings
from callboard.state.facts import facts_counts
from callboard.state.last_good_copy import BuildPolicy
from callboard.state.loss_guards import guards_of
from callboard.state.values import CollectedState
from callboard.surveying import ResolvedCatalog, know, raise_if_blocked, survey_from_state, survey_with_memory
from callboard.website.assemble import Assembled, assemble
from callboard.website.theme_build import ThemeBuild, start_theme_build

REPORT_FORMAT = 1


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What a build is asked to do."""

    settings: Settings
    output: Path
    """Folder of the site."""
    now: datetime
    """Aware; stands for "as of" wherever data names a time."""
    environ: Mapping[str, str]
    allow_missing_sources: bool = False
    """Go on without the sources that failed and have no last good copy."""
    accept_loss: bool = False
    """Publish although more entities or repositories are gone than is believed."""
    from_state: bool = False
    """Ask nobody: make the site of what the last build knew, at its time."""
    not_asked: tuple[str, ...] = ()
    """Sources that another run collects: they serve what the state has of them."""
    remember: bool = True
    """Leave a state to the next build; a preview leaves none."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to."""

    surveyed: ResolvedCatalog
    problems: tuple[Problem, ...]
    """Those of the survey, then those of the website."""
    report: Mapping[str, Any]
    """Phases, counts and peak memory, ready for JSON."""


def build(request: BuildRequest, meter: Meter) -> Built:
    """Build the site.

    Raises:
        SourceError: too much failed or would be lost, and the request does not allow that; the old site stays.
        StateError: what the last build left cannot be used; the old site stays.
        WebsiteError: the site could not be made or committed.
        LockedError: another build of this portal is at work.
    """
    settings, store = request.settings, Store.beside(request.settings.root)
    with store.lock(), gc_disabled(), start_theme_build(settings, store, request.environ) as foundation:  # MkDocs works beside the survey
        with meter.phase("memory"):
            memory = load_build_state(store, request.now, __version__, settings.sections.get("history", {}), from_state=request.from_state)
        surveyed, served = _survey(request, memory, meter)
        known = know(settings, request.environ, meter, surveyed, memory)
        surveyed = replace(surveyed, problems=(*surveyed.problems, *known.problems))
        with meter.phase("history"):
            noticed = memory.notice(surveyed.catalog, surveyed.problems, known)
        shown = SiteData(replace(surveyed, trees=memory.recorded(surveyed.trees)), served, memory.history(noticed), memory.now, known)
        site = _assembled(shown, request, store, foundation, meter)
        if request.remember and not request.from_state:
            with meter.phase("state"):
                memory.keep(served, noticed, shown.surveyed.trees, known)
    problems = (*surveyed.problems, *site.problems)
    return Built(surveyed, problems, _report(shown, site, problems, meter, request))


def _survey(request: BuildRequest, memory: BuildState, meter: Meter) -> tuple[ResolvedCatalog, CollectedState]:
    settings = request.settings
    if request.from_state and memory.previous is not None:
        return survey_from_state(settings, meter, memory.previous)
    section = settings.sections.get("history", {})
    guards = guards_of(section, accept_loss=request.accept_loss, allow_missing=request.allow_missing_sources)
    names = [source.name for source in settings.sources]
    night = BuildPolicy(names, memory.now, guards, memory.store.blob, [name for name in names if name not in request.not_asked])
    surveyed, served = survey_with_memory(settings, request.environ, meter, memory.previous, night)
    raise_if_blocked(served)
    return surveyed, served


def _assembled(shown: SiteData, request: BuildRequest, store: Store, foundation: ThemeBuild, meter: Meter) -> Assembled:
    layouts = Layouts(store.cache / "layouts")
    with meter.phase("plan"):
        told = contexts_of(shown, request.settings, layouts)
        followed, reading = track_contexts(told)
    return assemble(
        plan(told, followed, reading), data_files(told, reading.whole()), request.settings, store, request.output,
        foundation=foundation, environ=request.environ, kind_icons=kind_icons(shown.surveyed), layouts=layouts,
        meter=meter,
    )  # fmt: skip


def _report(shown: SiteData, site: Assembled, problems: Sequence[Problem], meter: Meter, request: BuildRequest) -> Mapping[str, Any]:
    surveyed, severities = shown.surveyed, Counter(problem.severity for problem in problems)
    committed = site.committed
    return {
        "format": REPORT_FORMAT,
        "as_of": request.now.isoformat(),
        "phases": [{"name": p.name, "seconds": round(p.seconds, 3), "cpu": round(p.cpu, 3)} for p in meter.phases],
        "seconds": round(sum(p.seconds for p in meter.phases), 3),
        "peak_memory_mb": peak_memory(),
        "counts": {
            "sources": len(request.settings.sources),
            "sources_failed": len(surveyed.failures),
            "trees": len(surveyed.trees),
            "files": surveyed.files,
            "skipped": dict(surveyed.skipped),
            "entities": len(surveyed.catalog.entities),
            "entities_by_kind": dict(sorted(Counter(ref.kind for ref in surveyed.catalog.entities).items())),
            "problems": {severity.value: severities[severity] for severity in Severity},
            "problems_by_code": dict(sorted(Counter(problem.code for problem in problems).items())),
            **facts_counts(shown.known),
            "pages": site.pages,
            "pages_rendered": site.rendered,
            "diagrams_laid_out": site.laid_out,
            "files_written": committed.written,
            "files_unchanged": committed.unchanged,
            "files_removed": committed.removed,
            "bytes": committed.bytes,
        },
    }
