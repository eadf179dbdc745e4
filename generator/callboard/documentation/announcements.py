"""The portal's folder of announcements → announcements with the days and the teams that they are for, and the problems of their files.

A file with a mistake is left out, and its problem has the line; the others are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.documentation.announcement_files import announcement_files
from callboard.documentation.rules import INVALID_ANNOUNCEMENT
from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.model.problem import Problem, Rule
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.suggestions import nearest
from callboard.redaction.masking import masked
from callboard.settings.document import SettingsDocument, read_document
from callboard.settings.invalid import portal_origin
from callboard.settings.settings import Settings

MOST = 200
"""Files that are read, the last by name."""
LARGEST = 20_000
"""Bytes of a file."""
LONGEST_TITLE = 120
MOST_TEAMS = 50
EVERYONE = "everyone"
KEYS = ("title", "from", "until", "audience")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FENCE = re.compile(r"^---[ \t]*+$", re.MULTILINE)
_RULE: Rule = INVALID_ANNOUNCEMENT


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement, with secrets masked."""

    name: str
    """Of its file without ``.md``: part of its address."""
    title: str
    starts: date
    """The first day on which the start page shows it, in the time zone of whoever reads it."""
    ends: date
    """The last day."""
    teams: tuple[EntityRef, ...]
    """Whom it is for; empty for everyone."""
    text: str
    """Markdown, not yet safe."""


