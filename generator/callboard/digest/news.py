"""``/api/changes.json`` of a portal → the lines of a team's digest, the worst first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError, SourceError
from callboard.model.ref import RefError, parse_ref
from callboard.model.suggestions import nearest

FILE = "api/changes.json"
VERSION = 1
MOST_LINES = 12
_NAMED = 3
"""Entities that a line about several names."""
_LONGEST = 300
_RANKS = {"bad": 0, "warn": 1, "info": 2, "none": 3, "good": 4}
_FIRST = {"incident-opened": -2, "consumed-api-breaking": -1}
"""Kinds that come before others of their tone."""
_AGE = re.compile(r"([1-9]\d{0,3})([hdw])")
_REFERENCE = re.compile(r"(?<![\w.:/-])[a-z][\w.-]*+:[\w.-]++/(\w++(?:[.-]++\w++)*+)")
"""A reference of an entity, and its name."""
_PROBLEM = re.compile(r"problem opened: ([A-Z]++\d++) (.++)", re.DOTALL)
_HOURS = {"h": 1, "d": 24, "w": 168}


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One line: what happened, and where to look."""

    text: str
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What is new for a team, or for the whole portal."""

    title: str
    """The name of the team or of the portal."""
    since: datetime
    lines: tuple[DigestLine, ...]
    """The worst first."""
    count: int
    """Number of changes."""
    url: str
    """The page about all changes."""
    note: str = ""
    """What is not known of the time; empty if all is known."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A change or a move."""

    kind: str
    tone: str
    name: str
    text: str
    url: str
    at: datetime
    ref: str = ""
    """Of the entity; empty for a change of no single one."""

    @property
    def rank(self) -> int:
        """The worst first."""
        return _FIRST.get(self.kind, _RANKS.get(self.tone, _RANKS["none"]))


@dataclass(frozen=True, slots=True)
class PortalNews:
    """The published changes of a portal."""

    data: Mapping[str, Any]
    base: str
    """The portal's address, with a final slash; relative to the root if it has none."""
    teams: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any, address: str) -> PortalNews:
        """Check the file. ``address``: where the portal was read; its own setting ``url`` comes first. Raises ``SourceError``."""
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise SourceError(f"{FILE} of the portal is of another version.", "Use the Callboard that built the portal.")
        keys = ("teams", dict), ("changes", list), ("moves", list)
        if not all(isinstance(data.get(key), kind) for key, kind in keys):
            raise SourceError(f"{FILE} of the portal is damaged.", "Build and publish the portal again.")
        base = str(data.get("url") or (address if address.startswith("http") else ""))
        return cls(data, base if base.endswith("/") or not base else f"{base}/", data["teams"])

    def digest(self, team: str | None, since: datetime) -> Digest:
        """What is new since a time, of a team with its sub-teams or of everything. Raises ``SettingsError`` for an unknown team."""
        ref = self._team(team) if team else ""
        owners = self._with_sub_teams(ref) if ref else None
        rows = (row for key in ("changes", "moves") for row in self.data[key] if isinstance(row, dict))
        items = [item for row in rows if owners is None or row.get("owner") in owners if (item := self._item(row)) and item.at >= since]
        title = str(self.teams[ref].get("name", ref)) if ref else str(self.data.get("name", ""))
        address = f"{self.base}changes/"
        return Digest(title, since, tuple(_lines(items, address)), len(items), address, self._note(since))

    def _note(self, since: datetime) -> str:
        known = _time(self.data.get("complete_since"))
        return f"Changes before {known:%Y-%m-%d} are left out." if known is not None and known > since else ""

    def _item(self, row: Mapping[str, Any]) -> _Item | None:
        at = _time(row.get("at") or row.get("day"))
        if at is None:
            return None
        anchor = f"#{row['anchor']}" if row.get("anchor") else "#scorecards" if "day" in row else ""
        text, kind = str(row.get("text", ""))[:_LONGEST], str(row.get("kind", "level"))
        return _Item(
            kind,
            str(row.get("tone", "none")),
            str(row.get("name", "")),
            text,
            f"{self.base}{row.get('path', '')}{anchor}",
            at,
            str(row.get("ref", "")),
        )

    def _team(self, text: str) -> str:
        try:
            ref = str(parse_ref(text, default_kind="group").canonical())
        except RefError as error:
            raise SettingsError(f"{text} is not a reference: {error}.", "Write it as group:default/payments.") from error
        if ref not in self.teams:
            similar = nearest(ref, self.teams)
            raise SettingsError(f"The portal has no team {ref}.", f"Did you mean {similar}?" if similar else "Check the name.")
        return ref

    def _with_sub_teams(self, ref: str) -> frozenset[str]:
        found, size = {ref}, 0
        while len(found) > size:
            size = len(found)
            found |= {name for name, team in self.teams.items() if isinstance(team, dict) and team.get("parent") in found}
        return frozenset(found)


def since_of(text: str, now: datetime) -> datetime:
    """The time that ``--since`` names: an age (``7d``, ``12h``, ``2w``), a day, or a time. Raises ``SettingsError``."""
    if found := _AGE.fullmatch(text):
        return now - timedelta(hours=int(found[1]) * _HOURS[found[2]])
    at = _time(text)
    if at is None:
        raise SettingsError(f'"{text}" is neither an age nor a time.', "Write 7d, 12h, 2w, 2026-11-23 or 2026-11-23T08:00:00Z.")
    return at


def _time(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at and (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))


def _lines(items: Iterable[_Item], address: str) -> Iterator[DigestLine]:
    """At most twelve lines: of a kind with more than two changes one line, and in the last line the number of those left out."""
    groups: defaultdict[tuple[int, str], list[_Item]] = defaultdict(list)
    for item in items:
        groups[item.rank, item.kind].append(item)
    lines: list[tuple[DigestLine, int]] = []
    for (_, kind), group in sorted(groups.items()):
        newest = sorted(group, key=lambda item: item.at, reverse=True)
        is_many = len(group) > _NAMED - 1 and kind not in _FIRST
        lines += [_summary(newest, address)] if is_many else [(_line(item), 1) for item in newest]
    if len(lines) > MOST_LINES:
        left = sum(number for _, number in lines[MOST_LINES - 1 :])
        lines = [*lines[: MOST_LINES - 1], (DigestLine(f"and {left:,} more", address, "none"), left)]
    yield from (line for line, _ in lines)


def _line(item: _Item) -> DigestLine:
    text = _short(item)
    return DigestLine(f"{item.name}: {text}" if item.name else text, item.url, item.tone)


def _short(item: _Item) -> str:
    """The change as somebody would say it: names in place of references, and of a problem its sentence without its own name."""
    own = item.ref.rpartition("/")[2]
    text = _REFERENCE.sub(r"\1", item.text)
    found = _PROBLEM.fullmatch(text) if item.kind == "problem-opened" else None
    if found is None:
        return text
    sentence = found[2].removeprefix(f"{own} ") if own else found[2]
    return f"{sentence.rstrip('.')} ({found[1]})"


def _summary(items: Sequence[_Item], address: str) -> tuple[DigestLine, int]:
    """``7 × deployed: shop, ledger, basket …``, which leads to the entity if it is one."""
    names = list(dict.fromkeys(item.name for item in items))
    what = items[0].text.partition(":")[0] if items[0].kind != "level" else f"level {'raised' if items[0].tone == 'good' else 'lower'}"
    text = f"{len(items)} × {what}: {', '.join(names[:_NAMED])}{' …' if len(names) > _NAMED else ''}"
    return DigestLine(text, items[0].url if len(names) == 1 else address, items[0].tone), len(items)
