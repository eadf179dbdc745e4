"""A document → why it is not a descriptor (other YAML, skeleton of a template), if so: counted, not reported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from callboard.descriptors.kinds import Kinds

SkipReason = Literal["not-a-descriptor", "template-skeleton", "empty"]

_TEMPLATED = re.compile(r"\{\{|\{%|<%|\$\{")
_FOREIGN_TAG = re.compile(r"(?<!\$)\{\{|\{%|<%")
_LIKE_DESCRIPTOR = re.compile(r"^(?:apiVersion|kind)[ \t]*:", re.MULTILINE)
_TEMPLATE_KIND = re.compile(r"^kind[ \t]*:[ \t]*[\"']?Template\b", re.MULTILINE)
_BACKSTAGE = "backstage.io/"


def reason_by_text(text: str, path: str) -> SkipReason | None:
    """Return why a document that is not valid YAML is skipped: a skeleton of a template, or not a descriptor."""
    if in_template_folder(path) or (_FOREIGN_TAG.search(text) and not _TEMPLATE_KIND.search(text)):
        return "template-skeleton"
    return None if _LIKE_DESCRIPTOR.search(text) else "not-a-descriptor"


def reason_by_value(value: Mapping[str, Any], kinds: Kinds) -> SkipReason | None:
    """Return why a document is skipped: its name is a template expression, or it lacks the fields of a descriptor."""
    metadata = value.get("metadata")
    of_metadata = metadata if isinstance(metadata, Mapping) else {}
    identity = (value.get("apiVersion"), value.get("kind"), of_metadata.get("name"), of_metadata.get("namespace"))
    if any(map(_templated, identity)):
        return "template-skeleton"
    return None if _like_descriptor(value, of_metadata, kinds) else "not-a-descriptor"


def in_template_folder(path: str) -> bool:
    """Whether a segment of the path is a template expression: ``{{cookiecutter.name}}/catalog-info.yaml``."""
    return _TEMPLATED.search(path) is not None


def _templated(part: Any) -> bool:
    """``${{ values.name }}`` as a string, or what YAML reads for ``{{ name }}`` without quotes: ``{"{ name }": null}``."""
    if isinstance(part, str):
        return _TEMPLATED.search(part) is not None
    return isinstance(part, Mapping) and any(key.startswith("{") for key in part)


def _like_descriptor(value: Mapping[str, Any], metadata: Mapping[str, Any], kinds: Kinds) -> bool:
    """Whether there are apiVersion and kind; one of them and further evidence; or metadata with a name and a spec."""
    version, kind = value.get("apiVersion"), value.get("kind")
    if "apiVersion" in value and "kind" in value:
        return True
    if "kind" in value:
        return bool(metadata) or (isinstance(kind, str) and kinds.get(kind) is not None)
    if "apiVersion" in value:
        return bool(metadata) or (isinstance(version, str) and _BACKSTAGE in version)
    return "name" in metadata and "spec" in value
