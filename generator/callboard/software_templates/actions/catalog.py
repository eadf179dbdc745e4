"""Entities and descriptors of a template's steps → descriptor files, entities of the portal, and what the next build will read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import yaml
from callboard.plugins.actions import ActionError, ActionStep, StepAction

_TEXT = {"type": "string"}


class RegisterEntity(StepAction):
    """Says that the next build of the portal finds the descriptor: there is nothing to register."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {
            "catalogInfoUrl": _TEXT, "repoContentsUrl": _TEXT, "catalogInfoPath": _TEXT, "optional": {"type": "boolean"},
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """The address of the descriptor, and its entity if it is one of the new files."""
        path = str(step.input.get("catalogInfoPath") or "catalog-info.yaml").lstrip("/")
        contents = str(step.input.get("repoContentsUrl") or "").rstrip("/")
        url = str(step.input.get("catalogInfoUrl") or (f"{contents}/{path}" if contents else ""))
        step.messages.append(f"The entity appears in the portal after its next build, if a source reads the repository: {url or path}")
        ref = _reference(step, path)
        return {"catalogInfoUrl": url, **({"entityRef": ref} if ref else {})}


def _reference(step: ActionStep, path: str) -> str:
    """The reference of the first entity in a descriptor file; empty if it has none."""
    try:
        documents = [*yaml.safe_load_all(step.files.read(path))] if step.files.exists(path) else []
    except (yaml.YAMLError, ActionError, ValueError, RecursionError):
        return ""
    for document in documents:
        metadata = document.get("metadata") if isinstance(document, Mapping) else None
        if isinstance(metadata, Mapping) and metadata.get("name"):
            return f"{str(document.get('kind')).lower()}:{metadata.get('namespace') or 'default'}/{metadata['name']}"
    return ""


class WriteEntity(StepAction):
    """Writes a descriptor."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["entity"],
        "properties": {"filePath": _TEXT, "entity": {"type": "object"}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Write the entity as YAML to ``filePath`` (default: ``catalog-info.yaml``)."""
        text = yaml.safe_dump(step.input["entity"], sort_keys=False, allow_unicode=True, width=1_000)
        step.files.write(str(step.input.get("filePath") or "catalog-info.yaml"), text.encode())
        return {}


class FetchEntity(StepAction):
    """Reads entities of the portal."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {
            "entityRef": _TEXT, "entityRefs": {"type": "array", "items": _TEXT}, "optional": {"type": "boolean"},
            "defaultKind": _TEXT, "defaultNamespace": _TEXT,
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """The entity, or the entities, as outputs."""
        refs = step.input.get("entityRefs")
        if refs is None:
            return {"entity": _entity(step, str(step.input.get("entityRef") or ""))}
        return {"entities": [_entity(step, ref) for ref in refs]}


def _entity(step: ActionStep, ref: str) -> Mapping[str, Any] | None:
    kind, colon, rest = ref.partition(":")
    kind, rest = (kind, rest) if colon else (str(step.input.get("defaultKind") or ""), ref)
    namespace, slash, name = rest.partition("/")
    namespace, name = (namespace, name) if slash else (str(step.input.get("defaultNamespace") or "default"), rest)
    if not kind or not name:
        raise ActionError(f"{ref!r} is not an entity reference.", "Write kind:namespace/name.")
    found = step.services.entity(f"{kind}:{namespace}/{name}".lower())
    if found is None and not step.input.get("optional"):
        raise ActionError(f"The portal has no entity {kind}:{namespace}/{name}.", "Check the answer, or build the portal again.")
    return found
