"""A checked document → problems ENT005–ENT007 of its name and namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.formats import MOST_CHARACTERS, is_name, is_namespace
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.transliteration import usable_name, usable_namespace
from callboard.settings.schema_messages import shown, type_mismatch

MISSING_NAME = Rule(
    code="ENT005",
    name="missing-name",
    severity=Severity.ERROR,
    summary="The document has no metadata.name.",
    means="""`metadata` is a mapping with at least a `name`, by which other entities refer to this one.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
cannot create a page for it either.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  title: Orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


_NO_BREAK = "Replace the no-break spaces (U+00A0) with spaces; YAML does not indent by them."


def find_missing_name(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if metadata or its name is missing."""
    metadata = document.value.get("metadata")
    if "metadata" not in document.value:
        yield document.problem(MISSING_NAME, "The document has no `metadata`.", (), 'Add "metadata:" and below it "  name: …".')
    elif not isinstance(metadata, Mapping):
        yield document.problem(
            MISSING_NAME,
            f"`metadata` {type_mismatch('a mapping', metadata)}.",
            ("metadata",),
            _NO_BREAK if _has_no_break_space(document.value) else 'Indent "name: …" by two spaces below "metadata:".',
        )
    elif "name" not in metadata:
        yield document.problem(MISSING_NAME, "The document has no `metadata.name`.", ("metadata",), 'Add "  name: …" below "metadata:".')


def _has_no_break_space(value: Mapping[str, object]) -> bool:
    """Whether a key, or ``metadata`` as a string, has a space that YAML does not take for one, as text copied from web pages has."""
    return any("\u00a0" in str(each) for each in (*value, value.get("metadata")))


INVALID_NAME = Rule(
    code="ENT006",
    name="invalid-name",
    severity=Severity.ERROR,
    summary="The name contains invalid characters.",
    means="""A name has letters, digits, `-`, `_` and `.`, a letter or digit at both ends, and at most 63 characters. The
displayed name is `metadata.title`, which may be any string.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
cannot create a page for it either.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Orders Service
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders-service
  title: Orders Service
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_name(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the name is not a string, is too long, or has invalid characters."""
    metadata = document.metadata()
    if "name" not in metadata or is_name(metadata["name"]):
        return
    name, path = metadata["name"], ("metadata", "name")
    if not isinstance(name, str) or not name:
        yield document.problem(
            INVALID_NAME, f"`metadata.name` {document.mismatch('a string', name, path)}.", path, document.type_hint(path, ["string"], name)
        )
        return
    why = f"has {len(name)} characters; at most 63 are allowed" if len(name) > MOST_CHARACTERS else "contains invalid characters"
    yield document.problem(
        INVALID_NAME,
        f'The name "{shown(name)}" {why}.',
        path,
        f"Write name: {usable_name(name) or 'my-name'} and put the displayed name under title:.",
    )


INVALID_NAMESPACE = Rule(
    code="ENT007",
    name="invalid-namespace",
    severity=Severity.ERROR,
    summary="The namespace contains invalid characters.",
    means="""A namespace has lower-case letters, digits and inner `-`, and at most 63 characters. Without one, an entity is in
`default`.""",
    matters="""Backstage rejects the document. Callboard reads upper case as lower case and creates the page; for any other invalid
namespace it creates none.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  namespace: Shop
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  namespace: shop
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_namespace(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the namespace is not a string, is too long, or has invalid characters."""
    metadata = document.metadata()
    if "namespace" not in metadata or is_namespace(metadata["namespace"]):
        return
    namespace, path = metadata["namespace"], ("metadata", "namespace")
    if not isinstance(namespace, str) or not namespace:
        message = f"`metadata.namespace` {type_mismatch('a string', namespace)}."
        yield document.problem(INVALID_NAMESPACE, message, path, 'Write a namespace, or remove the line for "default".')
        return
    usable = usable_namespace(namespace) or "default"
    message = f'The namespace "{shown(namespace)}" may contain only lower-case letters, digits and inner "-", at most 63 characters.'
    yield document.problem(INVALID_NAMESPACE, message, path, f"Write namespace: {usable}")
