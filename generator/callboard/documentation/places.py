"""An entity with annotations of TechDocs → the folder of its documentation in a connected repository, or what is wrong with them."""

from __future__ import annotations

import posixpath

from callboard.documentation import rules
from callboard.documentation.model import SetPlace
from callboard.ingestion.access import ConnectedTrees, Reader
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import TreeError
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.tree import Tree
from callboard.plugins.sources.paths import normal_path

REFERENCE = "backstage.io/techdocs-ref"
DECISIONS = "backstage.io/adr-location"
OTHER_ENTITY = "backstage.io/techdocs-entity"
OTHER_PATH = "backstage.io/techdocs-entity-path"
NO_SET = "There is no documentation in"
"""Beginning of the message about an empty folder."""
_NOT_CONNECTED = "no source of the portal has"
_SOURCE_LOCATION = "backstage.io/source-location"


@dataclass(frozen=True, slots=True)
class SharedSet:
    """The documentation of another entity, which this one names as its own."""

    ref: EntityRef
    path: str
    """Address below that of the set, without slashes at its ends; empty for its start page."""


def shared_set(entity: Entity) -> SharedSet | None:
    """The set of another entity that the annotations name; None without a valid annotation."""
    annotations = fields.annotations(entity)
    try:
        ref = parse_ref(annotations.get(OTHER_ENTITY, ""), default_namespace=entity.ref.namespace).canonical()
    except RefError:
        return None
    return SharedSet(ref, annotations.get(OTHER_PATH, "").strip("/ "))


def place_of(entity: Entity, connected: ConnectedTrees) -> SetPlace | Problem | None:
    """The folder of the entity's own documentation, a problem, or None without an annotation."""
    written = fields.annotations(entity).get(REFERENCE, "").strip()
    if not written:
        return None
    kind, colon, target = written.partition(":")
    if colon and kind == "url":
        return _at_url(entity, connected, target)
    if colon and kind != "dir":
        return None  # the rules of descriptors report it
    return _in_folder(entity, connected, target if colon else written)


def place_of_decisions(entity: Entity, connected: ConnectedTrees) -> SetPlace | Problem | None:
    """The folder of the entity's decision records, a problem, or None without an annotation."""
    written = fields.annotations(entity).get(DECISIONS, "").strip()
    if not written:
        return None
    is_url = "://" in written
    found = _at_url(entity, connected, written.removeprefix("url:")) if is_url else _in_folder(entity, connected, written)
    return _problem(entity, found.message, found.hint, DECISIONS) if isinstance(found, Problem) else found


def needs_portal(problem: Problem, entity: Entity) -> bool:
    """Whether a problem of the entity's documentation may not exist in a portal that has more repositories than those that were read."""
    if problem.code != rules.UNREADABLE_SET.code:
        return False
    is_elsewhere = _SOURCE_LOCATION in fields.annotations(entity)
    return _NOT_CONNECTED in problem.message or (problem.message.startswith(NO_SET) and is_elsewhere)


def _in_folder(entity: Entity, connected: ConnectedTrees, folder: str) -> SetPlace | Problem:
    """A folder relative to ``source-location`` where a connected repository has that, else to the descriptor."""
    location = fields.annotations(entity).get(_SOURCE_LOCATION, "")
    found = connected.find_folder(location.removeprefix("url:")) if location.startswith("url:") else None
    if found is not None and connected.is_readable(_reader(entity), found[0]):
        tree, base = found
        return _place(entity, connected.source_of(tree), tree, posixpath.join(base, folder))
    origin = entity.origin
    own = connected.trees.get((origin.source, origin.tree))
    if own is None:
        return _problem(entity, "the repository of the descriptor cannot be read")
    return _place(entity, origin.source, own, posixpath.join(posixpath.dirname(origin.path), folder))


def _at_url(entity: Entity, connected: ConnectedTrees, url: str) -> SetPlace | Problem:
    found = connected.find_folder(url)
    if found is None:
        hint = "Add the repository as a source in sources.yaml, or refer to a folder of this repository with `dir:`."
        return _problem(entity, f"{_NOT_CONNECTED} {url[:200]!r}", hint)
    tree, folder = found
    if not connected.is_readable(_reader(entity), tree):
        hint = f"Add {connected.permission(_reader(entity), tree)}."
        return _problem(entity, f"{tree.repository} does not permit {entity.origin.repository} to read its files", hint)
    return _place(entity, connected.source_of(tree), tree, folder)


def _place(entity: Entity, source: str, tree: Tree, folder: str) -> SetPlace | Problem:
    try:
        path = normal_path(folder)
    except TreeError as error:
        return _problem(entity, f"{error}", "Write a path inside of the repository, such as `dir:.`.")
    return SetPlace(source, tree.id, "" if path == "." else path)


def _reader(entity: Entity) -> Reader:
    return Reader(entity.origin.source, entity.origin.tree, entity.origin.repository)


def _problem(entity: Entity, reason: str, hint: str = "", annotation: str = REFERENCE) -> Problem:
    said = reason if reason.startswith("The documentation") else f"The documentation cannot be read: {reason}."
    return rules.UNREADABLE_SET.problem(
        said, origin=entity.origin, subject=entity.ref, field=fields.dotted(("metadata", "annotations", annotation)),
        hint=hint or "Check the annotation and the source.",
    )  # fmt: skip