@dataclass(frozen=True, slots=True)
class Announcements:
    """The announcements of a portal, the latest first."""

    items: tuple[Announcement, ...] = ()
    problems: tuple[Problem, ...] = ()

    def next_turn(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the next one begins, which the feed has from then on, or has ended; None if that never happens."""
        today = now.astimezone(zone).date()
        days = {day for each in self.items for day in (each.starts, each.ends + timedelta(days=1)) if day > today}
        return datetime.combine(min(days), time(), zone) if days else None


def read_announcements(settings: Settings, catalog: Catalog) -> Announcements:
    """Read all files. Never raises."""
    files, root = announcement_files(settings), settings.root
    items: list[Announcement] = []
    problems: list[Problem] = []
    if len(files) > MOST:
        problems.append(
            _failure(files[0], root, f"there are more than {MOST} announcements; the first by name are left out; remove old ones")
        )
    for file in files[-MOST:]:
        read = _read(file, root, catalog, is_public=settings.portal.is_public)
        problems += read.problems
        items += [read.item] if read.item else []
    return Announcements(tuple(sorted(items, key=lambda each: (each.starts, each.name), reverse=True)), tuple(problems))


@dataclass(frozen=True, slots=True)
class _ReadFile:
    item: Announcement | None
    problems: tuple[Problem, ...] = ()


def _failure(file: Path, root: Path, message: str) -> Problem:
    return SettingsDocument(portal_origin(file, root)).problem_at(None, message, _RULE)


def _read(file: Path, root: Path, catalog: Catalog, *, is_public: bool) -> _ReadFile:
    try:
        if not file.resolve().is_relative_to(root.resolve()):
            return _ReadFile(None, (_failure(file, root, "the file is a link that leads out of the folder of sources.yaml"),))
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        return _ReadFile(None, (_failure(file, root, f"the file cannot be read: {error.strerror}"),))
    except UnicodeDecodeError:
        return _ReadFile(None, (_failure(file, root, "the file is not valid UTF-8; save it as UTF-8"),))
    if len(content) > LARGEST:
        return _ReadFile(None, (_failure(file, root, f"the file has more than {LARGEST:,} bytes; shorten it, and link to a guide"),))
    if not _NAME.fullmatch(file.stem):
        message = "the file's name is part of an address: use lower-case letters, digits and hyphens, such as 2026-12-01-maintenance.md"
        return _ReadFile(None, (_failure(file, root, message),))
    return _parsed(text, file, root, catalog, is_public=is_public)


def _parsed(text: str, file: Path, root: Path, catalog: Catalog, *, is_public: bool) -> _ReadFile:
    marks = [match.span() for match, _ in zip(_FENCE.finditer(text), range(2), strict=False)]
    if len(marks) < 2 or marks[0][0]:  # noqa: PLR2004 - the lines above and below
        message = "the file must begin with front matter: lines with title, from and until between two lines ---"
        return _ReadFile(None, (_failure(file, root, message),))
    document = read_document(text[marks[0][1] : marks[1][0]], portal_origin(file, root), _RULE)
    if not document.problems and not isinstance(document.data, Mapping):
        document.problems.append(document.problem_at(None, "the front matter must have title, from and until", _RULE))
    if document.problems:
        return _ReadFile(None, tuple(document.problems))
    fields = _Fields(document, catalog)
    item = fields.announcement(file.stem, masked(text[marks[1][1] :].strip(), is_public=is_public).text, is_public=is_public)
    return _ReadFile(item, tuple(document.problems))


@dataclass(frozen=True, slots=True)
class _Fields:
    """Reads front matter; mistakes are added to the problems of ``document``."""

    document: SettingsDocument
    catalog: Catalog

    def announcement(self, name: str, text: str, *, is_public: bool) -> Announcement | None:
        """The announcement; None if something is wrong."""
        data: Mapping[str, Any] = self.document.data
        for key in data:
            if key not in KEYS:
                similar = nearest(str(key), KEYS)
                self._add((str(key),), f'unknown key "{key}"; ' + (f"did you mean {similar}?" if similar else f"known: {', '.join(KEYS)}"))
        title, starts, ends = self._title(data.get("title")), self._day("from"), self._day("until")
        teams = tuple(dict.fromkeys(self._teams(data.get("audience", EVERYONE))))
        if starts and ends and ends < starts:
            self._add(("until",), f"until is before from, {starts}")
        if self.document.problems or starts is None or ends is None:
            return None
        return Announcement(name, masked(title, is_public=is_public).text, starts, ends, teams, text)

    def _add(self, path: FieldPath, message: str) -> None:
        self.document.problems.append(self.document.problem(path, message, _RULE, at_key=True))

    def _title(self, value: object) -> str:
        title = " ".join(value.split()) if isinstance(value, str) else ""
        if not 0 < len(title) <= LONGEST_TITLE:
            self._add(("title",), f"title must be a text of 1 to {LONGEST_TITLE} characters")
        return title

    def _day(self, key: str) -> date | None:
        value = self.document.data.get(key)
        try:
            if (
                isinstance(value, str)
                and _DAY.fullmatch(value)
                and date(1970, 1, 2) <= (day := date.fromisoformat(value)) < date(9000, 1, 1)
            ):
                return day
        except ValueError:
            pass
        self._add((key,), f"{key} must be a day such as 2026-12-31")
        return None

    def _teams(self, value: object) -> Iterator[EntityRef]:
        """The teams of an audience; none for everyone."""
        if value == EVERYONE:
            return
        values = value if isinstance(value, list) else [value]
        if not 0 < len(values) <= MOST_TEAMS:
            self._add(("audience",), f"audience must be everyone, or a list of 1 to {MOST_TEAMS} teams")
            return
        for index, each in enumerate(values):
            path: FieldPath = ("audience", index) if isinstance(value, list) else ("audience",)
            try:
                ref = parse_ref(each, default_kind="Group").canonical() if isinstance(each, str) else None
            except RefError:
                ref = None
            if ref is None or ref.kind != "group":
                self._add(path, "audience must be everyone, or a list of teams such as [platform, group:default/payments]")
            elif self.catalog.get(ref) is None:
                known = {group.ref.name for group in self.catalog.of_kind("group")}
                similar = nearest(ref.name, known)
                self._add(path, f"the catalog has no team {ref}" + (f"; did you mean {similar}?" if similar else ""))
            else:
                yield ref


def with_teams_below(catalog: Catalog, teams: tuple[EntityRef, ...]) -> tuple[EntityRef, ...]:
    """The teams and all their sub-teams, each once."""
    return tuple(dict.fromkeys(ref for team in teams for ref in (team, *organization.teams_below(catalog, team))))
