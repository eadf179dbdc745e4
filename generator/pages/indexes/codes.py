"""One small page for each defect that Callboard knows: what it means, how to mend it, and where it occurs now.

Every rule has its page, also one without findings: what a terminal printed last week still leads somewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from generator.apis.highlighting import highlight
from generator.documentation.markdown import to_html
from generator.linting.rules import all_rules
from generator.pages.indexes.context import SEVERITIES, IndexContext
from generator.pages.page import Page, SearchText
from generator.pages.parts import ProblemView, StateView, problem_code_path, problem_view
from generator.problems import Problem, Rule, Severity

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
    shown = sorted(problems, key=_place)[:SHOWN]
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


_TONES = {Severity.ERROR: ("bad", "bad"), Severity.WARNING: ("warn", "warn"), Severity.INFO: ("info", "info")}
_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def _severity(severity: Severity, labels: Mapping[str, str]) -> StateView:
    return StateView(labels[severity.value], *_TONES[severity])


def _place(problem: Problem) -> tuple[int, str, str, int, int, str]:
    span, path = problem.span, problem.origin.path if problem.origin else ""
    line, column = (span.line, span.column) if span else (0, 0)
    return _RANK[problem.severity], str(problem.subject or ""), path, line, column, problem.message


def _words(name: str) -> str:
    return name.replace("-", " ")


def _inline(text: str) -> Markup:
    """One sentence without the paragraph around it."""
    return Markup(to_html(text).strip().removeprefix("<p>").removesuffix("</p>"))  # noqa: S704 - to_html made it safe


def _search_text(rule: Rule) -> SearchText:
    """Found by its code and its name; its explanation would answer questions that are not about it."""
    return SearchText(f"{rule.code} {_words(rule.name)}", rule.summary.replace("`", ""), "docs", rule.name)
