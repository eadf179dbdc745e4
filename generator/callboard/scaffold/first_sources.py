"""A type of source → the questions about a first source of this type; their answers → its item in ``sources.yaml``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import PluginError
from callboard.plugins import loader
from callboard.plugins.option_schemas import schema_of

GROUP = "callboard.sources"
TOKEN = "PORTAL_TOKEN"  # noqa: S105 - the name of a variable
SECRET = re.compile(r"as \$\{NAME\} of an environment variable")
"""In the description of an option: its value is a secret."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One option that is asked for."""

    key: str
    """The name of the option; one in a mapping with a dot, such as ``users.base``."""
    text: str
    default: str | None = None
    """None if an answer is required; an empty answer leaves the option out."""


@dataclass(frozen=True, slots=True)
class FirstSource:
    """How a source of one type is written for a new portal."""

    questions: tuple[Prompt, ...]
    """The first is that of ``--location``."""
    fixed: str = ""
    """Lines of YAML that are always written."""
    secrets: Mapping[str, str] | None = None
    """Options whose values are environment variables, with the variables' names."""
    hint: str = ""
    """Comment lines for a repository that needs a token."""


_PRIVATE = f"# If it requires authentication, store a token and use it here:\ntoken: ${{{TOKEN}}}".replace("\n", "\n# ")
_WITH_TOKEN = {"token": TOKEN}
_FIRST = {
    "files": FirstSource(
        (Prompt("path", "Folder with the repositories, relative to the portal's folder", "repositories"),),
        '# Each folder that matches is a repository of its own.\nrepositories: "*"',
    ),
    "git": FirstSource((Prompt("url", "URL of the repository"),), hint=_PRIVATE),
    "github": FirstSource(
        (Prompt("organization", "Organization on GitHub"), Prompt("url", "URL of the server", "https://github.com")),
        secrets=_WITH_TOKEN,
    ),
    "gitlab": FirstSource(
        (Prompt("group", "Group on GitLab"), Prompt("url", "URL of the server", "https://gitlab.com")), secrets=_WITH_TOKEN
    ),
    "gitea": FirstSource(
        (Prompt("organization", "Organization on Gitea or Forgejo"), Prompt("url", "URL of the server")), secrets=_WITH_TOKEN
    ),
    "azure-devops": FirstSource(
        (Prompt("organization", "Organization on Azure DevOps"), Prompt("url", "URL of the server", "https://dev.azure.com")),
        secrets=_WITH_TOKEN,
    ),
    "bitbucket-cloud": FirstSource((Prompt("workspace", "Workspace on Bitbucket Cloud"),), secrets=_WITH_TOKEN),
    "bitbucket-datacenter": FirstSource((Prompt("url", "URL of the server"),), secrets=_WITH_TOKEN),
    "aws": FirstSource((Prompt("regions", "Regions, such as eu-west-1 (several: separated by spaces)"),)),
    "http": FirstSource((Prompt("urls", "URL of a descriptor file (several: separated by spaces)"),), hint=_PRIVATE),
    "ldap": FirstSource(
        (
            Prompt("url", "URL of the directory, such as ldaps://ldap.example.com"),
            Prompt("users.base", "Search base of people, such as ou=people,dc=example,dc=com"),
            Prompt("groups.base", "Search base of groups, such as ou=groups,dc=example,dc=com"),
            Prompt("user", "Distinguished name to sign in with (empty: anonymous)", ""),
        ),
        secrets={"password": "LDAP_PASSWORD"},
    ),
    "entra": FirstSource(
        (
            Prompt("tenant", "Id or domain of the tenant, such as acme.onmicrosoft.com"),
            Prompt("client_id", "Id of the application that is registered there"),
        ),
        secrets={"client_secret": "ENTRA_CLIENT_SECRET"},
    ),
    "okta": FirstSource((Prompt("url", "URL of the organization, such as https://example.okta.com"),), secrets={"token": "OKTA_TOKEN"}),
    "keycloak": FirstSource(
        (
            Prompt("url", "URL of the server, such as https://sso.example.com"),
            Prompt("realm", "Name of the realm"),
            Prompt("client_id", "Id of a client with a service account"),
        ),
        secrets={"client_secret": "KEYCLOAK_CLIENT_SECRET"},
    ),
    "scim": FirstSource(
        (Prompt("url", "Base URL of the provider, such as https://idp.example.com/scim/v2"),), secrets={"token": "SCIM_TOKEN"}
    ),
    "backstage": FirstSource((Prompt("url", "URL of Backstage's backend, such as https://backstage.example.com"),), hint=_PRIVATE),
}
_LISTS = frozenset({"urls", "regions"})
"""Options that are lists of values, which are separated by spaces."""
_WITH_SERVER = frozenset({"github", "gitlab", "azure-devops"})
"""Types with a default for the URL of the server, which is not written."""


