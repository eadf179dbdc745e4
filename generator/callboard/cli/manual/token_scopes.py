"""A table of credentials by connector → the page of the manual about the permissions that each needs."""

from __future__ import annotations

from callboard.cli.manual.tables import code, table
from callboard.model.data_classes import dataclass

_INTRODUCTION = """# Permissions of tokens

Which permissions each connector needs, and what is missing without them. Every connector only reads, and needs no right to write; the publishers at
the end write. Put each secret into an environment variable, and write its name into `sources.yaml`, such as `token: ${PORTAL_TOKEN}`. In a workflow,
the variable must also be in the `env` of the step that builds: see [Troubleshooting](../how-to/troubleshoot.md#a-variable-is-not-set).

A missing permission never looks like an empty answer: the source or integration fails or is marked as incomplete, with the host's status, on `/status/`
and in the output of the build."""
_GITHUB = """## GitHub: which kind of token

| Kind | Choose it if | How to grant access |
|---|---|---|
| GitHub App | a portal for an organization: it belongs to no person, and has a higher limit of requests | *Settings, Developer settings, GitHub Apps*: grant the permissions above as *read-only*, install the App for all repositories, and set `app.id` and `app.private_key`. The key is a secret of several lines: paste the whole PEM file, with its first and last line |
| fine-grained token | one organization, no App | *Resource owner* must be the organization. Many organizations must approve such a token: until then it reads only public repositories |
| classic token | GitHub Enterprise Server without fine-grained tokens, or several organizations | the scopes above; `repo` includes the right to write, which Callboard does not use |

If the organization uses SAML single sign-on, a classic token must also be authorized for it: *Settings, Developer settings, Tokens, Configure SSO*.
Without that, GitHub answers with status 403. A fine-grained token is authorized when it is made.

The workflow's own `GITHUB_TOKEN` reads only the repository of the workflow. Reading an organization needs one of the three above.

## GitLab: which kind of token

| Kind | Choose it if |
|---|---|
| group access token | a portal for a group; role *Reporter*, scope `read_api`. On gitlab.com it needs a paid plan |
| personal access token of a user for services | the same without a paid plan; the user must be a member of the group |
| project access token | only for `STATE_TOKEN`, which pushes the state in GitLab CI: role *Maintainer*, scope `write_repository` |

A job's own `CI_JOB_TOKEN` cannot list the projects of a group.
"""
_HEAD = ("Connector", "Option", "Permissions", "Without them")


@dataclass(frozen=True, slots=True)
class Scope:
    """What one credential of one connector must permit."""

    type: str
    """The type in ``sources.yaml``."""
    options: tuple[str, ...]
    """The options that hold the credential; dotted where nested."""
    permissions: str
    without: str
    """What is missing if the permission is."""


