"""The pages of the manual → their fenced blocks, inline code, links and headings."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = ("docs/reference/", "docs/decisions/")
"""The reference is written by code, and has a test of its own; a decision says what was right when it was made."""
FOLLOWED_ELSEWHERE = {
    "docs/tutorial/plugin.md": "tests/examples/test_plugin_tutorial.py",
    "docs/how-to/read-lint-output.md": "tests/lint/test_lint_output_page.py",
}
_FENCE = re.compile(r'^(?P<indent> *)```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^ *```$', re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; ``str()`` is its place."""

    page: str
    line: int
    language: str
    title: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


def pages():
    """Paths of all pages by hand, the README first."""
    found = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return ["README.md", *(path for path in found if not path.startswith(GENERATED) or path == "docs/decisions/index.md")]


def text_of(page):
    return (ROOT / page).read_text("utf-8")


def blocks(page):
    """The blocks of a page in order; without indentation that all lines share."""
    text = text_of(page)
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found["language"], found["title"] or "", textwrap.dedent(found["text"]))


def all_blocks(*languages):
    return [
        block
        for page in pages()
        if page not in FOLLOWED_ELSEWHERE
        for block in blocks(page)
        if not languages or block.language in languages
    ]


def inline(page):
    """Everything between backticks outside of blocks."""
    return _INLINE.findall(_FENCE.sub("", text_of(page)))


def links(page):
    return _LINK.findall(_INLINE.sub("", _FENCE.sub("", text_of(page))))


def anchors(path):
    """The anchors of the headings of a page, as MkDocs makes them."""
    from markdown.extensions.toc import slugify

    headings = _HEADING.findall(re.sub(r"^ *```.*?^ *```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    return {slugify(re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading), "-") for heading in headings}
