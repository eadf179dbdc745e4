"""What pages about changes are made from: the shared context with the change log, and the view of one change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from markupsafe import Markup

from callboard.history.fact_events import FAMILY_OF
from callboard.history.formats import kind_is_of_facts
from callboard.model.entity import Origin
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.problem import Severity
from callboard.model.ref import EntityRef
from callboard.pages.changes.status import stale_for_audience
from callboard.pages.context import PageContext, shared_values
from callboard.pages.facts.formatting import joined
from callboard.pages.severity import PROBLEM_STYLES
from callboard.pages.shared_views import EntityLink, line_url, problem_code_path, with_code
from callboard.plugins.rules import all_rules
from callboard.redaction.masking import masked
from callboard.state.change_log import FREQUENT, ChangeLog, change_log
from callboard.state.serialization import ref_of, time_text
from callboard.state.values import Change, StaleCopy

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
    "incident-opened": ("bad", "incident"), "incident-resolved": ("good", "good"), "deployed": ("none", "deployment"),
    "vulnerability-found": ("warn", "vulnerability"), "vulnerability-fixed": ("good", "vulnerability"),
    "gate-failed": ("bad", "quality"), "gate-passed": ("good", "quality"),
    "objective-missed": ("bad", "availability"), "objective-met": ("good", "availability"),
    "tool-known": ("info", "connect"), "tool-failed": ("warn", "stale"), "tool-back": ("good", "good"),
}  # fmt: skip
"""Tone and icon of each kind of change."""
_OTHER = ("none", "edit")
"""Those of other kinds."""
_ORDER = {
    "incident-opened": 0, "added": 0, "removed": 0, "renamed": 0, "incident-resolved": 1, "objective-missed": 1, "gate-failed": 1,
    "problem-opened": 3, "problem-closed": 3, "deployed": 4,
}  # fmt: skip
"""Order of an entity's changes on one day."""
_ORDER_OF_OTHERS = 2


