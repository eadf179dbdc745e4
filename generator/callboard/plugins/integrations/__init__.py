"""What authors of plugins may import; everything else may change without a word."""

from callboard.io.http.auth import basic, bearer, header
from callboard.io.http.client import Client, client_for
from callboard.io.http.errors import HttpError
from callboard.io.http.pagination import Cursor, LinkHeader, Offset
from callboard.model.errors import CallboardError, SourceError
from callboard.model.facts.fact import FAMILIES, Fact, Measurement
from callboard.model.facts.values import (
    Alert,
    Availability,
    DayShare,
    Declared,
    Deployment,
    ErrorTrend,
    GoodFirstIssue,
    Incident,
    Issue,
    OnCall,
    PipelineRun,
    PullRequest,
    QualityGate,
    Release,
    RepositoryActivity,
    Shift,
    Vulnerability,
)
from callboard.model.facts.words import AlertState, FactError, FactSeverity, GateState, Health, IncidentState, RunState
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.plugins.integrations.base import (
    DeclaredFamily,
    FactBatch,
    Integration,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    Target,
    by_annotation,
)
from callboard.plugins.integrations.collector import FactCollector
from callboard.plugins.integrations.decode import value_of
from callboard.plugins.integrations.parsing import day, known_word, moment, number, text, truth, whole, word

__all__ = [
    "FAMILIES",
    "Alert",
    "AlertState",
    "Availability",
    "CallboardError",
    "Client",
    "Cursor",
    "DayShare",
    "Declared",
    "DeclaredFamily",
    "Deployment",
    "EntityRef",
    "ErrorTrend",
    "Fact",
    "FactBatch",
    "FactCollector",
    "FactError",
    "FactSeverity",
    "GateState",
    "GoodFirstIssue",
    "Health",
    "HttpError",
    "Incident",
    "IncidentState",
    "Integration",
    "IntegrationContext",
    "IntegrationFailure",
    "IntegrationSettings",
    "Issue",
    "LinkHeader",
    "Measurement",
    "Offset",
    "OnCall",
    "PipelineRun",
    "Problem",
    "PullRequest",
    "QualityGate",
    "RefError",
    "Release",
    "RepositoryActivity",
    "RunState",
    "Shift",
    "SourceError",
    "Target",
    "Vulnerability",
    "basic",
    "bearer",
    "by_annotation",
    "client_for",
    "day",
    "header",
    "known_word",
    "moment",
    "number",
    "parse_ref",
    "text",
    "truth",
    "value_of",
    "whole",
    "word",
]  # fmt: skip
