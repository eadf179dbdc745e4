"""Entity → the header of its page (trail, lead, buttons, fields) and the section about missing metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from callboard.catalog import dependencies, organization, presentation, structure
from callboard.descriptors.form_rules import FORM_KINDS, WHOLE
from callboard.markdown.rendering import first_sentence
from callboard.model.entity import Entity
from callboard.model.ref import humanize
from callboard.model.urls import FORM_PATH
from callboard.pages.entities.addresses import docs_address, edit_address, has_docs, report_address, source_address
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.view import Action, CompletenessStep, CompletenessView
from callboard.pages.reports.context import has_reports, owns_anything, report_path
from callboard.pages.safe_text import description_of, mail_of, mapping_of, text_of
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import EntityLink, lifecycle_of
from callboard.software_templates.published import template_folder

LEAD_LIMIT = 240
"""Characters of the lead."""
FIELD_LIMIT = 8
TRAIL_LIMIT = 8
"""Levels of the trail; the nearest ones."""
IMPROVABLE = frozenset({"component", "api", "resource", "system", "domain"})
"""Kinds whose pages have the section about missing metadata."""
NICE_TO_HAVE = frozenset({"system", "domain", "dependencies", "docs", "links"})
"""The section appears if anything else is missing, or more than half of all."""
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
"""YAML to copy for what is missing."""


def lead(entity: Entity) -> str:
    """The first sentence of the description."""
    return first_sentence(description_of(entity), LEAD_LIMIT)


def missing_lead(context: EntityContext, entity: Entity) -> str:
    """Shown in place of a missing lead, for kinds that should have one; empty otherwise."""
    return context.labels["no_description"] if context.needs_owner(entity.ref) and not description_of(entity) else ""


def trail(context: EntityContext, entity: Entity) -> tuple[EntityLink, ...]:
    """What the entity is part of, from the outermost (domain, parent group) inwards."""
    return context.links.all(structure.trail(context.catalog, entity.ref)[-TRAIL_LIMIT:])


def actions(context: EntityContext, entity: Entity, *, is_poor: bool) -> tuple[Action, ...]:
    """The buttons that have a target. ``is_poor``: essential metadata is missing, so that editing is the primary action."""
    labels, documented = context.labels, context.documented.get(entity.ref, "")
    mail = "" if context.is_public else mail_of(mapping_of(entity.spec.get("profile")).get("email"))
    buttons = (
        Action(labels["documentation"], "docs", "" if documented else docs_address(context, entity), documented),
        *_api_action(context, entity),
        *_template_action(context, entity),
        *_report_action(context, entity),
        Action(labels["mail"], "mail", f"mailto:{mail}" if mail else ""),
        Action(labels["source"], "source", "" if entity.ref.kind in {"group", "user"} else source_address(context, entity)),
        *_edit_actions(context, entity),
        Action(labels["report"], "report", report_address(context, entity)),
    )
    active = tuple(action for action in buttons if action.url or action.path)
    primary = _primary(active, is_poor=is_poor)
    return tuple(replace(action, is_primary=index == primary) for index, action in enumerate(active))


def _primary(actions: tuple[Action, ...], *, is_poor: bool) -> int:
    """Index of the first button, or of the editor if essential metadata is missing."""
    return next((index for index, action in enumerate(actions) if is_poor and action.icon == "edit"), 0)


def _api_action(context: EntityContext, entity: Entity) -> tuple[Action, ...]:
    if entity.ref.kind == "api":
        has_text = isinstance(entity.spec.get("definition"), str) and entity.spec["definition"].strip()
        return (Action(context.labels["definition"], "definition", "#definition" if has_text else ""),)
    provided = context.links.all(context.catalog.targets(entity.ref, "providesApi"))
    if len(provided) == 1 and provided[0].path:
        return (Action(context.labels["api"], "api", "", provided[0].path),)
    return ()


def _template_action(context: EntityContext, entity: Entity) -> tuple[Action, ...]:
    has_form = entity.ref.kind == "template" and isinstance(entity.spec.get("steps"), list)
    return (Action(context.labels["create_use"], "template", "", template_folder(entity.ref)),) if has_form else ()


def _edit_actions(context: EntityContext, entity: Entity) -> tuple[Action, ...]:
    """The editor of the host, and the form for kinds that it has and files that begin with the document."""
    address, labels = edit_address(context, entity), context.labels
    in_form = address and entity.ref.kind in FORM_KINDS and entity.origin.line in WHOLE
    form = Action(labels["edit_form"], "edit", "", f"{FORM_PATH}?entity={quote(str(entity.ref), safe=':/')}" if in_form else "")
    return Action(labels["edit_descriptor"], "edit", address), form


def _report_action(context: EntityContext, entity: Entity) -> tuple[Action, ...]:
    is_reported = entity.ref.kind == "group" and has_reports(context.settings) and owns_anything(context.catalog, entity.ref)
    return (Action(context.labels["printable_report"], "printed", "", report_path(entity.ref)),) if is_reported else ()


def header_fields(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    """Owner, lifecycle, type, and what the entity is part of."""
    labels, lifecycle = context.labels, lifecycle_of(entity)
    found = [*_owner_field(context, entity)]
    if lifecycle:
        found.append(HeaderField(labels["lifecycle"], state=lifecycle))
    if kind := text_of(entity.spec.get("type"), 80):
        found.append(HeaderField(labels["type"], text=kind))
    for relation, kinds in (("partOf", ("component", "system", "domain")), ("childOf", ("group",))):
        for ref in context.catalog.targets(entity.ref, relation):
            if ref.kind in kinds and len(found) < FIELD_LIMIT:
                found.append(HeaderField(labels[f"in_{ref.kind}"], link=context.links.to(ref)))
    return tuple(found)


def _owner_field(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    owner = context.owner_of(entity.ref)
    return (HeaderField(context.labels["owner"], link=owner, is_owner=True),) if owner or context.needs_owner(entity.ref) else ()


class _Criterion(NamedTuple):
    """One piece of metadata that a complete entity has."""

    key: str
    """Part of the labels ``improve_<key>`` and ``improve_<key>_why``."""
    icon: str
    is_met: bool
    lines: str
    """YAML that adds it."""


def completeness(context: EntityContext, entity: Entity) -> Section | None:
    """The section about missing metadata; None if nothing essential is missing."""
    if entity.ref.kind not in IMPROVABLE:
        return None
    criteria = tuple(_criteria(context, entity))
    missing = [criterion for criterion in criteria if not criterion.is_met]
    if all(criterion.key in NICE_TO_HAVE for criterion in missing) and 2 * len(missing) <= len(criteria):
        return None
    labels, met, count = context.labels, len(criteria) - len(missing), len(criteria)
    steps = tuple(CompletenessStep(c.icon, labels[f"improve_{c.key}"], labels[f"improve_{c.key}_why"], c.lines) for c in missing)
    view = CompletenessView(labels["n_of_n_known"].format(met, count), round(100 * met / count), steps)
    return Section("improve", labels["improve"], "improve", view, str(len(steps)))


def _criteria(context: EntityContext, entity: Entity) -> Iterator[_Criterion]:
    catalog, ref, kind = context.catalog, entity.ref, entity.ref.kind
    yield _owner_criterion(context, entity)
    yield _criterion("description", "improve-description", presentation.description(entity))
    if kind == "system":
        yield _criterion("domain", "domain", catalog.exists(structure.domain_of(catalog, ref)))
    if kind in _TYPES:
        yield _criterion("system", "improve-system", catalog.exists(structure.system_of(catalog, ref)))
        yield _criterion("type", "improve-type", presentation.type_of(entity), _spec("type", _TYPES[kind]))
    if kind in {"component", "api"}:
        yield _criterion("lifecycle", "improve-lifecycle", presentation.lifecycle_of(entity))
    if kind == "api":
        yield _criterion("definition", "definition", entity.spec.get("definition") or entity.spec.get("remotes"))
    if kind == "component":
        needs = dependencies.dependencies(catalog, ref) or dependencies.dependents(catalog, ref)
        yield _criterion("dependencies", "improve-dependencies", needs)
        yield _criterion("docs", "docs", has_docs(context, entity))
        yield _criterion("links", "link", presentation.links(entity))


def _criterion(key: str, icon: str, value: object, lines: str = "") -> _Criterion:
    return _Criterion(key, icon, bool(value), lines or _LINES[key])


def _owner_criterion(context: EntityContext, entity: Entity) -> _Criterion:
    has_owner = context.catalog.exists(organization.owner(context.catalog, entity.ref))
    return _Criterion("owner", "no-owner", has_owner, "" if has_owner else _spec("owner", _likely_owner(context, entity)))


def _likely_owner(context: EntityContext, entity: Entity) -> str:
    """The owner of what the entity is part of, else an example."""
    parent = next(iter(context.catalog.targets(entity.ref, "partOf")), None)
    owner = organization.owner(context.catalog, parent) if parent else None
    return humanize(owner, default_kind="group") if owner in context.catalog.entities and owner else "my-team"


def _spec(field: str, value: str) -> str:
    return f"spec:\n  {field}: {value}"
