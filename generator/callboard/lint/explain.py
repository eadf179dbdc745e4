"""A rule → its documentation: plain or styled text for a terminal, Markdown for the manual and for SARIF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from callboard.model.problem import Rule, Severity

WIDTH = 80
"""Columns of a text that is not written for a terminal of known width."""
_MEANS_OF_SEVERITY = {
    Severity.ERROR: "error: Backstage would refuse the document, or the file cannot be read or used",
    Severity.WARNING: "warning: accepted, but wrong",
    Severity.INFO: "info: worth knowing",
}
_BOLD = "\x1b[1m{}\x1b[0m"
_CODE = "\x1b[36m{}\x1b[0m"
_INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`")
"""The Markdown that rules use. Paragraphs are separated by blank lines; there are no lists and no links."""


class _Word(NamedTuple):
    """A piece of text without white space."""

    shown: str
    """With the escape sequences of its style."""
    width: int
    """Columns, escape sequences not counted."""


def explain(rule: Rule, *, width: int = WIDTH, colour: bool = False) -> str:
    """The output of ``callboard explain CODE``: prose is wrapped to ``width`` columns, YAML is indented and otherwise as it is.

    With ``colour``, bold text, headings and code have terminal styles; without it, code stands in quotation marks.
    """

    def heading(text: str) -> str:
        return _BOLD.format(text) if colour else text

    def prose(text: str, indent: str = "") -> str:
        return _wrapped(text, width, indent, colour=colour)

    parts = [
        heading(f"{rule.code} {rule.name}"),
        prose(rule.summary),
        prose(f"Severity: {_MEANS_OF_SEVERITY[rule.severity]}."),
        f"{heading('What it means')}\n{prose(rule.means, '  ')}",
        f"{heading('Why it matters')}\n{prose(rule.matters, '  ')}",
        f"{heading('Wrong')}\n{_indented(rule.wrong)}",
        f"{heading('Right')}\n{_indented(rule.right)}",
    ]
    return "\n\n".join(parts) + "\n"


def overview(rules: Mapping[str, Rule], *, colour: bool = False) -> str:
    """One line a rule: code, severity, name and summary."""
    widest = max((len(rule.name) for rule in rules.values()), default=0)
    return "\n".join(
        f"{rule.code}  {rule.severity.value:7}  {rule.name:{widest}}  {plain_text(rule.summary, colour=colour)}" for rule in rules.values()
    )


def plain_text(text: str, *, colour: bool = False) -> str:
    """A paragraph of a rule's Markdown as one line of text, with terminal styles if ``colour``."""
    return " ".join(word.shown for word in _words(text, colour=colour))


def markdown(rule: Rule) -> str:
    """The page of the manual about a rule."""
    parts = [
        f"# {rule.code}: {rule.name.replace('-', ' ')}",
        rule.summary,
        f"**{rule.severity.value.capitalize()}**{_MEANS_OF_SEVERITY[rule.severity].removeprefix(rule.severity.value)}.",
        "## What it means",
        rule.means.strip(),
        "## Why it matters",
        rule.matters.strip(),
        "## Wrong",
        _fenced(rule.wrong),
        "## Right",
        _fenced(rule.right),
    ]
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str, width: int, indent: str, *, colour: bool) -> str:
    """Paragraphs of Markdown as lines of at most ``width`` columns; only a word that is longer than that exceeds it."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join("\n".join(_lines(_words(paragraph, colour=colour), width, indent)) for paragraph in paragraphs)


def _lines(words: Iterator[_Word], width: int, indent: str) -> Iterator[str]:
    line: list[str] = []
    column = len(indent)
    for word in words:
        if line and column + word.width > width:
            yield indent + " ".join(line)
            line, column = [], len(indent)
        line.append(word.shown)
        column += word.width + 1
    yield indent + " ".join(line)


def _words(text: str, *, colour: bool) -> Iterator[_Word]:
    """The words of a paragraph, each with its own style, so that a line may break between any two of them."""
    pieces: list[tuple[str, str]] = []  # text and its style, in order
    end = 0
    for match in _INLINE.finditer(text):
        pieces += [(text[end : match.start()], "{}"), _styled(match, colour=colour)]
        end = match.end()
    pieces.append((text[end:], "{}"))
    shown, width = "", 0
    for piece, style in pieces:
        for part in re.split(r"(\s+)", piece):
            if part and not part.isspace():
                shown, width = shown + style.format(part), width + len(part)
            elif part and shown:
                yield _Word(shown, width)
                shown, width = "", 0
    if shown:
        yield _Word(shown, width)


def _styled(match: re.Match[str], *, colour: bool) -> tuple[str, str]:
    """The text of an inline element, and the format string of its style."""
    if match["bold"] is not None:
        return match["bold"], _BOLD if colour else "{}"
    code = match["code"]
    quote = "'" if '"' in code else '"'
    return (code, _CODE) if colour else (f"{quote}{code}{quote}", "{}")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.strip("\n").splitlines())


def _fenced(text: str) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in text.split() if set(run) == {"`"}), default=0))
    language = "yaml" if ticks == "```" else "markdown"
    return f"{ticks}{language}\n{text.strip(chr(10))}\n{ticks}"
