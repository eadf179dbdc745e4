"""A checked document → problem SPC008 for each field that stands at the wrong level, or belongs to another kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from callboard.descriptors.annotation_forms import known_keys
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.formats import is_key
from callboard.descriptors.kinds import Kind, builtin_kinds
from callboard.model.fields import FieldPath
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.suggestions import nearest
from callboard.settings.schema_messages import any_of, shown

MISPLACED_FIELD = Rule(
    code="SPC008",
    name="misplaced-field",
    severity=Severity.WARNING,
    summary="A field stands at the wrong level, or only other kinds have it.",
    means="""A descriptor may have custom fields, so Backstage does not report an unknown one. This one is known, but not here: it
belongs below `spec:`, `metadata:` or `annotations:`, or it is a field of another kind (only Component has `providesApis`).""",
    matters="""The value is ignored: it creates no relation and is shown nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: orders-db
  system: shop
spec:
  type: database
  owner: team-orders
  description: Orders and their items.
  providesApis: [orders-api]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: orders-db
  description: Orders and their items.
spec:
  type: database
  owner: team-orders
  system: shop
""",
)
FEW = 2
"""Kinds to which a field may be moved; a field of more kinds says something about the entity itself."""
MOST = 200
"""Unknown fields of one mapping that are looked at."""
_METADATA = frozenset({"title", "description", "labels", "annotations", "tags", "links"})
"""Fields of the metadata that nobody means as fields of their own below ``spec``."""
_OF_METADATA = _METADATA | {"name", "namespace", "uid", "etag", "generation"}
_PROFILE = {"displayName": "profile", "email": "profile", "picture": "profile"}
"""Fields of groups and users that lie one level deeper."""
_OBSOLETE = {"implementsApis": "providesApis", "ancestors": "parent", "descendants": "children"}
"""Fields of old releases of Backstage, and those that took their place."""
_ROOT = frozenset({"apiVersion", "kind", "spec"})
"""Fields of the root of a descriptor, beside ``metadata``."""
_ALIASES = {"providedBy": "apiProvidedBy", "consumedBy": "apiConsumedBy"}
"""Words that authors write as fields, and the relations that they name."""
_FREE = frozenset({"type", "lifecycle"})
"""Fields of the spec that other kinds may well have as fields of their own."""


class _Home(NamedTuple):
    """Where a field belongs."""

    what: str
    """The end of the sentence about the field."""
    hint: str


def find_misplaced_field(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each field that is known, but not at its place."""
    metadata, spec, kind = document.metadata(), document.spec(), document.kind
    labels = metadata.get("labels")
    if isinstance(labels, Mapping):
        yield from (_problem(document, ("metadata", "labels", key), _ANNOTATION) for key in labels if key in known_keys())
    for name in islice((name for name in metadata if name not in _OF_METADATA), MOST):
        if home := _home_in_metadata(document, name):
            yield _problem(document, ("metadata", name), home)
    if kind is None or spec.keys() <= kind.spec_fields.keys():
        return
    for name in islice((name for name in spec if name not in kind.spec_fields), MOST):
        if home := _home_in_spec(kind, name):
            yield _problem(document, ("spec", name), home)


def _problem(document: CheckedDocument, path: FieldPath, home: _Home) -> Problem:
    *above, name = path
    place = ".".join(str(part) for part in above)
    return document.problem(MISPLACED_FIELD, f"`{place}.{shown(name)}` {home.what}.", path, home.hint, at_key=True)


_ANNOTATION = _Home(
    "is an annotation, and does not stand below `annotations`", 'Move it below "annotations:", which stands below "metadata:".'
)


def is_annotation(name: str) -> bool:
    """Whether the name is that of an annotation, and of nothing else: ``backstage.io/techdocs-ref``."""
    return name in known_keys() or ("/" in name and is_key(name))


def _home_in_metadata(document: CheckedDocument, name: str) -> _Home | None:
    if is_annotation(name):
        return _ANNOTATION
    if name in _ROOT and name in document.value:  # without the one at the root, that is reported as missing, with the place of this one
        return _Home(f"is a field of the root of the descriptor, which has `{name}` already", "Remove it.")
    kind = document.kind
    if kind is None or name not in kind.spec_fields:
        return None
    if name in document.spec():
        return _Home(f"is a field of the spec, which has `{name}` already", "Remove this line.")
    if any(error.keyword == "required" and error.details["property"] == name for error in document.errors):
        return None  # reported as missing below spec, with the same hint
    return _Home("is a field of the spec", f"Move {name} from metadata to below spec:.")


def _home_in_spec(kind: Kind, name: str) -> _Home | None:
    if is_annotation(name):
        return _ANNOTATION
    if kind.is_own:
        return None
    if name in _METADATA:
        return _Home("is a field of the metadata", f"Move {name} from spec to below metadata:.")
    if name in _PROFILE:
        return _profile(kind, name)
    if name in _OBSOLETE and _OBSOLETE[name] in kind.spec_fields:
        return _Home("is a field of old releases of Backstage", f"Write {_OBSOLETE[name]} instead.")
    return _other_kind(kind, name)


def _profile(kind: Kind, name: str) -> _Home | None:
    if "profile" in kind.spec_fields:
        return _Home("is a field of the profile", 'Move it below "profile:", which stands below "spec:".')
    if name == "displayName":
        return _Home(f"is not a field of {kind.name}", "Write the name for people as title: below metadata:.")
    return None


def is_of_another_kind(kind: Kind, name: str) -> bool:
    """Whether a field that the kind does not have is one of another built-in kind, so that it is no typo."""
    return not kind.is_own and name in _known_fields().kinds and name not in _FREE


def _other_kind(kind: Kind, name: str) -> _Home | None:
    known = _known_fields()
    if is_of_another_kind(kind, name):
        others = any_of(known.kinds[name])
        if name == "profile":
            return _Home(f"is not a field of {kind.name}; {others} has it", "Remove it. The name for people is title: below metadata:.")
        move = f", or write it in the {others} that it is about" if len(known.kinds[name]) <= FEW else ""
        return _Home(f"is not a field of {kind.name}; {others} has it", f"Remove it{move}: here it has no effect.")
    relation = _ALIASES.get(name, name)
    if relation in known.relations and not nearest(name, kind.spec_fields):
        own = [field.field for field in kind.relations if field.type == relation]
        hint = f"Write {any_of(own)} instead." if own else f"The relation comes from {known.relations[relation]}."
        return _Home("is the name of a relation, not of a field", hint)
    return None


class _Known(NamedTuple):
    """Fields and relations of the built-in kinds."""

    kinds: Mapping[str, tuple[str, ...]]
    """Kinds that have a field with references, or ``profile`` or ``definition``, by its name."""
    relations: Mapping[str, str]
    """The field that declares it (``providesApis of Component``), by the name of a relation in either direction."""


@lru_cache(maxsize=1)
def _known_fields() -> _Known:
    by_field: dict[str, list[str]] = {}
    relations: dict[str, str] = {}
    for kind in (kind for kind in builtin_kinds().by_name.values() if kind.name != "AiResource"):
        for name in (*(field.field for field in kind.relations), *({"profile", "definition"} & kind.spec_fields.keys())):
            by_field.setdefault(name, []).append(kind.name)
        for field in kind.relations:
            relations.setdefault(field.type, f"{field.field} of {kind.name}")
            relations.setdefault(field.reverse, f"{field.field} of {kind.name}")
    return _Known({name: tuple(found) for name, found in by_field.items()}, relations)
