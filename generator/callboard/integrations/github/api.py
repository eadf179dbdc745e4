"""GitHub's two APIs for connectors: GraphQL for many repositories at once, REST for an organization's listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.plugins.integrations.json_access import items, text_at

TOO_MUCH = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"})


@dataclass(frozen=True, slots=True)
class Replied:
    """What a GraphQL question brought."""

    data: Mapping[str, Any]
    """By the names of the question."""
    missing: frozenset[str] = frozenset()
    """Names of what GitHub does not have."""
    said: str = ""
    """What GitHub says about the rest that it left out."""


@dataclass(slots=True)
class GitHubFactsApi:
    """Asks one GitHub host."""

    client: Client
    rest: str = ""
    """What stands before the paths of REST."""
    asked: int = field(default=0, init=False)

    def query(self, text: str, variables: Mapping[str, Any]) -> Replied:
        """The answer to a GraphQL question. Raises ``HttpError`` where there is no data at all."""
        self.asked += 1
        answer = self.client.post("/graphql", {"query": text, "variables": dict(variables)})
        value = answer.object()
        data, errors = value.get("data"), items(value, "errors")
        gone = frozenset(_first(error) for error in errors if error.get("type") == "NOT_FOUND") - {""}
        said = "; ".join(dict.fromkeys(text_at(error, "message") for error in errors if error.get("type") != "NOT_FOUND"))
        if isinstance(data, dict) and not (said and all(part is None for part in data.values())):
            return Replied(data, gone, said)
        types = {text_at(error, "type") for error in errors}
        if "RATE_LIMITED" in types:
            raise HttpError("rate-limited", f"GitHub's allowance for GraphQL is used up: {said}")
        if types & TOO_MUCH:
            raise HttpError("too-large", f"GitHub says that we ask for too much at once: {said}")
        raise HttpError("wrong-type", f"GitHub did not answer our question{f': {said}' if said else ''}")


def is_too_much(error: HttpError) -> bool:
    """Whether the same question for fewer repositories may go well."""
    return error.kind in {"timeout", "too-large"} or error.status in {502, 504}


def _first(error: Mapping[str, Any]) -> str:
    """The name in the question that an error is about, if it is about all of it."""
    path = error.get("path")
    return path[0] if isinstance(path, list) and len(path) == 1 and isinstance(path[0], str) else ""
