"""What the templates about facts show: panels made of a few kinds of blocks, whatever the family, whatever the tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from callboard.pages.shared_views import EntityLink, StateView, TimeView


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is read first."""

    value: str
    label: str
    tone: str = ""
    """``bad`` or ``warn`` where the number asks for something; empty else."""


@dataclass(frozen=True, slots=True)
class BarView:
    """Proportions, with their numbers in words above."""

    label: str
    note: str
    parts: tuple[tuple[str, str, str], ...]
    """Tone, place and width, both of 100."""
    words: str
    """The same for those who do not see it."""


@dataclass(frozen=True, slots=True)
class DaysView:
    """A row of days."""

    label: str
    note: str
    days: tuple[tuple[str, str], ...]
    """Tone (``good``, ``warn``, ``bad``, ``none`` for not measured) and place."""
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class SparkView:
    """A direction without axes; the number stands beside it."""

    label: str
    note: str
    points: str
    """Of the line: ``0,20 50,12 100,4``."""
    words: str


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing in a list."""

    title: str
    state: StateView | None = None
    url: str = ""
    """Checked; empty where it is known nowhere."""
    is_code: bool = False
    """``title`` is a version or an id."""
    beside: str = ""
    """Plain text behind the title."""
    note: str = ""
    """Grey line below."""
    at: TimeView | None = None
    subject: EntityLink | None = None
    """Whose it is, on pages about many entities."""
    owner: EntityLink | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a panel: ``kind`` names the macro that shows ``content``."""

    kind: str
    """``figures``, ``bar``, ``days``, ``spark``, ``events``, ``shifts``, ``chips``, ``pairs``, ``text`` or ``markup``."""
    content: Any


@dataclass(frozen=True, slots=True)
class SourceView:
    """Whose word it is."""

    title: str
    """What people call the tool."""
    name: str
    """The integration's name, by which the browser finds its age."""
    url: str = ""
    """The entity there; checked."""


@dataclass(frozen=True, slots=True)
class PanelView:
    """One family of facts about one entity, or about many."""

    family: str
    title: str
    icon: str
    badge: StateView | None
    blocks: tuple[Block, ...]
    sources: tuple[SourceView, ...]
    is_zero: bool = False
    """Asked, answered completely, nothing there."""
    incomplete: str = ""
    """Why there may be more than is shown; empty where all of it is."""
    path: str = ""
    """Where the family is shown for all entities, below the site's root; empty for nowhere."""


@dataclass(frozen=True, slots=True)
class Connect:
    """What an annotation would bring."""

    annotation: str
    tools: str
    """``PagerDuty`` …"""
    families: str
    """``On call, incidents``."""


@dataclass(frozen=True, slots=True)
class FactsView:
    """The section of an entity's page."""

    panels: tuple[PanelView, ...]
    connect: tuple[Connect, ...] = ()
    lines: str = ""
    """YAML to copy."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a family says of itself."""

    blocks: tuple[Block, ...]
    badge: StateView | None = None
    prose: Markup | None = None
