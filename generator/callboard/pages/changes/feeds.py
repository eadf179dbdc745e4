"""Atom feeds (RFC 4287): all changes, and those of each team. Bounded; an entry keeps its id for ever."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from xml.etree import ElementTree as ET

from callboard.history.formats import sentence
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path, segment, up_from
from callboard.pages.changes.context import ChangesContext
from callboard.state.change_log import FREQUENT
from callboard.state.serialization import time_text
from callboard.state.values import Change

FEED = "changes/feed.xml"
ENTRIES = 100
LINES = 50
FEW = 5
"""Deployments of one night that the feed of all changes tells one by one."""
ATOM = "http://www.w3.org/2005/Atom"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:callboard:changes")


def team_feed_path(team: EntityRef) -> str:
    """The feed of a team."""
    return f"changes/{segment(team.namespace)}/{segment(team.name)}/feed.xml"


def feed_files(past: ChangesContext) -> Iterator[tuple[str, bytes]]:
    """Paths below the site's root and contents: one feed of all, and one for each team, even where nothing changed yet."""
    yield FEED, _feed(past, FEED, past.settings.portal.name, [*_summed(past.history.changes)])
    for team in past.links.catalog.of_kind("group"):
        path = team_feed_path(team.ref)
        found = past.history.of_team(team.ref, ENTRIES * LINES)
        yield path, _feed(past, path, f"{past.settings.portal.name}: {past.links.to(team.ref).name}", found)


def _summed(changes: Sequence[Change]) -> Iterator[Change]:
    """Deployments of a night as one line: a feed of everything is not read for each of them."""
    for _, found in groupby(changes, key=lambda change: change.at):
        often: dict[str, list[Change]] = {}
        for change in found:
            if change.kind in FREQUENT:
                often.setdefault(change.kind, []).append(change)
            else:
                yield change
        for kind, those in often.items():
            yield from those if len(those) <= FEW else [Change(those[0].at, kind, None, number=sum(c.number or 1 for c in those))]


def _feed(past: ChangesContext, path: str, title: str, changes: Sequence[Change]) -> bytes:
    feed = ET.Element("feed", {"xmlns": ATOM})
    _text(feed, "id", _id("feed", past.settings.portal.url, path))
    _text(feed, "title", f"{title}: {past.labels['changes']}")
    _text(feed, "updated", time_text(changes[0].at if changes else _BEGINNING))
    _text(ET.SubElement(feed, "author"), "name", past.settings.portal.organization or past.settings.portal.name)
    base = past.settings.portal.url
    if base:
        ET.SubElement(feed, "link", {"rel": "self", "href": base + path})
    up = base or up_from(path)
    ET.SubElement(feed, "link", {"href": f"{up}changes/"})
    groups = groupby(changes, key=lambda change: (change.at, change.ref))
    for number, ((at, ref), found) in enumerate(groups):
        if number == ENTRIES:
            break
        _entry(past, feed, at, ref, tuple(found), up)
    content: str = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{content}\n'.encode()


def _entry(past: ChangesContext, feed: ET.Element, at: datetime, ref: EntityRef | None, found: Sequence[Change], up: str) -> None:
    day = past.day(at)
    page = entity_path(ref) if ref in past.links.catalog.entities and ref else f"changes/{day:%Y-%m}/#d-{day}"
    entry = ET.SubElement(feed, "entry")
    _text(entry, "id", _id("entry", time_text(at), str(ref or "")))
    said = [sentence(change) for change in found[:LINES]]
    name = past.links.to(ref).name if ref else past.labels["the_catalog"]
    _text(entry, "title", f"{name}: {said[0]}" + (f" (+{len(found) - 1})" if len(found) > 1 else ""))
    _text(entry, "updated", time_text(at))
    ET.SubElement(entry, "link", {"href": f"{up}{page}"})
    _text(entry, "summary", "\n".join(said))


def _text(parent: ET.Element, name: str, text: str) -> None:
    """An element with a text; what XML cannot hold is left out."""
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def _id(*parts: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_IDS, chr(0).join(parts))}"
