"""Components, topics, annotations and ``innersource.json`` files → the components that welcome contributors."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from callboard.catalog.graph import Catalog
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import TreeError
from callboard.model.facts.fact import Fact
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees, tree_of

TOPICS = ("inner-source", "innersource")
"""Default of ``innersource.topics``."""
ANNOTATION = "callboard/innersource"
"""``true``, or ``false`` for a component that does not welcome contributors although its repository has the topic."""
FILE = "innersource.json"
MAX_BYTES = 64_000
FILES = 1_000
"""Components whose file is read in one build."""
_LONGEST = 500
_MOST = 20


@dataclass(frozen=True, slots=True)
class InnerSourceListing:
    """What ``innersource.json`` says, in the form that SAP's portal defines."""

    title: str = ""
    motivation: str = ""
    contributions: tuple[str, ...] = ()
    """Contributions that are wanted."""
    skills: tuple[str, ...] = ()
    docs: str = ""
    """Address of the documentation for contributors."""
    language: str = ""


@dataclass(frozen=True, slots=True)
class WelcomingComponent:
    """A component that welcomes contributors."""

    ref: EntityRef
    url: str
    """Its repository; empty if unknown."""
    repository: str
    """The name of the repository, such as ``acme/payments``."""
    topics: tuple[str, ...]
    """Tags of the descriptor and topics of the host."""
    activity: RepositoryActivity | None
    """None where no tool was queried about the repository."""
    listing: InnerSourceListing


def welcoming_components(
    catalog: Catalog, trees: Trees, facts: Mapping[EntityRef, Sequence[Fact]], topics: Collection[str]
) -> tuple[WelcomingComponent, ...]:
    """The components with one of the topics as topic or tag, or with the annotation; in the order of the catalog."""
    found = [
        (entity, of_repository)
        for entity in catalog.of_kind("component")
        if _welcomes(entity, of_repository := _of_repository(facts.get(entity.ref, ())), topics)
    ]
    return tuple(_component(entity, fact, trees, reads=place < FILES) for place, (entity, fact) in enumerate(found))


def _of_repository(facts: Iterable[Fact]) -> Fact | None:
    return next((fact for fact in facts if isinstance(fact.value, RepositoryActivity)), None)


def _welcomes(entity: Entity, fact: Fact | None, topics: Collection[str]) -> bool:
    written = fields.annotations(entity).get(ANNOTATION, "").strip().lower()
    return written != "false" if written else any(topic.lower() in topics for topic in _topics(entity, fact))


def _topics(entity: Entity, fact: Fact | None) -> tuple[str, ...]:
    tags = entity.metadata.get("tags")
    own = tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    return tuple(dict.fromkeys((*own, *(fact.value.topics if fact and isinstance(fact.value, RepositoryActivity) else ()))))


def _component(entity: Entity, fact: Fact | None, trees: Trees, *, reads: bool) -> WelcomingComponent:
    tree = tree_of(trees, entity.origin)
    activity = fact.value if fact and isinstance(fact.value, RepositoryActivity) else None
    address = entity.origin.tree if entity.origin.tree.startswith("https://") else ""
    return WelcomingComponent(
        entity.ref,
        (fact.url if fact else "") or address,
        activity.name if activity else entity.origin.repository,
        _topics(entity, fact),
        activity,
        _listing(tree, posixpath.dirname(entity.origin.path)) if tree and reads else InnerSourceListing(),
    )


def _listing(tree: Tree, folder: str) -> InnerSourceListing:
    """The file beside the descriptor, else at the root; what has another form is left out."""
    for place in dict.fromkeys((posixpath.join(folder, FILE), FILE)):
        try:
            data = json.loads(tree.read(place, MAX_BYTES))
        except (TreeError, ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            texts = {key: _text(data.get(key)) for key in ("title", "motivation", "language")}
            lists = {key: _texts(data.get(key)) for key in ("contributions", "skills")}
            docs = _text(data.get("docs"))
            return InnerSourceListing(**texts, **lists, docs=docs if docs.startswith(("https://", "http://")) else "")  # type: ignore[arg-type]
    return InnerSourceListing()


def _text(value: Any) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for each in value[:_MOST] if (text := _text(each))) if isinstance(value, list) else ()
