"""What is known of languages, skills, contributors and owners → the views of three pages. A public portal names no person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callboard.insights.innersource import WelcomingComponent
from callboard.insights.owner_suggestions import EvidenceKind, OwnerEvidence, Unowned
from callboard.markdown.rendering import first_sentence
from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.pages.facts.formatting import at, percent, short
from callboard.pages.facts.view import SourceView
from callboard.pages.insights.context import INNERSOURCE_FILE, InsightsContext
from callboard.pages.safe_text import description_of, web_url
from callboard.pages.shared_views import EntityLink, StateView, TimeView

LINKS = 12
"""Entities or people that are named in one row."""
REST = 100
"""Further entities, people or teams that open in one row."""
TEAMS = 5
ROWS = 300
ISSUES = 3
_STATES = {EvidenceKind.CODEOWNERS: "insights_codeowners", EvidenceKind.ACCESS: "insights_access", EvidenceKind.COMMITS: "insights_commits"}


@dataclass(frozen=True, slots=True)
class CountedTeam:
    """A team with a number of components or people."""

    link: EntityLink
    number: int


@dataclass(frozen=True, slots=True)
class KnowledgeRow:
    """A language or a skill."""

    name: str
    count: int
    teams: tuple[CountedTeam, ...]
    links: tuple[EntityLink, ...]
    """Components, or people; no people on a public portal."""
    other_teams: tuple[CountedTeam, ...] = ()
    """Teams that open below the first ones."""
    other_links: tuple[EntityLink, ...] = ()
    """Components or people that open below the first ones."""
    more_teams: int = 0
    more: int = 0
    """How many are in the file with all of them alone."""


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """``/insights/``."""

    paths: tuple[str, ...]
    languages: tuple[KnowledgeRow, ...]
    skills: tuple[KnowledgeRow, ...]
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A possible owner, and the evidence for it in words."""

    owner: EntityLink
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnownedRow:
    """An entity without owner."""

    link: EntityLink
    declared: EntityLink | None
    repository: str
    suggestions: tuple[SuggestionView, ...]


