"""A folder of Markdown pages → guides and their navigation (``nav.yaml``); HTML of a guide → its text for search."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

import yaml
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.pages.page import SearchText
from callboard.website import rules

_HINT = "Write a list: `- page.md`, `- Title: page.md`, or `- Section:` with a list below it."
_DEPTH = 20
"""Most nested sections."""
_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "pre", "dt", "dd", "blockquote", "summary", "div", "br"})
_SKIPPED = frozenset({"script", "style", "svg", "nav", "button"})


@dataclass(frozen=True, slots=True)
class Guides:
    """The files of the guides' folder."""

    folder: Path | None
    files: tuple[str, ...] = ()
    """Sorted relative paths with ``/``, without hidden files and symbolic links."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The Markdown files among them."""
        return tuple(path for path in self.files if path.endswith(".md"))

    def copy_to(self, target: Path) -> None:
        """Copy the files to the folder ``target``."""
        for path in self.files:
            if self.folder:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / path, target / path)

    def navigation(self, prefix: str) -> list[Any]:
        """MkDocs' ``nav`` for the guides: from ``nav.yaml`` in their folder, or else sorted by name, with each ``index.md`` first.

        Raises ``WebsiteError`` for an invalid ``nav.yaml``.
        """
        order = self._order()
        return _by_name(self.pages, prefix) if order is None else order.prefixed(prefix)

    def missing(self) -> tuple[Problem, ...]:
        """Problems for pages in ``nav.yaml`` that do not exist, which ``navigation`` omits. Raises as that does."""
        order = self._order()
        return tuple(rules.missing_guide_problem(order.file, *entry) for entry in order.missing) if order else ()

    def _order(self) -> Order | None:
        file = self.folder / "nav.yaml" if self.folder else None
        return read_order(file, frozenset(self.files)) if file and file.is_file() else None


def read_guides(folder: Path | None) -> Guides:
    """The guides in ``folder``; none if it is None."""
    if folder is None:
        return Guides(None)
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return Guides(folder, tuple(sorted(p.as_posix() for p in paths if not any(part.startswith((".", "_")) for part in p.parts))))


def guide_text(html: str) -> SearchText:
    """Title and text of a page's article; paragraphs are separated by blank lines.

    Both are empty if the guide's front matter has ``search: {exclude: true}``, which ``main.html`` writes into the page.
    """
    reader = _Article()
    reader.feed(html)
    reader.close()
    if reader.is_excluded:
        return SearchText("", "", "docs")
    paragraphs = [" ".join(text.split()) for text in reader.paragraphs]
    return SearchText(" ".join(reader.title.split()), "\n\n".join(text for text in paragraphs if text), "docs")


@dataclass(frozen=True, slots=True)
class Order:
    """The content of ``nav.yaml``."""

    file: Path
    items: tuple[Any, ...]
    """In MkDocs' form: paths, ``{title: path}``, ``{title: [items]}``; without pages that do not exist."""
    missing: tuple[tuple[int, str], ...]
    """Line and name of each page that does not exist."""

    def prefixed(self, prefix: str) -> list[Any]:
        """The items with ``prefix`` in front of each path."""
        return [_prefixed(item, prefix) for item in self.items]


def read_order(file: Path, files: frozenset[str]) -> Order:
    """Read ``nav.yaml``; ``files`` are the files of the guides. Raises ``WebsiteError`` with the line of an invalid entry."""
    try:
        root = yaml.compose(file.read_text("utf-8"), yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise WebsiteError(f"{file} is not UTF-8.", "Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise WebsiteError(f"{file}{place} is not YAML: {getattr(error, 'problem', None) or error}.", _HINT) from error
    missing: list[tuple[int, str]] = []
    if not isinstance(root, SequenceNode):
        raise _InvalidNavigationError(file, root)
    return Order(file, tuple(_items(file, root, files, missing, _DEPTH)), tuple(missing))


def _items(file: Path, node: SequenceNode, files: frozenset[str], missing: list[tuple[int, str]], depth: int) -> Iterator[Any]:
    for child in node.value:
        if isinstance(child, ScalarNode):
            yield from _page(child, files, missing)
        elif isinstance(child, MappingNode) and len(child.value) == 1:
            ((title, target),) = child.value
            if isinstance(target, ScalarNode) and target.value:
                yield from ({title.value: path} for path in _page(target, files, missing))
            elif isinstance(target, SequenceNode) and isinstance(title, ScalarNode) and depth:
                if inside := list(_items(file, target, files, missing, depth - 1)):
                    yield {title.value: inside}
            else:
                raise _InvalidNavigationError(file, child)
        else:
            raise _InvalidNavigationError(file, child)


def _page(node: ScalarNode, files: frozenset[str], missing: list[tuple[int, str]]) -> Iterator[str]:
    name = str(node.value).removeprefix("./")
    if "://" in name or name in files:
        yield name
    else:
        missing.append((node.start_mark.line + 1, name))


class _InvalidNavigationError(WebsiteError):
    """An entry of ``nav.yaml`` is neither a page nor a section."""

    def __init__(self, file: Path, node: Node | None) -> None:
        reason = f", line {node.start_mark.line + 1} is neither a page nor a section of the guides" if node else " is empty"
        super().__init__(f"{file}{reason}.", _HINT)


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


class _Article(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs = [""]
        self.title = ""
        self.is_excluded = False
        self._inside = 0
        self._skipped = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._inside += 1
        if tag == "meta":
            self.is_excluded |= {("name", "search"), ("content", "exclude")} <= set(attrs)
        if tag in _SKIPPED or (tag == "a" and dict(attrs).get("class") == "headerlink"):
            self._skipped += 1
        if tag in _BLOCKS:
            self.paragraphs.append("")
        if tag == "h1":
            self._heading = not self.title

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside -= 1
        if self._skipped and (tag in _SKIPPED or tag == "a"):
            self._skipped -= 1
        if tag in _BLOCKS:
            self.paragraphs.append("")
        if tag == "h1":
            self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._inside or self._skipped:
            return
        if self._heading:
            self.title += data
        else:
            self.paragraphs[-1] += data
