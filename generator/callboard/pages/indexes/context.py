"""What index pages are made from: the shared context with all problems, the latest changes and urgent numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields

from callboard.catalog import presentation
from callboard.catalog.problem_assignment import with_responsible
from callboard.incremental.fingerprint import canonical
from callboard.incremental.tracking import fingerprint_of
from callboard.markdown.rendering import first_sentence
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.api_quality import ApiQuality
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef
from callboard.pages.announcements.context import AnnouncementLink, AnnouncementsContext, banners
from callboard.pages.changes.changes import LatestView
from callboard.pages.context import SHARED_FIELDS, PageContext, shared_values
from callboard.pages.shared_views import CountView, catalog_path

SENTENCE = 160
"""Characters of a description in lists, as in ``/api/catalog/table.json``."""
KINDS = ("component", "api", "resource", "system", "domain", "group", "user", "template", "location")
"""Order of kinds; custom kinds follow by name. The same as in ``facet-columns.js``."""


@dataclass(frozen=True, slots=True)
class IndexContext(PageContext):
    """The context of all index pages."""

    problems: tuple[Problem, ...]
    """All problems, also those about no entity."""
    team_problems: Mapping[EntityRef | None, int]
    """Number of problems of each responsible team; those without one at None. Errors, warnings and notes count, as in all numbers."""
    latest: LatestView | None = None
    """The latest changes, for the start page."""
    urgent: tuple[CountView, ...] = ()
    """Numbers of open incidents, missed objectives and the like, for the start page."""
    skipped_path: str = ""
    """The page of the skipped files; empty where there are none."""
    has_health: bool = False
    """Whether the catalog's table has the column Health."""
    api_qualities: Mapping[EntityRef, ApiQuality] = field(default_factory=dict)
    """What is known of the definition of each API."""
    announcements: tuple[AnnouncementLink, ...] = ()
    """Those that the start page has ready to show."""
    has_announcements: bool = False
    """Whether there is an archive of announcements."""
    places: tuple[str, ...] = ()
    """Paths of reports, and of pages about whom to ask, if there are any."""

    def sentence(self, entity: Entity) -> str:
        """The first sentence of the entity's description in plain text; empty for none."""
        return first_sentence(presentation.description(entity), SENTENCE)

    def problem_count(self, *refs: EntityRef) -> int:
        """Number of problems of these entities together, of any severity."""
        return sum(len(self.problems_by_subject.get(ref, ())) for ref in refs)

    def worst(self, ref: EntityRef) -> Severity | None:
        """The worst severity among the entity's problems; None for an entity without problems."""
        severities = (problem.severity for problem in self.problems_by_subject.get(ref, ()))
        return min(severities, key=lambda severity: severity.rank, default=None)

    def counts(self, refs: Iterable[EntityRef], **facets: str) -> tuple[CountView, ...]:
        """Number of entities of each kind, in the order of ``KINDS``; with ``facets`` each links to the table with these filters."""
        numbers = Counter(ref.kind for ref in refs)
        order = [*KINDS, *sorted(set(numbers) - set(KINDS))]
        return tuple(
            CountView(
                numbers[kind],
                self.kind_name(kind, numbers[kind]),
                self.kind_icon(kind),
                catalog_path(kind=kind, **facets) if facets else "",
            )
            for kind in order
            if numbers[kind]
        )


def index_context(
    page: PageContext,
    problems: Sequence[Problem],
    *,
    latest: LatestView | None = None,
    urgent: tuple[CountView, ...] = (),
    skipped_path: str = "",
    has_health: bool = False,
    api_qualities: Mapping[EntityRef, ApiQuality] | None = None,
    announcements: AnnouncementsContext | None = None,
    places: tuple[str, ...] = (),
) -> IndexContext:
    """The context of index pages; ``problems`` are all, also those about no entity. Each gets the team of its entity here, once."""
    assigned = with_responsible(page.catalog, problems)
    numbers = dict(Counter(problem.responsible for problem in assigned))
    return IndexContext(
        **shared_values(page), problems=assigned, team_problems=numbers, latest=latest, urgent=urgent, skipped_path=skipped_path,
        has_health=has_health,
        api_qualities=api_qualities or {},
        announcements=banners(announcements) if announcements else (),
        has_announcements=announcements is not None and bool(announcements.announcements.items),
        places=places,
    )  # fmt: skip


def fingerprint_of_rest(context: IndexContext) -> str:
    """Fingerprint of what index pages are made of in addition to the shared context."""
    return fingerprint_of([canonical(getattr(context, each.name)) for each in fields(context) if each.name not in SHARED_FIELDS])
