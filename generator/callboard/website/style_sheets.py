"""Style sheets of the theme and of the portal → the one style sheet of pages, without the theme's rules for what pages do not have.

Guides have the theme's style sheets whole, and none of its rules a second time: some rules depend on their order, so that a part of them
below the whole would change how guides look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from hashlib import blake2b
from itertools import product
from pathlib import Path

from callboard import __version__
from callboard.model.data_classes import dataclass
from callboard.website.portal_files import PortalFiles
from callboard.website.theme_build import BuiltTheme

_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"")
_WORD = re.compile(r"-?[A-Za-z_][\w-]*")
_NESTED = ("@media", "@supports", "@layer", "@container")
"""Rules that contain rules; the content of others, such as keyframes, is kept as it is."""
_STRING = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_SPACE = re.compile(rf"({_STRING})|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|\s{{2,}}|\n", re.DOTALL)
_BRACES = re.compile(rf"{_STRING}|[{{}}]", re.DOTALL)


_OF_EXTENSIONS = frozenset({
    "admonition", "admonition-title", "note", "abstract", "summary", "tldr", "info", "todo", "tip", "hint", "important", "success",
    "check", "done", "question", "help", "faq", "warning", "caution", "attention", "failure", "fail", "missing", "danger", "error",
    "bug", "example", "quote", "cite", "inline", "end", "tabbed-set", "tabbed-alternate", "tabbed-labels", "tabbed-label",
    "tabbed-content", "tabbed-block", "tabbed-control", "highlight", "highlighttable", "codehilite", "filename", "linenos", "linenodiv",
    "linenotable", "code", "hll", "normal", "special", "language-text", "headerlink", "footnote", "footnote-ref", "footnote-backref",
    "footnote-hidden", "task-list", "task-list-item", "task-list-control", "task-list-indicator", "keys", "critic", "block",
    "md-typeset", "md-typeset__table", "md-typeset__scrollwrap", "arithmatex", "mark", "progress", "progress-label", "progress-bar",
    "grid",
})  # fmt: skip
"""Classes that Markdown's extensions write."""


@cache
def classes_of_texts() -> frozenset[str]:
    """The classes that the HTML of a page of documentation can have."""
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415 - only a build with documentation needs it

    return _OF_EXTENSIONS | {name for name in STANDARD_TYPES.values() if name}


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Every word that could be a class in templates, scripts and frames."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def compact(css: str) -> str:
    """The style sheet without comments, and with line breaks in place of white space."""
    return _SPACE.sub(lambda found: found[1] or ("\n" if "\n" in found[0] else " "), css).strip()


def used_rules(css: str, words: AbstractSet[str]) -> str:
    """The rules of a style sheet that can match an element whose classes are among ``words``.

    A selector is left out if it needs a class that is not among them; classes inside of ``:not()``, ``:is()`` and the like do not count.
    """
    return "".join(_kept(css, words))


def _kept(css: str, words: AbstractSet[str]) -> Iterator[str]:
    for prelude, block in _rules(css):
        head = prelude.strip()
        if block is None:
            yield f"{head};"
        elif head.startswith(_NESTED):
            if inner := "".join(_kept(block, words)):
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{block}}}"
        elif selectors := [each for each in _selectors(head) if _can_match(each, words)]:
            yield f"{','.join(selectors)}{{{block}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """What stands before each block, and the block; None in its place for a statement such as ``@charset``."""
    position = 0
    while position < len(css):
        opening, end = _find(css, "{", position), _find(css, ";", position)
        if end < opening:
            yield css[position:end], None
            position = end + 1
        elif opening < len(css):
            closing = _end_of_block(css, opening)
            yield css[position:opening], css[opening + 1 : closing]
            position = closing + 1
        else:
            return


def _end_of_block(css: str, opening: int) -> int:
    """Position of the brace that closes the one at ``opening``; the end of the text if there is none."""
    depth = 0
    for found in _BRACES.finditer(css, opening):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return len(css)


def _find(css: str, character: str, start: int) -> int:
    found = css.find(character, start)
    return len(css) if found < 0 else found


def _selectors(prelude: str) -> Iterator[str]:
    """The selectors of a list, separated at commas outside of brackets."""
    depth, start = 0, 0
    for position, character in enumerate(prelude):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            yield prelude[start:position]
            start = position + 1
    yield prelude[start:]


def _can_match(selector: str, words: AbstractSet[str]) -> bool:
    outside, before = selector, ""
    while outside != before:
        outside, before = _IN_BRACKETS.sub("", outside), outside
    return all(name in words for name in _CLASS.findall(outside))


@dataclass(frozen=True, slots=True)
class PageStyles:
    """What the style sheets of pages and of guides are made from."""

    theme: tuple[Path, ...]
    """Style sheets of the theme, of which only what pages can use is kept."""
    own: tuple[Path, ...]
    """Style sheets of Callboard and of the portal, in their order."""
    markup: tuple[Path, ...]
    """Templates and scripts, which name the classes that pages have."""
    frames: str
    """HTML of the frames, for the same reason."""
    icons: str
    """Rules of icons, and of entries of the navigation that are hidden."""

    def key(self) -> str:
        """Digest of everything that the content depends on."""
        digest = blake2b(f"{__version__}\0{self.icons}\0{self.frames}".encode(), digest_size=16)
        for file in (*self.theme, *self.own, *self.markup):
            content = file.read_bytes()
            digest.update(f"\0{file.name} {len(content)}\0".encode() + content)
        return digest.hexdigest()

    def of_guides(self) -> bytes:
        """The style sheet of guides, which have those of the theme as well."""
        return "\n".join((*(compact(_text(file)) for file in self.own), self.icons)).encode()

    def of_pages(self, words_of_texts: AbstractSet[str] = frozenset()) -> bytes:
        """The style sheet of all other pages; with classes of their texts, that of documentation."""
        words = words_in((self.frames, *map(_text, self.markup))) | words_of_texts
        kept = (used_rules(_text(file).removeprefix('@charset "UTF-8";'), words) for file in self.theme)
        return "\n".join((*kept, "")).encode() + self.of_guides()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def tab_rules(paths: Iterable[str]) -> str:
    """A rule that hides the entry "Create" of the navigation in a portal without templates; ``paths`` are those of its pages.

    The theme is built before the catalog is read, so the entry is in each page, also in guides.
    """
    if any(path.startswith("create/") and path.count("/") == 3 for path in paths):  # noqa: PLR2004 - create/namespace/name/
        return ""
    links = ", ".join(f'[href="{start}create/"]' for start in ("", "./", "../")) + ', [href$="/../create/"]'
    return (
        f".md-tabs__item:has(> :is({links})), .md-nav--primary > .md-nav__list > .md-nav__item:has(> :is({links})) {{ display: none; }}\n"
    )


def page_styles(theme: BuiltTheme, files: PortalFiles, icons: str, paths: Iterable[str]) -> PageStyles:
    """The inputs of the style sheet of a portal's pages, which are at ``paths``."""
    folders = [*((folder, "*.html") for folder in files.templates), *product(files.overrides, ("*.html", "*.js"))]
    markup = tuple(file for folder, pattern in folders for file in sorted(folder.rglob(pattern)) if file.is_file())
    frames = "".join(part for frame in theme.frames.values() for part in frame.parts[::2])
    return PageStyles(theme.theme_styles, theme.styles, markup, frames, icons + tab_rules(paths))
