"""The table of plugins: names of types to classes, over entry points; the built-ins stand in the same table.

A plugin is a package with an entry point in one of ``GROUPS``. The built-ins are declared here in the very format of an entry point
(``name = module:Class``), so that they are there in a source checkout, in a wheel and in a zip alike, without installed metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from callboard import __version__
from callboard.model.errors import PluginError

GROUPS = ("callboard.sources", "callboard.integrations", "callboard.checks", "callboard.api_formats", "callboard.publishers")
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "callboard.sources": {
        "files": "callboard.sources.files.source:FilesSource",
        "git": "callboard.sources.git.source:GitSource",
        "github": "callboard.sources.github.source:GitHubSource",
        "gitlab": "callboard.sources.gitlab.source:GitLabSource",
        "gitea": "callboard.sources.gitea.source:GiteaSource",
        "http": "callboard.sources.http:HttpSource",
        "backstage": "callboard.sources.backstage:BackstageSource",
        "ldap": "callboard.sources.ldap:LdapSource",
    },
    "callboard.integrations": {
        "alertmanager": "callboard.integrations.prometheus.alertmanager:AlertmanagerIntegration",
        "argocd": "callboard.integrations.argocd:ArgoCdIntegration",
        "kubernetes": "callboard.integrations.kubernetes:KubernetesIntegration",
        "prometheus": "callboard.integrations.prometheus.connector:PrometheusIntegration",
        "sonarqube": "callboard.integrations.sonarqube:SonarQubeIntegration",
        "file": "callboard.integrations.file:FileIntegration",
        "git": "callboard.integrations.git:GitActivityIntegration",
        "http-json": "callboard.integrations.http_json:HttpJsonIntegration",
        "reports": "callboard.integrations.reports:ReportsIntegration",
        "datadog": "callboard.integrations.datadog:DatadogIntegration",
        "github": "callboard.integrations.github.connector:GitHubIntegration",
        "gitlab": "callboard.integrations.gitlab.connector:GitLabIntegration",
        "jira": "callboard.integrations.jira:JiraIntegration",
        "pagerduty": "callboard.integrations.pagerduty:PagerDutyIntegration",
        "sentry": "callboard.integrations.sentry:SentryIntegration",
        "snyk": "callboard.integrations.snyk:SnykIntegration",
        "statuspage": "callboard.integrations.statuspage:StatuspageIntegration",
    },
    "callboard.publishers": {
        "folder": "callboard.publish.folder:FolderPublisher",
        "git": "callboard.publish.git_branch:GitPublisher",
        "s3": "callboard.publish.s3:S3Publisher",
    },
}
OWN_PACKAGE = "callboard"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry of the table."""

    group: str
    type: str
    """The name by which settings call it: ``files``."""
    package: str
    """The distribution that brings it."""
    version: str
    target: str
    """``module:Class``."""
    description: str = ""
    """First line of the class's docstring; filled in by ``described``."""
    failure: str = ""
    """Why it cannot be loaded; filled in by ``described``."""

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of its options. Raises ``PluginError`` where it cannot be loaded or has none."""
        try:
            schema: Mapping[str, Any] = self.load().schema
        except AttributeError as error:
            raise PluginError(str(error)) from error
        return schema

    def load(self) -> Any:
        """The class. Raises ``PluginError`` where it cannot be imported."""
        try:
            return EntryPoint(self.type, self.target, self.group).load()
        except Exception as error:  # a foreign module may raise anything while it is imported
            raise PluginError(
                f'the plugin "{self.type}" of {self.package} {self.version} cannot be loaded from {self.target}: '
                f"{type(error).__name__}: {error}",
                f"Update or uninstall the package {self.package}.",
            ) from error


def option_schemas(group: str) -> Mapping[str, Callable[[], Mapping[str, Any]]]:
    """For each type of a group, a function that returns the JSON Schema of its options and raises ``PluginError``."""
    return {name: plugin.schema for name, plugin in load(group).items()}


def load(group: str, installed: Callable[..., Iterable[EntryPoint]] = entry_points) -> Mapping[str, Plugin]:
    """The plugins of a group by type, sorted; nothing is imported yet. Raises ``PluginError`` where two packages bring one type."""
    found = [Plugin(group, name, OWN_PACKAGE, __version__, target) for name, target in BUILT_IN.get(group, {}).items()]
    found += [_foreign(point) for point in installed(group=group)]
    table: dict[str, Plugin] = {}
    for plugin in sorted(set(found), key=lambda p: (p.type, p.package)):
        first = table.setdefault(plugin.type, plugin)
        if first is not plugin and first.target != plugin.target:
            raise PluginError(
                f'two plugins of {group} are named "{plugin.type}": {first.target} of {first.package} {first.version} '
                f"and {plugin.target} of {plugin.package} {plugin.version}",
                f"Uninstall {first.package if first.package != OWN_PACKAGE else plugin.package}, or ask its authors for another name.",
            )
    return table


def described(plugin: Plugin) -> Plugin:
    """The same with its description, or with the reason why it cannot be loaded (for ``callboard plugins``)."""
    try:
        text = (getattr(plugin.load(), "__doc__", "") or "").strip()
    except PluginError as error:
        return replace(plugin, failure=str(error))
    return replace(plugin, description=text.splitlines()[0] if text else "")


def _foreign(point: EntryPoint) -> Plugin:
    package = point.dist
    return Plugin(point.group, point.name, package.name if package else "unknown package", package.version if package else "", point.value)
