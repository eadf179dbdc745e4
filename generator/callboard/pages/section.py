"""What other packages add to an entity's page: sections with a heading, and fields of the header, among them who is on call."""

from __future__ import annotations

from typing import Any, NamedTuple

from callboard.model.data_classes import dataclass
from callboard.pages.shared_views import EntityLink, StateView, TimeView, WebLink


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading of its own."""

    id: str
    """Anchor of the heading; empty for a section without a heading."""
    title: str
    """Empty for a section without a heading."""
    part: str
    """Name of the macro that shows ``content``, from the table in ``templates/macros/section.html``."""
    content: Any
    """The macro's view."""
    count: str = ""
    """Number in the heading; empty for none."""
    note: str = ""
    """Grey text in the heading; empty for none."""


@dataclass(frozen=True, slots=True)
class StripItem:
    """One state in the head of an entity's page."""

    label: str
    state: StateView
    target: str
    """Anchor of the panel or section that has the details."""
    text: str = ""
    """What the state is about, such as a version; empty for none."""
    at: TimeView | None = None


@dataclass(frozen=True, slots=True)
class StatusStrip:
    """What needs attention, and what nobody measured."""

    items: tuple[StripItem, ...]
    missing: str = ""
    """Names of what is not measured, although a tool for it is connected; empty for none."""


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One person on call for a while."""

    name: str
    initials: str
    person: EntityLink | None
    """The User entity with the e-mail address or name that the tool reports; None if there is none."""
    level: str
    """The escalation level in words."""
    start: TimeView | None
    """None for a shift without a start date."""
    end: TimeView | None
    """None for a shift without an end date."""


@dataclass(frozen=True, slots=True)
class OnCallView:
    """The first escalation level of one schedule; a script picks the shift that is running."""

    name: str
    """Of the schedule; empty if it is the only one."""
    url: str
    """The schedule at its tool, checked; empty if unknown."""
    shifts: tuple[ShiftView, ...]
    """Shifts of the first level, by time."""


class HeaderField(NamedTuple):
    """A name and a value in the header of an entity's page; one of ``text``, ``state``, ``link``, ``on_call`` and ``web`` has the value."""

    label: str
    text: str = ""
    state: StateView | None = None
    link: EntityLink | None = None
    is_owner: bool = False
    """True if ``link`` is the owner, whose absence is shown as a fault."""
    on_call: tuple[OnCallView, ...] = ()
    """Who is on call, by schedule."""
    web: tuple[WebLink, ...] = ()
    """Addresses, such as a mailbox and a chat channel."""
