"""The portal's announcements → the context of their pages, and the ones that the start page has ready to show."""

from __future__ import annotations

from datetime import date, datetime

from callboard.documentation.announcements import Announcement, Announcements, with_teams_below
from callboard.model.data_classes import dataclass
from callboard.pages.context import PageContext, shared_values
from callboard.pages.shared_views import EntityLink

ANNOUNCEMENTS = "announcements/"
"""Path of the archive."""
BANNERS = 20
"""Announcements that the start page has at most."""


@dataclass(frozen=True, slots=True)
class AnnouncementLink:
    """An announcement in a list, or on the start page."""

    title: str
    path: str
    starts: str
    ends: str
    """Days, such as ``2026-12-31``."""
    teams: tuple[EntityLink, ...]
    """Whom it is for; empty for everyone."""
    id: str
    """By which a browser remembers that it was dismissed: with another first day it is another announcement."""
    chosen: str
    """References of the teams whose members it is for, with those below, separated by spaces; empty for everyone."""


@dataclass(frozen=True, slots=True)
class AnnouncementsContext(PageContext):
    """The context of all pages about announcements."""

    announcements: Announcements
    today: date
    """In the portal's time zone."""

    def link(self, item: Announcement) -> AnnouncementLink:
        """The view of an announcement without its text."""
        chosen = " ".join(map(str, with_teams_below(self.catalog, item.teams)))
        starts, ends = item.starts.isoformat(), item.ends.isoformat()
        return AnnouncementLink(
            item.title, f"{ANNOUNCEMENTS}{item.name}/", starts, ends, self.links.all(item.teams), f"{item.name} {starts}", chosen
        )


def announcements_context(page: PageContext, announcements: Announcements, now: datetime) -> AnnouncementsContext:
    """The context of the pages; ``now`` is the time of the build."""
    return AnnouncementsContext(**shared_values(page), announcements=announcements, today=page.local(now).date())


def banners(context: AnnouncementsContext) -> tuple[AnnouncementLink, ...]:
    """Announcements that have not ended, the latest first: the browser shows those whose days have come."""
    return tuple(context.link(item) for item in context.announcements.items if item.ends >= context.today)[:BANNERS]
