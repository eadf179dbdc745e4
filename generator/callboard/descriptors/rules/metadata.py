"""A checked document → problems ENT009–ENT013 of its metadata: types, labels, tags, links, misspelled fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from callboard.descriptors.annotation_forms import known_keys
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.formats import LINK_SCHEMES, is_filled, is_key, is_label_value, is_tag, is_web_url
from callboard.model.fields import FieldPath
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.suggestions import distance, nearest, same_letters
from callboard.model.transliteration import keeps_all_letters, usable_tag
from callboard.settings.schema_messages import SchemaError, shown, type_mismatch

INVALID_METADATA_FIELD = Rule(
    code="ENT009",
    name="invalid-metadata-field",
    severity=Severity.ERROR,
    summary="A field of the metadata has a value of the wrong type.",
    means="""`title` is a string that is not empty, `description` a string; `labels` and `annotations` are mappings, `tags` and
`links` lists. A key without a value (`tags:`) is null, which is none of these types.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
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
    """Yield a problem for each field of the metadata of the wrong type, except fields with rules of their own."""
    for error in document.errors:
        path = error.path
        if len(path) < 2 or path[0] != "metadata" or path[1] in _ELSEWHERE or (len(path) > 2 and path[1] in _ITEMS):  # noqa: PLR2004 - below the field
            continue
        if error.keyword in {"type", "minLength"}:
            for message_path, message, hint, at_key in document.messages(error):
                severity = _field_severity(error)
                yield document.problem(INVALID_METADATA_FIELD, message, message_path, hint, severity=severity, at_key=at_key)


def _field_severity(error: SchemaError) -> Severity:
    """Return a warning for empty annotations: Backstage adds its own annotations and silently drops the empty value."""
    dropped = error.path == ("metadata", "annotations") and not isinstance(error.value, list) and not error.value
    return Severity.WARNING if dropped else Severity.ERROR


_ELSEWHERE = ("name", "namespace")
_ITEMS = ("labels", "annotations", "tags", "links")


