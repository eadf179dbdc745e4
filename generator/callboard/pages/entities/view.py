"""Views of ``entity.html`` and its parts: values that the templates print without further decisions."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from callboard.diagrams.drawing import Diagram
from callboard.model.data_classes import dataclass
from callboard.pages.page import TocEntry
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import ChipLink, CountView, EntityLink, PersonView, StateView, WebLink


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """An API's definition."""

    label: str
    """``OpenAPI, 8,420 lines``."""
    code: Markup
    """Highlighted HTML, perhaps only of its beginning."""
    cut: str
    """Note about how much is left out; empty if nothing is."""
    file: str
    """Name of the file next to the page, for download; empty for none."""
    is_open: bool
    """True if it is short enough to be shown unfolded."""
    note: str = ""
    """Why there is no reference; empty if there is one."""


@dataclass(frozen=True, slots=True)
class SpecNode:
    """A line of a spec whose schema is unknown."""

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
class TemplateAction:
    """A step of a template."""

    name: str
    action: str


@dataclass(frozen=True, slots=True)
class LocationTarget:
    """A target of a Location."""

    text: str
    """As written."""
    url: str
    """Checked; empty if it is no web address."""
    sort: str = ""
    """How it is reached (``streamable-http``); empty if that is not said."""


@dataclass(frozen=True, slots=True)
class RawView:
    """The descriptor as its author wrote it, secrets masked."""

    summary: str
    """File name."""
    note: str
    """``48 lines, 1 secret masked``."""
    text: str
    cut: str
    """Note about how much is left out; empty if nothing is."""
    url: str
    """The file at its host; empty if unknown."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the header."""

    text: str
    icon: str
    url: str
    """A checked address or an anchor of this page."""
    path: str = ""
    """Below the site's root; takes precedence over ``url``."""
    is_primary: bool = False
    """True for at most one button of a page."""


@dataclass(frozen=True, slots=True)
class EntityView:
    """One entity's page."""

    ref: str
    """Canonical reference."""
    kind: str
    """As the descriptor spells it (``Component``)."""
    icon: str
    title: str
    trail: tuple[EntityLink, ...]
    """What the entity is part of, from the outermost (domain, parent group) inwards."""
    lead: str
    """First sentence of the description in plain text."""
    missing_lead: str
    """Shown instead if a description is expected and missing; empty otherwise."""
    actions: tuple[Action, ...]
    status: tuple[Section, ...]
    """The status strip in the head, as a section without a heading; empty for none."""
    header: tuple[Section, ...]
    """Sections without a heading, above the contents: the fields of the header."""
    sections: tuple[Section, ...]

    @property
    def header_fields(self) -> tuple[HeaderField, ...]:
        """The fields of the header."""
        return tuple(field for section in self.header if section.part == "fields" for field in section.content)

    @property
    def toc(self) -> tuple[TocEntry, ...]:
        """The page's table of contents."""
        return tuple(TocEntry(section.id, section.title) for section in self.sections)


@dataclass(frozen=True, slots=True)
class CompletenessStep:
    """One missing piece of metadata."""

    icon: str
    title: str
    """What to do."""
    why: str
    lines: str
    """YAML to copy."""


@dataclass(frozen=True, slots=True)
class CompletenessView:
    """Missing metadata, the most useful first."""

    summary: str
    """``3 of 7 known``."""
    share: int
    """The same in percent."""
    steps: tuple[CompletenessStep, ...]


class Detail(NamedTuple):
    """A line of a list of properties; its fields that are not empty are shown in this order."""

    label: str
    entities: tuple[EntityLink, ...] = ()
    chips: tuple[ChipLink, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    """Keys and values, shown as code."""
    text: str = ""
    code: str = ""
    url: str = ""
    """Target of ``text`` or ``code``; empty for no link."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AboutView:
    """Description, links and properties."""

    prose: Markup
    """The description as safe HTML; empty if the lead is all of it."""
    links: tuple[WebLink, ...]
    details: tuple[Detail, ...]
    external_refs: tuple[Detail, ...]
    """Names of the entity in other systems."""


class EntityRow(NamedTuple):
    """An entity in a list."""

    link: EntityLink
    role: str = ""
    """How it is related to the page's entity: ``consumes``, ``via checkout-api``; empty if the heading says it."""
    owner: EntityLink | None = None
    is_unowned: bool = False
    """True if it needs an owner and declares none."""


@dataclass(frozen=True, slots=True)
class ListView:
    """A card with a list of entities."""

    title: str
    icon: str
    rows: tuple[EntityRow, ...]
    count: int
    """Number of all of them; the list may show fewer."""
    more: str = ""
    """``1,950 more`` if the list is cut; empty otherwise."""
    more_path: str = ""
    """The list of all of them, below the site's root; empty for no link."""


@dataclass(frozen=True, slots=True)
class RelationsView:
    """A diagram, and the same relations as lists."""

    diagram: Diagram | None
    """Inline SVG; empty for none."""
    lists: tuple[ListView, ...]


class TeamImpact(NamedTuple):
    """Entities of one team that depend on the page's entity."""

    team: EntityLink | None
    """None for entities without an owner."""
    affected: tuple[EntityLink, ...]
    more: str
    distance: str
    """``directly`` or ``3 steps``: of the nearest of them."""


@dataclass(frozen=True, slots=True)
class ImpactView:
    """The entities that are affected if the page's entity fails or is removed, by team."""

    teams: tuple[TeamImpact, ...]
    more: str
    """How many teams are not listed; empty for none."""
    path: str
    """Path of the catalog table with all affected entities."""


class TableRow(NamedTuple):
    """An entity in a table."""

    link: EntityLink
    role: str
    """How it is related to the page's entity, such as ``provides``."""
    type: str
    lifecycle: StateView | None
    owner: EntityLink | None
    is_unowned: bool
    """True if it needs an owner and declares none."""
    problems: int
    """Number of its problems."""


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """Number of entities that a sub-team and the teams below it own."""

    team: EntityLink
    numbers: tuple[str, ...]
    """By column; empty strings for 0."""
    total: str


@dataclass(frozen=True, slots=True)
class TeamCountsView:
    """Numbers of entities that sub-teams own."""

    caption: str
    columns: tuple[str, ...]
    """Plurals of kinds."""
    rows: tuple[TeamCounts, ...]
    more: str
    more_path: str
    """Path of a table that has all."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of entities, with numbers above it."""

    caption: str
    """For screen readers."""
    counts: tuple[CountView, ...]
    columns: tuple[str, ...]
    """Those of ``role``, ``type``, ``lifecycle``, ``owner`` and ``problems`` that are not empty in all rows."""
    rows: tuple[TableRow, ...]
    more: str = ""
    more_path: str = ""
    teams: TeamCountsView | None = None
    """A second table below, of what sub-teams own; None for none."""


@dataclass(frozen=True, slots=True)
class TreeItem:
    """A line of a tree of entities."""

    link: EntityLink
    note: str
    """Grey text behind the name."""
    is_current: bool
    """True for the page's entity."""
    children: tuple[TreeItem, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """People of a group."""

    people: tuple[PersonView, ...]
    more: str
    """How many further ones there are; empty for none."""
    rest: tuple[EntityLink, ...] = ()
    """Those of them that are named."""
    unlisted: str = ""
    """How many are not even named; empty for none."""
