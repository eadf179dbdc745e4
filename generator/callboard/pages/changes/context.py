"""What pages about changes are made from: the shared context with the change log, and the view of one change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from callboard.history import api_news
from callboard.history.audience import is_visible_change, without_causes
from callboard.history.facts.families import event_kinds
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.facts.events import EventKind
from callboard.model.place import file_place
from callboard.model.problem import Severity
from callboard.model.ref import EntityRef, ref_of
from callboard.model.times import time_text
from callboard.pages.changes.groups import group_of
from callboard.pages.context import PageContext, shared_values
from callboard.pages.facts.context import FamilyPages, family_title
from callboard.pages.facts.families import FAMILIES
from callboard.pages.facts.formatting import joined
from callboard.pages.facts.view import ChangeDetails
from callboard.pages.severity import PROBLEM_STYLES
from callboard.pages.shared_views import EntityLink, line_url, problem_code_path, with_code
from callboard.plugins.rules import all_rules
from callboard.redaction.masking import masked
from callboard.state.change_log import FREQUENT, ChangeLog, change_log
from callboard.state.values import Change, StaleCopy, Where

LINES = 12
"""Changes of one entity on one day that a list shows."""
FREQUENT_ENTITIES = 25
"""Entities of one day that were only deployed and that a list shows."""
_REFS = frozenset({"owner", "system", "provides", "consumes", "depends", "renamed"})
"""Kinds of change whose values are references."""
_TONES = {
    "added": ("good", "added"), "removed": ("warn", "removed"), "renamed": ("info", "renamed"), "moved": ("none", "moved"),
    "problem-opened": ("bad", "problems"), "problem-closed": ("good", "good"), "definition": ("info", "definition"),
    "owner": ("none", "owns"), "provides": ("none", "provides"), "consumes": ("none", "consumes"), "depends": ("none", "relations"),
    "tag": ("none", "tag"), "system": ("none", "system"), "baseline": ("none", "history"),
    "tool-known": ("info", "connect"), "tool-failed": ("warn", "stale"), "tool-back": ("good", "good"),
    "api-breaking": ("bad", "problems"), "api-may-break": ("warn", "problems"), "api-planned": ("warn", "removed"),
    "api-deprecated": ("warn", "definition"), "api-added": ("good", "added"), "api-version-kept": ("warn", "definition"),
    "api-excepted": ("none", "definition"), "api-not-compared": ("warn", "stale"),
    "consumed-api-breaking": ("bad", "consumes"), "consumed-api-may-break": ("warn", "consumes"),
}  # fmt: skip
"""Tone and icon of each kind of change of the catalog and of integrations."""
_OTHER = ("none", "edit")
"""Those of other kinds."""
_ORDER = {"added": 0, "removed": 0, "renamed": 0, "problem-opened": 3, "problem-closed": 3}
"""Order of an entity's changes on one day; kinds of events have their own."""
_ORDER_OF_OTHERS = 2


@dataclass(frozen=True, slots=True)
class ChangeValue:
    """The value before or after a change."""

    text: str
    """Empty if ``link`` has the value."""
    link: EntityLink | None = None


class LinkedPlace(NamedTuple):
    """An operation or a type in the reference of an API."""

    text: str
    path: str
    """Of its place, below the site's root."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in a list."""

    icon: str
    tone: str
    """``none``, ``info``, ``good``, ``warn`` or ``bad``; only shown together with the icon and the words."""
    what: str
    """``owner``, ``added``, ``problem opened`` …"""
    before: ChangeValue | None = None
    """The removed or replaced value; None for none."""
    after: ChangeValue | None = None
    """The new value; None for none."""
    message: Markup | None = None
    """Message of a problem; None for other changes."""
    text: str = ""
    """What a tool reported: the title of an incident, a vulnerability with its severity."""
    code: str = ""
    """Code of a problem; empty for other changes."""
    code_path: str = ""
    """The page about the code; empty for a code that this version does not have."""
    file: str = ""
    """Repository and path of the file; empty for none."""
    url: str = ""
    """Address of the file; empty if unknown."""
    group: str = ""
    """The group of changes that it belongs to."""
    places: tuple[LinkedPlace, ...] = ()
    """Operations and types of an API that the change is about, where they stand in its reference."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A change with its entity and its day."""

    day: str
    """ISO date in the portal's time zone."""
    at: str
    """Time of the build in UTC, for machines."""
    subject: EntityLink | None
    """None if the page is about that entity."""
    line: ChangeLine


