"""The sentence of the house as code: sources bring descriptors, the catalog links them, pages say it, the website is committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from generator.diagrams.layout import Layouts
from generator.errors import SourceError
from generator.outside.metering import Meter, peak_memory
from generator.outside.store import Store
from generator.pages import entities
from generator.pages.indexes import context as index_pages
from generator.pages.indexes import planning as indexes
from generator.pages.page import Page
from generator.pages.parts import Links
from generator.problems import Problem, Severity
from generator.settings.settings import Settings
from generator.surveying import Surveyed, say_failures, survey
from generator.website.assembling import Assembled, assemble
from generator.website.catalog_data import DataFile, catalog_files, collections_file, schema_files
from generator.website.portal_files import find_portal_files
from generator.website.strings import read_strings

REPORT_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What a build is asked to do."""

    settings: Settings
    output: Path
    """Folder of the site."""
    now: datetime
    """Aware; stands for "as of" wherever data names a time."""
    environ: Mapping[str, str]
    allow_missing_sources: bool = False
    """Go on without the sources that failed."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to."""

    surveyed: Surveyed
    problems: tuple[Problem, ...]
    """Those of the survey, then those of the website."""
    report: Mapping[str, Any]
    """Phases, counts and peak memory, ready for JSON."""


def build(request: Request, meter: Meter) -> Built:
    """Build the site.

    Raises:
        SourceError: a source failed and the request does not allow that; the old site stays.
        WebsiteError: the site could not be made or committed.
        LockedError: another build of this portal is at work.
    """
    settings, store = request.settings, Store.beside(request.settings.root)
    with store.lock():
        surveyed = survey(settings, request.environ, meter)
        if surveyed.failures and not request.allow_missing_sources:
            raise SourceError(
                "\n".join(say_failures(surveyed.failures)), "The old site stays. --allow-missing-sources builds without them."
            )
        layouts = Layouts(store.cache / "layouts")
        with meter.phase("website"):
            site = assemble(
                _plan(surveyed, settings, layouts), _data(surveyed, request), settings, store, request.output,
                environ=request.environ, kind_icons=[kind.icon for kind in surveyed.catalog.kinds.by_name.values()],
            )  # fmt: skip
    problems = (*surveyed.problems, *site.problems)
    return Built(surveyed, problems, _report(surveyed, site, problems, meter, request))


def _plan(surveyed: Surveyed, settings: Settings, layouts: Layouts) -> Iterator[Page]:
    catalog, problems, trees = surveyed.catalog, surveyed.problems, surveyed.trees
    labels = read_strings(find_portal_files(settings.root), settings.portal.language)
    links = Links(catalog)
    indexed = index_pages.index_context(catalog, problems, trees, settings, layouts, labels, links)
    of_entities = entities.entity_context(catalog, problems, trees, settings, layouts, labels, links)
    return chain(indexes.plan(indexed), entities.plan(of_entities))


def _data(surveyed: Surveyed, request: Request) -> Iterator[DataFile]:
    portal = request.settings.portal
    yield from catalog_files(surveyed.catalog, surveyed.problems, surveyed.trees, is_public=portal.audience == "public")
    yield from schema_files([kind.name for kind in surveyed.catalog.kinds.by_name.values()])
    yield collections_file(request.now, [source.name for source in request.settings.sources])


def _report(surveyed: Surveyed, site: Assembled, problems: Sequence[Problem], meter: Meter, request: Request) -> Mapping[str, Any]:
    severities = Counter(problem.severity for problem in problems)
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
            "pages": site.pages,
            "pages_rendered": site.rendered,
            "files_written": committed.written,
            "files_unchanged": committed.unchanged,
            "files_removed": committed.removed,
            "bytes": committed.bytes,
        },
    }
