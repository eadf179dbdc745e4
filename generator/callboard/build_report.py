"""What a build measured and counted → its report, ready for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callboard.build_request import report_of_counts
from callboard.io.clock import Meter
from callboard.model.problem import Problem, Severity
from callboard.pages.site_data import ResolvedCatalog, SiteData
from callboard.state.facts import facts_counts
from callboard.website.assemble import Assembled
from callboard.website.unchanged_site import TIMED


def build_report(data: SiteData, site: Assembled, problems: Sequence[Problem], meter: Meter, as_of: datetime) -> Mapping[str, Any]:
    """The report of ``--report``. ``problems``: those of the catalog and of the website."""
    counts = {
        **meter.counts,
        **_catalog_counts(data.resolved, problems),
        **facts_counts(data.facts),
        **_site_counts(site),
        "left_out": {each.source: dict(each.left_out) for each in data.collected.collections if each.left_out},
    }
    return report_of_counts(counts, meter, as_of)


def _catalog_counts(resolved: ResolvedCatalog, problems: Sequence[Problem]) -> Mapping[str, Any]:
    severities = Counter(problem.severity for problem in problems)
    return {
        "sources_failed": len(resolved.failures),
        "trees": len(resolved.trees),
        "files": resolved.files,
        "skipped": dict(resolved.skipped),
        "entities": len(resolved.catalog.entities),
        "entities_by_source": dict(sorted(Counter(entity.origin.source for entity in resolved.catalog.entities.values()).items())),
        "entities_by_kind": dict(sorted(Counter(ref.kind for ref in resolved.catalog.entities).items())),
        "problems": {severity.value: severities[severity] for severity in Severity},
        "problems_by_code": dict(sorted(Counter(problem.code for problem in problems).items())),
    }


def _site_counts(site: Assembled) -> Mapping[str, int]:
    committed = site.committed
    return {
        "pages": site.pages,
        "pages_rendered": site.rendered,
        "diagrams_laid_out": site.laid_out,
        "themes_built": int(site.has_new_theme),
        "search_indexes_built": int(site.has_new_index),
        "files_written": committed.written,
        "files_repaired": committed.repaired,
        "files_unchanged": committed.unchanged,
        "files_removed": committed.removed,
        "only_times_changed": int(committed.paths <= set(TIMED) and not committed.removed),
        "bytes": committed.bytes,
    }
