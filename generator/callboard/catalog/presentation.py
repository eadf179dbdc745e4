"""An entity → its title, description, tags and links for display, whatever types the descriptor has in these fields.

Title and second line follow Backstage's ``defaultEntityPresentation`` (plugins/catalog-react).
"""

import re
from collections.abc import Mapping

from callboard.catalog.graph import Catalog
from callboard.descriptors.kinds import Kind, builtin_kinds
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.fields import as_text, items_of, text_at
from callboard.model.ref import EntityRef

# No ``from __future__ import annotations`` here: the module has a function of that name.


LONGEST_SUMMARY = 160
"""Letters of ``summary``."""
_MARKDOWN = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)|[`*]+|^#+ |^> ", re.MULTILINE)
"""Links and images (their text is kept) and the most common Markdown marks."""
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Link:
    """An item of ``metadata.links``. The URL is as written: check its scheme before showing it."""

    url: str
    title: str
    """Falls back to the URL."""
    icon: str
    type: str


def title(entity: Entity) -> str:
    """``spec.profile.displayName``, else ``metadata.title``, else the name."""
    return text_at(entity.spec.get("profile"), "displayName") or text_at(entity.metadata, "title") or name(entity)


def name(entity: Entity) -> str:
    """The name in its author's spelling."""
    return text_at(entity.metadata, "name") or entity.ref.name


def label(catalog: Catalog, ref: EntityRef) -> str:
    """The title of the entity, or the name of one that is not in the catalog."""
    entity = catalog.get(ref)
    return title(entity) if entity else ref.name


def kind_label(kind: Kind, labels: Mapping[str, str], number: int = 2) -> str:
    """The name of a kind in the portal's language, in its plural unless ``number`` is 1; a plural of the portal's own schema wins."""
    key = kind.name.lower()
    built_in = builtin_kinds().by_name.get(key)
    if number == 1:
        return labels.get(f"kind_{key}", kind.name) if built_in else kind.name
    return labels.get(f"kinds_{key}", kind.plural) if built_in and built_in.plural == kind.plural else kind.plural


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
