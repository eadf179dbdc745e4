"""Names of fields in conditions → their types, and their values in a descriptor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.model.suggestions import nearest
from callboard.scorecards.shapes import FieldShape, FieldType, RowShape

_LINK: RowShape = {name: FieldShape(FieldType.TEXT, is_asked=False) for name in ("url", "title", "icon", "type")}
_KNOWN_TEXT = FieldShape(FieldType.TEXT, is_asked=False)
_REFERENCES = {"owner": "group", "system": "system", "domain": "domain"}
"""Fields that are references, with the kind of one without a kind."""
NAMED: RowShape = {
    **dict.fromkeys(("kind", "name", "namespace", "title", "description", "type", "lifecycle", "source", "repository"), _KNOWN_TEXT),
    **{name: FieldShape(FieldType.REFERENCE, default_kind=kind, is_asked=False) for name, kind in _REFERENCES.items()},
    "tags": FieldShape(FieldType.TEXTS, is_asked=False),
    "links": FieldShape(FieldType.ROWS, fields=_LINK, is_asked=False),
}
"""Fields by the names that the catalog's filters use."""
_PREFIXES = ("labels.", "annotations.", "metadata.", "spec.")
_ANY = FieldShape(FieldType.ANY, is_asked=False)
_IN_SPEC = ("type", "lifecycle", "owner", "system", "domain")


def entity_field_shape(name: str) -> FieldShape | None:
    """The type of a field of an entity; None if there is no field of this name."""
    return NAMED.get(name) or (_ANY if name.startswith(_PREFIXES) and not name.endswith(".") else None)


def similar_entity_field(name: str) -> str:
    """A suggestion for a misspelled name; empty if there is none."""
    if "." in name:
        start, rest = name.split(".", 1)
        word = nearest(start, [prefix[:-1] for prefix in _PREFIXES])
        return f"{word}.{rest}" if word else ""
    return nearest(name, NAMED)


def descriptor_value(kind: str, metadata: Mapping[str, Any], spec: Mapping[str, Any], name: str) -> Any:
    """The value of a field as the descriptor has it; None if it is absent, empty text counting as absent."""
    if name == "kind":
        return kind
    if name in _IN_SPEC:
        found = spec.get(name)
    elif "." not in name:
        found = metadata.get(name)
    else:
        start, rest = name.split(".", 1)
        parents = {"labels": metadata.get("labels"), "annotations": metadata.get("annotations"), "metadata": metadata, "spec": spec}
        found = _below(parents[start], rest)
    return None if found == "" else found


LONGEST = 1_000
"""Characters of a text that conditions read."""
_DEEPEST = 20


def shortened(value: Any, depth: int = 0) -> Any:
    """The value with the beginnings of its long texts."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[:LONGEST]
    if depth >= _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {key: shortened(item, depth + 1) for key, item in value.items()}
    return [shortened(item, depth + 1) for item in value] if isinstance(value, list | tuple) else value


def _below(value: Any, path: str) -> Any:
    """The value at a dotted path; a key with dots (``backstage.io/techdocs-ref``) counts as one step where there is one."""
    if not isinstance(value, Mapping):
        return None
    if path in value:
        return value[path]
    step, dot, rest = path.partition(".")
    while dot:
        if step in value:
            return _below(value[step], rest)
        more, dot, rest = rest.partition(".")
        step = f"{step}.{more}"
    return None
