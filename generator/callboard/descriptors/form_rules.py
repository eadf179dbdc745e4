"""The rules about names, tags, annotations and references → JSON by which the form for a descriptor checks what people type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.descriptors import formats
from callboard.descriptors.annotation_forms import LONGEST, ItemsPattern, WholePattern, form_of, forms_by_key, known_keys
from callboard.descriptors.kinds import Kind, Kinds, RelationField

FORM_KINDS = ("component", "api", "resource", "system", "domain", "group")
"""The kinds that people describe by hand, in the order of the form."""
FORM_FIELDS = ("type", "lifecycle", "owner", "system", "domain", "providesApis", "consumesApis", "dependsOn", "definition", "children")
MARKED = 2
"""Line at which the first document of a file begins whose first line is ``---``."""
WHOLE = (1, MARKED)
"""Lines at which a document begins that has nothing but ``---`` above it."""
_OWNERS = ("group", "user")
_ANY = "dependsOn"
_CLASSES = {"w": r"\p{L}\p{N}_", "d": r"\p{Nd}"}
"""Classes that Python extends to all scripts, and JavaScript does not."""


def form_rules(kinds: Kinds) -> dict[str, Any]:
    """Patterns (for the flag ``u``, of whole texts), limits, and the fields of each kind."""
    return {
        "longest": formats.MOST_CHARACTERS, "longestPrefix": formats.LONGEST_SUBDOMAIN, "longestValue": LONGEST,
        "patterns": {name: javascript(pattern) for name, pattern in formats.patterns().items()},
        "schemes": [*formats.LINK_SCHEMES],
        "kinds": {kind.name: _fields(kind) for name in FORM_KINDS if (kind := kinds.get(name))},
        "known": sorted(kinds.by_name),
        "annotations": {key: rule for key in sorted(known_keys()) if (rule := _annotation(key))},
    }  # fmt: skip


def _fields(kind: Kind) -> dict[str, Any]:
    required = set((kind.schema.get("properties") or {}).get("spec", {}).get("required", ()))
    relations = {relation.field: relation for relation in kind.relations}
    return {
        name: {
            "required": name in required or name == "definition",
            "many": schema.get("type") == "array",
            "examples": schema.get("examples", [])[:3],
        }
        | _reference(relations.get(name))
        for name, schema in kind.spec_fields.items()
        if name in FORM_FIELDS and isinstance(schema, Mapping)
    }


def _reference(relation: RelationField | None) -> dict[str, Any]:
    """What a reference in the field may name; nothing for a field without references."""
    if relation is None:
        return {}
    default = (relation.default_kind or "").lower()
    allowed = [] if relation.field == _ANY else [*_OWNERS] if relation.type == "ownedBy" else [default]
    return {"reference": {"kind": default, "allowed": allowed}}


def _annotation(key: str) -> dict[str, str]:
    """The pattern of a value or of its items, or the name of the check of the script; nothing where every text is right."""
    form = form_of(key)
    if form is None:
        return {}
    match form.is_valid:
        case WholePattern(pattern):
            return {"expected": form.expected, "pattern": javascript(pattern)}
        case ItemsPattern(items, separator):
            return {"expected": form.expected, "items": javascript(items), "separator": javascript(separator)}
    return {"expected": form.expected, "form": forms_by_key()[key]}


def javascript(pattern: str) -> str:
    """A pattern of Python in JavaScript's syntax for the flag ``u``, with the same meaning."""
    return "".join(_pieces(pattern))


def _pieces(pattern: str) -> Iterator[str]:
    is_class = False
    for match in re.finditer(r"\\.|.", pattern, re.DOTALL):
        piece = match[0]
        if piece == "[" and not is_class:
            is_class = True
        elif piece == "]":
            is_class = False
        if piece[0] == "\\" and (letters := _CLASSES.get(piece[1:])):
            yield letters if is_class else f"[{letters}]"
        elif is_class and piece == "-" and pattern[match.start() - 1] == "[":
            yield r"\-"
        else:
            yield piece
