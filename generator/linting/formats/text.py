"""For people: place, code, message, the line with carets, hint, where to read on."""

from __future__ import annotations

from generator.descriptors.secrets import mask
from generator.linting.report import Report, plain, say_hidden, span_of, summary
from generator.problems import Problem, Severity, Span

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_WIDEST = 140


def render(report: Report) -> str:
    """A block for each problem, and how many there are."""
    blocks = [_block(report, problem) for problem in report.problems]
    told = " ".join(filter(None, (summary(report.problems), say_hidden(report.hidden))))
    return "\n\n".join([*blocks, told]) + "\n"


def _block(report: Report, problem: Problem) -> str:
    origin, span = problem.origin, span_of(problem)
    place = f"{plain(origin.path)}:{span.line}:{span.column}: " if origin and span else ""
    severity = f"\x1b[{_COLOURS[problem.severity]}m{problem.severity.value}\x1b[0m" if report.colour else problem.severity.value
    rows = [f"{place}{severity} {problem.code} {plain(problem.message)}"]
    if origin and problem.span and report.lines:
        rows += _snippet(report.lines(origin, problem.span.line), problem.span)
    rows += [
        f"  also {plain(related.origin.path)}:{related.span.line if related.span else related.origin.line}: {plain(related.message)}"
        for related in problem.related
    ]
    if problem.hint:
        rows.append(f"  hint: {plain(problem.hint)}")
    return "\n".join([*rows, f"  docs: {report.page(problem.code) if report.portal else f'callboard explain {problem.code}'}"])


def _snippet(line: str, span: Span) -> list[str]:
    """The line with carets under the range; secrets masked, and cut where it is very long."""
    if not line.strip():
        return []
    masked = mask(line)
    shown = plain(masked.rstrip("\r\n"))[:_WIDEST]
    start = min(span.column - 1, len(shown))
    end = (
        len(shown) if span.end_line > span.line or masked != line else min(max(span.end_column - 1, start + 1), max(len(shown), start + 1))
    )
    gutter = f"  {span.line} | "
    return [gutter + shown, " " * (len(gutter) - 2) + "| " + " " * start + "^" * max(end - start, 1)]
