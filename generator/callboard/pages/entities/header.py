"""The top of an entity's page: title, trail, lead, buttons, keys, and what would complete the entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from callboard.catalog import dependencies, organization, presentation, structure
from callboard.markdown.rendering import first_sentence
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.ref import humanize
from callboard.pages.entities.addresses import docs_address, edit_address, report_address, source_address
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.view import Action, ImproveView, TemplateStep
from callboard.pages.safe_text import description_of, mail_of, mapping_of, text_of
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import EntityLink, lifecycle_of

LEAD_LIMIT = 240
KEY_LIMIT = 8
TRAIL_LIMIT = 8
"""Levels of a trail."""


def lead(entity: Entity) -> str:
    """The first sentence of the description."""
    return first_sentence(description_of(entity), LEAD_LIMIT)


def no_lead(context: EntityContext, entity: Entity) -> str:
    """Said instead of a lead, for kinds that should have one."""
    return context.labels["no_description"] if context.needs_owner(entity.ref) and not description_of(entity) else ""


def trail(context: EntityContext, entity: Entity) -> tuple[EntityLink, ...]:
    """The way from the outermost whole (domain, parent group) to the entity; the nearest ones of a very long way."""
    return context.links.all(structure.trail(context.catalog, entity.ref)[-TRAIL_LIMIT:])


def actions(context: EntityContext, entity: Entity, *, is_poor: bool) -> tuple[Action, ...]:
    """The buttons that lead somewhere. ``is_poor``: the descriptor lacks essentials."""
    labels = context.labels
    mail = "" if context.is_public else mail_of(mapping_of(entity.spec.get("profile")).get("email"))
    found = (
        Action(labels["docs"], "docs", docs_address(context, entity)),
        *_api_action(context, entity),
        Action(labels["mail"], "mail", f"mailto:{mail}" if mail else ""),
        Action(labels["source"], "source", "" if entity.ref.kind in {"group", "user"} else source_address(context, entity)),
        Action(labels["edit_descriptor"], "edit", edit_address(context, entity)),
        Action(labels["report"], "report", report_address(context, entity)),
    )
    shown = tuple(action for action in found if action.url or action.path)
    return tuple(replace(action, is_primary=index == _primary(shown, is_poor=is_poor)) for index, action in enumerate(shown))


def _primary(shown: tuple[Action, ...], *, is_poor: bool) -> int:
    """The first one, or the editor of a descriptor that needs it."""
    return next((index for index, action in enumerate(shown) if is_poor and action.icon == "edit"), 0)


def _api_action(context: EntityContext, entity: Entity) -> tuple[Action, ...]:
    if entity.ref.kind == "api":
        has_text = isinstance(entity.spec.get("definition"), str) and entity.spec["definition"].strip()
        return (Action(context.labels["definition"], "definition", "#definition" if has_text else ""),)
    provided = context.links.all(context.catalog.targets(entity.ref, "providesApi"))
    if len(provided) == 1 and provided[0].path:
        return (Action(context.labels["api"], "api", "", provided[0].path),)
    return ()


def keys(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    """The facts over the line: owner, lifecycle, type, and the whole that it is part of."""
    labels, lifecycle = context.labels, lifecycle_of(entity)
    found = [*_owner_key(context, entity)]
    if lifecycle:
        found.append(HeaderField(labels["lifecycle"], state=lifecycle))
    if kind := text_of(entity.spec.get("type"), 80):
        found.append(HeaderField(labels["type"], text=kind))
    for relation, kinds in (("partOf", ("component", "system", "domain")), ("childOf", ("group",))):
        for ref in context.catalog.targets(entity.ref, relation):
            if ref.kind in kinds and len(found) < KEY_LIMIT:
                found.append(HeaderField(labels[f"in_{ref.kind}"], link=context.links.to(ref)))
    return tuple(found)


def _owner_key(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    owner = context.owner_of(entity.ref)
    return (HeaderField(context.labels["owner"], link=owner, is_owner=True),) if owner or context.needs_owner(entity.ref) else ()


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


class _Improvement(NamedTuple):
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
    steps = tuple(TemplateStep(w.icon, labels[f"improve_{w.key}"], labels[f"improve_{w.key}_why"], w.lines) for w in missing)
    view = ImproveView(labels["n_of_n_known"].format(known, len(wishes)), round(100 * known / len(wishes)), steps)
    return Section("improve", labels["improve"], "improve", view, str(len(steps)))


def _wishes(context: EntityContext, entity: Entity) -> Iterator[_Improvement]:
    catalog, ref, kind = context.catalog, entity.ref, entity.ref.kind
    yield _owner(context, entity)
    yield _wish("description", "improve-description", presentation.description(entity))
    if kind == "system":
        yield _wish("domain", "domain", structure.domain_of(catalog, ref) in catalog.entities)
    if kind in _TYPES:
        yield _wish("system", "improve-system", structure.system_of(catalog, ref) in catalog.entities)
        yield _wish("type", "improve-type", presentation.type_of(entity), _spec("type", _TYPES[kind]))
    if kind in {"component", "api"}:
        yield _wish("lifecycle", "improve-lifecycle", presentation.lifecycle_of(entity))
    if kind == "api":
        yield _wish("definition", "definition", entity.spec.get("definition") or entity.spec.get("remotes"))
    if kind == "component":
        needs = dependencies.dependencies(catalog, ref) or dependencies.dependents(catalog, ref)
        yield _wish("dependencies", "improve-dependencies", needs)
        yield _wish("docs", "docs", fields.annotations(entity).get("backstage.io/techdocs-ref"))
        yield _wish("links", "link", presentation.links(entity))


def _wish(key: str, icon: str, known: object, lines: str = "") -> _Improvement:
    return _Improvement(key, icon, bool(known), lines or _LINES[key])


def _owner(context: EntityContext, entity: Entity) -> _Improvement:
    owner = organization.owner(context.catalog, entity.ref)
    return _wish("owner", "no-owner", owner in context.catalog.entities, _spec("owner", _likely_owner(context, entity)))


def _likely_owner(context: EntityContext, entity: Entity) -> str:
    """The owner of what it is part of, else a made-up team."""
    parent = next(iter(context.catalog.targets(entity.ref, "partOf")), None)
    owner = organization.owner(context.catalog, parent) if parent else None
    return humanize(owner, default_kind="group") if owner in context.catalog.entities and owner else "my-team"


def _spec(field: str, value: str) -> str:
    return f"spec:\n  {field}: {value}"
