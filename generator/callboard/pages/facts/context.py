"""What pages about facts are made from: the shared context with facts and integrations, and what each family brings for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from callboard.catalog import presentation
from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.pages.context import PageContext, shared_values
from callboard.pages.facts.past import PastFacts, past_facts
from callboard.pages.facts.view import ChangeDetails, Content, EventView
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.settings.settings import Settings
from callboard.state.facts import CollectedFacts
from callboard.state.values import Change

Item = TypeVar("Item", Fact, Measurement)
HEALTH = "health/"
"""Path of the page about all families, which is a tab of the navigation."""


def has_health(settings: Settings) -> bool:
    """Whether the portal has integrations, and therefore a page and a tab about health."""
    return bool(settings.sections.get("integrations"))


@dataclass(frozen=True, slots=True)
class FactsContext(PageContext):
    """The context of all pages about facts. The page of an entity reads no facts but those of the two mappings and of ``past``."""

    facts_by_subject: Mapping[EntityRef, tuple[Fact, ...]]
    measured_by_subject: Mapping[EntityRef, tuple[Measurement, ...]]
    facts_by_family: Mapping[str, Mapping[EntityRef, tuple[Fact, ...]]]
    """The facts of ``facts_by_subject`` by family and entity."""
    measured_by_family: Mapping[str, Mapping[EntityRef, tuple[Measurement, ...]]]
    """The measurements of ``measured_by_subject`` by family and entity."""
    connections: Mapping[str, IntegrationInfo]
    """Integrations by name."""
    families: Mapping[str, FamilyPages]
    """What each family brings for pages, by name, built-in ones first: the order of panels."""
    past: PastFacts
    """What is recorded of the time before."""
    users: Mapping[str, EntityRef]
    """User entities by e-mail address, title and name, all in lower case."""
    is_incomplete: bool = False
    """True while a panel is made whose facts may not be all: its numbers are at least so large."""

    def for_incomplete(self, family: str) -> FactsContext:
        """The context of a page about a family of all entities, whose numbers are lower bounds if any query was incomplete."""
        is_incomplete = any(not each.complete for each in self.measurements(family))
        return replace(self, is_incomplete=True) if is_incomplete else self

    def facts(self, ref: EntityRef, family: str) -> tuple[Fact, ...]:
        """Facts of one family about an entity; none if the audience must not see the family."""
        found = self.facts_by_family.get(family)
        return found.get(ref, ()) if found and self.is_visible(family) else ()

    def facts_about(self, refs: Iterable[EntityRef], family: str) -> list[Fact]:
        """Facts of one family about these entities, by entity; none if the audience must not see the family."""
        return _of_refs(self.facts_by_family.get(family), refs) if self.is_visible(family) else []

    def measured(self, refs: Iterable[EntityRef], family: str) -> list[Measurement]:
        """Measurements of one family of these entities, also of a family that the audience must not see."""
        return _of_refs(self.measured_by_family.get(family), refs)

    def knows_any(self, refs: Iterable[EntityRef]) -> bool:
        """Whether there are facts about one of the entities, or a tool was queried about it."""
        return any(ref in self.facts_by_subject or ref in self.measured_by_subject for ref in refs)

    def has_any(self, family: str) -> bool:
        """Whether there are facts of a family about any entity, or a tool was queried for it."""
        return family in self.facts_by_family or family in self.measured_by_family

    def of_family(self, family: str) -> tuple[Fact, ...]:
        """Facts of one family about all entities, by entity; none if the audience must not see the family."""
        return tuple(chain.from_iterable(self.facts_by_family.get(family, {}).values())) if self.is_visible(family) else ()

    def measurements(self, family: str) -> Iterator[Measurement]:
        """Measurements of one family of all entities, also of families that the audience must not see."""
        return chain.from_iterable(self.measured_by_family.get(family, {}).values())

    def queried_families(self) -> frozenset[str]:
        """Families that were queried for any entity and that the audience may see."""
        return frozenset(family for family in self.measured_by_family if family in self.families and self.is_visible(family))

    def family_title(self, family: str) -> str:
        """The title of a family; its name if it is not known."""
        return family_title(self.families, self.labels, family)

    def tool_title(self, name: str) -> str:
        """The title of the tool of an integration; the integration's name if it is unknown."""
        connection = self.connections.get(name)
        return connection.title if connection else name


Renderer = Callable[[FactsContext, Sequence[Fact]], Content]
"""Makes the blocks of a panel of the facts of one family; there is at least one, in any order."""


