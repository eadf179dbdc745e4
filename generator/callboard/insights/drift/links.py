"""The links of descriptors and what earlier builds found → those that do not exist, found by two builds at least half a day apart."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from callboard.catalog.graph import Catalog
from callboard.descriptors.patching import RemoveItem
from callboard.insights.drift.evidence import DriftEvidence, FoundDrift
from callboard.io.checked_lines import read_checked, with_digest
from callboard.io.store import write_atomically
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.drift import Confidence, DriftKind

APART = timedelta(hours=12)
"""Between two checks of a link."""
MOST_OF_HOST = 10
"""Links of one host that one build checks."""
_PURPOSE = b"drift links 1"
_WEB = ("http://", "https://")


class LinkRecord(msgspec.Struct, frozen=True):
    """What is known of one link."""

    checked: datetime
    missing: str = ""
    """Why it does not exist; empty if it does, or if that could not be said."""
    since: datetime | None = None
    """When a build found it missing first."""
    times: int = 0
    """Builds in a row that found it missing."""


@dataclass(slots=True)
class LinkRecords:
    """The records of all links, in a file that a build leaves for the next one."""

    file: Path
    known: dict[str, LinkRecord] = field(default_factory=dict)

    def load(self) -> None:
        """Load what the last build left; nothing of a damaged file."""
        content = read_checked(self.file, _PURPOSE)
        with contextlib.suppress(ValueError, TypeError):
            self.known = msgspec.json.decode(content, type=dict[str, LinkRecord]) if content else {}

    def save(self) -> None:
        """Write the records."""
        write_atomically(self.file, with_digest(msgspec.json.encode(self.known), _PURPOSE))

    def check(self, catalog: Catalog, missing: Callable[[str], str | None], may_ask: Callable[[str], bool], now: datetime) -> None:
        """Check links that are due: first those that were missing once, then new ones, then those that were checked longest ago."""
        listed = {url for entity in catalog.entities.values() for _, url in links_of(entity)}
        self.known = {url: record for url, record in self.known.items() if url in listed}
        hosts: Counter[str] = Counter()
        for url in sorted(listed, key=self._order):
            record, host = self.known.get(url), _host(url)
            if (record and now - record.checked < APART) or hosts[host] >= MOST_OF_HOST or not may_ask(url):
                continue
            hosts[host] += 1
            self.known[url] = _after(record, missing(url), now)

    def gone(self) -> dict[str, LinkRecord]:
        """Links that two builds in a row found missing."""
        return {url: record for url, record in self.known.items() if record.times > 1}

    def _order(self, url: str) -> tuple[int, float, str]:
        record = self.known.get(url)
        return (1, 0.0, url) if record is None else (0 if record.times else 2, record.checked.timestamp(), url)


def link_drift(evidence: DriftEvidence, entity: Entity) -> Iterator[FoundDrift]:
    """The links of an entity that do not exist."""
    for index, url in links_of(entity):
        if why := evidence.gone_links.get(url):
            yield FoundDrift(
                entity, DriftKind.LINK, f"metadata.links[{index}].url", url, why, _host(url), Confidence.LIKELY,
                RemoveItem(("metadata", "links", index)), evidence.link_times.get(url),
            )  # fmt: skip


def links_of(entity: Entity) -> Iterator[tuple[int, str]]:
    """Index and URL of each link to the web."""
    links = entity.metadata.get("links")
    for index, link in enumerate(links if isinstance(links, list) else ()):
        url = link.get("url") if isinstance(link, dict) else None
        if isinstance(url, str) and url.startswith(_WEB):
            yield index, url


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _after(record: LinkRecord | None, missing: str | None, now: datetime) -> LinkRecord:
    if missing is None and record is not None:  # it could not be said: what was known stays
        return msgspec.structs.replace(record, checked=now)
    if not missing:
        return LinkRecord(now)
    was_missing = record is not None and record.times > 0
    return LinkRecord(now, missing, record.since if was_missing and record else now, (record.times if record else 0) + 1)