@dataclass(frozen=True, slots=True)
class ChangeValue:
    """The value before or after a change."""

    text: str
    """Empty if ``link`` has the value."""
    link: EntityLink | None = None


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
    """Name of the file; empty for none."""
    url: str = ""
    """Address of the file; empty if unknown."""


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

    def day(self, at: datetime) -> date:
        """The day of a time in the portal's time zone."""
        return self.local(at).date()

    def line(self, change: Change) -> ChangeLine:
        """The view of a change."""
        tone, icon = _TONES.get(change.kind, _OTHER)
        what = self.labels.get(f"change_{change.kind.replace('-', '_')}", change.kind)
        origin = change.origin
        file = origin.path.rpartition("/")[2] if origin and change.kind != "removed" else ""
        url = line_url(Origin(origin.source, origin.tree, "", "", origin.path, 0, 1), None, self.trees) if origin and file else ""
        if change.kind.startswith("problem-"):
            message = with_code(self._clean(change.before or change.after))
            path = problem_code_path(change.code) if change.code in self.codes else ""
            tone = PROBLEM_STYLES[self.codes.get(change.code, Severity.ERROR)].tone if change.kind == "problem-opened" else tone
            return ChangeLine(icon, tone, what, message=message, code=change.code, code_path=path, file=file, url=url)
        if kind_is_of_facts(change.kind):
            return self._fact(change, tone, icon)
        if change.kind in {"definition", "added", "removed"}:
            return ChangeLine(icon, tone, what, file=file, url=url)
        return ChangeLine(icon, tone, what, self._value(change, change.before), self._value(change, change.after), file=file, url=url)

    def _fact(self, change: Change, tone: str, icon: str) -> ChangeLine:
        """The view of a change that integrations reported."""
        what = _summary(change, self.labels)
        if change.kind == "deployed":
            return ChangeLine(icon, tone, what, self._value(change, change.before), self._value(change, change.after))
        value = self._clean(change.after or change.before)
        text = joined(self.tools.get(value, value), self._details(change))
        return ChangeLine(icon, "bad" if change.kind == "vulnerability-found" and _is_severe(change) else tone, what, text=text)

    def _details(self, change: Change) -> str:
        """Severities, the measured value or the families of an integration; empty for none."""
        kind, about, labels = change.kind.partition("-")[0], change.about, self.labels
        if not about:
            return ""
        if kind == "vulnerability":
            words = ((number, labels[f"severity_{severity}"].lower()) for number, severity in _severities(about))
            return ", ".join(f"{number} {word}".strip() for number, word in words)
        if kind == "tool":
            families = (family for family in about.split(", ") if self.is_visible(family))
            return ", ".join(labels.get(f"family_{family.replace('-', '_')}", family) for family in families)
        return labels["severity_n"].format(about) if kind == "incident" else labels["measured_of"].format(*about.split(" ", 1))

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

    def by_entity(self, changes: Sequence[Change], limit: int) -> tuple[EntityChanges, ...]:
        """The changes of one day by entity, for at most ``limit`` entities; those that were only deployed come last."""
        ordered = sorted(changes, key=lambda change: (change.ref or (), _ORDER.get(change.kind, _ORDER_OF_OTHERS)))
        groups = [(ref, tuple(of_entity)) for ref, of_entity in groupby(ordered, key=lambda change: change.ref)]
        frequent = [group for group in groups if group[1][0].kind in FREQUENT]
        rest = [group for group in groups if group[1][0].kind not in FREQUENT]
        return tuple(self._entity(ref, of_entity) for ref, of_entity in [*rest, *frequent[:FREQUENT_ENTITIES]][:limit])

    def _entity(self, ref: EntityRef | None, changes: tuple[Change, ...]) -> EntityChanges:
        more = self.labels["n_more_entities"].format(len(changes) - LINES) if len(changes) > LINES else ""
        return EntityChanges(self.links.to(ref) if ref else None, tuple(map(self.line, changes[:LINES])), more)

    def _value(self, change: Change, text: str) -> ChangeValue | None:
        if not text:
            return None
        return ChangeValue("", self.links.to(ref_of(text))) if change.kind in _REFS and ":" in text else ChangeValue(self._clean(text))

    def _clean(self, text: str) -> str:
        return masked(text, is_public=self.is_public).text


def changes_context(
    page: PageContext, history: ChangeLog, stale: Sequence[StaleCopy], tools: Mapping[str, str] | None = None
) -> ChangesContext:
    """The context of pages about changes; ``tools`` are titles of integrations by name."""
    copies = {ref: copy for copy in stale_for_audience(stale, is_public=page.is_public) for ref in copy.refs}
    hidden = {kind for kind, family in FAMILY_OF.items() if not page.is_visible(family)}
    if any(change.kind in hidden for change in history.changes):
        history = change_log(change for change in history.changes if change.kind not in hidden)
    codes = {code: rule.severity for code, rule in all_rules().items()}
    return ChangesContext(**shared_values(page), history=history, stale=copies, codes=codes, tools=tools or {})


def _summary(change: Change, labels: Mapping[str, str]) -> str:
    """``incident opened``, ``deployed to production``, ``7 vulnerabilities found``."""
    name = f"change_{change.kind.replace('-', '_')}"
    words = labels[f"{name}_n"].format(change.number) if change.number > 1 else labels[name]
    return labels["to_environment"].format(words, change.about) if change.kind == "deployed" and change.about else words


def _is_severe(change: Change) -> bool:
    """Whether any of the vulnerabilities is critical or high."""
    return any(FactSeverity(severity).is_critical_or_high for _, severity in _severities(change.about))


def _severities(about: str) -> list[tuple[str, str]]:
    """Numbers and severities of ``high`` or ``2 critical, 5 low``; an empty string for a missing number."""
    parts = [(number, severity) for number, _, severity in (part.rpartition(" ") for part in about.split(", "))]
    return [(number, severity) for number, severity in parts if severity in set(FactSeverity)]
