"""``/problems/`` by team, and a page for each problem code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from callboard.api_reference.definitions import highlight
from callboard.catalog import problem_assignment
from callboard.markdown.rendering import to_html
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.ref import EntityRef
from callboard.pages.indexes.context import IndexContext
from callboard.pages.page import Page, SearchText
from callboard.pages.severity import PROBLEM_STYLES
from callboard.pages.shared_views import EntityLink, ProblemView, StateView, catalog_path, problem_code_path, problem_view
from callboard.plugins.rules import all_rules

PER_TEAM = 12
IN_ALL = 48
"""Problems written out on the page. All of an entity stand on its page, to which the table leads; those of a code on the code's."""
TEAMS = 80
"""Teams counted on the page; the page about teams counts for all."""
CODES = 30


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often one defect occurs."""

    code: str
    path: str
    """Its own page, below the site's root."""
    tone: str
    icon: str
    label: str
    """Key of the severity's word in the labels."""
    count: int


@dataclass(frozen=True, slots=True)
class SeverityCount:
    """How many problems of one severity."""

    label: str
    """Key of the word in the labels."""
    tone: str
    icon: str
    count: int
    path: str
    """The entities that have some, in the table."""


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The problems that one team can mend."""

    id: str
    """Anchor of the heading."""
    team: EntityLink | None
    """None for those that belong to nobody."""
    count: int
    counts: tuple[SeverityCount, ...]
    shown: tuple[ProblemView, ...]
    """Worst first."""
    more: int
    more_path: str
    """The entities of this team with problems, in the table; of all where there is no team."""


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """The page about all problems."""

    count: int
    entities: int
    """How many entities have some."""
    severities: tuple[SeverityCount, ...]
    codes: tuple[CodeCount, ...]
    """The most frequent first."""
    groups: tuple[ProblemGroup, ...]
    """Teams with the worst first; nobody's last."""
    teams_more: int
    """Teams with problems that the page leaves out."""


def problems_view(context: IndexContext) -> ProblemsView:
    """All that the page about problems says."""
    by_team = problem_assignment.problems_by_team(context.catalog, context.problems)
    room = IN_ALL if len(context.problems) <= IN_ALL else PER_TEAM
    nobodys = by_team.get(None, ())
    teams = sorted((team for team in by_team if team), key=lambda team: (*_weight(by_team[team]), team))
    # What belongs to nobody stands in no table: it has its room first, though it comes last.
    last = [_group(context, None, nobodys, len(teams), room)] if nobodys else []
    left, groups = IN_ALL - sum(len(group.shown) for group in last), []
    for at, team in enumerate(teams[:TEAMS]):
        groups.append(_group(context, team, by_team[team], at, min(room, left)))
        left -= len(groups[-1].shown)
    return ProblemsView(
        count=len(context.problems),
        entities=len(context.problems_by_subject),
        severities=_severities(context.problems),
        codes=_codes(context.problems),
        groups=(*groups, *last),
        teams_more=max(len(teams) - TEAMS, 0),
    )


def _weight(problems: Sequence[Problem]) -> tuple[int, ...]:
    """Sorts the team with the most errors first, then warnings, then notes."""
    numbers = Counter(problem.severity for problem in problems)
    return tuple(-numbers[severity] for severity in Severity)


def _group(context: IndexContext, team: EntityRef | None, problems: Sequence[Problem], at: int, room: int) -> ProblemGroup:
    ordered = sorted(problems, key=_place)
    shown = tuple(problem_view(problem, context.links, context.trees) for problem in ordered[:room])
    facets = {"owner": str(team)} if team else {}
    return ProblemGroup(
        id=f"team{at}",
        team=context.links.to(team) if team else None,
        count=len(problems),
        counts=_severities(problems, **facets),
        shown=shown,
        more=len(problems) - len(shown),
        more_path=f"{catalog_path(owner=str(team))}&{_ANY}" if team else f"catalog/?{_ANY}",
    )


def _place(problem: Problem) -> tuple[bool, int, str, int, str]:
    """What is about no entity first, for only this page and the code's have it; then the worst, then by file and line."""
    path, line = problem.origin.path if problem.origin else "", problem.span.line if problem.span else 0
    return problem.subject is not None, problem.severity.rank, path, line, problem.code