SOURCES = (
    Scope("github", ("app.private_key",), "App: *Contents*, *Metadata*; *Members* of the organization for `people`", "no repositories; no people"),
    Scope("github", ("token",), "fine-grained: the same three. Classic: `repo` and `read:org`; `public_repo` if all repositories are public", "private repositories are not listed; no people"),
    Scope("gitlab", ("token",), "`read_api`", "the source fails; without a token only public projects are read, and no people"),
    Scope("gitea", ("token",), "`read:repository`, `read:organization`; `read:user` for `people`", "the source fails; people lack their e-mail addresses"),
    Scope("azure-devops", ("token", "client_secret"), "*Code (read)*, *Project and team (read)*; the application must be a user of the organization with *Basic* access", "the source fails; no people"),
    Scope("bitbucket-cloud", ("token",), "`read:repository:bitbucket`; `read:workspace:bitbucket` for `people`. An access token of the workspace: *Repositories: Read*, *Account: Read*", "private repositories are not listed; no people"),
    Scope("bitbucket-datacenter", ("token", "password"), "*Project read*; for `people` a user with a licence", "repositories that the account may not see are not listed; no people"),
    Scope("git", ("username", "token"), "to read the repositories: *Contents* on GitHub, `read_repository` on GitLab", "the source fails"),
    Scope("aws", ("access_key", "secret_key"), "`tag:GetResources`; with `role` that permission for the role, and `sts:AssumeRole` for the keys", "the region fails"),
    Scope("http", ("token",), "what the web server requires", "the source fails"),
    Scope("ldap", ("user", "password"), "to search below `users.base` and `groups.base`", "the source fails, or entries are missing that the account may not see"),
    Scope("entra", ("client_secret", "private_key", "token"), "application permissions, with admin consent: `User.Read.All`, `GroupMember.Read.All`; `Member.Read.Hidden` for groups with hidden memberships", "the source fails"),
    Scope("okta", ("token", "private_key"), "a token of a *Read-only Administrator*; scopes `okta.users.read`, `okta.groups.read`", "the source fails, or has the users and groups that the administrator sees"),
    Scope("keycloak", ("client_secret", "token"), "roles `view-users`, `query-users` and `query-groups` of the client `realm-management` for the service account", "the source fails: a realm without visible users is an error"),
    Scope("scim", ("token", "password"), "to read `/Users` and `/Groups`", "the source fails, or has what the account sees"),
    Scope("backstage", ("token",), "a static token of `backend.auth.externalAccess` with access to the catalog", "the source fails"),
)  # fmt: skip
INTEGRATIONS = (
    Scope("github", ("app.private_key", "token"), "*Actions*, *Checks*, *Contents*, *Dependabot alerts*, *Deployments*, *Issues*, *Metadata*, *Pull requests*; *Code scanning alerts* for `code_scanning`; *Secret scanning alerts* for `secret_scanning`; *Administration* (read) for `access`. Classic: `repo`, and `security_events`", "the families of the missing permission are not measured or incomplete; the others are shown"),
    Scope("gitlab", ("token",), "`read_api`; for vulnerabilities a role that may see them (*Developer* or higher)", "no vulnerabilities"),
    Scope("pagerduty", ("token",), "a read-only REST API key", "the integration fails"),
    Scope("snyk", ("token",), "*View organization*, *View projects*, *View project issues*", "the organization is incomplete"),
    Scope("sentry", ("token",), "`org:read`, `project:read`, `event:read`", "the integration fails"),
    Scope("sonarqube", ("token",), "*Browse* on the projects; a token of type *User*", "the projects are not found"),
    Scope("datadog", ("api_key", "application_key"), "`slos_read`, `monitors_read` for the application key", "the family of the missing permission is incomplete"),
    Scope("jira", ("token",), "*Browse projects*; the token belongs to the account in `email`", "projects that the account may not see are not found"),
    Scope("azure-devops", ("token", "client_secret"), "*Build (read)*, *Code (read)*, *Environment (read)*; with `releases` *Release (read)*", "the families of the missing permission are incomplete"),
    Scope("bitbucket-cloud", ("token",), "`read:repository:bitbucket`, `read:pullrequest:bitbucket`, `read:pipeline:bitbucket`", "the family of the missing permission is incomplete"),
    Scope("bitbucket-datacenter", ("token", "password"), "*Repository read*", "repositories that the account may not see are not found"),
    Scope("new-relic", ("token",), "a user key (`NRAK-…`) of a user with read access to the accounts", "entities of other accounts are not found"),
    Scope("dynatrace", ("token",), "`problems.read`, `slo.read`", "the family of the missing permission is incomplete"),
    Scope("codecov", ("token",), "an API access token of a user who may see the repositories", "private repositories are not measured"),
    Scope("aws-cost-explorer", ("access_key", "secret_key"), "`ce:GetCostAndUsage`, with `role` for the role, and `sts:AssumeRole` for the keys; each request costs money (0.01 US$ at the time of writing)", "the integration fails"),
    Scope("opencost", ("token",), "none; OpenCost itself has no permissions, a proxy in front of it may", "the integration fails"),
    Scope("dependency-track", ("token",), "`VIEW_PORTFOLIO`, `VIEW_VULNERABILITY`", "projects that the team may not see are not found"),
    Scope("circleci", ("token",), "a personal API token of a user who may see the projects; tokens of projects do not work", "projects that the user may not see are not found"),
    Scope("grafana", ("token",), "a service account with the role *Viewer*: `alert.rules:read` on the folders, `alert.instances:read`, `folders:read`, `dashboards:read`", "the integration fails; rules in folders that the account may not read are not found"),
    Scope("grafana-oncall", ("token",), "`grafana-oncall-app.schedules:read`, or an API key of OnCall", "the integration fails"),
    Scope("incident-io", ("token",), "*View data, like public incidents and organization settings*, *View catalog types and entries*, *View schedules and escalation paths*", "incidents or shifts are incomplete; private incidents are not listed"),
    Scope("jsm-operations", ("token",), "an API token of an account with read-only administrative rights for operations; with scopes `read:ops-alert:jira-service-management`, `read:ops-config:jira-service-management`, `read:jira-user`", "teams and schedules that the account may not see are not found; shifts are incomplete without names of people"),
    Scope("opsgenie", ("token",), "the key of an API integration of the account with *Read* and *Configuration access*; keys of teams are refused", "the families of the missing permission are incomplete"),
    Scope("buildkite", ("token",), "*Enable GraphQL API access*; the user of the token must see the pipelines", "the integration fails; pipelines that the user may not see are not found"),
    Scope("rootly", ("token",), "a global API key that may read incident response and on-call; a key of a team sees its team alone", "services that the key may not see are not found; private incidents are not listed"),
    Scope("firehydrant", ("token",), "an API key; only owners of the organization make them", "the integration fails; private incidents are not listed"),
    Scope("jenkins", ("token",), "an API token of a user with *Overall/Read* and *Job/Read*", "jobs that the user may not see are not found"),
    Scope("statuspage", ("token",), "any API key of the page; none for a public page", "the integration fails"),
    Scope("argocd", ("token",), "an account with `applications, get` on the projects (`p, role:portal, applications, get, */*, allow`)", "applications are missing: Argo CD lists only what the account may see"),
    Scope("kubernetes", ("token",), "a service account that may `list` deployments, stateful sets and daemon sets (`apps`)", "the integration fails"),
    Scope("prometheus", ("token", "user", "password"), "to query; Prometheus itself has no permissions, a proxy in front of it may", "the integration fails"),
    Scope("alertmanager", ("token", "user", "password"), "to list alerts, as for Prometheus", "the integration fails"),
    Scope("http-json", ("token", "password", "oauth.client_secret", "oauth.private_key"), "what the tool requires for the queried path", "the integration fails"),
)  # fmt: skip
PUBLISHERS = (
    Scope("git", ("username", "token"), "to push to the branch: *Contents* with write access on GitHub, `write_repository` on GitLab", "nothing is published; the exit code is 2"),
    Scope("s3", ("access_key", "secret_key"), "`s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`, `s3:ListBucket`", "nothing is published; the exit code is 2"),
)  # fmt: skip


def token_scopes_page() -> str:
    """The tables of sources, integrations and publishers, and how to choose a token for GitHub and GitLab."""
    parts = [_INTRODUCTION]
    for heading, scopes in (("Sources", SOURCES), ("Integrations", INTEGRATIONS), ("Publishers", PUBLISHERS)):
        rows = [(code(scope.type), ", ".join(map(code, scope.options)), scope.permissions, scope.without) for scope in scopes]
        parts += [f"## {heading}", table(_HEAD, rows)]
    parts.append("The types `files`, `file`, `reports`, `folder` and the integration `git` need no credential.")
    return "\n\n".join([*parts, _GITHUB])
