"""What pages know of earlier builds, and how one change is worded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from markupsafe import Markup

from callboard.history.fact_events import FAMILY_OF
from callboard.history.formats import kind_is_of_facts
from callboard.model.entity import Origin
from callboard.model.facts.words import FactSeverity
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


def what_happened(change: Change, labels: Mapping[str, str]) -> str:
    """``incident opened``, ``deployed to production``, ``7 vulnerabilities found``."""
    name = f"change_{change.kind.replace('-', '_')}"
    what = labels[f"{name}_n"].format(change.number) if change.number > 1 else labels[name]
    return labels["to_environment"].format(what, change.about) if change.kind == "deployed" and change.about else what


def is_severe(change: Change) -> bool:
    """Weaknesses of which one is critical or high."""
    return any(FactSeverity(severity).is_critical_or_high for _, severity in _severities(change.about))


def _severities(about: str) -> list[tuple[str, str]]:
    """``high``, or ``2 critical, 5 low``: numbers as texts, with severities."""
    known = [(number, severity) for number, _, severity in (part.rpartition(" ") for part in about.split(", "))]
    return [(number, severity) for number, severity in known if severity in set(FactSeverity)]


LINES = 12
"""Changes of one entity on one day that a list shows."""
OFTEN = 25
"""Entities of one day with nothing but another version that a list shows."""
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
_OTHER = ("none", "edit")
_FIRST = {
    "incident-opened": 0, "added": 0, "removed": 0, "renamed": 0, "incident-resolved": 1, "objective-missed": 1, "gate-failed": 1,
    "problem-opened": 3, "problem-closed": 3, "deployed": 4,
}  # fmt: skip
"""What is told first of an entity; the rest in between."""
_ORDINARY = 2


@dataclass(frozen=True, slots=True)
class Value:
    """One side of a change."""

    text: str
    """Empty where ``link`` says it."""
    link: EntityLink | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One change in a list."""

    icon: str
    tone: str
    """``none``, ``info``, ``good``, ``warn`` or ``bad``; only together with the icon and the words."""
    what: str
    """``owner``, ``added``, ``problem opened`` …"""
    before: Value | None = None
    """Gone or replaced; None for nothing."""
    after: Value | None = None
    message: Markup | None = None
    """Of a problem."""
    text: str = ""
    """What a tool said: the title of an incident, a weakness with its severity."""
    code: str = ""
    """Of a problem."""
    code_path: str = ""
    """The manual's page about it; empty where this version does not know the code."""
    file: str = ""
    """Name of the file; empty where there is none."""
    url: str = ""
    """Opens the file; empty where nobody knows its address."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A change with its entity and its day, for timelines."""

    day: str
    """ISO date in the portal's time zone."""
    at: str
    """Time of the build in UTC, for machines."""
    subject: EntityLink | None
    """None where the page is about that entity anyway."""
    line: Line


@dataclass(frozen=True, slots=True)
class EntityChanges:
    """All that one entity went through on one day."""

    subject: EntityLink | None
    """None for the catalog as a whole."""
    lines: tuple[Line, ...]
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
        """The day on which people saw it."""
        return self.local(at).date()

    def line(self, change: Change) -> Line:
        """How a change reads."""
        tone, icon = _TONES.get(change.kind, _OTHER)
        what = self.labels.get(f"change_{change.kind.replace('-', '_')}", change.kind)
        origin = change.origin
        file = origin.path.rpartition("/")[2] if origin and change.kind != "removed" else ""
        url = line_url(Origin(origin.source, origin.tree, "", "", origin.path, 0, 1), None, self.trees) if origin and file else ""
        if change.kind.startswith("problem-"):
            message = with_code(self._clean(change.before or change.after))
            path = problem_code_path(change.code) if change.code in self.codes else ""
            tone = PROBLEM_STYLES[self.codes.get(change.code, Severity.ERROR)].tone if change.kind == "problem-opened" else tone
            return Line(icon, tone, what, message=message, code=change.code, code_path=path, file=file, url=url)
        if kind_is_of_facts(change.kind):
            return self._fact(change, tone, icon)
        if change.kind in {"definition", "added", "removed"}:
            return Line(icon, tone, what, file=file, url=url)
        return Line(icon, tone, what, self._value(change, change.before), self._value(change, change.after), file=file, url=url)

    def _fact(self, change: Change, tone: str, icon: str) -> Line:
        """What happened in the world."""
        what = what_happened(change, self.labels)
        if change.kind == "deployed":
            return Line(icon, tone, what, self._value(change, change.before), self._value(change, change.after))
        said = self._clean(change.after or change.before)
        text = joined(self.tools.get(said, said), self._details(change))
        return Line(icon, "bad" if change.kind == "vulnerability-found" and is_severe(change) else tone, what, text=text)

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

    def moments(self, changes: Iterable[Change], *, with_subject: bool) -> tuple[Moment, ...]:
        """A timeline, in the order of the changes."""
        return tuple(
            Moment(
                self.day(change.at).isoformat(),
                time_text(change.at),
                self.links.to(change.ref) if with_subject and change.ref else None,
                self.line(change),
            )
            for change in changes
        )

    def by_entity(self, changes: Sequence[Change], limit: int) -> tuple[EntityChanges, ...]:
        """The changes of one day by entity, at most ``limit`` entities; those that only got another version come last."""
        ordered = sorted(changes, key=lambda change: (change.ref or (), _FIRST.get(change.kind, _ORDINARY)))
        groups = [(ref, tuple(found)) for ref, found in groupby(ordered, key=lambda change: change.ref)]
        often = [group for group in groups if group[1][0].kind in FREQUENT]
        rest = [group for group in groups if group[1][0].kind not in FREQUENT]
        return tuple(self._entity(ref, found) for ref, found in [*rest, *often[:OFTEN]][:limit])

    def _entity(self, ref: EntityRef | None, found: tuple[Change, ...]) -> EntityChanges:
        more = self.labels["n_more_entities"].format(len(found) - LINES) if len(found) > LINES else ""
        return EntityChanges(self.links.to(ref) if ref else None, tuple(map(self.line, found[:LINES])), more)

    def _value(self, change: Change, text: str) -> Value | None:
        if not text:
            return None
        return Value("", self.links.to(ref_of(text))) if change.kind in _REFS and ":" in text else Value(self._clean(text))

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
