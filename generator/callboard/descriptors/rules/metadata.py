"""ENT009–ENT013: other fields of metadata: labels, tags, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from callboard.descriptors.document import CheckedDocument, FieldPath, dotted, shown, type_hint, type_name, wanted
from callboard.descriptors.formats import MOST_CHARACTERS, is_filled, is_key, is_label_value, is_tag, is_web_url
from callboard.descriptors.suggestions import nearest, same_but_spelling
from callboard.descriptors.validation import SchemaError
from callboard.model.problem import Problem, Rule, Severity

INVALID_METADATA_FIELD = Rule(
    code="ENT009",
    name="invalid-metadata-field",
    severity=Severity.ERROR,
    summary="A field of the metadata has a value of a wrong type.",
    means="""`title` is a text that is not empty, `description` a text; `labels` and `annotations` are mappings, `tags` and `links`
lists. A key without a value (`tags:`) is null, and that is none of them.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  title: 2024
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  title: "2024"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_metadata_field(document: CheckedDocument) -> Iterator[Problem]:
    """Each field of the metadata of a wrong type, but for those that have rules of their own."""
    for error in document.errors:
        path = error.path
        if len(path) < 2 or path[0] != "metadata" or path[1] in _ELSEWHERE or (len(path) > 2 and path[1] in _ITEMS):  # noqa: PLR2004 - below the field
            continue
        if error.keyword == "type":
            types = error.details["types"]
            message = f"`{dotted(path)}` must be {wanted(error.details)}, and is {type_name(error.value)}."
            yield document.problem(
                INVALID_METADATA_FIELD, message, path, type_hint(document, path, types, error.value), severity=_field_severity(error)
            )
        elif error.keyword == "minLength":
            yield document.problem(INVALID_METADATA_FIELD, f"`{dotted(path)}` is empty.", path, "Write a text, or remove the line.")


def _field_severity(error: SchemaError) -> Severity:
    """Backstage fills in annotations of its own, and drops an empty value in their place without a word."""
    dropped = error.path == ("metadata", "annotations") and not isinstance(error.value, list) and not error.value
    return Severity.WARNING if dropped else Severity.ERROR


_ELSEWHERE = ("name", "namespace")
_ITEMS = ("labels", "annotations", "tags", "links")


