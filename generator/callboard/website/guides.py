"""The guides: Markdown pages of the portal, their order from ``nav.yaml``, and their words for search."""

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

_FORM = "Write a list: `- page.md`, `- Title: page.md`, or `- Section:` with a list below it."
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Order:
    """What ``nav.yaml`` says."""

    file: Path
    items: tuple[Any, ...]
    """As MkDocs wants them: paths, ``{title: path}``, ``{title: [items]}``; without pages that do not exist."""
    missing: tuple[tuple[int, str], ...]
    """Line and name of each page that does not exist."""

    def prefixed(self, prefix: str) -> list[Any]:
        """The items with ``prefix`` before each path."""
        return [_prefixed(item, prefix) for item in self.items]


def read_order(file: Path, known: frozenset[str]) -> Order:
    """The order in ``nav.yaml``; ``known`` are the files of the guides. Raises ``WebsiteError`` with the line of what is no navigation."""
    try:
        root = yaml.compose(file.read_text("utf-8"), yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise WebsiteError(f"{file} is not UTF-8.", "Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise WebsiteError(f"{file}{place} is no YAML: {getattr(error, 'problem', None) or error}.", _FORM) from error
    missing: list[tuple[int, str]] = []
    if not isinstance(root, SequenceNode):
        raise _MisreadError(file, root)
    return Order(file, tuple(_items(file, root, known, missing, _DEPTH)), tuple(missing))


def _items(file: Path, node: SequenceNode, known: frozenset[str], missing: list[tuple[int, str]], depth: int) -> Iterator[Any]:
    for child in node.value:
        if isinstance(child, ScalarNode):
            yield from _page(child, known, missing)
        elif isinstance(child, MappingNode) and len(child.value) == 1:
            ((title, target),) = child.value
            if isinstance(target, ScalarNode) and target.value:
                yield from ({title.value: path} for path in _page(target, known, missing))
            elif isinstance(target, SequenceNode) and isinstance(title, ScalarNode) and depth:
                if inside := list(_items(file, target, known, missing, depth - 1)):
                    yield {title.value: inside}
            else:
                raise _MisreadError(file, child)
        else:
            raise _MisreadError(file, child)


def _page(node: ScalarNode, known: frozenset[str], missing: list[tuple[int, str]]) -> Iterator[str]:
    name = str(node.value).removeprefix("./")
    if "://" in name or name in known:
        yield name
    else:
        missing.append((node.start_mark.line + 1, name))


class _MisreadError(WebsiteError):
    """A place of ``nav.yaml`` that is neither a page nor a section."""

    def __init__(self, file: Path, node: Node | None) -> None:
        what = f", line {node.start_mark.line + 1} is neither a page nor a section of the guides" if node else " is empty"
        super().__init__(f"{file}{what}.", _FORM)


def _prefixed(item: Any, prefix: str) -> Any:
    if isinstance(item, str):
        return item if "://" in item else prefix + item
    if isinstance(item, list):
        return [_prefixed(child, prefix) for child in item]
    return {title: _prefixed(child, prefix) for title, child in item.items()}


@dataclass(frozen=True, slots=True)
class Guides:
    """The files of the guides' folder."""

    folder: Path | None
    files: tuple[str, ...] = ()
    """Relative paths with ``/``, sorted; nothing hidden, no symbolic links."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The Markdown files among them."""
        return tuple(path for path in self.files if path.endswith(".md"))

    def copy_to(self, target: Path) -> None:
        """Copy the files below ``target``."""
        for path in self.files:
            if self.folder:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / path, target / path)

    def navigation(self, prefix: str) -> list[Any]:
        """MkDocs' ``nav`` for the guides: that of ``nav.yaml`` in their folder, else by name with each ``index.md`` first.

        Raises ``WebsiteError`` where ``nav.yaml`` is no navigation.
        """
        order = self._order()
        return _by_name(self.pages, prefix) if order is None else order.prefixed(prefix)

    def missing(self) -> tuple[Problem, ...]:
        """Names in ``nav.yaml`` that no guide has; ``navigation`` leaves them out. Raises as it does."""
        order = self._order()
        return tuple(rules.missing_guide_problem(order.file, *named) for named in order.missing) if order else ()

    def _order(self) -> Order | None:
        own = self.folder / "nav.yaml" if self.folder else None
        return read_order(own, frozenset(self.files)) if own and own.is_file() else None


def read_guides(folder: Path | None) -> Guides:
    """The guides in ``folder``; none when it is None."""
    if folder is None:
        return Guides(None)
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    paths = (path.relative_to(folder) for path in found)
    return Guides(folder, tuple(sorted(p.as_posix() for p in paths if not any(part.startswith((".", "_")) for part in p.parts))))


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


_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "pre", "dt", "dd", "blockquote", "summary", "div", "br"})
_SKIPPED = frozenset({"script", "style", "svg", "nav", "button"})


def guide_text(html: str) -> SearchText:
    """Title and text of the page's article, paragraphs separated by a blank line.

    Both are empty where the guide's front matter has ``search: {exclude: true}``; ``main.html`` passes that on.
    """
    reader = _Article()
    reader.feed(html)
    reader.close()
    if reader.is_excluded:
        return SearchText("", "", "docs")
    paragraphs = [" ".join(text.split()) for text in reader.paragraphs]
    return SearchText(" ".join(reader.title.split()), "\n\n".join(text for text in paragraphs if text), "docs")


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