@dataclass(frozen=True, slots=True)
class FamilyIndex:
    """The page about the facts of a family for all entities."""

    name: str
    """``incidents``: the page ``incidents/`` with the template ``incidents.html`` and the title ``page_incidents``."""
    view: Callable[..., Any]
    """Makes the view of the context and the links to the other pages (``NavLink``); of a page of several also of its number, and of the
    listing if there is one."""
    families: tuple[str, ...] = ()
    """Further families that it shows; it exists if its own or one of these was queried."""
    title: str = ""
    """Title, instead of that in the labels."""
    text: str = ""
    """Text below the title, instead of that in the labels."""
    template: str = ""
    """Name of the template, instead of one with the name of the page."""
    pages: Callable[..., int] | None = None
    """Counts the pages of the context, and of the listing if there is one; None for a single page."""
    listing: Callable[[FactsContext], Any] | None = None
    """Puts what all pages list in order, once for all of them; None where each page does that."""

    @property
    def path(self) -> str:
        """Path below the site's root."""
        return f"{self.name}/"


@dataclass(frozen=True, slots=True)
class FamilyPages:
    """What a family brings for pages. ``title`` and the texts of built-in families stand in the labels, under the family's name."""

    icon: str
    panel: Renderer
    """The panel on an entity's page."""
    row: Callable[[FactsContext, Fact], EventView] | None = None
    """Makes the row of an item that is recorded; None for a family whose items are not."""
    rollup: Renderer | None = None
    """The panel of systems, domains and groups about their members, and on ``/health/``; None for none."""
    is_on_health: bool = True
    """Whether the roll-up stands on ``/health/``, too."""
    need_attention: Callable[[Sequence[Fact]], Sequence[Fact]] | None = None
    """Which of all facts stand on ``/health/``, whose panel is left out if there are none; None for all."""
    counts_for_each_entity: bool = False
    """Whether a fact about several entities counts for each of them, as it has to be fixed in each; else it counts once."""
    index: FamilyIndex | None = None
    path: str = ""
    """Path of the page that shows the family for all entities, if that is the page of another family."""
    urgent_label: str = ""
    """Key of the label of the number of urgent facts; empty for no number."""
    change: Callable[[Mapping[str, str], Change], ChangeDetails] | None = None
    """What the line of an event shows beside its name, made of the labels and the event; None for the value alone."""
    title: str = ""
    urgent_title: str = ""
    """Title of the number of urgent facts, instead of a label."""
    no_facts: str = ""
    """Text for a measured zero, instead of that in the labels."""
    fingerprint: str = ""
    """The package of a plugin's family and the digest of its code, as part of the key of pages; empty for a built-in one."""

    @property
    def index_path(self) -> str:
        """Path of the page that shows the family for all entities; empty for none."""
        return self.path or (self.index.path if self.index else "")


def family_title(families: Mapping[str, FamilyPages], labels: Mapping[str, str], family: str) -> str:
    """The title of a family; its name if it is not known."""
    known = families.get(family)
    return family if known is None else known.title or labels[f"family_{family.replace('-', '_')}"]


def _of_refs(found: Mapping[EntityRef, tuple[Item, ...]] | None, refs: Iterable[EntityRef]) -> list[Item]:
    return [each for ref in refs for each in found.get(ref, ())] if found else []


def _by_family(by_subject: Mapping[EntityRef, tuple[Item, ...]]) -> Mapping[str, Mapping[EntityRef, tuple[Item, ...]]]:
    """The same facts or measurements by family, then by entity in the same order."""
    found: defaultdict[str, dict[EntityRef, tuple[Item, ...]]] = defaultdict(dict)
    for ref, items in by_subject.items():
        of_family: defaultdict[str, list[Item]] = defaultdict(list)
        for item in items:
            of_family[item.family].append(item)
        for family, listed in of_family.items():
            found[family][ref] = tuple(listed)
    return dict(found)


def _configured(settings: Settings) -> Iterator[str]:
    """Names of all integrations of the portal, also of those that cannot be created now."""
    return (str(item.get("name", "")) for item in settings.sections.get("integrations", ()))


def facts_context(page: PageContext, collected: CollectedFacts, families: Mapping[str, FamilyPages]) -> FactsContext:
    """The context of pages about what integrations have collected."""
    facts, measured = collected.by_subject(), collected.measured()
    return FactsContext(
        **shared_values(page),
        facts_by_subject=facts,
        measured_by_subject=measured,
        facts_by_family=_by_family(facts),
        measured_by_family=_by_family(measured),
        connections={connection.name: connection for connection in collected.connections},
        families=families,
        past=past_facts(collected.recorded, (*(each.name for each in collected.connections), *_configured(page.settings))),
        users=_users(page.catalog),
    )


def _users(catalog: Catalog) -> Mapping[str, EntityRef]:
    users: dict[str, EntityRef] = {}
    for entity in catalog.of_kind("user"):
        profile = entity.spec.get("profile")
        email = profile.get("email") if isinstance(profile, Mapping) else None
        for name in (email, presentation.title(entity), entity.ref.name):
            if isinstance(name, str) and name.strip():
                users.setdefault(name.strip().lower(), entity.ref)
    return users
