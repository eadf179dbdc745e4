"""A document of the kind API → where its definition stands, and the definition with the files that it refers to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from yaml.nodes import MappingNode, ScalarNode

from callboard.api_reference.bundling import UnfollowedReference, bundled
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.placeholders import Placeholders
from callboard.model.fields import FieldPath

PATH: FieldPath = ("spec", "definition")
_AS_TEXT = frozenset({"$text", "$openapi", "$asyncapi"})
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//")


def definition_target(document: CheckedDocument) -> str:
    """The target of the placeholder in place of the definition; empty where the definition stands in the descriptor."""
    node = document.node(PATH)
    if not isinstance(node, MappingNode) or len(node.value) != 1:
        return ""
    key, target = node.value[0]
    is_text = isinstance(key, ScalarNode) and key.value in _AS_TEXT and isinstance(target, ScalarNode)
    return str(target.value).strip().replace("\\", "/") if is_text else ""


def definition_file(document: CheckedDocument) -> str:
    """The path of the definition's file in the tree; empty where it stands in the descriptor, or at a URL."""
    path = definition_target(document)
    if not path or _URL.match(path):
        return ""
    folder = posixpath.dirname(document.origin.path)
    return posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))


def with_files(document: CheckedDocument, placeholders: Placeholders) -> tuple[Mapping[str, Any], tuple[UnfollowedReference, ...]]:
    """The document's value with the files of its definition's references, and those that cannot be followed."""
    spec = document.spec()
    text = spec.get("definition")
    if document.kind is None or document.kind.name != "API" or not isinstance(text, str) or "$ref" not in text:
        return document.value, ()
    base = definition_file(document) or definition_target(document) or document.origin.path
    made = bundled(text, base, placeholders.content_at)
    return ({**document.value, "spec": {**spec, "definition": made.text}} if made.text is not text else document.value), made.failures
