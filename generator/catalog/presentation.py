"""How an entity is shown: title, description, tags, links. Safe whatever the descriptor holds there.

Title and second line follow Backstage's ``defaultEntityPresentation`` (plugins/catalog-react).
"""
# No ``from __future__ import annotations`` here: the module has a function of that name.

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.catalog.graph import Catalog
from generator.model.entity import Entity
from generator.model.ref import EntityRef

LONGEST_TEXT = 20_000
"""Letters kept of any text: a longer one is no title or description but somebody's mistake."""
LONGEST_SUMMARY = 160
_MARKDOWN = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)|[`*]+|^#+ |^> ", re.MULTILINE)
"""Links and images (their text stays) and the commonest marks."""
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Link:
    """An item of ``metadata.links``. The URL is as written: whoever shows it checks its scheme."""

    url: str
    title: str
    """Falls back to the URL."""
    icon: str
    type: str


def text_at(mapping: object, key: str) -> str:
    """The text at that key, safe to show: no control letters, bounded; numbers as text; empty for anything else.

    ``mapping`` may be of any type, because descriptors are.
    """
    value = mapping.get(key) if isinstance(mapping, Mapping) else None
    return as_text(value)


def as_text(value: object) -> str:
    """A text or number safe to show; empty for anything else."""
    if isinstance(value, str):
        text = value[:LONGEST_TEXT].strip()
        return text if text.isascii() and text.isprintable() else _CONTROL.sub("", text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value) if isinstance(value, float) or -(10**30) < value < 10**30 else ""
    return ""


def title(entity: Entity) -> str:
    """What people call it: ``spec.profile.displayName``, ``metadata.title`` or the name."""
    return text_at(entity.spec.get("profile"), "displayName") or text_at(entity.metadata, "title") or name(entity)


def name(entity: Entity) -> str:
    """The name in its author's spelling."""
    return text_at(entity.metadata, "name") or entity.ref.name


def label(catalog: Catalog, ref: EntityRef) -> str:
    """The title of the entity, or the bare name of one that is not in the catalog."""
    entity = catalog.get(ref)
    return title(entity) if entity else ref.name


def subtitle(entity: Entity) -> str:
    """The second line: reference, type and description, as ``component:default/x | service | Takes orders``."""
    parts = (str(entity.ref), type_of(entity), description(entity))
    return " | ".join(part for part in parts if part)


def description(entity: Entity) -> str:
    """``metadata.description`` as written (Markdown), or empty."""
    return text_at(entity.metadata, "description")


def summary(entity: Entity) -> str:
    """The first sentence of the description as plain text of at most ``LONGEST_SUMMARY`` letters."""
    text = _MARKDOWN.sub(lambda match: match[1] or "", description(entity).split("\n\n", 1)[0][: 10 * LONGEST_SUMMARY])
    text = _SENTENCE.split(" ".join(text.split()), maxsplit=1)[0]
    return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def type_of(entity: Entity) -> str:
    """``spec.type``, or empty."""
    return text_at(entity.spec, "type")


def lifecycle_of(entity: Entity) -> str:
    """``spec.lifecycle``, or empty."""
    return text_at(entity.spec, "lifecycle")


def items_of(value: object) -> tuple[Any, ...]:
    """The items of a list, or nothing."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def tags(entity: Entity) -> tuple[str, ...]:
    """``metadata.tags`` in the author's order, each once."""
    found = (as_text(tag) for tag in items_of(entity.metadata.get("tags")))
    return tuple(dict.fromkeys(tag for tag in found if tag))


def links(entity: Entity) -> tuple[Link, ...]:
    """``metadata.links`` that have a URL, in the author's order."""
    found = (_link(item) for item in items_of(entity.metadata.get("links")))
    return tuple(link for link in found if link.url)


def _link(item: object) -> Link:
    url = text_at(item, "url")
    return Link(url, text_at(item, "title") or url, text_at(item, "icon"), text_at(item, "type"))


def annotations(entity: Entity) -> Mapping[str, str]:
    """``metadata.annotations`` whose value is a text (or number), by key in the author's order."""
    return _texts(entity.metadata.get("annotations"))


def labels(entity: Entity) -> Mapping[str, str]:
    """``metadata.labels`` whose value is a text (or number), by key in the author's order."""
    return _texts(entity.metadata.get("labels"))


def _texts(value: object) -> Mapping[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {key: text for key, text in ((as_text(k), as_text(v)) for k, v in pairs) if key and text}
