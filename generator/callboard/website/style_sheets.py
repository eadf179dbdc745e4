"""Style sheets of the theme and of the portal → the one style sheet of pages, without the theme's rules for what pages do not have.

Guides have the theme's style sheets whole, and none of its rules a second time: some rules depend on their order, so that a part of them
below the whole would change how guides look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cache
from hashlib import blake2b
from itertools import product
from pathlib import Path

from callboard import __version__
from callboard.model.data_classes import dataclass
from callboard.website.css_rules import Markup, compact, used_rules, without_unused_properties
from callboard.website.portal_files import PortalFiles
from callboard.website.theme_build import BuiltTheme

_WORD = re.compile(r"-?[A-Za-z_][\w-]*")
_QUOTED = tuple(re.compile(pattern) for pattern in (r'"(?:[^"\\\n]|\\.)*"', r"'(?:[^'\\\n]|\\.)*'", "`[^`]*`", r"""\bclass=[^\s"'>]+"""))
_OF_THEME = re.compile(r"\bmd-[\w-]+")
_THEME_ATTRIBUTE = re.compile(r"\bdata-md-[\w-]+")
_PALETTES = re.compile(r"data-palettes=('[^']*'|\"[^\"]*\")")
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
_WRITTEN = frozenset({"highlight", "md-nav__item--active", "md-nav__link--active", "md-tabs__item--active"})
"""Classes of the theme that ``frames`` and highlighted code have on pages, and that no template names."""


@cache
def classes_of_texts() -> frozenset[str]:
    """The classes that the HTML of a page of documentation can have, besides those that any page can have."""
    return _OF_EXTENSIONS


def _written_classes() -> frozenset[str]:
    """The classes that this program writes on any page."""
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415 - only a build whose style sheet changes needs it

    return _WRITTEN.union(filter(None, STANDARD_TYPES.values()))


def classes_in(html: Iterable[str], scripts: Iterable[str]) -> frozenset[str]:
    """Every word that can be a class in frames, templates and scripts: what is quoted there, or is the value of ``class``.

    Any word with the prefix of the theme's classes counts wherever it is.
    """
    texts = [*html, *scripts]
    quoted = (piece for text in texts for pattern in _QUOTED for piece in pattern.findall(text))
    return frozenset(word for piece in quoted for word in _WORD.findall(piece)).union(*map(_OF_THEME.findall, texts))


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

    def of_pages(self, classes_of_texts: AbstractSet[str] = frozenset()) -> bytes:
        """The style sheet of all other pages; with classes of their texts, that of documentation."""
        texts = [(file, _text(file)) for file in self.markup]
        html = (self.frames, *(text for file, text in texts if file.suffix == ".html"))
        classes = classes_in(html, (text for file, text in texts if file.suffix == ".js"))
        attributes = frozenset(name for text in (self.frames, *(text for _, text in texts)) for name in _THEME_ATTRIBUTE.findall(text))
        markup = Markup(classes | _written_classes() | classes_of_texts, attributes, _colors(self.frames))
        own = self.of_guides()
        kept = "".join(used_rules(_text(file).removeprefix('@charset "UTF-8";'), markup) for file in self.theme)
        return without_unused_properties(kept, (own.decode(), *(text for _, text in texts))).encode() + b"\n" + own


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _colors(frames: str) -> frozenset[str] | None:
    """The values of the theme's attributes of colors, of which ``page.js`` sets those of a palette; None if the frames have no palettes."""
    palettes = _PALETTES.findall(frames)
    return frozenset(word for text in palettes for word in _WORD.findall(text)) if palettes else None


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
