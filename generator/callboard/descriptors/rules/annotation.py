"""ANN001–ANN004: keys and values of annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from callboard.descriptors.annotation_forms import Form, form_of, forms_by_key, is_checked, suggested
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.formats import is_key
from callboard.model.problem import Problem, Rule, Severity
from callboard.settings.schema_messages import shown

ANNOTATION_NOT_TEXT = Rule(
    code="ANN001",
    name="annotation-not-text",
    severity=Severity.ERROR,
    summary="The value of an annotation is not a string.",
    means="""The value of every annotation is a string. Without quotes, `48113` and `1.0` are numbers and `true` is a boolean; a key
without a value is null; lines indented below a key are a mapping.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    sonarqube.org/project-id: 48113
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    sonarqube.org/project-id: "48113"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_annotation_not_text(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each annotation whose value is not a string; a warning for those that Backstage overwrites."""
    annotations = document.metadata().get("annotations")
    if not isinstance(annotations, Mapping):
        return
    for key, value in annotations.items():
        if not isinstance(value, str):
            path = ("metadata", "annotations", key)
            severity = Severity.WARNING if key in _OVERWRITTEN else Severity.ERROR
            message = f"The annotation {shown(key)} {document.mismatch('a string', value, path)}."
            yield document.problem(ANNOTATION_NOT_TEXT, message, path, document.type_hint(path, ["string"], value), severity=severity)


_OVERWRITTEN = {"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"}


INVALID_ANNOTATION_KEY = Rule(
    code="ANN002",
    name="invalid-annotation-key",
    severity=Severity.ERROR,
    summary="The key of an annotation contains invalid characters.",
    means="""The key of an annotation is a name (letters, digits, `-`, `_` and `.`, at most 63), or `<DNS name>/<name>` where the DNS
name is lower case.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    acme.org/team/chat: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    acme.org/team-chat: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_annotation_key(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each annotation whose key is invalid."""
    annotations = document.metadata().get("annotations")
    for key in annotations if isinstance(annotations, Mapping) else ():
        if not is_key(key):
            hint = "Write a name, or <lower-case DNS name>/<name> with a single slash."
            yield document.problem(
                INVALID_ANNOTATION_KEY,
                f'"{shown(key)}" is not a valid annotation key.',
                ("metadata", "annotations", key),
                hint,
                at_key=True,
            )


DEPRECATED_ANNOTATION = Rule(
    code="ANN003",
    name="deprecated-annotation",
    severity=Severity.WARNING,
    summary="The annotation is deprecated.",
    means="""The annotation belongs to an old release of Backstage; current releases read another key or another field in its place.""",
    matters="""Current tools ignore it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    jenkins.io/github-folder: shop/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    jenkins.io/job-full-name: shop/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_deprecated_annotation(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each deprecated annotation."""
    annotations = document.metadata().get("annotations")
    if isinstance(annotations, Mapping):
        for key in sorted(annotations.keys() & _INSTEAD.keys()):
            yield document.problem(
                DEPRECATED_ANNOTATION, f"The annotation {key} is deprecated.", ("metadata", "annotations", key), _INSTEAD[key], at_key=True
            )


SUCCESSORS = {"backstage.io/github-actions-id": "github.com/project-slug", "jenkins.io/github-folder": "jenkins.io/job-full-name"}
"""Old key to new key of annotations that were renamed; the values are the same."""
_INSTEAD = {
    **{old: f"Write {new} instead." for old, new in SUCCESSORS.items()},
    "backstage.io/definition-at-location": "Write definition: below spec:, and $text: … below it, instead.",
}


INVALID_ANNOTATION_VALUE = Rule(
    code="ANN004",
    name="invalid-annotation-value",
    severity=Severity.WARNING,
    summary="The value of a well-known annotation does not have the form that its tool expects.",
    means="""Backstage and its plugins expect a certain form: `organization/repository` and not the URL of the repository, `dir:.` or
`url:https://…` and not a bare path, the key of a project and not the URL of its page. This value has another form.""",
    matters="""The value is ignored: the link, the documentation or the data of the tool is missing on the page. In Backstage some pages
show an error instead.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    github.com/project-slug: https://github.com/acme/orders
    backstage.io/techdocs-ref: docs
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    github.com/project-slug: acme/orders
    backstage.io/techdocs-ref: dir:docs
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_annotation_value(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each well-known annotation whose value does not have the form that is expected of it."""
    annotations = document.metadata().get("annotations")
    if not isinstance(annotations, Mapping):
        return
    known = forms_by_key()
    for key in (key for key in annotations if key in known):
        value, form = annotations[key], form_of(key)
        if form is None or not isinstance(value, str) or not is_checked(value):
            continue
        if not form.is_valid(value):
            yield _wrong_value(document, key, value, form)
        elif key == _SOURCE_LOCATION and _FOLDER.search(value) and str(annotations.get("backstage.io/techdocs-ref", "")).startswith("dir:"):
            message = f"The annotation {key} names a folder without a final slash: the documentation is looked for one folder higher."
            yield document.problem(INVALID_ANNOTATION_VALUE, message, ("metadata", "annotations", key), f"Write {key}: {value}/")


def _wrong_value(document: CheckedDocument, key: str, value: str, form: Form) -> Problem:
    better = suggested(form, value)
    found = f'not "{shown(value)}"' if value.strip() else "but is empty"
    hint = (
        f"Write {key}: {better}"
        if better
        else f"Write {form.expected}."
        if value.strip()
        else f"Write {form.expected}, or remove the line."
    )
    path = ("metadata", "annotations", key)
    return document.problem(INVALID_ANNOTATION_VALUE, f"The annotation {key} must be {form.expected}, {found}.", path, hint)


_SOURCE_LOCATION = "backstage.io/source-location"
_FOLDER = re.compile(r"^url:https?://[^?#]*/[^./?#]+$|^url:https?://[^?#]*/tree/[^?#]*[^/?#]$")
"""The URL of a folder without a final slash: its last name has no ending, and no query follows."""
