"""Settings of a repository at GitHub or GitLab that a step makes → requests to the host by ``gh`` or ``glab``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.actions import ActionError, ActionStep, StepAction
from callboard.software_templates.actions.programs import ProgramRun
from callboard.software_templates.repo_urls import TargetRepository, target_repository

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}


def _repository(step: ActionStep, type_: str) -> TargetRepository:
    repository = target_repository(str(step.input["repoUrl"]), step.services.hosts)
    if repository.type != type_:
        raise ActionError(f"The repository is at {repository.host}, which is no host of the type {type_}.", "Check the answers.")
    return repository


def request(step: ActionStep, repository: TargetRepository, path: str, body: Mapping[str, Any], title: str) -> None:
    """Add a request to the API of the repository's host; values None are left out of its body."""
    content = json.dumps({key: value for key, value in body.items() if value is not None}, ensure_ascii=False)
    where = f"{repository.owner}/{repository.name} on {repository.host}"
    if repository.tool == "gh":
        command = ["gh", "api", f"--hostname={repository.host}", "--method=POST", "--input={file}", f"repos/{repository.path}/{path}"]
        ProgramRun(f"{title} of {where}", command, None, content).add_to(step)
        return
    project = quote(repository.path, safe="")
    command = ["glab", "api", f"--hostname={repository.host}", "--method=POST", "--header=Content-Type: application/json",
               "--input={file}", f"projects/{project}/{path}"]  # fmt: skip
    ProgramRun(f"{title} of {where}", command, None, content).add_to(step)


class CreateWebhook(StepAction):
    """Creates a webhook of a repository at GitHub."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl", "webhookUrl"],
        "properties": {
            "repoUrl": _TEXT, "webhookUrl": _TEXT, "webhookSecret": _TEXT, "active": _FLAG, "insecureSsl": _FLAG,
            "contentType": {"enum": ["form", "json"]},
            "events": {"oneOf": [{"type": "array", "items": _TEXT}, _TEXT]},
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the request."""
        given = step.input
        config = {"url": given["webhookUrl"], "content_type": given.get("contentType", "form")}
        config |= {"secret": given["webhookSecret"]} if given.get("webhookSecret") else {}
        config["insecure_ssl"] = "1" if given.get("insecureSsl") else "0"
        events = given.get("events", ["push"])
        body = {"config": config, "events": events if isinstance(events, list) else [events], "active": given.get("active", True)}
        request(step, _repository(step, "github"), "hooks", body, "Create the webhook")
        return {}


class EnablePages(StepAction):
    """Turns on GitHub Pages."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl"],
        "properties": {"repoUrl": _TEXT, "buildType": {"enum": ["legacy", "workflow"]}, "sourceBranch": _TEXT, "sourcePath": _TEXT},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the request."""
        given, type_ = step.input, step.input.get("buildType", "workflow")
        source = {"branch": given.get("sourceBranch", "main"), "path": given.get("sourcePath", "/")} if type_ == "legacy" else None
        request(step, _repository(step, "github"), "pages", {"build_type": type_, "source": source}, "Turn on Pages")
        return {}


class CreateAutolink(StepAction):
    """Makes texts like ``TICKET-1`` links at GitHub."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl", "keyPrefix", "urlTemplate"],
        "properties": {"repoUrl": _TEXT, "keyPrefix": _TEXT, "urlTemplate": _TEXT, "isAlphanumeric": _FLAG},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the request."""
        given = step.input
        body = {"key_prefix": given["keyPrefix"], "url_template": given["urlTemplate"], "is_alphanumeric": given.get("isAlphanumeric")}
        request(step, _repository(step, "github"), "autolinks", body, f"Create the autolink {given['keyPrefix']}")
        return {}


class CreateProjectVariable(StepAction):
    """Creates a variable of the pipelines of a project at GitLab."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl", "key", "value"],
        "properties": {
            "repoUrl": _TEXT, "projectId": {"type": ["string", "number"]}, "key": _TEXT, "value": _TEXT, "variableType": _TEXT,
            "variableProtected": _FLAG, "masked": _FLAG, "raw": _FLAG, "environmentScope": _TEXT,
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the request."""
        given = step.input
        body = {
            "key": given["key"], "value": given["value"], "variable_type": given.get("variableType", "env_var"),
            "protected": given.get("variableProtected", False), "masked": given.get("masked", False), "raw": given.get("raw", False),
            "environment_scope": given.get("environmentScope", "*"),
        }  # fmt: skip
        request(step, _repository(step, "gitlab"), "variables", body, f"Create the variable {given['key']}")
        return {}


class TriggerPipeline(StepAction):
    """Starts a pipeline of a project at GitLab."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl", "branch"],
        "properties": {"repoUrl": _TEXT, "branch": _TEXT, "variables": {"type": "object"}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the request."""
        repository, given = _repository(step, "gitlab"), step.input
        variables = [{"key": key, "value": str(value)} for key, value in (given.get("variables") or {}).items()]
        request(step, repository, "pipeline", {"ref": given["branch"], "variables": variables}, f"Start a pipeline on {given['branch']}")
        return {}
