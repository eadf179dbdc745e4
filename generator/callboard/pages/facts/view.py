"""Views of facts: panels of a few kinds of blocks that do not depend on a family or a tool.

What pages have many of is a named tuple: it is made, and keys of parts are made of it, in a fraction of the time of a data class.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from callboard.model.data_classes import dataclass
from callboard.pages.shared_views import EntityLink, StateView, TimeView


class Figure(NamedTuple):
    """A large number with its name."""

    value: str
    label: str
    tone: str = ""
    """``bad`` or ``warn`` if the number needs attention; empty otherwise."""


class BarView(NamedTuple):
    """A bar of proportions."""

    label: str
    note: str
    parts: tuple[tuple[str, str, str], ...]
    """Tone, start and width of each part; start and width of 100."""
    words: str
    """The same as text for screen readers."""


class DaysView(NamedTuple):
    """A row of days, each with a tone."""

    label: str
    note: str
    days: tuple[tuple[str, str], ...]
    """Tone (``good``, ``warn``, ``bad``, ``none`` for not measured) and start."""
    width: int
    words: str


class SparkView(NamedTuple):
    """A line chart without axes."""

    label: str
    note: str
    points: str
    """Points of the line: ``0,20 50,12 100,4``."""
    words: str


class EventView(NamedTuple):
    """One item of a list."""

    title: str
    state: StateView | None = None
    url: str = ""
    """The item at its tool, checked; empty if unknown."""
    is_code: bool = False
    """True if ``title`` is a version or an id."""
    detail: str = ""
    """Plain text behind the title."""
    note: str = ""
    """Grey line below."""
    reason: str = ""
    """Sentence of this program at the end of that line, which is English in every portal."""
    at: TimeView | None = None
    subject: EntityLink | None = None
    """The entity that the item is about, on pages about many entities."""
    owner: EntityLink | None = None
    subjects: tuple[str, ...] = ()
    """References of the entities that the item is about if these are several; ``subject`` is None then."""

    def __repr__(self) -> str:
        """As that of ``EntityLink``."""
        return tuple.__repr__(self)


class Block(NamedTuple):
    """A part of a panel: ``kind`` names the macro that shows ``content``."""

    kind: str
    """``figures``, ``bar``, ``days``, ``spark``, ``events``, ``rest``, ``shifts``, ``chips``, ``pairs``, ``text``, ``more`` or ``plugin``.

    ``rest`` has rows that open below the others; ``more`` links to the family's page.
    """
    content: Any

    def __repr__(self) -> str:
        """As that of ``EntityLink``."""
        return tuple.__repr__(self)


class SourceView(NamedTuple):
    """An integration that a panel's facts come from."""

    title: str
    """Title of the tool."""
    name: str
    """The integration's name, by which scripts find the age of its data."""
    url: str = ""
    """The entity at the tool, checked; empty if unknown."""
    is_complete: bool = True
    """False on a page about all entities if the tool was not queried completely about one of them."""


class PanelView(NamedTuple):
    """Facts of one family about one entity or several."""

    family: str
    title: str
    icon: str
    badge: StateView | None
    blocks: tuple[Block, ...]
    sources: tuple[SourceView, ...]
    is_zero: bool = False
    """True if the tools were queried completely and have no facts."""
    incomplete: str = ""
    """Note that facts may be missing; empty if the query was complete."""
    path: str = ""
    """Page about the family for all entities, below the site's root; empty for none."""


@dataclass(frozen=True, slots=True)
class MissingAnnotation:
    """An annotation by which more facts could be shown."""

    annotation: str
    tools: str
    """Titles of the tools: ``PagerDuty``."""
    families: str
    """Titles of the families: ``On call, incidents``."""


@dataclass(frozen=True, slots=True)
class FactsView:
    """The section about facts on an entity's page."""

    panels: tuple[PanelView, ...]
    missing: tuple[MissingAnnotation, ...] = ()
    lines: str = ""
    """The missing annotations as YAML to copy."""


class Content(NamedTuple):
    """The blocks and the badge of one family's panel."""

    blocks: tuple[Block, ...]
    badge: StateView | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link to the page about health, or to one about a family."""

    title: str
    path: str
    icon: str
    is_current: bool
    """True on the linked page itself."""


@dataclass(frozen=True, slots=True)
class ChangeDetails:
    """What the line of an event of facts shows beside its name."""

    text: str = ""
    """A detail behind the value, such as a severity."""
    tone: str = ""
    """In place of the usual tone of the kind of event; empty for that one."""
    environment: str = ""
    """The environment that belongs to the name; empty for none."""
    has_values: bool = False
    """True if the value before and the one after are shown as such; else the later one is, or the earlier one if there is none."""
