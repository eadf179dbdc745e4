"""Files of recorded deployments and incidents → the few fields that figures about delivery need, kept by the digest of each month.

Reading items whole takes more than three times as long, and all months but the current one are those of the last build.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from callboard.io.checked_lines import read_checked, write_checked
from callboard.model.data_classes import dataclass
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.incident import Incident
from callboard.model.ref import EntityRef, ref_of
from callboard.state.event_history import Event
from callboard.state.event_names import Renames, name_then, renames_since
from callboard.state.events import FOLDER, read_events
from callboard.state.manifest import Months, read_manifest
from callboard.state.months import month_names

_PURPOSE = b"recorded items 1"


class RecordedItem(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A deployment or an incident."""

    subject: str
    source: str
    environment: str
    key: str
    at: datetime
    seen: datetime
    is_gone: bool
    outcome: str
    happened: datetime | None = None
    """Of a deployment, the time that its tool reports."""
    version: str = ""
    revision: str = ""
    resolved: datetime | None = None
    """Of an incident that is over."""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What is the same in all lines about the item."""
        return self.source, self.subject, self.environment, self.key

    def is_another(self, later: RecordedItem) -> bool:
        """As ``RecordedValue.is_another_item``."""
        is_changed = (self.version, self.revision) != (later.version, later.revision)
        return self.happened != later.happened and is_changed


class _KeptMonth(msgspec.Struct, array_like=True, frozen=True):
    digest: str
    """Of the month's file, as the manifest of the state has it."""
    items: list[RecordedItem]


_MONTH = msgspec.json.Decoder(_KeptMonth)


@dataclass(frozen=True, slots=True)
class RecordedItems:
    """The recorded items of one family, as the state has them and as this build adds to them."""

    state: Path
    """The folder of the saved state."""
    cache: Path
    """The folder of what is kept of each month."""
    family: str

    def with_new(self, new: Iterable[Event]) -> Iterator[tuple[EntityRef, RecordedItem]]:
        """Each item as it is known now, with its entity; those that their tool no longer has are left out. Raises ``StateError``."""
        manifest = read_manifest(self.state)
        known: Months = manifest.events.get(self.family, {}) if manifest else {}
        months = month_names(self.state / FOLDER / self.family, known)
        saved = [item for month in months for item in self._month(month, known[month].sha256 if month in known else "")]
        self._forget(months)
        renames = renames_since(self.state, months[0]) if months else {}
        found = {(item.identity, item.at): item for item in _named(_latest(saved), renames)}
        added = (item_of(event) for event in new if event.fact.family == self.family)
        found |= {(item.identity, item.at): item for item in added if item is not None}
        refs = {item.subject: ref_of(item.subject) for item in found.values()}
        return ((refs[item.subject], item) for item in found.values() if not item.is_gone)

    def _month(self, month: str, digest: str) -> list[RecordedItem]:
        path = self.cache / f"{self.family}-{month}.json"
        content = read_checked(path, _PURPOSE)
        if content is not None:
            kept = _decoded(content)
            if kept is not None and kept.digest == digest:
                return kept.items
        events = read_events(self.state, self.family, {month})
        items = [item for event in events.events if (item := item_of(event)) is not None]
        if digest and not events.damaged:
            write_checked(path, msgspec.json.encode(_KeptMonth(digest, items)), _PURPOSE)
        return items

    def _forget(self, months: Collection[str]) -> None:
        """Remove what is kept of months that are no longer recorded."""
        for path in self.cache.glob(f"{self.family}-????-??.json"):
            if path.stem.removeprefix(f"{self.family}-") not in months:
                path.unlink(missing_ok=True)


def _decoded(content: bytes) -> _KeptMonth | None:
    try:
        return _MONTH.decode(content)
    except msgspec.MsgspecError:
        return None


def item_of(event: Event) -> RecordedItem | None:
    """The fields of a deployment or an incident; None for another family."""
    fact, value = event.fact, event.fact.value
    head = (str(fact.subject), fact.source, fact.environment, fact.key, event.at, event.seen, event.is_gone)
    if isinstance(value, Deployment):
        return RecordedItem(*head, value.outcome, value.at, value.version, value.revision)
    if isinstance(value, Incident):
        return RecordedItem(*head, value.outcome, resolved=None if value.is_open else value.resolved)
    return None


def _latest(items: Iterable[RecordedItem]) -> Iterator[RecordedItem]:
    """Each item once, as it was seen last, as ``events.latest`` does it for whole items."""
    found: dict[tuple[str, str, str, str], list[RecordedItem]] = {}
    for item in sorted(items, key=lambda item: item.seen):
        of_key = found.setdefault(item.identity, [])
        if of_key and not of_key[-1].is_another(item):
            of_key[-1] = item
        else:
            of_key.append(item)
    return (item for of_key in found.values() for item in of_key)


def _named(items: Iterable[RecordedItem], renames: Renames) -> Iterator[RecordedItem]:
    """The items under the names that their entities have now."""
    if not renames:
        yield from items
        return
    refs: Mapping[str, EntityRef] = {str(ref): ref for ref in renames}
    for item in items:
        ref = refs.get(item.subject)
        yield msgspec.structs.replace(item, subject=str(name_then(ref, item.seen, renames))) if ref else item
