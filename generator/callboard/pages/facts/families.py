"""The table of what each family brings for pages, built-in or of a plugin: panels, roll-ups, index pages, counts and lines of changes."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.pages.facts import (
    alert,
    api_quality,
    availability,
    cost,
    coverage,
    dashboard,
    delivery,
    deployment,
    documentation,
    drift,
    error_trend,
    incident,
    issue,
    on_call,
    pipeline_run,
    quality_gate,
    repository,
    vulnerability,
)
from callboard.pages.facts.context import FamilyPages
from callboard.pages.facts.plugin_family import plugin_pages
from callboard.plugins.installed_families import installed_families

FAMILIES: Mapping[str, FamilyPages] = {
    "on-call": on_call.PAGES,
    "incident": incident.PAGES,
    "availability": availability.PAGES,
    "deployment": deployment.PAGES,
    "delivery": delivery.PAGES,
    "pipeline-run": pipeline_run.PAGES,
    "vulnerability": vulnerability.PAGES,
    "quality-gate": quality_gate.PAGES,
    "coverage": coverage.PAGES,
    "repository": repository.PAGES,
    "alert": alert.PAGES,
    "error-trend": error_trend.PAGES,
    "issue": issue.PAGES,
    "dashboard": dashboard.PAGES,
    "cost": cost.PAGES,
    "documentation": documentation.PAGES,
    "api-quality": api_quality.PAGES,
    "drift": drift.PAGES,
}
"""The built-in families, in the order of their panels and pages."""


def all_families() -> Mapping[str, FamilyPages]:
    """The built-in families, then those of plugins by name."""
    installed = installed_families()
    plugins = {
        name: plugin_pages(family, installed.packages[name], installed.processes.get(name)) for name, family in installed.families.items()
    }
    return {**FAMILIES, **plugins}
