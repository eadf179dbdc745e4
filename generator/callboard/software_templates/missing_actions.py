"""The name of an action that is not built in → what to do instead, for actions that public templates use."""

from __future__ import annotations

_SERVER = "it is a request to Backstage's own server, which a static portal does not have: make the request by hand"
_SECRET = "it makes a secret that later steps read: create it on the host, and give it to the template as a parameter with ui:field Secret"  # noqa: S105 - no secret
_PROGRAM = "it runs programs of the template: use fetch:template"
_INSTEAD = {
    "http:backstage:request": _SERVER,
    "orchestrator:": _SERVER,
    "catalog:template:version": "an update knows the template's revision without it (callboard new --update): leave the step out",
    "catalog:scaffolded-from": ".callboard/template.yaml says from which template a project is: leave the step out",
    "catalog:timestamping": "git knows when a project was made: leave the step out",
    "fetch:cookiecutter": "it runs programs of the template: use fetch:template with cookiecutterCompat",
    "fetch:rails": _PROGRAM,
    "run:": _PROGRAM,
    "gitlab:projectAccessToken:create": _SECRET,
    "gitlab:projectDeployToken:create": _SECRET,
    "github:deployKey:create": _SECRET,
    "quay:create-repository": "it needs a token of Quay: create the repository there",
    "publish:zip": "without a step that publishes, the files are written to a folder: leave the step out",
    "publish:file": "without a step that publishes, the files are written to a folder: leave the step out",
    "fs:write": "use roadiehq:utils:fs:write",
    "roadiehq:utils:jsonata": "JSONata is not built in: write the value as an expression, ${{ … }}, where it is used",
    "roadiehq:utils:json:transform": "JSONata is not built in: write the value as an expression, ${{ … }}, where it is used",
    "pagerduty:service:create": "it needs a token of PagerDuty: create the service there",
    "sonarqube:create-project": "it needs a token of SonarQube: create the project there",
}


def instead_of(action: str) -> str:
    """A clause for messages; empty for an unknown action."""
    if action in _INSTEAD:
        return _INSTEAD[action]
    return next((text for name, text in _INSTEAD.items() if name.endswith(":") and action.startswith(name)), "")
