"""The public API for connectors: a plugin may import these names; anything else may change without notice."""

from callboard.io.http.auth import basic, bearer, header
from callboard.io.http.client import Client, client_for
from callboard.io.http.errors import HttpError
from callboard.io.http.pagination import Cursor, LinkHeader, Offset
from callboard.model.errors import CallboardError, SourceError
from callboard.model.facts import FAMILIES
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability, DayShare
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.error_trend import ErrorTrend
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.issue import Issue
from callboard.model.facts.on_call import OnCall, Shift
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.model.facts.repository import GoodFirstIssue, PullRequest, Release, RepositoryActivity
from callboard.model.facts.validation import FactError
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.plugins.integrations.base import (
    FactBatch,
    Integration,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    Target,
    by_annotation,
)
from callboard.plugins.integrations.collector import FactCollector
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.decode import decode_value
from callboard.plugins.integrations.json_access import (
    PageNumber,
    batches,
    count_at,
    listed_objects,
    number_at,
    objects_at,
    split_commas,
    string_at,
    time_at,
    url_at,
    value_at,
)
from callboard.plugins.integrations.parse import (
    parse_boolean,
    parse_date,
    parse_enum,
    parse_integer,
    parse_number,
    parse_string,
    parse_time,
)

__all__ = [
    "FAMILIES",
    "Alert",
    "AlertState",
    "Availability",
    "CallboardError",
    "Client",
    "Connector",
    "Cursor",
    "DayShare",
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
    "PageNumber",
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
    "batches",
    "bearer",
    "by_annotation",
    "client_for",
    "count_at",
    "decode_value",
    "header",
    "listed_objects",
    "number_at",
    "objects_at",
    "parse_boolean",
    "parse_date",
    "parse_enum",
    "parse_integer",
    "parse_number",
    "parse_ref",
    "parse_string",
    "parse_time",
    "split_commas",
    "string_at",
    "time_at",
    "url_at",
    "value_at",
]  # fmt: skip
