"""A portal's settings and one build → its drift, with the check of links if the settings ask for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from callboard.catalog.graph import Catalog
from callboard.insights.delivery_facts import ENVIRONMENTS
from callboard.insights.drift.dismissals import in_settings
from callboard.insights.drift.evidence import DriftEvidence
from callboard.insights.drift.links import APART, LinkRecords
from callboard.insights.drift.report import DriftReport, DriftReporter
from callboard.model.data_classes import dataclass
from callboard.model.facts.fact import Fact
from callboard.model.tree import Trees
from callboard.settings.settings import Settings
from callboard.state.facts import CollectedFacts
from callboard.state.values import CollectedState

_NOT_A_HOST = "git"
"""The type of the integration that reads clones: it does not know what the host calls a repository."""
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class DriftBuild:
    """What one build knows."""

    catalog: Catalog
    trees: Trees
    collected: CollectedState
    facts: CollectedFacts
    previous: Collection[Fact]
    """The facts of the build before."""
    now: datetime
    cache: Path
    environ: Mapping[str, str]
    has_network: bool


def has_drift(settings: Settings) -> bool:
    """Whether the portal wants to know: the section ``drift`` is there, and the audience may see the family."""
    return "drift" in settings.sections and (not settings.portal.is_public or "drift" in settings.portal.expose)


def portal_drift(settings: Settings, build: DriftBuild) -> DriftReport:
    """The drift; nothing for a portal without the section."""
    if not has_drift(settings):
        return DriftReport()
    section: Mapping[str, Any] = settings.sections["drift"] or {}
    evidence = _evidence(settings, build, section)
    if limit := (section.get("links") or {}).get("requests", 0):
        evidence = _with_links(evidence, build, limit)
    found = DriftReporter(evidence, in_settings(section.get("dismiss") or ()), build.previous).report()
    tomorrow = datetime.combine(build.now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return replace(found, next_turn=min(tomorrow, build.now + APART) if limit else tomorrow)


def _evidence(settings: Settings, build: DriftBuild, section: Mapping[str, Any]) -> DriftEvidence:
    collected, tools = build.collected, build.facts.connections
    environments = (settings.sections.get("delivery") or {}).get("environments", ENVIRONMENTS)
    return DriftEvidence(
        build.catalog, build.trees, collected.repositories, build.facts.by_subject(), build.facts.recorded.histories,
        {each.name: each.title for each in tools}, frozenset(each.name for each in tools if each.type != _NOT_A_HOST), build.now,
        is_complete=not collected.failures and not collected.stale, environments=frozenset(map(str.lower, environments)),
        has_packages=section.get("packages", True) is True,
    )  # fmt: skip


def _with_links(evidence: DriftEvidence, build: DriftBuild, limit: int) -> DriftEvidence:
    """The evidence with links that do not exist. Behind a proxy, addresses cannot be judged: what is known is used."""
    records = LinkRecords(build.cache / "drift-links.json")
    records.load()
    if build.has_network and not any(build.environ.get(name) for name in _PROXIES):
        from callboard.io.http.link_probe import LinkProbe  # noqa: PLC0415 - few portals check links, and each would load the HTTP client

        probe = LinkProbe(limit)
        records.check(evidence.catalog, probe.missing, probe.may_ask, evidence.now)
        records.save()
    gone = records.gone()
    return replace(
        evidence, gone_links={url: each.missing for url, each in gone.items()},
        link_times={url: each.checked for url, each in gone.items()},
    )  # fmt: skip
