"""What would make an entity's page better, the most useful first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.catalog import questions
from generator.model.entity import Entity
from generator.model.ref import humanize
from generator.pages.entities.context import EntityContext
from generator.pages.entities.view import ImproveView, Section, Step

IMPROVABLE = frozenset({"component", "api", "resource", "system", "domain"})
NICE_TO_HAVE = frozenset({"system", "domain", "dependencies", "docs", "links"})
"""The section appears when something else is missing, or more than half of all."""


_TYPES = {"component": "service", "api": "openapi", "resource": "database"}
"""An example of a type for each kind that has one and lies in a system."""
_LINES = {
    "description": "metadata:\n  description: One sentence that says what it does, and for whom.",
    "system": "spec:\n  system: my-system",
    "domain": "spec:\n  domain: my-domain",
    "lifecycle": "spec:\n  lifecycle: production",
    "definition": "spec:\n  definition:\n    $text: ./openapi.yaml",
    "dependencies": "spec:\n  dependsOn:\n    - component:default/other-service\n    - resource:default/its-database",
    "docs": "metadata:\n  annotations:\n    backstage.io/techdocs-ref: dir:.",
    "links": "metadata:\n  links:\n    - url: https://dashboards.example.com/my-service\n      title: Dashboard\n      icon: dashboard",
}


class _Wish(NamedTuple):
    """One thing that a good page knows."""

    key: str
    """Of the labels ``improve_<key>`` and ``improve_<key>_why``, and of the icon."""
    icon: str
    is_known: bool
    lines: str
    """YAML that would tell it."""


def improve(context: EntityContext, entity: Entity) -> Section | None:
    """The section; None if nothing essential is missing."""
    if entity.ref.kind not in IMPROVABLE:
        return None
    wishes = tuple(_wishes(context, entity))
    missing = [wish for wish in wishes if not wish.is_known]
    if all(wish.key in NICE_TO_HAVE for wish in missing) and 2 * len(missing) <= len(wishes):
        return None
    labels, known = context.labels, len(wishes) - len(missing)
    steps = tuple(Step(w.icon, labels[f"improve_{w.key}"], labels[f"improve_{w.key}_why"], w.lines) for w in missing)
    view = ImproveView(labels["n_of_n_known"].format(known, len(wishes)), round(100 * known / len(wishes)), steps)
    return Section("improve", labels["improve"], "improve", view, str(len(steps)))


def _wishes(context: EntityContext, entity: Entity) -> Iterator[_Wish]:
    catalog, ref, kind = context.catalog, entity.ref, entity.ref.kind
    yield _owner(context, entity)
    yield _wish("description", "improve-description", questions.description(entity))
    if kind == "system":
        yield _wish("domain", "domain", questions.domain_of(catalog, ref) in catalog.entities)
    if kind in _TYPES:
        yield _wish("system", "improve-system", questions.system_of(catalog, ref) in catalog.entities)
        yield _wish("type", "improve-type", questions.type_of(entity), _spec("type", _TYPES[kind]))
    if kind in {"component", "api"}:
        yield _wish("lifecycle", "improve-lifecycle", questions.lifecycle_of(entity))
    if kind == "api":
        yield _wish("definition", "definition", entity.spec.get("definition") or entity.spec.get("remotes"))
    if kind == "component":
        needs = questions.dependencies(catalog, ref) or questions.dependents(catalog, ref)
        yield _wish("dependencies", "improve-dependencies", needs)
        yield _wish("docs", "docs", questions.annotations(entity).get("backstage.io/techdocs-ref"))
        yield _wish("links", "link", questions.links(entity))


def _wish(key: str, icon: str, known: object, lines: str = "") -> _Wish:
    return _Wish(key, icon, bool(known), lines or _LINES[key])


def _owner(context: EntityContext, entity: Entity) -> _Wish:
    owner = questions.owner(context.catalog, entity.ref)
    return _wish("owner", "no-owner", owner in context.catalog.entities, _spec("owner", _likely_owner(context, entity)))


def _likely_owner(context: EntityContext, entity: Entity) -> str:
    """The owner of what it is part of, else a made-up team."""
    parent = next(iter(context.catalog.targets(entity.ref, "partOf")), None)
    owner = questions.owner(context.catalog, parent) if parent else None
    return humanize(owner, default_kind="group") if owner in context.catalog.entities and owner else "my-team"


def _spec(field: str, value: str) -> str:
    return f"spec:\n  {field}: {value}"
