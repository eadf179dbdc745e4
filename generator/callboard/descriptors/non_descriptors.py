"""A document → why it is not a descriptor (other YAML, a manifest, a template), if so: counted with its reason, not reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename
from typing import Any, Literal

from callboard.descriptors.kinds import Kinds

SkipReason = Literal["not-a-descriptor", "template-skeleton", "kubernetes", "empty"]

_TEMPLATED = re.compile(r"\{\{|\{%|<%|\$\{")
_CONTROL = re.compile(r"[ \t]*(?:- +)?(?:\{%|\{#|<%|\{\{[-~]?[ \t]*(?:[#/^>!]|(?:if|else|end|range|with|define|block|include|template)\b))")
"""A line that is a statement of a template language (Jinja, ERB, EJS, Handlebars, Helm), not a value."""
_SIGN = re.compile(r"api_?version|metadata|\bkind\b|backstage", re.IGNORECASE)
_KEY = re.compile(r"([ \t]*)[\"']?([A-Za-z]+)[\"']?[ \t]*:(?:[ \t]+(.*))?$")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_DESCRIPTOR_NAME = "catalog-info."
_BACKSTAGE = "backstage.io/"
_KUBERNETES = re.compile(
    r"v1|(?:apps|batch|autoscaling|policy|extensions)/v\w+"
    r"|(?:[\w-]+\.)*(?:k8s\.io|x-k8s\.io|coreos\.com|openshift\.io|argoproj\.io|cert-manager\.io|istio\.io|knative\.dev|tekton\.dev"
    r"|fluxcd\.io|crossplane\.io|external-secrets\.io|traefik\.io|cilium\.io|kyverno\.io|keda\.sh|cattle\.io)/v\w+"
)
"""The ``apiVersion`` of Kubernetes itself, and of extensions that many clusters have."""


def reason_by_text(text: str, path: str, error_lines: Iterable[int]) -> SkipReason | None:
    """Return why a document that is not valid YAML is skipped; None if its errors are reported.

    It is the skeleton of a template if its folder or its identity is a template expression, or if the parser stopped at a statement of
    a template language. An expression anywhere else says nothing: annotations, descriptions and definitions may contain one.

    Args:
        text: the text of the document.
        path: the path of its file.
        error_lines: the lines of its errors, from 1, in the document.
    """
    if in_template_folder(path):
        return "template-skeleton"
    lines = text.split("\n")
    at_statement = any(_is_statement(lines, number - 1) for number in error_lines)
    if at_statement or any(map(_TEMPLATED.search, _identity(lines))):
        return "template-skeleton"
    is_likely = basename(path).startswith(_DESCRIPTOR_NAME) or _SIGN.search(text)
    return None if is_likely else "not-a-descriptor"


def reason_by_value(value: Mapping[str, Any], path: str, kinds: Kinds) -> SkipReason | None:
    """Return why a document is skipped: its name is a template expression, or it lacks the fields of a descriptor.

    A manifest of Kubernetes has these fields; it is skipped if its kind is not one of the portal and its file is not ``catalog-info.*``.
    """
    metadata = value.get("metadata")
    of_metadata = metadata if isinstance(metadata, Mapping) else {}
    identity = (value.get("apiVersion"), value.get("kind"), of_metadata.get("name"), of_metadata.get("namespace"))
    if any(map(_templated, identity)):
        return "template-skeleton"
    if not basename(path).startswith(_DESCRIPTOR_NAME) and _is_kubernetes(value, kinds):
        return "kubernetes"
    return None if _like_descriptor(value, of_metadata, kinds) else "not-a-descriptor"


def _is_kubernetes(value: Mapping[str, Any], kinds: Kinds) -> bool:
    version, kind = value.get("apiVersion"), value.get("kind")
    return isinstance(version, str) and isinstance(kind, str) and kinds.get(kind) is None and _KUBERNETES.fullmatch(version) is not None


def _is_statement(lines: Sequence[str], number: int) -> bool:
    """Whether a line (from 0) is a statement, or is read as the rest of one above, which ``<% … %>`` is for YAML."""
    line, above = "".join(lines[number : number + 1]), lines[number - 1] if number else ""
    depth = len(line) - len(line.lstrip())
    return _CONTROL.match(line) is not None or (above[depth:].startswith("<%") and not above[:depth].strip())


def in_template_folder(path: str) -> bool:
    """Whether a segment of the path is a template expression: ``{{cookiecutter.name}}/catalog-info.yaml``."""
    return _TEMPLATED.search(path) is not None


def _identity(lines: Sequence[str]) -> Iterator[str]:
    """The values of apiVersion and kind, and of name and namespace in metadata, as written, in a text that the parser cannot read."""
    top, child, in_metadata = -1, -1, False
    for match in filter(None, map(_KEY.match, lines)):
        depth, key, value = len(match[1]), match[2], _COMMENT.sub("", match[3] or "")
        top = depth if top < 0 else top
        if depth <= top:
            in_metadata, child = key == "metadata", -1
            if key in {"apiVersion", "kind"}:
                yield value
        elif in_metadata:
            child = depth if child < 0 else child
            if depth == child and key in {"name", "namespace"}:
                yield value


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
