"""Problems as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from generator.descriptors.secrets import mask
from generator.linting.rules import page_of
from generator.model.entity import Origin
from generator.problems import Problem, Severity, Span

Format = Literal["text", "json"]
Lines = Callable[[Origin, int], str]
"""Gives the text of a line (from 1) of the file at an origin; an empty text where it has none."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_WIDEST = 140


def render(
    problems: Iterable[Problem],
    format: Format = "text",  # noqa: A002 - the word that the command line uses
    *,
    lines: Lines | None = None,
    docs: str = "",
    colour: bool = False,
) -> str:
    """All problems, sorted by place; ``docs`` is the address of the manual, with a final ``/``, or empty for paths inside it."""
    found = sorted(problems, key=_order)
    if format == "json":
        return json.dumps([_as_json(problem, docs) for problem in found], indent=2, ensure_ascii=False) + "\n"
    blocks = [_as_text(problem, lines, docs, colour=colour) for problem in found]
    return "\n\n".join([*blocks, summary(found)]) + "\n"


def wants_colour(*, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Colour on a terminal only, and never where ``NO_COLOR`` is set (no-color.org)."""
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def summary(problems: Sequence[Problem]) -> str:
    """How many there are of each severity, and in how many files."""
    if not problems:
        return "No problems found."
    counts = Counter(problem.severity for problem in problems)
    parts = [
        f"{counts[severity]} {severity.value}{'s' if counts[severity] != 1 and severity != Severity.INFO else ''}" for severity in Severity
    ]
    files = len({(problem.origin.source, problem.origin.tree, problem.origin.path) for problem in problems if problem.origin})
    told = ", ".join(part for part in parts if not part.startswith("0 "))
    return f"{told} in {files} file{'' if files == 1 else 's'}." if files else f"{told}."


def _order(problem: Problem) -> tuple[Any, ...]:
    origin, span = problem.origin, problem.span
    place = (
        (origin.source, origin.tree, origin.path, span.line if span else origin.line, span.column if span else 0)
        if origin
        else ("", "", "", 0, 0)
    )
    return (*place, problem.code, problem.message)


def _as_json(problem: Problem, docs: str) -> dict[str, Any]:
    origin, span = problem.origin, _span(problem)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "source": origin.source if origin else None,
        "path": origin.path if origin else None,
        "document": origin.document + 1 if origin else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "ref": str(problem.subject) if problem.subject else None,
        "message": problem.message,
        "hint": problem.hint,
        "docs": _link(problem.code, docs),
        "fingerprint": problem.fingerprint,
    }


def _span(problem: Problem) -> Span | None:
    """Its span; without one, the line where its document begins."""
    if problem.span or not problem.origin:
        return problem.span
    line = problem.origin.line
    return Span(line, 1, line, 2)


def _link(code: str, docs: str) -> str:
    return f"{docs}{page_of(code).removesuffix('.md')}/" if docs else page_of(code)


def _as_text(problem: Problem, lines: Lines | None, docs: str, *, colour: bool) -> str:
    origin, span = problem.origin, _span(problem)
    place = f"{_plain(origin.path)}:{span.line}:{span.column}: " if origin and span else ""
    severity = f"\x1b[{_COLOURS[problem.severity]}m{problem.severity.value}\x1b[0m" if colour else problem.severity.value
    rows = [f"{place}{severity} {problem.code} {_plain(problem.message)}"]
    if origin and problem.span and lines:
        rows += _snippet(lines(origin, problem.span.line), problem.span)
    rows += [
        f"  also {_plain(related.origin.path)}:{related.span.line if related.span else related.origin.line}: {_plain(related.message)}"
        for related in problem.related
    ]
    if problem.hint:
        rows.append(f"  hint: {_plain(problem.hint)}")
    return "\n".join([*rows, f"  docs: {_link(problem.code, docs)}"])


def _snippet(line: str, span: Span) -> list[str]:
    """The line with carets under the range; secrets masked, and cut where it is very long."""
    if not line.strip():
        return []
    masked = mask(line)
    shown = _plain(masked.rstrip("\r\n"))[:_WIDEST]
    start = min(span.column - 1, len(shown))
    end = (
        len(shown) if span.end_line > span.line or masked != line else min(max(span.end_column - 1, start + 1), max(len(shown), start + 1))
    )
    gutter = f"  {span.line} | "
    return [gutter + shown, " " * (len(gutter) - 2) + "| " + " " * start + "^" * max(end - start, 1)]


def _plain(text: str) -> str:
    """Text that cannot steer a terminal: tabs become blanks, other control and formatting characters a mark."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)
