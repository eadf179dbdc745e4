"""A folder of Markdown pages → guides, their navigation (``nav.yaml``) and problems; HTML of a guide → its text for search."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.problem import Problem
from callboard.pages.page import SearchSection, SearchText
from callboard.settings.invalid import portal_origin
from callboard.website.guide_files import NAVIGATION, check_address, check_front_matter, check_media, check_name, read_order

_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "pre", "dt", "dd", "blockquote", "summary", "div", "br"})
_SECTIONS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_SKIPPED = frozenset({"script", "style", "svg", "nav", "button"})


@dataclass(frozen=True, slots=True)
class Guides:
    """The files of the guides' folder."""

    folder: Path | None = None
    files: tuple[str, ...] = ()
    """Sorted relative paths with ``/``, without hidden files, symbolic links and pages that cannot be read."""
    order: tuple[Any, ...] | None = None
    """The content of ``nav.yaml`` in MkDocs' form: paths, ``{title: path}``, ``{title: [items]}``; None without a usable one."""
    edited: Mapping[str, str] = field(default_factory=dict)
    """Texts of pages and drawings that are not shown as they are written."""
    problems: tuple[Problem, ...] = ()
    root: Path = Path()
    """The folder of ``sources.yaml``, to which places of problems are relative."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The Markdown files among them."""
        return tuple(path for path in self.files if path.endswith(".md"))

    def origin(self, path: str) -> Origin:
        """The origin of a problem in a guide. Raises ``ValueError`` without a folder of guides."""
        if self.folder is None:
            raise ValueError("there are no guides")
        return portal_origin(self.folder / path, self.root)

    def text(self, path: str) -> str:
        """The text of a page as it is shown; empty without a folder of guides."""
        if path in self.edited or self.folder is None:
            return self.edited.get(path, "")
        return (self.folder / path).read_text("utf-8-sig", errors="replace")

    def copy_to(self, target: Path) -> None:
        """Copy the files to the folder ``target``."""
        for path in self.files:
            if self.folder and path != NAVIGATION:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                if path in self.edited:
                    (target / path).write_text(self.edited[path], encoding="utf-8")
                else:
                    shutil.copyfile(self.folder / path, target / path)

    def navigation(self, prefix: str) -> list[Any]:
        """MkDocs' ``nav`` for the guides: from ``nav.yaml`` in their folder, or else sorted by name, with each ``index.md`` first."""
        return _by_name(self.pages, prefix) if self.order is None else [_prefixed(item, prefix) for item in self.order]


def read_guides(folder: Path | None, root: Path, templates: Collection[str] = ()) -> Guides:
    """The guides in ``folder``; none if it is None. Never raises: what cannot be used is a problem.

    ``root`` is the folder of ``sources.yaml``; ``templates`` are those that a guide's front matter can name.
    """
    if folder is None:
        return Guides()
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    found = sorted(p.as_posix() for p in paths if not any(part.startswith((".", "_")) for part in p.parts))
    first = {path.lower(): path for path in reversed(found)}
    odd = {path: problem for path in found if (problem := check_name(path, first, portal_origin(folder, root)))}
    files = [path for path in found if path not in odd]
    edited: dict[str, str] = {}
    problems = [*odd.values()]
    broken: set[str] = set()
    for path in (path for path in files if path.endswith(".md")):
        origin = portal_origin(folder / path, root)
        problem, text = check_address(path, files, origin) or check_front_matter(folder / path, origin, templates)
        problems += [problem] if problem else []
        if text is None:
            broken.add(path)
        elif problem:
            edited[path] = text
    media, rejected = check_media(folder, [path for path in files if not path.endswith(".md") and path != NAVIGATION], root)
    edited |= {path: text for path, text in media.items() if text is not None}
    problems += rejected
    readable = tuple(path for path in files if path not in broken and (path.endswith(".md") or path == NAVIGATION or path in media))
    nav = folder / NAVIGATION
    order, wrong = read_order(nav, portal_origin(nav, root), frozenset(readable), broken) if nav.is_file() else (None, ())
    return Guides(folder, readable, order, edited, (*problems, *wrong), root)


def guide_text(html: str) -> SearchText:
    """Title and text of a page's article; paragraphs are separated by blank lines.

    Both are empty if the guide's front matter has ``search: {exclude: true}``, which ``main.html`` writes into the page.
    """
    reader = _Article()
    reader.feed(html)
    reader.close()
    if reader.is_excluded:
        return SearchText("", "", "docs")
    sections = tuple(
        SearchSection(anchor, " ".join(title.split()), _body(paragraphs), level=level)
        for anchor, title, paragraphs, level in reader.sections
        if anchor
    )
    return SearchText(" ".join(reader.title.split()), _body(reader.paragraphs), "docs", sections=sections)


def _body(paragraphs: list[str]) -> str:
    return "\n\n".join(text for each in paragraphs if (text := " ".join(each.split())))


def _prefixed(item: Any, prefix: str) -> Any:
    if isinstance(item, str):
        return item if "://" in item else prefix + item
    if isinstance(item, list):
        return [_prefixed(child, prefix) for child in item]
    return {title: _prefixed(child, prefix) for title, child in item.items()}


def _by_name(pages: tuple[str, ...], prefix: str) -> list[Any]:
    """Pages and folders of one level; ``prefix`` ends in ``/``."""
    here = sorted((path for path in pages if "/" not in path), key=lambda path: (path not in {"index.md", "README.md"}, path))
    folders: dict[str, list[str]] = {}
    for path in pages:
        head, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(head, []).append(rest)
    sections = [{_title(name): _by_name(tuple(inside), f"{prefix}{name}/")} for name, inside in sorted(folders.items())]
    return [*(prefix + path for path in here), *sections]


def _title(folder: str) -> str:
    return folder.replace("-", " ").replace("_", " ").strip().capitalize()


@dataclass(slots=True)
class _GuideSection:
    anchor: str
    title: str
    paragraphs: list[str]
    level: int

    def __iter__(self) -> Iterator[Any]:
        return iter((self.anchor, self.title, self.paragraphs, self.level))


class _Article(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs = [""]
        """Of the page in front of its first section."""
        self.title = ""
        self.sections: list[_GuideSection] = []
        self.is_excluded = False
        self._inside = 0
        self._skipped = 0
        self._heading = False
        self._opened: _GuideSection | None = None
        """The section whose heading is being read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._inside += 1
        if tag == "meta":
            self.is_excluded |= {("name", "search"), ("content", "exclude")} <= set(attrs)
        if tag in _SKIPPED or (tag == "a" and dict(attrs).get("class") == "headerlink"):
            self._skipped += 1
        if tag in _BLOCKS:
            self._text.append("")
        if tag == "h1":
            self._heading = not self.title
        elif tag in _SECTIONS and self._inside:
            self._opened = _GuideSection(dict(attrs).get("id") or "", "", [""], int(tag[1]))
            self.sections.append(self._opened)

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside -= 1
        if self._skipped and (tag in _SKIPPED or tag == "a"):
            self._skipped -= 1
        if tag in _BLOCKS:
            self._text.append("")
        if tag == "h1":
            self._heading = False
        elif tag in _SECTIONS:
            self._opened = None

    def handle_data(self, data: str) -> None:
        if not self._inside or self._skipped:
            return
        if self._heading:
            self.title += data
        elif self._opened:
            self._opened.title += data
        else:
            self._text[-1] += data

    @property
    def _text(self) -> list[str]:
        """The paragraphs of the section that is being read; a heading without an id belongs to the text in front of it."""
        return self.sections[-1].paragraphs if self.sections else self.paragraphs
