"""Documents that are no descriptors, and skeletons of templates: counted, not reported."""

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
_OURS = "backstage.io/"


def reason_by_text(text: str, path: str) -> SkipReason | None:
    """Why a document that is no YAML need not be reported: it is the skeleton of a template, or shows no sign of a descriptor."""
    if in_template_folder(path) or (_FOREIGN_TAG.search(text) and not _TEMPLATE_KIND.search(text)):
        return "template-skeleton"
    return None if _LIKE_DESCRIPTOR.search(text) else "not-a-descriptor"


def reason_by_value(value: Mapping[str, Any], kinds: Kinds) -> SkipReason | None:
    """Why a document need not be reported: its name is yet to be filled in, or it has neither apiVersion nor kind."""
    metadata = value.get("metadata")
    of_metadata = metadata if isinstance(metadata, Mapping) else {}
    identity = (value.get("apiVersion"), value.get("kind"), of_metadata.get("name"), of_metadata.get("namespace"))
    if any(map(_templated, identity)):
        return "template-skeleton"
    return None if _like_descriptor(value, of_metadata, kinds) else "not-a-descriptor"


def in_template_folder(path: str) -> bool:
    """Whether a segment of the path is itself to be filled in: ``{{cookiecutter.name}}/catalog-info.yaml``."""
    return _TEMPLATED.search(path) is not None


def _templated(part: Any) -> bool:
    """``${{ values.name }}`` as text, or what ``{{ name }}`` without quotes is to YAML: ``{"{ name }": null}``."""
    if isinstance(part, str):
        return _TEMPLATED.search(part) is not None
    return isinstance(part, Mapping) and any(key.startswith("{") for key in part)


def _like_descriptor(value: Mapping[str, Any], metadata: Mapping[str, Any], kinds: Kinds) -> bool:
    """Both of apiVersion and kind; or one of them with another sign; or metadata with a name beside a spec."""
    version, kind = value.get("apiVersion"), value.get("kind")
    if "apiVersion" in value and "kind" in value:
        return True
    if "kind" in value:
        return bool(metadata) or (isinstance(kind, str) and kinds.get(kind) is not None)
    if "apiVersion" in value:
        return bool(metadata) or (isinstance(version, str) and _OURS in version)
    return "name" in metadata and "spec" in value
