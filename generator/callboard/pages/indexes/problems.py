"""Problems → ``/problems/`` by team, and a page for each problem code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from callboard.api_reference.definitions import highlight
from callboard.catalog import problem_assignment
from callboard.incremental.fingerprint import content_digest
from callboard.incremental.key_digests import DependencyKey
from callboard.markdown.rendering import to_html
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.ref import EntityRef
from callboard.pages.indexes.context import IndexContext
from callboard.pages.page import Page, SearchText
from callboard.pages.severity import PROBLEM_STYLES
from callboard.pages.shared_views import EntityLink, ProblemView, StateView, catalog_path, problem_code_path, problem_view
from callboard.plugins.rules import all_rules

PER_TEAM = 12
IN_TOTAL = 48
"""Problems listed on ``/problems/``. Pages of entities and codes list theirs."""
TEAMS = 80
"""Teams of ``/problems/``; the page about teams has numbers for all."""
CODES = 30
OCCURRENCES = 100
"""Problems listed on the page of a code."""
_WITH_PROBLEMS = "problems=error&problems=warning&problems=info"
"""Filter of the table for entities that have problems."""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """Number of problems of one code."""

    code: str
    path: str
    """The page about the code, below the site's root."""
    tone: str
    icon: str
    label: str
    """Key of the severity's word in the labels."""
    count: int


@dataclass(frozen=True, slots=True)
class SeverityCount:
    """Number of problems of one severity."""

    label: str
    """Key of the severity's word in the labels."""
    tone: str
    icon: str
    count: int
    path: str
    """The table of entities that have such problems."""


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The problems that one team can fix."""

    id: str
    """Anchor of the heading."""
    team: EntityLink | None
    """None for problems without a responsible team."""
    count: int
    counts: tuple[SeverityCount, ...]
    listed: tuple[ProblemView, ...]
    """The worst problems first."""
    more: int
    """Number of problems that are not listed."""
    more_path: str
    """The table of the team's entities that have problems; of all entities without a team."""


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """The page about all problems."""

    count: int
    entities: int
    """Number of entities of the catalog that have problems."""
    severities: tuple[SeverityCount, ...]
    codes: tuple[CodeCount, ...]
    """The most frequent first."""
    groups: tuple[ProblemGroup, ...]
    """Teams with the worst problems first; problems without a team last."""
    teams_more: int
    """Number of teams with problems that are left out."""
    skipped_path: str
    """The page of the skipped files; empty where there are none."""


def problems_view(context: IndexContext) -> ProblemsView:
    """The view of ``/problems/``."""
    by_team = problem_assignment.problems_by_team(context.problems)
    limit = IN_TOTAL if len(context.problems) <= IN_TOTAL else PER_TEAM
    without_team = by_team.get(None, ())
    teams = sorted((team for team in by_team if team), key=lambda team: (*_most_severe(by_team[team]), team))
    # No table lists problems without a team, so they are listed before the limit is used up, although they come last.
    last = [_group(context, None, without_team, len(teams), limit)] if without_team else []
    left, groups = IN_TOTAL - sum(len(group.listed) for group in last), []
    for at, team in enumerate(teams[:TEAMS]):
        groups.append(_group(context, team, by_team[team], at, min(limit, left)))
        left -= len(groups[-1].listed)
    return ProblemsView(
        count=len(context.problems),
        entities=sum(ref in context.catalog.entities for ref in context.problems_by_subject),
        severities=_severities(context.problems),
        codes=_codes(context.problems),
        groups=(*groups, *last),
        teams_more=max(len(teams) - TEAMS, 0),
        skipped_path=context.skipped_path,
    )


def _most_severe(problems: Sequence[Problem]) -> tuple[int, ...]:
    """Sort key: the most errors first, then warnings, then infos."""
    numbers = Counter(problem.severity for problem in problems)
    return tuple(-numbers[severity] for severity in Severity)


def _group(context: IndexContext, team: EntityRef | None, problems: Sequence[Problem], at: int, limit: int) -> ProblemGroup:
    ordered = sorted(problems, key=_order_in_group)
    listed = tuple(problem_view(problem, context.links, context.trees) for problem in ordered[:limit])
    facets = {"owner": str(team)} if team else {}
    return ProblemGroup(
        id=f"team{at}",
        team=context.links.to(team) if team else None,
        count=len(problems),
        counts=_severities(problems, **facets),
        listed=listed,
        more=len(problems) - len(listed),
        more_path=f"{catalog_path(owner=str(team))}&{_WITH_PROBLEMS}" if team else f"catalog/?{_WITH_PROBLEMS}",
    )


