"""Announcements → ``/announcements/``, a page for each, and their Atom feed. A portal without announcements has none of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from functools import partial
from xml.etree import ElementTree as ET

from markupsafe import Markup

from callboard.documentation.announcements import Announcement
from callboard.markdown.rendering import first_sentence, plain, to_html
from callboard.model.data_classes import dataclass
from callboard.model.ref import RefError, parse_ref
from callboard.model.times import time_text
from callboard.model.urls import entity_path, up_from
from callboard.pages.announcements.context import ANNOUNCEMENTS, AnnouncementLink, AnnouncementsContext
from callboard.pages.changes.feeds import ATOM, feed_id, feed_text
from callboard.pages.page import Page

FEED = f"{ANNOUNCEMENTS}feed.xml"
ENTRIES = 50
SUMMARY = 2_000
"""Characters of an entry."""


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """``/announcements/``."""

    items: tuple[AnnouncementLink, ...]
    """The latest first."""
    sentences: tuple[str, ...]
    """The first sentence of each."""
    feed: str


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """``/announcements/<name>/``."""

    item: AnnouncementLink
    text: Markup


def plan(context: AnnouncementsContext) -> Iterator[Page]:
    """The archive, and a page for each announcement."""
    labels, items = context.labels, context.announcements.items
    if not items:
        return
    title = labels["announcements"]
    yield Page(ANNOUNCEMENTS, "announcements.html", "wide", "-", title, partial(_archive, context), labels["announcements_text"])
    for item in items:
        yield Page(
            f"{ANNOUNCEMENTS}{item.name}/",
            "announcement.html",
            "wide",
            "-",
            item.title,
            partial(_view, context, item),
            first_sentence(item.text),
        )


def _archive(context: AnnouncementsContext) -> ArchiveView:
    items = context.announcements.items
    return ArchiveView(tuple(map(context.link, items)), tuple(first_sentence(item.text) for item in items), FEED)


def _view(context: AnnouncementsContext, item: Announcement) -> AnnouncementView:
    up = up_from(f"{ANNOUNCEMENTS}{item.name}/")

    def resolve(target: str) -> str | None:
        """The page of an entity that the catalog has."""
        try:
            ref = parse_ref(target).canonical()
        except RefError:
            return None
        return up + entity_path(ref) if context.catalog.get(ref) else None

    return AnnouncementView(context.link(item), to_html(item.text, resolve))


def feed_files(context: AnnouncementsContext) -> Iterator[tuple[str, bytes]]:
    """The feed of announcements whose first day has come, if there are announcements."""
    if not context.announcements.items:
        return
    portal = context.settings.portal
    started = [item for item in context.announcements.items if item.starts <= context.today][:ENTRIES]
    feed = ET.Element("feed", {"xmlns": ATOM})
    feed_text(feed, "id", feed_id("feed", portal.url, FEED))
    feed_text(feed, "title", f"{portal.name}: {context.labels['announcements']}")
    feed_text(feed, "updated", time_text(_beginning(context, started[0])) if started else "1970-01-01T00:00:00Z")
    feed_text(ET.SubElement(feed, "author"), "name", portal.organization or portal.name)
    if portal.url:
        ET.SubElement(feed, "link", {"rel": "self", "href": portal.url + FEED})
    up = portal.url or up_from(FEED)
    ET.SubElement(feed, "link", {"href": up + ANNOUNCEMENTS})
    for item in started:
        _entry(context, feed, item, up)
    content: str = ET.tostring(feed, encoding="unicode")
    yield FEED, f'<?xml version="1.0" encoding="utf-8"?>\n{content}\n'.encode()


def _entry(context: AnnouncementsContext, feed: ET.Element, item: Announcement, up: str) -> None:
    entry, link = ET.SubElement(feed, "entry"), context.link(item)
    feed_text(entry, "id", feed_id("announcement", link.id))
    feed_text(entry, "title", item.title)
    feed_text(entry, "updated", time_text(_beginning(context, item)))
    ET.SubElement(entry, "link", {"href": up + link.path})
    for team in link.teams:
        ET.SubElement(entry, "category", {"term": team.ref, "label": team.name})
    feed_text(entry, "summary", plain(item.text)[:SUMMARY])


def _beginning(context: AnnouncementsContext, item: Announcement) -> datetime:
    return datetime.combine(item.starts, time(), context.zone)
