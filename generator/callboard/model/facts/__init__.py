"""Families of facts: values that do not depend on a tool, one file a family, and the table of their names.

A family's file has its values and enumerations, and decides what is open, what is urgent, in which order facts are listed and in which
tone they are shown. Pages and the history read those decisions and add no others.
"""

from collections.abc import Mapping

from callboard.model.facts.alert import Alert
from callboard.model.facts.api_quality import ApiQuality
from callboard.model.facts.availability import Availability
from callboard.model.facts.cost import Cost
from callboard.model.facts.coverage import Coverage
from callboard.model.facts.dashboard import Dashboard
from callboard.model.facts.delivery import Delivery
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.documentation import DocumentationDefect
from callboard.model.facts.drift import DriftFinding
from callboard.model.facts.error_trend import ErrorTrend
from callboard.model.facts.incident import Incident
from callboard.model.facts.issue import Issue
from callboard.model.facts.on_call import OnCall
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.quality_gate import QualityGate
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.facts.value import FactValue
from callboard.model.facts.vulnerability import Vulnerability

FAMILIES: Mapping[str, type[FactValue]] = {
    "on-call": OnCall,
    "incident": Incident,
    "availability": Availability,
    "deployment": Deployment,
    "delivery": Delivery,
    "pipeline-run": PipelineRun,
    "vulnerability": Vulnerability,
    "quality-gate": QualityGate,
    "coverage": Coverage,
    "repository": RepositoryActivity,
    "alert": Alert,
    "error-trend": ErrorTrend,
    "issue": Issue,
    "dashboard": Dashboard,
    "cost": Cost,
    "documentation": DocumentationDefect,
    "api-quality": ApiQuality,
    "drift": DriftFinding,
}
"""The built-in families; plugins may add others (``plugins/installed_families.py``). The order is that of the panels on a page."""
