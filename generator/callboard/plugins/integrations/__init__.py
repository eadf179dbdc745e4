"""The public API of integrations: a plugin may import these names; anything else may change without notice."""

from typing import TYPE_CHECKING

from callboard.io.http.auth import Credential, StaticCredential, basic, bearer, header
from callboard.io.http.cache import Answer
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits, Clock, Counts, Traffic
from callboard.io.http.pagination import BodyCursor, Cursor, HeaderCursor, NextLink, Offset, Paging
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError, SourceError, TreeError
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability, DayShare
from callboard.model.facts.cost import Cost
from callboard.model.facts.coverage import Coverage
from callboard.model.facts.dashboard import Dashboard
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import FactSeverity, RunState, Tone
from callboard.model.facts.error_trend import ErrorTrend
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.issue import Issue
from callboard.model.facts.on_call import OnCall, Shift, shift_order
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.model.facts.recorded import RecordedValue
from callboard.model.facts.repository import CommitAuthor, GoodFirstIssue, PullRequest, Release, RepositoryActivity
from callboard.model.facts.validation import FactError
from callboard.model.facts.value import FactValue
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.json_numbers import json_integer
from callboard.model.problem import Problem, Related, Severity, Span
from callboard.model.ref import EntityRef, RefError, WrittenRef, parse_ref
from callboard.model.tree import Tree
from callboard.plugins.installed_families import value_types
from callboard.plugins.integrations.base import (
    FactBatch,
    Integration,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    IntegrationTraffic,
    Target,
    by_annotation,
    family_options_schema,
)
from callboard.plugins.integrations.collector import FactCollector
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
    parse_enum,
    parse_incident_severity,
    parse_integer,
    parse_number,
    parse_run_state,
    parse_string,
    parse_time,
    parse_word,
    without_surrogates,
)
from callboard.plugins.lazy import lazy_names
from callboard.plugins.resources import json_resource
from callboard.redaction.redactor import Redactor

if TYPE_CHECKING:
    from callboard.io.git.command import Git
    from callboard.io.git.history import Commit, Tag, git_commits, git_tags, is_shallow_clone, last_commit_time
    from callboard.io.github import GITHUB_HEADERS, GITHUB_JSON, GITHUB_URL, GitHubConnection, connect_github
    from callboard.io.graphql import GraphqlClient, GraphqlError, GraphqlResponse, UnknownFieldError, in_portions
    from callboard.io.http.aws import aws_credential
    from callboard.io.http.client import Client, ClientContext, client_for
    from callboard.io.http.oauth import ClientCredentials, OAuthClient, client_credentials
    from callboard.io.process import Finished
    from callboard.plugins.integrations.connector import Connector
    from callboard.plugins.integrations.decode import content_key, decode_value, family_fields
    from callboard.plugins.integrations.read_times import ReadTimes
    from callboard.plugins.yaml_text import read_yaml

__all__ = [
    "GITHUB_HEADERS",
    "GITHUB_JSON",
    "GITHUB_URL",
    "Alert",
    "AlertState",
    "Answer",
    "Availability",
    "BodyCursor",
    "CallboardError",
    "Client",
    "ClientContext",
    "ClientCredentials",
    "ClientLimits",
    "Clock",
    "Commit",
    "CommitAuthor",
    "Connector",
    "Cost",
    "Counts",
    "Coverage",
    "Credential",
    "Cursor",
    "Dashboard",
    "DayShare",
    "Deployment",
    "EntityRef",
    "ErrorTrend",
    "Fact",
    "FactBatch",
    "FactCollector",
    "FactError",
    "FactSeverity",
    "FactValue",
    "Finished",
    "GateState",
    "Git",
    "GitHubConnection",
    "GoodFirstIssue",
    "GraphqlClient",
    "GraphqlError",
    "GraphqlResponse",
    "HeaderCursor",
    "Health",
    "HttpError",
    "Incident",
    "IncidentState",
    "Integration",
    "IntegrationContext",
    "IntegrationFailure",
    "IntegrationSettings",
    "IntegrationTraffic",
    "Issue",
    "Measurement",
    "NextLink",
    "OAuthClient",
    "Offset",
    "OnCall",
    "Origin",
    "PageNumber",
    "Paging",
    "PipelineRun",
    "Problem",
    "PullRequest",
    "QualityGate",
    "ReadTimes",
    "RecordedValue",
    "Redactor",
    "RefError",
    "Related",
    "Release",
    "RepositoryActivity",
    "RunState",
    "Severity",
    "Shift",
    "SourceError",
    "Span",
    "StaticCredential",
    "Tag",
    "Target",
    "Tone",
    "Traffic",
    "Tree",
    "TreeError",
    "UnknownFieldError",
    "Vulnerability",
    "WrittenRef",
    "aws_credential",
    "basic",
    "batches",
    "bearer",
    "by_annotation",
    "client_credentials",
    "client_for",
    "connect_github",
    "content_key",
    "count_at",
    "decode_value",
    "family_fields",
    "family_options_schema",
    "git_commits",
    "git_tags",
    "header",
    "in_portions",
    "is_shallow_clone",
    "json_integer",
    "json_resource",
    "last_commit_time",
    "listed_objects",
    "number_at",
    "objects_at",
    "parse_boolean",
    "parse_enum",
    "parse_incident_severity",
    "parse_integer",
    "parse_number",
    "parse_ref",
    "parse_run_state",
    "parse_string",
    "parse_time",
    "parse_word",
    "read_yaml",
    "shift_order",
    "split_commas",
    "string_at",
    "time_at",
    "url_at",
    "value_at",
    "value_types",
    "without_surrogates",
]

__getattr__ = lazy_names(
    __name__,
    {
        "callboard.io.git.command": ("Git",),
        "callboard.io.git.history": ("Commit", "Tag", "git_commits", "git_tags", "is_shallow_clone", "last_commit_time"),
        "callboard.io.github": ("GITHUB_HEADERS", "GITHUB_JSON", "GITHUB_URL", "GitHubConnection", "connect_github"),
        "callboard.io.graphql": ("GraphqlClient", "GraphqlError", "GraphqlResponse", "UnknownFieldError", "in_portions"),
        "callboard.io.http.client": ("Client", "ClientContext", "client_for"),
        "callboard.io.http.aws": ("aws_credential",),
        "callboard.io.http.oauth": ("ClientCredentials", "OAuthClient", "client_credentials"),
        "callboard.io.process": ("Finished",),
        "callboard.plugins.integrations.connector": ("Connector",),
        "callboard.plugins.integrations.decode": ("content_key", "decode_value", "family_fields"),
        "callboard.plugins.integrations.read_times": ("ReadTimes",),
        "callboard.plugins.yaml_text": ("read_yaml",),
    },
)
"""Imported when they are used: processes, network and YAML take longer to import than all of the rest."""
