"""Entities of the catalog → their pages, with the sections of each kind in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

from callboard.incremental.tracking import DependencyTracker
from callboard.markdown.rendering import first_sentence
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.urls import entity_path
from callboard.pages.apis.operations import operations
from callboard.pages.apis.remotes import remotes
from callboard.pages.entities import apis, people, relations
from callboard.pages.entities.about import about
from callboard.pages.entities.contact import contact_fields
from callboard.pages.entities.context import EntityContext, SectionProvider
from callboard.pages.entities.descriptor import descriptor, entities_of_location, parameters, spec, steps, targets
from callboard.pages.entities.header import actions, completeness, header_fields, lead, missing_lead, trail
from callboard.pages.entities.lists import more
from callboard.pages.entities.status import status
from callboard.pages.entities.view import EntityView
from callboard.pages.page import Page, PageParts, TocEntry
from callboard.pages.safe_text import description_of, display_name
from callboard.pages.search_text import entity_search_text
from callboard.pages.section import Section
from callboard.pages.shared_views import problem_view

PROBLEM_LIMIT = 30
"""Problems that are listed."""
_TABS = {"api": "apis/", "group": "teams/", "user": "teams/", "system": "systems/", "domain": "systems/"}

Part = Callable[[EntityContext, Entity], Section | tuple[Section, ...] | None]
"""Makes one or more sections; None if the entity has none."""

_PARTS: dict[str, tuple[Part, ...]] = {
    "component": (about, relations.relations, relations.impact, apis.apis, apis.subcomponents),
    "api": (operations, remotes, about, apis.providers, relations.other_relations, relations.impact, apis.definition),
    "resource": (about, relations.relations, relations.impact, apis.apis),
    "system": (about, relations.contents, relations.relations, relations.impact),
    "domain": (about, relations.contents, relations.relations),
    "group": (people.members, people.owns, people.organisation, about, relations.other_relations),
    "user": (people.memberships, people.owns, people.owned_by_teams, about, relations.other_relations),
    "location": (targets, entities_of_location, about, relations.other_relations),
    "template": (about, parameters, steps, relations.relations),
}
_OTHER: tuple[Part, ...] = (about, spec, relations.contents, relations.relations, relations.impact, apis.apis)
"""For custom and unknown kinds."""


Files = Callable[[EntityContext, Entity], Iterable[tuple[str, bytes]]]


def plan(context: EntityContext, tracker: DependencyTracker | None = None, files: Files | None = None) -> Iterator[Page]:
    """A page for each entity, in the order of the catalog.

    ``tracker`` records what is read of ``context`` (both from ``tracking.track``); ``files`` makes the files next to a page.
    """
    for entity in context.entities.values():
        yield page_of(context, entity, tracker, files)


def page_of(context: EntityContext, entity: Entity, tracker: DependencyTracker | None = None, files: Files | None = None) -> Page:
    """The page of one entity, as in ``plan``."""
    return Page(
        path=entity_path(entity.ref),
        template="entity.html",
        frame="entity",
        tab=_TABS.get(entity.ref.kind, "catalog/"),
        title=display_name(entity),
        view=partial(entity_view, context, entity),
        description=first_sentence(description_of(entity)),
        toc=_toc,
        search=partial(entity_search_text, context.catalog, entity),
        ref=str(entity.ref),
        files=partial(files, context, entity) if files else None,
        tracker=tracker,
        parts=partial(entity_parts, context, entity),
        extra_keys=(("entity", entity.ref),),
    )


def _toc(view: EntityView) -> tuple[TocEntry, ...]:
    return view.toc


def entity_view(context: EntityContext, entity: Entity) -> EntityView:
    """The view of an entity's page."""
    of_page = entity_parts(context, entity)
    view: EntityView = of_page.compose([part() for part in of_page.parts])
    return view


def entity_parts(context: EntityContext, entity: Entity) -> PageParts:
    """The parts of an entity's page: the status strip, the fields of the header, then the sections in their order."""
    of_kind = (problems, completeness, *_PARTS.get(entity.ref.kind, _OTHER))
    parts = (
        partial(_status_part, context, entity),
        partial(_header_part, context, entity),
        *(partial(_provided, provider, entity) for provider in context.first_sections),
        *(partial(_made, part, context, entity) for part in of_kind),
        *(partial(_provided, provider, entity) for provider in context.last_sections),
        partial(_made, descriptor, context, entity),
    )
    return PageParts(parts, partial(_composed, context, entity), _without_sections)


def _status_part(context: EntityContext, entity: Entity) -> tuple[Section, ...]:
    """The status strip, as a section without a heading."""
    strip = status(context, entity)
    return (Section("", "", "status", strip),) if strip else ()


def _header_part(context: EntityContext, entity: Entity) -> tuple[Section, ...]:
    """The fields of the header, as a section without a heading."""
    of_group = people.group_fields(context, entity) if entity.ref.kind == "group" else ()
    added = (provider(entity) for provider in context.last_fields)
    of_entity = (*header_fields(context, entity), *contact_fields(context, entity), *of_group)
    fields = (*of_entity, *(each for each in added if each is not None))
    return (Section("", "", "fields", fields),) if fields else ()


def _composed(context: EntityContext, entity: Entity, made: Sequence[tuple[Section, ...]]) -> EntityView:
    strip, header, *others = made
    sections = tuple(chain.from_iterable(others))
    return EntityView(
        ref=str(entity.ref),
        kind=entity.kind,
        icon=context.kind_icon(entity.ref.kind),
        title=display_name(entity),
        trail=trail(context, entity),
        lead=lead(entity),
        missing_lead=missing_lead(context, entity),
        actions=actions(context, entity, is_poor=any(section.id == "improve" for section in sections)),
        status=strip,
        header=header,
        sections=sections,
    )


def _without_sections(view: EntityView) -> EntityView:
    return replace(view, status=(), header=(), sections=())


def _made(part: Part, context: EntityContext, entity: Entity) -> tuple[Section, ...]:
    return _as_tuple(part(context, entity))


def _provided(provider: SectionProvider, entity: Entity) -> tuple[Section, ...]:
    return _as_tuple(provider(entity))


def _as_tuple(made: Section | tuple[Section, ...] | None) -> tuple[Section, ...]:
    return made if isinstance(made, tuple) else () if made is None else (made,)


def problems(context: EntityContext, entity: Entity) -> Section | None:
    """The problems of the entity; None for none."""
    found = sorted(context.problems_by_subject.get(entity.ref, ()), key=_worst_first)
    if not found:
        return None
    shown = tuple(problem_view(problem, context.links, context.trees) for problem in found[:PROBLEM_LIMIT])
    return Section("problems", context.labels["problems"], "problems", shown, f"{len(found):,}", more(context, len(found), len(shown)))


def _worst_first(problem: Problem) -> tuple[int, int, str, str]:
    """Sort key: the worst severity first, then from the top of the file."""
    return problem.severity.rank, problem.span.line if problem.span else 0, problem.field, problem.code