INVALID_LABEL = Rule(
    code="ENT010",
    name="invalid-label",
    severity=Severity.ERROR,
    summary="A label has an invalid key or value.",
    means="""The key of a label is a name, or `<DNS name>/<name>`; its value is a name or empty: letters, digits, `-`, `_` and `.`,
at most 63. Longer values and other characters belong in `annotations`.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
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
    """Yield a problem for each label with an invalid key or value."""
    labels = document.metadata().get("labels")
    if not isinstance(labels, Mapping):
        return
    for key, value in labels.items():
        path = ("metadata", "labels", key)
        if not is_key(key):
            yield document.problem(
                INVALID_LABEL, f'"{shown(key)}" is not a valid label key.', path, "Write a name, or <DNS name>/<name>.", at_key=True
            )
        if not isinstance(value, str):
            message = f"The label {shown(key)} {document.mismatch('a string', value, path)}."
            yield document.problem(INVALID_LABEL, message, path, document.type_hint(path, ["string"], value))
        elif not is_label_value(value):
            message = f'The label {shown(key)} has the invalid value "{shown(value)}".'
            yield document.problem(
                INVALID_LABEL, message, path, 'Use letters, digits, "-", "_" and ".", at most 63 characters; or move it to annotations.'
            )


INVALID_TAG = Rule(
    code="ENT011",
    name="invalid-tag",
    severity=Severity.ERROR,
    summary="A tag contains invalid characters.",
    means="""A tag has lower-case letters, digits, `+` and `#`, in groups joined by single `-`, and at most 63 characters: `java`,
`c++`, `c#`, `go-1`. A colon, as in `team:web`, is a warning: Backstage accepts it, although it
is not part of the documented format.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
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
    """Yield a problem for each tag that is not a string or has invalid characters."""
    tags = document.metadata().get("tags")
    for number, tag in enumerate(tags if isinstance(tags, list) else ()):
        path = ("metadata", "tags", number)
        if not isinstance(tag, str):
            yield document.problem(
                INVALID_TAG, f"A tag {document.mismatch('a string', tag, path)}.", path, document.type_hint(path, ["string"], tag)
            )
        elif not is_tag(tag):
            message = f'The tag "{shown(tag)}" may contain only lower-case letters, digits, "+", "#" and single "-".'
            yield document.problem(INVALID_TAG, message, path, _tag_hint(tag), severity=_tag_severity(tag))


def _tag_hint(tag: str) -> str:
    usable = usable_tag(tag)
    if not usable:
        return "Write it in Latin letters, or remove it."
    return f"Write {usable}." if keeps_all_letters(tag) else f"Write, for example, {usable}."


def _tag_severity(tag: str) -> Severity:
    """Return a warning for colons: the documented format excludes them, but catalog-model's ``makeValidator`` accepts them."""
    return Severity.WARNING if is_tag(tag.replace(":", "+")) else Severity.ERROR


INVALID_LINK = Rule(
    code="ENT012",
    name="invalid-link",
    severity=Severity.ERROR,
    summary="A link has no URL, or an invalid one.",
    means="""Each link is a mapping with a `url` that has a scheme (`https://…`, `mailto:…`), and may have `title`, `icon` and
`type`, strings that are not empty. A URL with a scheme that pages do not link (other than `http`, `https`, `mailto`, `tel`, `slack`,
`msteams`) is a warning.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
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
    """Yield a problem for each missing or invalid part of a link."""
    links = document.metadata().get("links")
    for number, link in enumerate(links if isinstance(links, list) else ()):
        path = ("metadata", "links", number)
        if isinstance(link, Mapping):
            yield from _parts(document, path, link)
        else:
            yield document.problem(INVALID_LINK, f"A link {type_mismatch('a mapping', link)}.", path, "Write - url: https://…")


def _parts(document: CheckedDocument, path: FieldPath, link: Mapping[str, Any]) -> Iterator[Problem]:
    url = link.get("url")
    if "url" not in link:
        yield document.problem(INVALID_LINK, "A link has no `url`.", path, "Add url: https://…")
    elif not isinstance(url, str) or not url:
        yield document.problem(INVALID_LINK, f"A link's `url` {type_mismatch('a string', url)}.", (*path, "url"), "Write url: https://…")
    elif not is_web_url(url):
        yield document.problem(INVALID_LINK, f'"{shown(url)}" is not a valid URL.', (*path, "url"), _url_hint(url))
    elif (scheme := url.strip().partition(":")[0].lower()) not in LINK_SCHEMES:
        message = f'"{shown(url)}" is shown as text: pages do not link to `{shown(scheme)}:`.'
        hint = f"Link a page whose URL begins with https://; {', '.join(f'{name}:' for name in LINK_SCHEMES[2:])} are linked too."
        yield document.problem(INVALID_LINK, message, (*path, "url"), hint, severity=Severity.WARNING)
    for name in ("title", "icon", "type"):
        part = link.get(name)
        if name in link and not (is_filled(part) if name != "type" else isinstance(part, str) and part):
            hint = document.type_hint((*path, name), ["string"], part)
            yield document.problem(INVALID_LINK, f"A link's `{name}` {type_mismatch('a string', part)}.", (*path, name), hint)


def _url_hint(url: str) -> str:
    bare, absolute = url.strip().split("/")[0], f"https://{url.strip()}"
    is_usable = "." in bare and is_web_url(absolute) and shown(absolute) == absolute
    return f"Write {absolute}" if is_usable else "Write a valid absolute URL, such as https://wiki.acme.example/orders"


MISSPELT_METADATA_FIELD = Rule(
    code="ENT013",
    name="misspelt-metadata-field",
    severity=Severity.WARNING,
    summary="A field of the metadata is probably misspelled.",
    means="""Metadata may have custom fields, so Backstage does not report an unknown one. This name is so similar to a known field
that it is probably a typo. The same is true of the key of an annotation that differs in one letter from a well-known one.""",
    matters="""The value is not shown, not searchable and not used.""",
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
    """Yield a problem for each unknown field of the metadata whose name is similar to a known one."""
    metadata = document.metadata()
    if metadata.keys() <= _KNOWN:
        return
    for name in islice((name for name in metadata if name not in _KNOWN), _MOST):
        near = nearest(name, _WRITTEN)
        if near and (near not in metadata or same_letters(name, near)):
            message = f"`metadata.{shown(name)}` is unknown and similar to `{near}`."
            yield document.problem(MISSPELT_METADATA_FIELD, message, ("metadata", name), f"Did you mean {near}?", at_key=True)


def find_misspelt_annotation(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each key of an annotation that differs in one letter from a well-known one with the same prefix."""
    annotations = document.metadata().get("annotations")
    if not isinstance(annotations, Mapping) or annotations.keys() <= known_keys():
        return
    for key in islice((key for key in annotations if key not in known_keys()), _MOST):
        near = _similar_annotation(key)
        if near and near not in annotations:
            message = f"The annotation {shown(key)} is unknown and similar to {near}."
            yield document.problem(MISSPELT_METADATA_FIELD, message, ("metadata", "annotations", key), f"Did you mean {near}?", at_key=True)


@lru_cache(maxsize=2048)
def _similar_annotation(key: str) -> str:
    """The well-known key with one other letter; a plural is another key (``jira.com/components``). An empty string for none."""
    prefix, _, name = key.partition("/")
    known = (each.partition("/") for each in sorted(known_keys()))
    names = (other for start, _, other in known if start == prefix and other.rstrip("s") != name.rstrip("s"))
    near = next((other for other in names if name and distance(name.lower(), other, 1) <= 1), "")
    return near and f"{prefix}/{near}"


_WRITTEN = ("name", "namespace", "title", "description", "labels", "annotations", "tags", "links")
_KNOWN = {*_WRITTEN, "uid", "etag", "generation"}
_MOST = 200
"""Limit of unknown fields that are compared, which bounds the time for a file with 100,000 of them."""
