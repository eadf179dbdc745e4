"""The top of an entity's page: title, trail, lead, buttons, keys."""

from __future__ import annotations

from dataclasses import replace

from generator.catalog import questions
from generator.documentation.markdown import first_sentence
from generator.model.entity import Entity
from generator.pages.entities.addresses import docs_address, edit_address, report_address, source_address
from generator.pages.entities.context import EntityContext
from generator.pages.entities.view import Action, Key
from generator.pages.parts import EntityLink, lifecycle_of
from generator.pages.written import description_of, mail_of, mapping_of, text_of

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
    return context.links.all(questions.trail(context.catalog, entity.ref)[-TRAIL_LIMIT:])


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


def keys(context: EntityContext, entity: Entity) -> tuple[Key, ...]:
    """The facts over the line: owner, lifecycle, type, and the whole that it is part of."""
    labels, lifecycle = context.labels, lifecycle_of(entity)
    found = [*_owner_key(context, entity)]
    if lifecycle:
        found.append(Key(labels["lifecycle"], state=lifecycle))
    if kind := text_of(entity.spec.get("type"), 80):
        found.append(Key(labels["type"], text=kind))
    for relation, kinds in (("partOf", ("component", "system", "domain")), ("childOf", ("group",))):
        for ref in context.catalog.targets(entity.ref, relation):
            if ref.kind in kinds and len(found) < KEY_LIMIT:
                found.append(Key(labels[f"in_{ref.kind}"], link=context.links.to(ref)))
    return tuple(found)


def _owner_key(context: EntityContext, entity: Entity) -> tuple[Key, ...]:
    owner = context.owner_of(entity.ref)
    return (Key(context.labels["owner"], link=owner, is_owner=True),) if owner or context.needs_owner(entity.ref) else ()