@dataclass(frozen=True, slots=True)
class EntityChanges:
    """All changes of one entity on one day."""

    subject: EntityLink | None
    """None for the catalog as a whole."""
    lines: tuple[ChangeLine, ...]
    more: str
    """Number of changes that are left out, in words; empty for none."""
    kind: str = ""
    """Canonical kind of the entity; empty for the catalog as a whole."""
    teams: str = ""
    """Numbers of the teams that it belongs to, among those of the page; empty for none."""


@dataclass(frozen=True, slots=True)
class ChangesContext(PageContext):
    """The context of all pages about changes: what earlier builds recorded, as far as the audience may see it."""

    history: ChangeLog
    stale: Mapping[EntityRef, StaleCopy]
    """Entities that are served from their last good copy, with the cause."""
    codes: Mapping[str, Severity] = field(default_factory=dict)
    """Problem codes that have pages, with their usual severities."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """Titles of integrations by name."""
    families: Mapping[str, FamilyPages] = field(default_factory=dict)
    """What each family of facts brings for pages, by name."""

    def day(self, at: datetime) -> date:
        """The day of a time in the portal's time zone."""
        return self.local(at).date()

    def line(self, change: Change) -> ChangeLine:
        """The view of a change."""
        return replace(self._line(change), group=group_of(change.kind))

    def _line(self, change: Change) -> ChangeLine:
        if change.kind in event_kinds():
            return self._event(change)
        tone, icon = _TONES.get(change.kind, _OTHER)
        what = self.labels.get(f"change_{change.kind.replace('-', '_')}", change.kind)
        origin = change.origin
        at = self._origin(origin) if origin and change.kind != "removed" else None
        file, url = (file_place(at), line_url(at, None, self.trees)) if at else ("", "")
        if change.kind.startswith("problem-"):
            message = with_code(self._clean(change.before or change.after))
            path = problem_code_path(change.code) if change.code in self.codes else ""
            tone = PROBLEM_STYLES[self.codes.get(change.code, Severity.ERROR)].tone if change.kind == "problem-opened" else tone
            return ChangeLine(icon, tone, what, message=message, code=change.code, code_path=path, file=file, url=url)
        if change.kind.startswith("tool-"):
            name = self._clean(change.after)
            return ChangeLine(icon, tone, what, text=joined(self.tools.get(name, name), self._family_titles(change.about)))
        if change.kind in api_news.NAMES:
            return self._api(change, tone, icon, what)
        if change.kind in {"definition", "added", "removed"}:
            return ChangeLine(icon, tone, what, file=file, url=url)
        return ChangeLine(icon, tone, what, self._value(change, change.before), self._value(change, change.after), file=file, url=url)

    def _api(self, change: Change, tone: str, icon: str, what: str) -> ChangeLine:
        """The view of a change of an API's contract: the rule with its words, or the API that is used."""
        if change.kind in api_news.CONSUMED.values():
            return ChangeLine(icon, tone, what, after=ChangeValue("", self.links.to(ref_of(change.about))))
        if not change.code:
            return ChangeLine(icon, tone, what, text=self._clean(joined(api_news.news_text(change), api_news.versions(change))))
        return ChangeLine(icon, tone, what, message=Markup.escape(self._clean(api_news.news_text(change))), code=change.code)

    def _origin(self, where: Where) -> Origin:
        """The first line of a file; a repository that is not read any more has its id as its name."""
        tree = self.trees.get((where.source, where.tree))
        return Origin(where.source, where.tree, tree.repository if tree else where.tree, "", where.path, 0, 1)

    def _event(self, change: Change) -> ChangeLine:
        """The view of a change that integrations reported."""
        family, kind = event_kinds()[change.kind]
        pages = self.families.get(family)
        details = pages.change(self.labels, change) if pages and pages.change else ChangeDetails()
        tone, what = details.tone or kind.tone, _event_name(change, kind, details, self.labels)
        if details.has_values:
            before, after = self._value(change, change.before), self._value(change, change.after)
            return ChangeLine(kind.icon, tone, what, before, after, text=self._clean(details.text))
        return ChangeLine(kind.icon, tone, what, text=self._clean(joined(change.after or change.before, details.text)))

    def _family_titles(self, names: str) -> str:
        """The titles of the families that the audience may see, from their names."""
        return ", ".join(family_title(self.families, self.labels, name) for name in names.split(", ") if name and self.is_visible(name))

    def moments(self, changes: Iterable[Change], *, with_subject: bool) -> tuple[TimelineEntry, ...]:
        """The entries of a timeline, in the order of the changes."""
        return tuple(
            TimelineEntry(
                self.day(change.at).isoformat(),
                time_text(change.at),
                self.links.to(change.ref) if with_subject and change.ref else None,
                self.line(change),
            )
            for change in changes
        )

    def by_entity(
        self, changes: Sequence[Change], limit: int, frequent: int = FREQUENT_ENTITIES, lines: int = LINES
    ) -> tuple[EntityChanges, ...]:
        """The changes of one day by entity, for at most ``limit`` entities; those that were only deployed come last.

        ``frequent``: the most of those that were only deployed; ``lines``: the most changes of one entity.
        """
        ordered = sorted(changes, key=lambda change: (change.ref or (), _order(change.kind)))
        groups = [(ref, tuple(of_entity)) for ref, of_entity in groupby(ordered, key=lambda change: change.ref)]
        often = [group for group in groups if group[1][0].kind in FREQUENT]
        rest = [group for group in groups if group[1][0].kind not in FREQUENT]
        return tuple(self._entity(ref, of_entity, lines) for ref, of_entity in [*rest, *often[:frequent]][:limit])

    def _entity(self, ref: EntityRef | None, changes: tuple[Change, ...], lines: int) -> EntityChanges:
        more = self.labels["n_more_entities"].format(len(changes) - lines) if len(changes) > lines else ""
        link = self.links.to(ref) if ref else None
        return EntityChanges(link, tuple(map(self.line, changes[:lines])), more, ref.kind if ref else "")

    def _value(self, change: Change, text: str) -> ChangeValue | None:
        if not text:
            return None
        return ChangeValue("", self.links.to(ref_of(text))) if change.kind in _REFS and ":" in text else ChangeValue(self._clean(text))

    def _clean(self, text: str) -> str:
        return masked(text, is_public=self.is_public).text


