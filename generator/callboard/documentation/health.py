"""The documentation of a portal → what is wrong with it, as facts of the entities that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.memory import DocumentationMemory, RememberedHealth
from callboard.documentation.model import BrokenDocumentLink, DocumentationSet, DocumentPage, SetKind, SetLinks
from callboard.documentation.portal import PortalDocumentation
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.facts.documentation import DefectKind, DocumentationDefect
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees
from callboard.plugins.run_integrations import IntegrationInfo

FAMILY = "documentation"
DOCUMENTATION = IntegrationInfo(FAMILY, FAMILY, "Documentation", (FAMILY,), ("backstage.io/techdocs-ref",))
"""The build itself, in place of a tool."""
OLD = timedelta(days=730)
MOST = 200
"""Defects of one set that become facts."""
_LINKS: Mapping[str, DefectKind] = {"image": DefectKind.IMAGE, "anchor": DefectKind.ANCHOR}


@dataclass(frozen=True, slots=True)
class DocumentationHealth:
    """What is wrong with the documentation of a portal."""

    facts: tuple[Fact, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    """One for each set: without facts it is healthy."""


def documentation_health(
    found: PortalDocumentation, catalog: Catalog, trees: Trees, now: datetime, memory: DocumentationMemory | None = None
) -> DocumentationHealth:
    """The defects of all sets, at most ``MOST`` of each.

    ``memory``: what the last run of this process found out; defects of sets whose links and owner are the same are not derived again.
    """
    links = CrossLinks(found, catalog, trees)
    known = memory.health if memory is not None else {}
    of_sets = [_health(made, links.of_set(made), catalog, now, known) for made in found.sets.values()]
    return DocumentationHealth(tuple(fact for each in of_sets for fact in each.facts), tuple(each.measurement for each in of_sets))


def _health(
    made: DocumentationSet, links: SetLinks, catalog: Catalog, now: datetime, known: dict[EntityRef, RememberedHealth]
) -> RememberedHealth:
    origin, has_owner = catalog.entities[made.ref].origin, organization.owner(catalog, made.ref) in catalog.entities
    last = known.get(made.ref)
    if last is not None and last.holds(links, origin, now, has_owner=has_owner):
        return last
    by_key = {_key(defect): defect for defect in _defects(made, links.broken, None if has_owner else origin, now)}
    facts = tuple(_fact(made, links.tree, key, defect) for key, defect in list(by_key.items())[:MOST])
    measurement = Measurement(made.ref, FAMILY, FAMILY, complete=len(by_key) <= MOST)
    known[made.ref] = RememberedHealth(links, origin, has_owner, now, _next_turn([made], now), facts, measurement)
    return known[made.ref]


def next_turn_of_documentation(found: PortalDocumentation, now: datetime) -> datetime | None:
    """When the next page becomes old; None for no page."""
    return _next_turn(found.sets.values(), now)


def _next_turn(sets: Iterable[DocumentationSet], now: datetime) -> datetime | None:
    turns = (changed + OLD for made in sets for changed in made.changed.values())
    return min((turn for turn in turns if turn > now), default=None)


def _defects(
    made: DocumentationSet, links: Sequence[BrokenDocumentLink], unowned: Origin | None, now: datetime
) -> Iterator[DocumentationDefect]:
    """``unowned``: where the entity of the set is described if it has no owner in the catalog; None if it has one."""
    for broken in links:
        kind = _LINKS.get(broken.reason, DefectKind.LINK)
        yield DocumentationDefect(kind, made.repository_path(broken.page.path), broken.line, broken.address[:300])
    for path, reason in made.left_out.items():
        yield DocumentationDefect(DefectKind.FILE, made.repository_path(path), 0, reason[:300])
    for page in made.pages.values():
        yield from _of_page(page, made.repository_path(page.path), made.changed.get(page.path), now)
    for path in _orphans(made):
        yield DocumentationDefect(DefectKind.ORPHAN, made.repository_path(path), 0, made.pages[path].title[:300])
    if made.pages and unowned is not None:
        yield DocumentationDefect(DefectKind.OWNER, unowned.path, unowned.line)


def _of_page(page: DocumentPage, path: str, changed: datetime | None, now: datetime) -> Iterator[DocumentationDefect]:
    if page.as_text:
        yield DocumentationDefect(DefectKind.TEXT, path, 0, page.as_text[:300])
    for note in page.details.notes:
        yield DocumentationDefect(DefectKind.DIAGRAM, path, note.line, note.message[:300])
    if changed and now - changed >= OLD:
        yield DocumentationDefect(DefectKind.OLD, path, 0, page.title[:300], changed)


def _orphans(made: DocumentationSet) -> Iterator[str]:
    """Pages that the navigation does not name and that no page of the set links to."""
    if made.kind is not SetKind.MKDOCS:
        return
    linked = {record.path for record in made.decisions} | {
        path for page in made.pages.values() for path in page.details.linked if path != page.path
    }
    start, known = made.start, linked.union(made.navigation.intended)
    yield from (path for path in made.navigation.outside if path in made.pages and path not in known and made.pages[path] is not start)


def _key(defect: DocumentationDefect) -> str:
    return f"{defect.kind} {defect.path} {defect.what}"[:500]


def _fact(made: DocumentationSet, tree: Tree | None, key: str, defect: DocumentationDefect) -> Fact:
    url = tree.view_url(defect.path, defect.line or None) if tree else ""
    return Fact(made.ref, FAMILY, key, defect, FAMILY, url=url)
