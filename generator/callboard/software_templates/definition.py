"""The spec of a Template entity → its pages, steps and output, as values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.software_templates.parameters import ParameterPage, pages_of

API_VERSION = "scaffolder.backstage.io/v1beta3"
MAX_STEPS = 200
_SIGNED_IN = ("publish:", "fetch:", "github:", "gitlab:", "catalog:", "kube:")
_SECRET = re.compile(r"secrets\.([A-Za-z_][A-Za-z0-9_]*+)|secrets\[\s*+['\"]([^'\"]++)['\"]")


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step as written."""

    id: str
    name: str
    action: str
    position: str
    """``steps[2]``, for messages."""
    input: Any
    condition: Any = None
    """``if``; None without one."""
    each: Any = None

    @property
    def title(self) -> str:
        """Position, name and action, for messages."""
        return f"{self.position} ({self.name}): {self.action}" if self.name else f"{self.position}: {self.action}"


@dataclass(frozen=True, slots=True)
class TemplateDefinition:
    """A template."""

    ref: str
    title: str
    pages: tuple[ParameterPage, ...]
    steps: tuple[TemplateStep, ...]
    output: Mapping[str, Any]
    digest: str
    """SHA-256 of the spec."""

    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets that steps use, in their order."""
        text = json.dumps([[_without_token(step), step.condition, step.each] for step in self.steps], default=str)
        return tuple(dict.fromkeys(one or other for one, other in _SECRET.findall(text)))


def _without_token(step: TemplateStep) -> Any:
    """The input without the token of a host, which is not used: actions work with the person's own sign-in."""
    if not isinstance(step.input, Mapping) or not step.action.startswith(_SIGNED_IN):
        return step.input
    return {key: value for key, value in step.input.items() if key != "token"}


def definition_of(ref: str, metadata: Mapping[str, Any], spec: Mapping[str, Any], api_version: str) -> TemplateDefinition:
    """The template. Raises ``CallboardError`` if it has no usable steps."""
    if api_version != API_VERSION:
        raise CallboardError(f"{ref} has the apiVersion {api_version!r}.", f"Templates of {API_VERSION} can be run.")
    steps = spec.get("steps")
    if not isinstance(steps, list) or not steps or len(steps) > MAX_STEPS:
        raise CallboardError(f"{ref} has no list of 1 to {MAX_STEPS} steps.", "Correct spec.steps in the template.")
    output, title = spec.get("output"), metadata.get("title")
    return TemplateDefinition(
        ref,
        title if isinstance(title, str) and title else str(metadata.get("name", "")),
        pages_of(spec.get("parameters", [])),
        tuple(_step(number, item) for number, item in enumerate(steps)),
        output if isinstance(output, Mapping) else {},
        digest_of(spec),
    )


def digest_of(spec: Mapping[str, Any]) -> str:
    """SHA-256 of what the template asks for and does."""
    content = {key: spec.get(key) for key in ("parameters", "steps", "output")}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode("utf-8", "replace")).hexdigest()


def _step(number: int, item: Any) -> TemplateStep:
    position = f"steps[{number}]"
    if not isinstance(item, Mapping) or not isinstance(item.get("action"), str):
        raise CallboardError(f"{position} of the template has no action.", "Correct spec.steps in the template.")
    return TemplateStep(
        str(item.get("id") or f"step-{number + 1}"), str(item.get("name") or ""), item["action"], position,
        item.get("input") or {}, item.get("if"), item.get("each"),
    )  # fmt: skip
