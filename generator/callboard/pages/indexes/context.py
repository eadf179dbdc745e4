"""What all index pages are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from callboard.catalog import organization, presentation, problem_assignment
from callboard.catalog.graph import Catalog
from callboard.diagrams.layout import Layouts
from callboard.incremental.fingerprint import canonical
from callboard.incremental.tracking import fingerprint_of
from callboard.markdown.rendering import first_sentence
from callboard.model.entity import Entity
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.pages.changes.changes import LatestView
from callboard.pages.shared_views import CountView, EntityLink, EntityLinks, catalog_path, kind_icon
from callboard.settings.settings import Settings

SENTENCE = 160
"""Letters of a description in lists, as in ``/api/catalog/table.json``."""
KINDS = ("component", "api", "resource", "system", "domain", "group", "user", "template", "location")
"""The order in which people meet kinds; own kinds follow by name. The same in ``facet-columns.js``."""


@dataclass(frozen=True, slots=True)
class IndexContext:
    """One whole catalog and what is known around it."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    """All, each with the team that can mend it; also those about no entity."""
    by_subject: Mapping[EntityRef, Sequence[Problem]]
    trees: Trees
    settings: Settings
    layouts: Layouts
    labels: Mapping[str, str]
    """The portal's words by key, from ``templates/strings/``."""
    links: EntityLinks
    latest: LatestView | None = None
    """What changed last, for the start page."""
    open: tuple[CountView, ...] = ()
    """What is open now, for the start page."""

    def sentence(self, entity: Entity) -> str:
        """The first sentence of its description, in plain words; empty where nobody wrote one."""
        return first_sentence(presentation.description(entity), SENTENCE)

    def owner_of(self, ref: EntityRef) -> EntityLink | None:
        """The first owner that is stated; existing or not."""
        owner = organization.owner(self.catalog, ref)
        return self.links.to(owner) if owner else None

    def worst(self, ref: EntityRef) -> Severity | None:
        """The worst severity among the entity's problems; None for none."""
        return min((problem.severity for problem in self.by_subject.get(ref, ())), key=lambda severity: severity.rank, default=None)

    def plural(self, kind: str, number: int = 2) -> str:
        """The kind's name for that many."""
        known = self.catalog.kinds.get(kind)
        return kind if known is None else known.name if number == 1 else known.plural

    def icon(self, kind: str) -> str:
        """The kind's icon."""
        return kind_icon(self.catalog.kinds, kind)

    def counts(self, refs: Iterable[EntityRef], **facets: str) -> tuple[CountView, ...]:
        """How many of each kind, in the portal's order of kinds; each leads to the table with these facets, if any are given."""
        numbers = Counter(ref.kind for ref in refs)
        order = [*KINDS, *sorted(set(numbers) - set(KINDS))]
        return tuple(
            CountView(numbers[kind], self.plural(kind, numbers[kind]), self.icon(kind), catalog_path(kind=kind, **facets) if facets else "")
            for kind in order
            if numbers[kind]
        )


_IN_THE_CATALOG = frozenset({"catalog", "by_subject", "trees", "settings", "layouts", "labels", "links"})


def fingerprint_of_rest(context: IndexContext) -> str:
    """Digest of what index pages are made of beside the catalog and the settings."""
    return fingerprint_of([canonical(getattr(context, each.name)) for each in fields(context) if each.name not in _IN_THE_CATALOG])


def index_context(
    catalog: Catalog,
    problems: Sequence[Problem],
    trees: Trees,
    settings: Settings,
    layouts: Layouts,
    labels: Mapping[str, str],
    links: EntityLinks | None = None,
    *,
    latest: LatestView | None = None,
    open_now: tuple[CountView, ...] = (),
) -> IndexContext:
    """Everything that index pages need; ``links`` may be shared with other families."""
    mine = problem_assignment.with_responsible(catalog, problems)
    by_subject = problem_assignment.problems_by_subject(mine)
    return IndexContext(catalog, mine, by_subject, trees, settings, layouts, labels, links or EntityLinks(catalog), latest, open_now)
