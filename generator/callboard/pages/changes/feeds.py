"""Change log → Atom feeds (RFC 4287) of all changes and of each team: bounded, with entries that always keep their ids."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from xml.etree import ElementTree as ET

from callboard.history.formats import sentence
from callboard.model.ref import EntityRef
from callboard.model.times import time_text
from callboard.model.urls import entity_path, segment, up_from
from callboard.pages.changes.context import ChangesContext
from callboard.state.change_log import FREQUENT
from callboard.state.values import Change

FEED = "changes/feed.xml"
ENTRIES = 100
LINES = 50
"""Changes of one entry that are listed."""
FEW = 5
"""With more deployments in one build, the feed of all changes has only their number."""
ATOM = "http://www.w3.org/2005/Atom"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:callboard:changes")


def team_feed_path(team: EntityRef) -> str:
    """Path of a team's feed."""
    return f"changes/{segment(team.namespace)}/{segment(team.name)}/feed.xml"


def feed_files(context: ChangesContext) -> Iterator[tuple[str, bytes]]:
    """Paths below the site's root and contents of the feeds: one of all changes, one for each team, also without changes."""
    yield FEED, _feed(context, FEED, context.settings.portal.name, [*_summed(context.history.changes)])
    for team in context.links.catalog.of_kind("group"):
        path = team_feed_path(team.ref)
        title = f"{context.settings.portal.name}: {context.links.to(team.ref).name}"
        yield path, _feed(context, path, title, context.history.of_team(team.ref, ENTRIES * LINES))


def _summed(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes, with many deployments of one build as one change with their number."""
    for _, of_build in groupby(changes, key=lambda change: change.at):
        frequent: dict[str, list[Change]] = {}
        for change in of_build:
            if change.kind in FREQUENT:
                frequent.setdefault(change.kind, []).append(change)
            else:
                yield change
        for kind, group in frequent.items():
            yield from group if len(group) <= FEW else [Change(group[0].at, kind, None, number=sum(c.number or 1 for c in group))]


def _feed(context: ChangesContext, path: str, title: str, changes: Sequence[Change]) -> bytes:
    feed = ET.Element("feed", {"xmlns": ATOM})
    feed_text(feed, "id", feed_id("feed", context.settings.portal.url, path))
    feed_text(feed, "title", f"{title}: {context.labels['changes']}")
    feed_text(feed, "updated", time_text(changes[0].at if changes else _BEGINNING))
    feed_text(ET.SubElement(feed, "author"), "name", context.settings.portal.organization or context.settings.portal.name)
    base = context.settings.portal.url
    if base:
        ET.SubElement(feed, "link", {"rel": "self", "href": base + path})
    up = base or up_from(path)
    ET.SubElement(feed, "link", {"href": f"{up}changes/"})
    groups = groupby(changes, key=lambda change: (change.at, change.ref))
    for number, ((at, ref), group) in enumerate(groups):
        if number == ENTRIES:
            break
        _entry(context, feed, at, ref, tuple(group), up)
    content: str = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{content}\n'.encode()


def _entry(context: ChangesContext, feed: ET.Element, at: datetime, ref: EntityRef | None, changes: Sequence[Change], up: str) -> None:
    day = context.day(at)
    page = entity_path(ref) if ref in context.links.catalog.entities and ref else f"changes/{day:%Y-%m}/#d-{day}"
    entry = ET.SubElement(feed, "entry")
    feed_text(entry, "id", feed_id("entry", time_text(at), str(ref or "")))
    sentences = [sentence(change) for change in changes[:LINES]]
    name = context.links.to(ref).name if ref else context.labels["the_catalog"]
    feed_text(entry, "title", f"{name}: {sentences[0]}" + (f" (+{len(changes) - 1})" if len(changes) > 1 else ""))
    feed_text(entry, "updated", time_text(at))
    ET.SubElement(entry, "link", {"href": f"{up}{page}"})
    feed_text(entry, "summary", "\n".join(sentences))


def feed_text(parent: ET.Element, name: str, text: str) -> None:
    """Add an element with a text; characters that XML forbids are left out."""
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def feed_id(*parts: str) -> str:
    """An id that is always the same for the same parts."""
    return f"urn:uuid:{uuid.uuid5(_IDS, chr(0).join(parts))}"