_ANY = "problems=error&problems=warning&problems=info"


def _severities(problems: Sequence[Problem], **facets: str) -> tuple[SeverityCount, ...]:
    numbers = Counter(problem.severity for problem in problems)
    return tuple(_severity_count(severity, numbers[severity], facets) for severity in Severity if numbers[severity])


def _severity_count(severity: Severity, count: int, facets: Mapping[str, str]) -> SeverityCount:
    style = PROBLEM_STYLES[severity]
    return SeverityCount(severity.value, style.tone, style.icon, count, catalog_path(problems=severity.value, **facets))


def _codes(problems: Sequence[Problem]) -> tuple[CodeCount, ...]:
    numbers = Counter(problem.code for problem in problems)
    worst: dict[str, Severity] = {}
    for problem in problems:
        worst[problem.code] = min(worst.get(problem.code, problem.severity), problem.severity, key=lambda severity: severity.rank)
    order = sorted(numbers, key=lambda code: (-numbers[code], code))[:CODES]
    return tuple(_code(code, worst[code], numbers[code]) for code in order)


def _code(code: str, severity: Severity, count: int) -> CodeCount:
    style = PROBLEM_STYLES[severity]
    return CodeCount(code, problem_code_path(code), style.tone, style.icon, severity.value, count)


SHOWN = 100
"""Places written out on a page."""
ANY = "catalog/?problems=error&problems=warning&problems=info"
"""The table of all entities that have problems."""


@dataclass(frozen=True, slots=True)
class CodeView:
    """One defect."""

    code: str
    name: str
    """Its name in words: ``dangling reference``."""
    state: StateView
    """The severity in words, with its tone and icon."""
    summary: Markup
    means: Markup
    matters: Markup
    wrong: Markup
    """A descriptor that has the defect, coloured."""
    right: Markup
    """The same, mended."""
    count: int
    """How often it occurs now."""
    places: tuple[ProblemView, ...]
    """The first ones: the worst first, then by entity and line."""
    more: int
    more_path: str


def plan(context: IndexContext) -> Iterator[Page]:
    """A page for each rule, by code."""
    found: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in context.problems:
        found[problem.code].append(problem)
    for code, rule in all_rules().items():
        yield Page(
            path=problem_code_path(code),
            template="code.html",
            frame="wide",
            tab="problems/",
            title=f"{code} {_words(rule.name)}",
            view=partial(code_view, context, rule, found.get(code, ())),
            description=rule.summary.replace("`", ""),
            search=partial(_search_text, rule),
        )


def code_view(context: IndexContext, rule: Rule, problems: Sequence[Problem]) -> CodeView:
    """All that the page about a rule says; ``problems`` are those that it found."""
    shown = sorted(problems, key=_code_place)[:SHOWN]
    return CodeView(
        code=rule.code,
        name=_words(rule.name),
        state=_severity(rule.severity, context.labels),
        summary=_inline(rule.summary),
        means=to_html(rule.means),
        matters=to_html(rule.matters),
        wrong=highlight(rule.wrong.strip("\n"), "yaml"),
        right=highlight(rule.right.strip("\n"), "yaml"),
        count=len(problems),
        places=tuple(problem_view(problem, context.links, context.trees) for problem in shown),
        more=len(problems) - len(shown),
        more_path=ANY,
    )


def _severity(severity: Severity, labels: Mapping[str, str]) -> StateView:
    style = PROBLEM_STYLES[severity]
    return StateView(labels[severity.value], style.tone, style.icon)


def _code_place(problem: Problem) -> tuple[int, str, str, int, int, str]:
    span, path = problem.span, problem.origin.path if problem.origin else ""
    line, column = (span.line, span.column) if span else (0, 0)
    return problem.severity.rank, str(problem.subject or ""), path, line, column, problem.message


def _words(name: str) -> str:
    return name.replace("-", " ")


def _inline(text: str) -> Markup:
    """One sentence without the paragraph around it."""
    return Markup(to_html(text).strip().removeprefix("<p>").removesuffix("</p>"))  # noqa: S704 - to_html made it safe


def _search_text(rule: Rule) -> SearchText:
    """Found by its code and its name; its explanation would answer questions that are not about it."""
    return SearchText(f"{rule.code} {_words(rule.name)}", rule.summary.replace("`", ""), "docs", rule.name)