def _order_in_group(problem: Problem) -> tuple[bool, int, str, int, str]:
    """Sort key: problems about no entity first, which no entity's page lists; then the worst, then by file and line."""
    path, line = problem.origin.path if problem.origin else "", problem.span.line if problem.span else 0
    return problem.subject is not None, problem.severity.rank, path, line, problem.code


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


@dataclass(frozen=True, slots=True)
class CodeView:
    """One problem code."""

    code: str
    name: str
    """Its name in words: ``dangling reference``."""
    state: StateView
    """The severity in words, with its tone and icon."""
    summary: Markup
    means: Markup
    matters: Markup
    wrong: Markup
    """A descriptor that has the problem, highlighted."""
    right: Markup
    """The same descriptor without the problem, highlighted."""
    count: int
    """Number of current occurrences."""
    occurrences: tuple[ProblemView, ...]
    """The listed ones: the worst first, then by entity and line."""
    more: int
    """Number of occurrences that are not listed."""
    more_path: str
    """The table of entities that have problems."""


def _by_code(context: IndexContext) -> Mapping[str, Sequence[Problem]]:
    by_code: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in context.problems:
        by_code[problem.code].append(problem)
    return by_code


def fingerprints(context: IndexContext) -> Iterator[tuple[DependencyKey, str]]:
    """For each code a fingerprint of what its page says of occurrences; all else on it is part of the program."""
    by_code = _by_code(context)
    for code in all_rules():
        problems = by_code.get(code, ())
        yield _key(code), content_digest((len(problems), _occurrences(context, problems)))


def _key(code: str) -> DependencyKey:
    return "code", code


def plan(context: IndexContext) -> Iterator[Page]:
    """A page for each rule, by code."""
    by_code = _by_code(context)
    for code, rule in all_rules().items():
        yield Page(
            path=problem_code_path(code),
            template="code.html",
            frame="wide",
            tab="problems/",
            title=f"{code} {_words(rule.name)}",
            view=partial(code_view, context, rule, by_code.get(code, ())),
            description=rule.summary.replace("`", ""),
            search=partial(_search_text, rule),
            extra_keys=(_key(code),),
        )


def code_view(context: IndexContext, rule: Rule, problems: Sequence[Problem]) -> CodeView:
    """The view of the page about a rule; ``problems`` are those of its code."""
    occurrences = _occurrences(context, problems)
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
        occurrences=occurrences,
        more=len(problems) - len(occurrences),
        more_path=f"catalog/?{_WITH_PROBLEMS}",
    )


def _occurrences(context: IndexContext, problems: Sequence[Problem]) -> tuple[ProblemView, ...]:
    """The occurrences that the page of a code lists: the worst first, then by entity and line."""
    listed = sorted(problems, key=_order_of_occurrences)[:OCCURRENCES]
    return tuple(problem_view(problem, context.links, context.trees) for problem in listed)


def _severity(severity: Severity, labels: Mapping[str, str]) -> StateView:
    style = PROBLEM_STYLES[severity]
    return StateView(labels[severity.value], style.tone, style.icon)


def _order_of_occurrences(problem: Problem) -> tuple[int, str, str, int, int, str]:
    span, path = problem.span, problem.origin.path if problem.origin else ""
    line, column = (span.line, span.column) if span else (0, 0)
    return problem.severity.rank, str(problem.subject or ""), path, line, column, problem.message


def _words(name: str) -> str:
    return name.replace("-", " ")


def _inline(text: str) -> Markup:
    """One sentence as HTML without a paragraph."""
    return Markup(to_html(text).strip().removeprefix("<p>").removesuffix("</p>"))  # noqa: S704 - to_html made it safe


def _search_text(rule: Rule) -> SearchText:
    """Code, name and summary of a rule; its explanation would match searches that are not about it."""
    return SearchText(f"{rule.code} {_words(rule.name)}", rule.summary.replace("`", ""), "docs", rule.name)