def source_types() -> tuple[str, ...]:
    """The types of sources that are installed: the built-in ones in the order of this table, then those of other packages."""
    installed = loader.load(GROUP)
    return (*(name for name in _FIRST if name in installed), *sorted(set(installed) - set(_FIRST)))


def first_source(type_: str) -> FirstSource:
    """The questions for a type. For one of another package: its required options.

    Raises ``PluginError`` for a plugin that cannot be loaded, or that requires an option that is no string.
    """
    if type_ in _FIRST:
        return _FIRST[type_]
    return FirstSource(*_required(loader.load(GROUP)[type_]))


def _required(plugin: loader.Plugin) -> tuple[tuple[Prompt, ...], str, Mapping[str, str]]:
    questions, secrets = required_options(plugin)
    return questions, "", secrets


def required_options(plugin: loader.Plugin) -> tuple[tuple[Prompt, ...], dict[str, str]]:
    """The questions for the required options of a plugin, and its required secrets with the names of their variables.

    Raises ``PluginError`` if the plugin cannot be loaded, or if an option that it requires is not a string.
    """
    schema = schema_of(plugin)
    properties = schema.get("properties", {})
    questions, secrets = [], {}
    for key in schema.get("required", ()):
        option = properties.get(key, {})
        description = str(option.get("description", key))
        if option.get("type") != "string":
            raise PluginError(
                f"{plugin.type} requires the option {key}, which is not a single value",
                "Add it to sources.yaml: the manual's page of its settings has the options.",
            )
        if SECRET.search(description):
            secrets[key] = variable_name(plugin.type, key)
        else:
            questions.append(Prompt(key, f"{plugin.type}: {description}"))
    return tuple(questions), secrets


def variable_name(type_: str, key: str) -> str:
    """The name of the variable for a secret. GitHub refuses names of secrets that begin with ``GITHUB_``."""
    name = re.sub(r"[^A-Z0-9]", "_", f"{type_}_{key}".upper())
    return name.replace("GITHUB_", "GH_", 1) if name.startswith("GITHUB_") else name


def item_of(type_: str, kind: FirstSource, answers: Mapping[str, str]) -> str:
    """The options of the source as lines of YAML, without indentation. An empty answer and a default of the server are left out."""
    return "\n".join(_lines(type_, kind, answers))


def _lines(type_: str, kind: FirstSource, answers: Mapping[str, str]) -> Iterator[str]:
    section = ""
    for question in kind.questions:
        value = answers.get(question.key, question.default or "")
        if not value or (type_ in _WITH_SERVER and value == question.default):
            continue
        parent, _, key = question.key.rpartition(".")
        if parent and parent != section:
            yield f"{parent}:"
        section = parent
        yield f"{'  ' if parent else ''}{key}: {_value(question.key, value)}"
    yield from kind.fixed.splitlines()
    for key, variable in (kind.secrets or {}).items():
        if key != "password" or answers.get("user"):
            yield f"{key}: ${{{variable}}}"
    yield from kind.hint.splitlines()


def _value(key: str, text: str) -> str:
    return f"[{', '.join(map(quoted, text.split()))}]" if key in _LISTS else quoted(text)


def option_value(key: str, text: str) -> Any:
    """The value of an option for its JSON Schema."""
    return text.split() if key in _LISTS else text


def quoted(text: str) -> str:
    """A string in YAML's double quotes, with ``${`` escaped, because it would be read as a variable."""
    return json.dumps(one_line(text).replace("${", "$${"), ensure_ascii=False)


def one_line(text: str) -> str:
    """The text in one line, without unprintable characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())