@dataclass(frozen=True, slots=True)
class UnownedView:
    """``/insights/unowned/``."""

    paths: tuple[str, ...]
    count: int
    with_suggestions: int
    rows: tuple[UnownedRow, ...]
    more: int
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class IssueLink:
    """A good first issue."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class WelcomeRow:
    """A component that welcomes contributors."""

    link: EntityLink
    owner: EntityLink | None
    text: str
    wanted: str
    """Contributions that are wanted; empty if nothing says so."""
    languages: str
    guide: str
    """Address of the contributing guide; empty if none is known."""
    guide_state: StateView
    issues: tuple[IssueLink, ...]
    has_activity: bool
    bus_factor: str
    """In words; empty if it was not measured."""
    last_commit: TimeView | None
    url: str


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """``/insights/innersource/``."""

    paths: tuple[str, ...]
    rows: tuple[WelcomeRow, ...]
    more: int
    file: str
    sources: tuple[SourceView, ...]


def knowledge_view(context: InsightsContext) -> KnowledgeView:
    """The view of the page about languages and skills."""
    languages = tuple(_row(context, each.name, each.components, each.teams) for each in context.languages[:ROWS])
    skills = tuple(_row(context, each.name, each.people, each.teams, are_people=True) for each in context.skills[:ROWS])
    return KnowledgeView(context.paths, languages, skills, context.sources)


def _row(
    context: InsightsContext, name: str, refs: Sequence[EntityRef], teams: Sequence[tuple[EntityRef, int]], *, are_people: bool = False
) -> KnowledgeRow:
    shown = () if are_people and context.is_public else tuple(refs)
    counted = tuple(CountedTeam(context.links.to(team), number) for team, number in teams[: TEAMS + REST])
    return KnowledgeRow(
        name, len(refs), counted[:TEAMS], _by_name(context, shown[:LINKS]),
        counted[TEAMS:], _by_name(context, shown[LINKS : LINKS + REST]),
        max(len(teams) - TEAMS - REST, 0), max(len(shown) - LINKS - REST, 0),
    )  # fmt: skip


def _by_name(context: InsightsContext, refs: tuple[EntityRef, ...]) -> tuple[EntityLink, ...]:
    return tuple(sorted(context.links.all(refs), key=lambda link: (link.name.casefold(), link.ref)))


def unowned_view(context: InsightsContext) -> UnownedView:
    """The view of the page about unowned entities: those with suggestions first."""
    order = sorted(context.unowned, key=lambda each: (not each.suggestions, each.ref))
    rows = tuple(_unowned_row(context, each) for each in order[:ROWS])
    with_suggestions = sum(bool(each.suggestions) for each in order)
    return UnownedView(context.paths, len(order), with_suggestions, rows, max(len(order) - ROWS, 0), context.sources)


def _unowned_row(context: InsightsContext, each: Unowned) -> UnownedRow:
    suggestions = tuple(
        SuggestionView(context.links.to(suggestion.owner), tuple(_words(context, evidence) for evidence in suggestion.evidence))
        for suggestion in each.suggestions
        if suggestion.owner.kind == "group" or not context.is_public
    )
    repository = context.catalog.entities[each.ref].origin.repository
    return UnownedRow(context.links.to(each.ref), context.links.to(each.declared) if each.declared else None, repository, suggestions)


def _words(context: InsightsContext, evidence: OwnerEvidence) -> str:
    """The evidence in words; who committed is said on internal portals only."""
    labels, names = context.labels, ", ".join(short(name, 60) for name in evidence.names)
    if evidence.kind is not EvidenceKind.COMMITS:
        is_person = evidence.kind is EvidenceKind.CODEOWNERS and "/" not in names
        return labels[_STATES[evidence.kind]].format(labels["insights_a_person"] if is_person and context.is_public else names)
    text = labels["insights_commits"].format(evidence.number, evidence.total)
    return text if context.is_public else f"{text} ({names})"


def welcome_view(context: InsightsContext) -> WelcomeView:
    """The view of the page about welcoming components, by name: it is no ranking."""
    rows = sorted((_welcome_row(context, each) for each in context.welcoming), key=lambda row: (row.link.name.casefold(), row.link.ref))
    return WelcomeView(context.paths, tuple(rows[:ROWS]), max(len(rows) - ROWS, 0), INNERSOURCE_FILE, context.sources)


def _welcome_row(context: InsightsContext, each: WelcomingComponent) -> WelcomeRow:
    labels, activity, listing = context.labels, each.activity, each.listing
    entity = context.catalog.entities[each.ref]
    guide = web_url(listing.docs) or web_url(activity.contributing_url if activity else "")
    issues = tuple(IssueLink(short(issue.title), web_url(issue.url)) for issue in (activity.good_first_issues[:ISSUES] if activity else ()))
    factor = activity.bus_factor if activity else None
    return WelcomeRow(
        context.links.to(each.ref),
        context.owner_of(each.ref),
        short(listing.motivation, 300) or first_sentence(description_of(entity), 160),
        ", ".join(short(text, 60) for text in listing.contributions),
        ", ".join(_languages(each)),
        guide,
        _guide_state(context, each, guide),
        issues,
        activity is not None,
        label_for(labels, "insights_bus_factor", factor) if factor is not None else "",
        at(context.facts, activity.last_commit) if activity else None,
        web_url(each.url),
    )


def _guide_state(context: InsightsContext, each: WelcomingComponent, guide: str) -> StateView:
    community = each.activity.community if each.activity else None
    if guide or (community and "contributing" in community):
        return StateView(context.labels["insights_guide"], "good", "good")
    if community is None:
        return StateView(context.labels["insights_guide_unknown"], "none", "unknown")
    return StateView(context.labels["insights_no_guide"], "warn", "warn")


def _languages(each: WelcomingComponent) -> Iterator[str]:
    if each.listing.language:
        yield short(each.listing.language, 40)
    elif each.activity:
        yield from (f"{short(name, 40)} {percent(share, 0)}" for name, share in each.activity.languages[:2])