def stale_for_audience(stale: Sequence[StaleCopy], *, is_public: bool) -> tuple[StaleCopy, ...]:
    """The same; on a public site without the causes, which are error messages of hosts."""
    return without_causes(stale) if is_public else tuple(stale)


def changes_context(
    page: PageContext,
    history: ChangeLog,
    stale: Sequence[StaleCopy],
    tools: Mapping[str, str] | None = None,
    families: Mapping[str, FamilyPages] = FAMILIES,
) -> ChangesContext:
    """The context of pages about changes; ``tools`` are titles of integrations by name."""
    copies = {ref: copy for copy in stale_for_audience(stale, is_public=page.is_public) for ref in copy.refs}
    hidden = {change.kind for change in history.changes if not is_visible_change(change.kind, page.settings.portal)}
    if hidden:
        history = change_log(change for change in history.changes if change.kind not in hidden)
    codes = {code: rule.severity for code, rule in all_rules().items()}
    return ChangesContext(**shared_values(page), history=history, stale=copies, codes=codes, tools=tools or {}, families=families)


def _order(kind: str) -> int:
    known = event_kinds().get(kind)
    return known[1].order if known else _ORDER.get(kind, _ORDER_OF_OTHERS)


def _event_name(change: Change, kind: EventKind, details: ChangeDetails, labels: Mapping[str, str]) -> str:
    """``incident opened``, ``deployed to production``, ``7 vulnerabilities found``; a plugin's kinds have no labels."""
    key = f"change_{change.kind.replace('-', '_')}"
    if change.number > 1:
        many = labels.get(f"{key}_n")
        words = many.format(change.number) if many else f"{change.number:,} {kind.plural}"
    else:
        words = labels.get(key, kind.name)
    return labels["to_environment"].format(words, details.environment) if details.environment else words