INVALID_LABEL = Rule(
    code="ENT010",
    name="invalid-label",
    severity=Severity.ERROR,
    summary="A label has a key or a value that labels cannot have.",
    means="""The key of a label is a name, or `<DNS name>/<name>`; its value is a name or empty: letters, digits, `-`, `_` and `.`,
at most 63. Anything longer or freer belongs in `annotations`.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  labels:
    tier: gold plated
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  labels:
    tier: gold-plated
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_label(document: CheckedDocument) -> Iterator[Problem]:
    """Each label with a bad key or value."""
    labels = document.metadata().get("labels")
    if not isinstance(labels, Mapping):
        return
    for key, value in labels.items():
        path = ("metadata", "labels", key)
        if not is_key(key):
            yield document.problem(
                INVALID_LABEL, f'"{shown(key)}" is no valid key of a label.', path, "Write a name, or <DNS name>/<name>.", at_key=True
            )
        if not isinstance(value, str):
            message = f"The label {shown(key)} must be a text, and is {type_name(value)}."
            yield document.problem(INVALID_LABEL, message, path, type_hint(document, path, ["string"], value))
        elif not is_label_value(value):
            message = f'The label {shown(key)} cannot have the value "{shown(value)}".'
            yield document.problem(
                INVALID_LABEL, message, path, 'Use letters, digits, "-", "_" and ".", at most 63; or move it to annotations.'
            )


INVALID_TAG = Rule(
    code="ENT011",
    name="invalid-tag",
    severity=Severity.ERROR,
    summary="A tag has characters that tags cannot have.",
    means="""A tag has lower-case letters, digits, `+` and `#`, in groups joined by single `-`, and at most 63 characters: `java`,
`c++`, `c#`, `go-1`. A colon, as in `team:web`, is a warning: the format does not know it, and Backstage accepts it.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [Java, spring.boot]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [java, spring-boot]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_tag(document: CheckedDocument) -> Iterator[Problem]:
    """Each tag that is no text or has other characters."""
    tags = document.metadata().get("tags")
    for number, tag in enumerate(tags if isinstance(tags, list) else ()):
        path = ("metadata", "tags", number)
        if not isinstance(tag, str):
            yield document.problem(
                INVALID_TAG, f"A tag must be a text, and is {type_name(tag)}.", path, type_hint(document, path, ["string"], tag)
            )
        elif not is_tag(tag):
            usable = usable_tag(tag)
            hint = f"Write {usable}" if usable else "Remove it."
            message = f'The tag "{shown(tag)}" may have only lower-case letters, digits, "+", "#" and single "-".'
            yield document.problem(INVALID_TAG, message, path, hint, severity=_tag_severity(tag))


def _tag_severity(tag: str) -> Severity:
    """A colon is outside of the documented format, but the catalog's own check (catalog-model's ``makeValidator``) lets it pass."""
    return Severity.WARNING if is_tag(tag.replace(":", "+")) else Severity.ERROR


def usable_tag(tag: str) -> str:
    """The nearest text that a tag may be; empty where nothing of it is left."""
    return re.sub(r"[^a-z0-9+#]+", "-", tag.lower()).strip("-")[:MOST_CHARACTERS].rstrip("-")


INVALID_LINK = Rule(
    code="ENT012",
    name="invalid-link",
    severity=Severity.ERROR,
    summary="A link has no URL, or one that cannot be used.",
    means="""Each link is a mapping with a `url` that has a scheme (`https://…`, `mailto:…`), and may have `title`, `icon` and
`type`, texts that are not empty.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  links:
    - url: wiki.example.com/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  links:
    - url: https://wiki.acme.example/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_link(document: CheckedDocument) -> Iterator[Problem]:
    """Each link with a missing or bad part."""
    links = document.metadata().get("links")
    for number, link in enumerate(links if isinstance(links, list) else ()):
        path = ("metadata", "links", number)
        if isinstance(link, Mapping):
            yield from _parts(document, path, link)
        else:
            yield document.problem(INVALID_LINK, f"A link must be a mapping, and is {type_name(link)}.", path, "Write - url: https://…")


def _parts(document: CheckedDocument, path: FieldPath, link: Mapping[str, Any]) -> Iterator[Problem]:
    url = link.get("url")
    if "url" not in link:
        yield document.problem(INVALID_LINK, "A link has no `url`.", path, "Add url: https://…")
    elif not isinstance(url, str) or not url:
        yield document.problem(
            INVALID_LINK, f"A link's `url` must be a text, and is {type_name(url)}.", (*path, "url"), "Write url: https://…"
        )
    elif not is_web_url(url):
        yield document.problem(INVALID_LINK, f'"{shown(url)}" is no URL.', (*path, "url"), _url_hint(url))
    for name in ("title", "icon", "type"):
        part = link.get(name)
        if name in link and not (is_filled(part) if name != "type" else isinstance(part, str) and part):
            hint = type_hint(document, (*path, name), ["string"], part)
            yield document.problem(INVALID_LINK, f"A link's `{name}` must be a text, and is {type_name(part)}.", (*path, name), hint)


def _url_hint(url: str) -> str:
    bare = url.strip().split("/")[0]
    return f"Write https://{shown(url)}" if "." in bare and " " not in bare else "Write a whole address, beginning with https://"


MISSPELT_METADATA_FIELD = Rule(
    code="ENT013",
    name="misspelt-metadata-field",
    severity=Severity.WARNING,
    summary="A field of the metadata looks like a misspelt one.",
    means="""Metadata may have fields of your own, so Backstage says nothing about one that it does not know. This one is so like a
known field that it is most likely meant to be that.""",
    matters="""What stands there is not shown, not searched and not used.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  desciption: Takes orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Takes orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_misspelt_metadata_field(document: CheckedDocument) -> Iterator[Problem]:
    """Each unknown field of the metadata that is like a known one."""
    metadata = document.metadata()
    if metadata.keys() <= _KNOWN:
        return
    for name in islice((name for name in metadata if name not in _KNOWN), _MOST):
        near = nearest(name, _WRITTEN)
        if near and (near not in metadata or same_but_spelling(name, near)):
            message = f"`metadata.{shown(name)}` is not known and looks like `{near}`."
            yield document.problem(MISSPELT_METADATA_FIELD, message, ("metadata", name), f"Did you mean {near}?", at_key=True)


_WRITTEN = ("name", "namespace", "title", "description", "labels", "annotations", "tags", "links")
_KNOWN = {*_WRITTEN, "uid", "etag", "generation"}
_MOST = 200
"""Unknown fields that are compared: a file cannot keep us busy with a hundred thousand."""
