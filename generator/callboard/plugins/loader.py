"""A group of entry points in; the table of its plugins, built-in and installed, by type out.

A plugin is a package with an entry point in one of ``GROUPS``. The built-in plugins are declared here in the format of an entry point
(``name = module:Class``), so that a source checkout, a wheel and a zip have them alike, without installed metadata.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from callboard import __version__
from callboard.model.data_classes import dataclass
from callboard.model.errors import FOREIGN_EXCEPTIONS, PluginError
from callboard.model.facts import FAMILIES
from callboard.plugins import API_VERSION, OLDEST_API_VERSION

FAMILIES_GROUP = "callboard.families"
API_FORMATS_GROUP = "callboard.api_formats"
ACTIONS_GROUP = "callboard.actions"
_PUBLISHED_AT = ("github", "gitlab", "gitea", "bitbucket", "bitbucketCloud", "bitbucketServer", "azure")
_ACTIONS = {
    "fetch:plain": "fetch:FetchPlain",
    "fetch:plain:file": "fetch:FetchPlainFile",
    "fetch:template": "fetch:FetchTemplate",
    "fetch:template:file": "fetch:FetchTemplateFile",
    "fs:delete": "filesystem:DeleteFiles",
    "fs:rename": "filesystem:RenameFiles",
    "fs:read": "filesystem:ReadFiles",
    "fs:readdir": "filesystem:ReadFiles",
    "catalog:register": "catalog:RegisterEntity",
    "catalog:write": "catalog:WriteEntity",
    "catalog:fetch": "catalog:FetchEntity",
    "debug:log": "debug:LogMessage",
    "debug:wait": "debug:Wait",
    "roadiehq:utils:sleep": "debug:Wait",
    "notification:send": "debug:Notify",
    **{f"publish:{host}": "publish:PublishRepository" for host in _PUBLISHED_AT},
    "publish:github:pull-request": "pull_requests:OpenPullRequest",
    "publish:gitlab:merge-request": "pull_requests:OpenPullRequest",
    "github:actions:dispatch": "pull_requests:DispatchWorkflow",
    "github:repo:create": "publish:CreateRepository",
    "github:repo:push": "publish:PushRepository",
    "github:webhook": "host_settings:CreateWebhook",
    "github:pages:enable": "host_settings:EnablePages",
    "github:autolinks:create": "host_settings:CreateAutolink",
    "gitlab:projectVariable:create": "host_settings:CreateProjectVariable",
    "gitlab:pipeline:trigger": "host_settings:TriggerPipeline",
    "argocd:create-resources": "clusters:CreateArgoApplication",
    "kube:apply": "clusters:ApplyManifest",
    "roadiehq:utils:fs:write": "filesystem:WriteText",
    "roadiehq:utils:fs:append": "filesystem:AppendText",
    "roadiehq:utils:fs:replace": "filesystem:ReplaceText",
    "roadiehq:utils:fs:parse": "structured_files:ParseFile",
    "roadiehq:utils:json:merge": "structured_files:MergeJson",
    "roadiehq:utils:merge": "structured_files:MergeData",
    "roadiehq:utils:serialize:json": "structured_files:SerializeJson",
    "roadiehq:utils:serialize:yaml": "structured_files:SerializeYaml",
}
"""Built-in actions of templates by the names that Backstage gives them."""
WITHOUT_OPTIONS = frozenset({FAMILIES_GROUP, API_FORMATS_GROUP})
"""Groups whose entry points name values, not classes with options."""
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "callboard.sources": {
        "files": "callboard.sources.files.source:FilesSource",
        "git": "callboard.sources.git.source:GitSource",
        "github": "callboard.sources.github.source:GitHubSource",
        "gitlab": "callboard.sources.gitlab.source:GitLabSource",
        "gitea": "callboard.sources.gitea.source:GiteaSource",
        "azure-devops": "callboard.sources.azure_devops.source:AzureDevOpsSource",
        "bitbucket-cloud": "callboard.sources.bitbucket_cloud.source:BitbucketCloudSource",
        "bitbucket-datacenter": "callboard.sources.bitbucket_datacenter.source:BitbucketDatacenterSource",
        "aws": "callboard.sources.aws:AwsSource",
        "http": "callboard.sources.http:HttpSource",
        "backstage": "callboard.sources.backstage.source:BackstageSource",
        "ldap": "callboard.sources.ldap:LdapSource",
        "entra": "callboard.sources.directories.entra:EntraSource",
        "okta": "callboard.sources.directories.okta:OktaSource",
        "keycloak": "callboard.sources.directories.keycloak:KeycloakSource",
        "scim": "callboard.sources.directories.scim:ScimSource",
    },
    "callboard.integrations": {
        "alertmanager": "callboard.integrations.prometheus.alertmanager:AlertmanagerIntegration",
        "azure-devops": "callboard.integrations.azure_devops:AzureDevOpsIntegration",
        "argocd": "callboard.integrations.argocd:ArgoCdIntegration",
        "kubernetes": "callboard.integrations.kubernetes:KubernetesIntegration",
        "prometheus": "callboard.integrations.prometheus.connector:PrometheusIntegration",
        "sonarqube": "callboard.integrations.sonarqube:SonarQubeIntegration",
        "file": "callboard.integrations.file:FileIntegration",
        "git": "callboard.integrations.git:GitActivityIntegration",
        "http-json": "callboard.integrations.http_json.connector:HttpJsonIntegration",
        "reports": "callboard.integrations.reports.connector:ReportsIntegration",
        "aws-cost-explorer": "callboard.integrations.aws_cost_explorer:AwsCostExplorerIntegration",
        "buildkite": "callboard.integrations.buildkite:BuildkiteIntegration",
        "circleci": "callboard.integrations.circleci:CircleCiIntegration",
        "bitbucket-cloud": "callboard.integrations.bitbucket_cloud:BitbucketCloudIntegration",
        "bitbucket-datacenter": "callboard.integrations.bitbucket_datacenter:BitbucketDatacenterIntegration",
        "codecov": "callboard.integrations.codecov:CodecovIntegration",
        "datadog": "callboard.integrations.datadog:DatadogIntegration",
        "dependency-track": "callboard.integrations.dependency_track:DependencyTrackIntegration",
        "dynatrace": "callboard.integrations.dynatrace:DynatraceIntegration",
        "firehydrant": "callboard.integrations.firehydrant:FireHydrantIntegration",
        "github": "callboard.integrations.github.connector:GitHubIntegration",
        "gitlab": "callboard.integrations.gitlab.connector:GitLabIntegration",
        "grafana": "callboard.integrations.grafana.connector:GrafanaIntegration",
        "grafana-oncall": "callboard.integrations.grafana.oncall:GrafanaOnCallIntegration",
        "incident-io": "callboard.integrations.incident_io:IncidentIoIntegration",
        "jenkins": "callboard.integrations.jenkins:JenkinsIntegration",
        "jsm-operations": "callboard.integrations.opsgenie.jsm_operations:JsmOperationsIntegration",
        "jira": "callboard.integrations.jira:JiraIntegration",
        "new-relic": "callboard.integrations.new_relic:NewRelicIntegration",
        "opencost": "callboard.integrations.opencost:OpenCostIntegration",
        "opsgenie": "callboard.integrations.opsgenie.connector:OpsgenieIntegration",
        "pagerduty": "callboard.integrations.pagerduty:PagerDutyIntegration",
        "rootly": "callboard.integrations.rootly:RootlyIntegration",
        "sentry": "callboard.integrations.sentry:SentryIntegration",
        "snyk": "callboard.integrations.snyk:SnykIntegration",
        "statuspage": "callboard.integrations.statuspage:StatuspageIntegration",
    },
    API_FORMATS_GROUP: {},
    FAMILIES_GROUP: {name: f"{kind.__module__}:{kind.__name__}" for name, kind in FAMILIES.items()},
    "callboard.publishers": {
        "folder": "callboard.publish.folder:FolderPublisher",
        "git": "callboard.publish.git.publisher:GitPublisher",
        "s3": "callboard.publish.s3.publisher:S3Publisher",
    },
    "callboard.checks": {},
    ACTIONS_GROUP: {
        **{name: f"callboard.software_templates.actions.{target}" for name, target in _ACTIONS.items()},
    },
}
GROUPS = tuple(BUILT_IN)
"""Groups of entry points that Callboard loads."""
BUILT_IN_PACKAGE = "callboard"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that can be loaded by its type."""

    group: str
    type: str
    """The name in ``sources.yaml``: ``files``."""
    package: str
    """The distribution that provides it."""
    version: str
    target: str
    """``module:Class``."""
    description: str = ""
    """First line of the class's docstring, or the description of a family; filled in by ``described``."""
    failure: str = ""
    """Why it cannot be loaded; filled in by ``described``, empty if it can."""
    conflict: PluginError | None = None
    """Set if another package provides the same type: neither of them can be used."""

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of its options. Raises ``PluginError`` if it cannot be loaded or has none."""
        schema: Mapping[str, Any] | None = getattr(self.load(), "schema", None)
        if schema is None:
            raise PluginError(
                f'the plugin "{self.type}" of {self.package} {self.version} has no schema: {self.target} is not a class with the attribute '
                "schema",
                "Report it to the authors of the plugin.",
            )
        return schema

    def load(self) -> Any:
        """The class. Raises ``PluginError`` if it cannot be imported, needs another version of the plugin API, or has a ``conflict``."""
        if self.conflict:
            raise self.conflict
        if EntryPoint.pattern.fullmatch(self.target) is None:
            raise PluginError(
                f'the plugin "{self.type}" of {self.package} {self.version} cannot be loaded: its entry point {self.target[:80]!r} '
                "does not have the form module:object",
                f"Update or uninstall the package {self.package}.",
            )
        try:
            loaded = EntryPoint(self.type, self.target, self.group).load()
        except FOREIGN_EXCEPTIONS as error:  # a foreign module may raise anything while it is imported
            raise PluginError(
                f'the plugin "{self.type}" of {self.package} {self.version} cannot be loaded from {self.target}: '
                f"{type(error).__name__}: {error}",
                f"Update or uninstall the package {self.package}.",
            ) from error
        self._check_api_version(loaded)
        return loaded

    def _check_api_version(self, loaded: Any) -> None:
        """Compare ``api_version`` of the class, or of its module, with the versions that this Callboard has."""
        module = sys.modules.get(getattr(loaded, "__module__", ""))
        version = getattr(loaded, "api_version", getattr(module, "api_version", API_VERSION))
        plugin = f'the plugin "{self.type}" of {self.package} {self.version}'
        if isinstance(version, bool) or not isinstance(version, int):
            raise PluginError(f"{plugin} has the api_version {str(version)[:40]!r}, which is not an integer", f"Write {API_VERSION}.")
        if version > API_VERSION:
            raise PluginError(
                f"{plugin} needs version {version} of the plugin API; Callboard {__version__} has version {API_VERSION}",
                f"Update Callboard, or install an earlier version of {self.package}.",
            )
        if version < OLDEST_API_VERSION:
            raise PluginError(
                f"{plugin} needs version {version} of the plugin API; Callboard {__version__} supports {OLDEST_API_VERSION} and later",
                f"Update {self.package}, or install an earlier version of Callboard.",
            )


@cache
def _installed_plugins() -> Mapping[str, tuple[EntryPoint, ...]]:
    """The entry points of installed packages by group, read once per process: that takes 10 ms and more."""
    found = entry_points()
    return {group: tuple(found.select(group=group)) for group in GROUPS}


def _installed_in(group: str) -> tuple[EntryPoint, ...]:
    return _installed_plugins().get(group, ())


def load(group: str, installed: Callable[..., Iterable[EntryPoint]] = _installed_in) -> Mapping[str, Plugin]:
    """The plugins of a group by type, sorted; none is imported. Where two packages provide the same type, the first has a ``conflict``."""
    plugins = [Plugin(group, name, BUILT_IN_PACKAGE, __version__, target) for name, target in BUILT_IN.get(group, {}).items()]
    plugins += [_installed(point) for point in installed(group=group)]
    table: dict[str, Plugin] = {}
    for plugin in sorted(set(plugins), key=lambda p: (p.type, p.package)):
        first = table.setdefault(plugin.type, plugin)
        if first is not plugin and first.target != plugin.target:
            table[plugin.type] = replace(first, conflict=_conflict(group, first, plugin))
    return table


def _conflict(group: str, first: Plugin, second: Plugin) -> PluginError:
    return PluginError(
        f'two plugins of {group} have the type "{first.type}": {first.target} of {first.package} {first.version} '
        f"and {second.target} of {second.package} {second.version}",
        f"Uninstall {second.package if first.package == BUILT_IN_PACKAGE else first.package}, or ask its authors to rename it.",
    )


def described(plugin: Plugin) -> Plugin:
    """The plugin with its description, or with the reason why it cannot be loaded."""
    try:
        loaded = plugin.load()
        if plugin.group not in WITHOUT_OPTIONS:
            plugin.schema()
    except PluginError as error:
        return replace(plugin, failure=f"{error}. {error.hint}")
    text = str(getattr(loaded, "description", "") or loaded.__doc__ or "").strip()
    return replace(plugin, description=text.splitlines()[0] if text else "")


def _installed(point: EntryPoint) -> Plugin:
    package = point.dist
    return Plugin(point.group, point.name, package.name if package else "unknown package", package.version if package else "", point.value)
