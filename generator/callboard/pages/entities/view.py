"""What ``entity.html`` shows: one value for a whole page, everything in it ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from callboard.pages.page import TocEntry
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import ChipLink, CountView, EntityLink, PersonView, StateView, WebLink


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """An API's definition."""

    label: str
    """``OpenAPI, 8,420 lines``."""
    code: Markup
    """Highlighted; perhaps only its beginning."""
    cut: str
    """Says how much is left out; empty for nothing."""
    file: str
    """File name beside the page, for download; empty where there is no text."""
    is_open: bool
    """Short enough to be shown at once."""


@dataclass(frozen=True, slots=True)
class SpecNode:
    """A line of a spec that we know nothing about."""

    key: str
    value: str
    children: tuple[SpecNode, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """A parameter of a template."""

    name: str
    title: str
    type: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A page of a template's form."""

    title: str
    text: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a template."""

    name: str
    action: str


@dataclass(frozen=True, slots=True)
class LocationTarget:
    """Something that a Location points at."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class RawView:
    """The descriptor as its author wrote it, secrets masked."""

    summary: str
    """File name."""
    note: str
    """``48 lines, 1 secret masked``."""
    text: str
    cut: str
    """Says how much is left out; empty for nothing."""
    url: str
    """The file at its host; empty where unknown."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the head."""

    text: str
    icon: str
    url: str
    """Checked address or an anchor of this page."""
    path: str = ""
    """Below the site's root; wins over ``url``."""
    is_primary: bool = False
    """At most one of a page."""


@dataclass(frozen=True, slots=True)
class EntityView:
    """One entity's page."""

    ref: str
    """Canonical reference."""
    kind: str
    """In its author's spelling (``Component``)."""
    icon: str
    title: str
    trail: tuple[EntityLink, ...]
    """From the outermost (domain, parent group) inwards, without the entity itself."""
    lead: str
    """First sentence of the description, plain text."""
    no_lead: str
    """Said instead where a description is expected; empty where none is."""
    actions: tuple[Action, ...]
    keys: tuple[HeaderField, ...]
    sections: tuple[Section, ...]

    @property
    def toc(self) -> tuple[TocEntry, ...]:
        """The contents of the page."""
        return tuple(TocEntry(section.id, section.title) for section in self.sections)


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One thing that would make the page better."""

    icon: str
    title: str
    why: str
    lines: str
    """YAML to copy."""


@dataclass(frozen=True, slots=True)
class ImproveView:
    """What is missing, the most useful first."""

    known: str
    """``3 of 7 known``."""
    share: int
    """The same in percent."""
    steps: tuple[TemplateStep, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A line of a list of properties; the fields that are given are shown in this order."""

    label: str
    entities: tuple[EntityLink, ...] = ()
    chips: tuple[ChipLink, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    """Keys and values in monospace."""
    text: str = ""
    code: str = ""
    url: str = ""
    """Where ``text`` or ``code`` leads."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AboutView:
    """Description, links and properties."""

    prose: Markup
    """Safe HTML; empty where the lead has said it all."""
    links: tuple[WebLink, ...]
    details: tuple[Detail, ...]
    elsewhere: tuple[Detail, ...]
    """Under which names other systems know it."""


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity in a list."""

    link: EntityLink
    how: str = ""
    """``consumes``, ``via checkout-api``."""
    owner: EntityLink | None = None
    unowned: bool = False
    """It needs an owner and has none."""


@dataclass(frozen=True, slots=True)
class ListView:
    """A card with a list of entities."""

    title: str
    icon: str
    rows: tuple[EntityRow, ...]
    count: int
    """How many there are; the list may show fewer."""
    more: str = ""
    """``1,950 more`` where the list is cut."""
    more_path: str = ""
    """Where all of them are, below the site's root; empty for nowhere."""


@dataclass(frozen=True, slots=True)
class RelationsView:
    """A diagram and the same as lists."""

    diagram: Markup
    """Inline SVG; empty for none."""
    lists: tuple[ListView, ...]


@dataclass(frozen=True, slots=True)
class TeamImpact:
    """What one team would lose."""

    team: EntityLink | None
    """None for things without an owner."""
    affected: tuple[EntityLink, ...]
    more: str
    distance: str
    """``directly`` or ``3 steps``: the nearest of them."""


@dataclass(frozen=True, slots=True)
class ImpactView:
    """What breaks if this goes away."""

    teams: tuple[TeamImpact, ...]
    more: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """An entity in a table."""

    link: EntityLink
    role: str
    """What ties it to the page's entity, such as ``provides``."""
    type: str
    lifecycle: StateView | None
    owner: EntityLink | None
    unowned: bool
    problems: int


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """What a sub-team owns, with the teams below it."""

    team: EntityLink
    numbers: tuple[str, ...]
    """In the order of the columns; empty texts for none."""
    total: str


@dataclass(frozen=True, slots=True)
class TeamCountsView:
    """What is owned through sub-teams, as numbers."""

    caption: str
    columns: tuple[str, ...]
    """Plurals of kinds."""
    rows: tuple[TeamCounts, ...]
    more: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of entities, with numbers above it."""

    caption: str
    """For screen readers."""
    counts: tuple[CountView, ...]
    columns: tuple[str, ...]
    """Which of ``role``, ``type``, ``lifecycle``, ``owner``, ``problems`` have something to say."""
    rows: tuple[TableRow, ...]
    more: str = ""
    more_path: str = ""
    teams: TeamCountsView | None = None
    """A second table below: what sub-teams own."""


@dataclass(frozen=True, slots=True)
class TreeItem:
    """A line of a tree of entities."""

    link: EntityLink
    note: str
    """Grey, behind the name."""
    here: bool
    children: tuple[TreeItem, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """People of a group."""

    people: tuple[PersonView, ...]
    more: str
