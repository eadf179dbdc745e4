"""The text of a guide → its front matter, checked; ``nav.yaml`` → the order of the guides. Errors are problems."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path, PurePosixPath
from typing import Any, cast

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

import yaml
from callboard.markdown.media import PUBLISHED, DrawingError, published_end, safe_drawing
from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Severity, Span
from callboard.model.suggestions import nearest
from callboard.settings.invalid import portal_origin
from callboard.website.rules import INVALID_NAVIGATION, MISSING_GUIDE, UNREADABLE_GUIDE
from callboard.yaml.problems import span_of

NAVIGATION = "nav.yaml"
LARGEST = 5_000_000
"""Largest guide that is read, in bytes."""
_LINK = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#]|\Z)", re.IGNORECASE)
"""An address that the navigation may have: of the web, without a user."""
_HINT = "Write a list: `- page.md`, `- Title: page.md`, or `- Section:` with a list below it."
_DEPTH = 20
"""Most nested sections, and levels of front matter."""
_LONGEST_MATTER = 50_000
"""Characters of front matter that are read; MkDocs takes minutes for megabytes."""
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PLAIN_MATTER = re.compile(r"(?:[ ]{0,3}[A-Za-z0-9_-]+:[^\n]*(?:\n|\Z)|(?: {4}|\t)[^\n]*\S[^\n]*(?:\n|\Z))*")
"""Lines ``name: value`` at the beginning, which MkDocs reads as front matter, too."""
_TEMPLATE = re.compile(r"^template[ \t]*:[ \t]*(?P<name>[^\n]*)\n", re.MULTILINE)


def check_name(path: str, first: Mapping[str, str], origin: Origin) -> Problem | None:
    """The problem of a file whose name cannot be a path on every server and every disk; None for all others.

    ``first``: by name in lower case, the first file of that name; of two whose names differ only in case, the second has the problem.
    """
    if not path.isprintable() or "\\" in path:
        message = f"The name {path!a} has a control character, a line separator, a backslash or invalid UTF-8; the file is left out."
        return UNREADABLE_GUIDE.problem(message, origin=origin, field=ascii(path), hint="Rename it.")
    if "#" in path:
        message = f"The name {path} has a `#`, which begins the name of a heading in addresses; the file is left out."
        return UNREADABLE_GUIDE.problem(message, origin=origin, field=path, hint="Rename it.")
    twin = first[path.lower()]
    if twin != path:
        message = f"The name {path} differs only in case from {twin}; the file is left out."
        return UNREADABLE_GUIDE.problem(
            message, origin=origin, field=path, hint="Rename one of the two: some servers cannot tell them apart."
        )
    return None


def check_address(path: str, files: Collection[str], origin: Origin) -> tuple[Problem, None] | None:
    """The problem of a ``README.md`` next to an ``index.md``: both would be the page of their folder. None for every other guide."""
    folder, _, name = path.rpartition("/")
    index = f"{folder}/index.md".removeprefix("/")
    if name != "README.md" or index not in files:
        return None
    message = "README.md has the same address as index.md in this folder, and is left out."
    return UNREADABLE_GUIDE.problem(message, origin=origin, field=path, hint="Rename or remove one of the two."), None


def check_front_matter(file: Path, origin: Origin, templates: Collection[str]) -> tuple[Problem | None, str | None]:
    """The first problem of a guide, and the text that is shown; None for a guide that cannot be shown.

    ``templates`` are those that front matter can name.
    """
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")  # as MkDocs reads it
    except UnicodeDecodeError as error:
        span = Span.at(content.count(b"\n", 0, error.start) + 1, 1)
        return UNREADABLE_GUIDE.problem(
            "This line is not valid UTF-8; the guide is left out.", origin=origin, span=span, hint="Save the file as UTF-8."
        ), None
    except OSError as error:
        return UNREADABLE_GUIDE.problem(f"The guide cannot be read: {error.strerror}.", origin=origin, hint="Check its permissions."), None
    if len(content) > LARGEST:
        message = f"The guide has {len(content):,} bytes, and is left out; the limit is {LARGEST:,}."
        return UNREADABLE_GUIDE.problem(message, origin=origin, hint="Divide it."), None
    matter = _FRONT_MATTER.match(text)
    found = matter or _PLAIN_MATTER.match(text)
    length = found.end() if found else 0
    if length > _LONGEST_MATTER:
        message = f"The front matter has {length:,} characters, and is shown as text; the limit is {_LONGEST_MATTER:,}."
        return UNREADABLE_GUIDE.problem(message, origin=origin, span=Span.at(1, 1), hint="Shorten it."), f"\n{text}"
    return _checked_matter(text, matter, origin, templates) if matter else (None, text)


def _checked_matter(text: str, matter: re.Match[str], origin: Origin, templates: Collection[str]) -> tuple[Problem | None, str]:
    try:
        _refuse_endless(matter["yaml"])
        data = yaml.safe_load(matter["yaml"])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        span = Span.at(mark.line + 2, mark.column + 1) if mark else None
        message = f"The front matter cannot be read: {getattr(error, 'problem', None) or error}; it is shown as text."
        hint = "Correct it, or put the value into quotation marks."
        return UNREADABLE_GUIDE.problem(message, origin=origin, span=span, hint=hint, severity=Severity.WARNING), f"\n{text}"
    name = data.get("template") if isinstance(data, dict) else None
    found = _TEMPLATE.search(text, 0, matter.end())
    if name is None or found is None or (isinstance(name, str) and name in templates):
        return None, text
    line = text.count("\n", 0, found.start()) + 1
    start = found.start("name") - found.start() + 1
    similar = nearest(str(name), templates)
    problem = UNREADABLE_GUIDE.problem(
        f'There is no template "{str(name)[:80]}"; the guide is shown without it.', origin=origin,
        span=Span(line, start, line, start + max(len(found["name"].rstrip()), 1)),
        hint=f'Did you mean "{similar}"?' if similar else "Add it to site_overrides/, or remove the line.",
    )  # fmt: skip
    return problem, text[: found.start()] + text[found.end() :]


def _refuse_endless(text: str) -> None:
    """Raise ``YAMLError`` or ``RecursionError`` for aliases, of which a few lines can be values without end, and for deep nesting."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not permitted", problem_mark=cast("yaml.Mark | None", event.start_mark))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise RecursionError(f"it is nested more than {_DEPTH} levels deep")


def check_media(folder: Path, paths: Iterable[str], root: Path) -> tuple[dict[str, str | None], list[Problem]]:
    """The files next to guides that are published, each with its text if that is changed; and problems with the others.

    ``root`` is the folder of ``sources.yaml``. Files of one type that is not published are one problem, at the first of them.
    """
    published: dict[str, str | None] = {}
    problems: list[Problem] = []
    others: dict[str, list[str]] = {}
    for path in paths:
        end = published_end(path)
        if end is None:
            others.setdefault("".join(PurePosixPath(path).suffixes).lower()[-40:], []).append(path)
        elif end == ".svg":
            problem, text = _drawing(folder / path, portal_origin(folder / path, root))
            problems += [problem] if problem else []
            published |= {path: text if problem else None} if text is not None else {}
        else:
            published[path] = None
    return published, [*problems, *(_not_published(end, found, portal_origin(folder / found[0], root)) for end, found in others.items())]


def _drawing(file: Path, origin: Origin) -> tuple[Problem | None, str | None]:
    """The problem of an SVG file, and its text; None for one that is not published."""
    try:
        text, removed = safe_drawing(file.read_bytes())
    except (DrawingError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"The drawing is left out: {reason}."
        return UNREADABLE_GUIDE.problem(message, origin=origin, hint="Export it again as plain SVG, or as PNG."), None
    if not removed:
        return None, text
    message = f"The drawing is shown without {', '.join(removed)[:200]}."
    hint = "Export it as plain SVG: without scripts, HTML, links, and addresses of other files."
    return UNREADABLE_GUIDE.problem(message, origin=origin, hint=hint, severity=Severity.WARNING), text


def _not_published(end: str, paths: Sequence[str], origin: Origin) -> Problem:
    message = f"{counted(len(paths), 'file')} with the ending `{end}` in the folder of the guides is not published."
    if len(paths) > 1:
        message = f"{counted(len(paths), 'file')} with the ending `{end}` in the folder of the guides are not published; this is the first."
    hint = f"Move what does not belong to guides out of the folder. Published are pages and {', '.join(sorted(PUBLISHED))}."
    return UNREADABLE_GUIDE.problem(message, origin=origin, field=end, hint=hint, severity=Severity.WARNING)


def read_order(
    file: Path, origin: Origin, files: Collection[str], broken: Collection[str]
) -> tuple[tuple[Any, ...] | None, tuple[Problem, ...]]:
    """The items of ``nav.yaml`` in MkDocs' form, or None if it cannot be used; and its problems.

    ``files`` are the files of the guides; those in ``broken`` have problems of their own.
    """
    try:
        root = yaml.compose(file.read_text("utf-8-sig"), yaml.SafeLoader)
        if not isinstance(root, SequenceNode):
            return None, (_not_an_order(origin, root),)
        navigation = _Navigation(origin, files, broken)
        return tuple(navigation.items(root, _DEPTH)), tuple(navigation.missing)
    except _InvalidEntryError as error:
        return None, (_not_an_order(origin, error.node),)
    except (UnicodeDecodeError, OSError):
        return None, (INVALID_NAVIGATION.problem("The file is not valid UTF-8.", origin=origin, hint="Save the file as UTF-8."),)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        message = f"The file is not YAML: {getattr(error, 'problem', None) or error}."
        span = Span.at(mark.line + 1, mark.column + 1) if mark else None
        return None, (INVALID_NAVIGATION.problem(message, origin=origin, span=span, hint=_HINT),)


class _InvalidEntryError(Exception):
    """An entry is neither a page nor a section."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node


@dataclass(slots=True)
class _Navigation:
    """One walk over ``nav.yaml``, with the problems of pages that do not exist."""

    origin: Origin
    files: Collection[str]
    broken: Collection[str]
    missing: list[Problem] = field(default_factory=list)

    def items(self, node: SequenceNode, depth: int) -> Iterator[Any]:
        """The items of a list. Raises ``_InvalidEntryError``."""
        for child in node.value:
            if isinstance(child, ScalarNode) and child.value:
                yield from self._page(child)
            elif isinstance(child, MappingNode) and len(child.value) == 1:
                yield from self._titled(child, depth)
            else:
                raise _InvalidEntryError(child)

    def _titled(self, node: MappingNode, depth: int) -> Iterator[Any]:
        ((title, target),) = node.value
        if isinstance(target, ScalarNode) and target.value and isinstance(title, ScalarNode):
            yield from ({title.value: path} for path in self._page(target))
        elif isinstance(target, SequenceNode) and isinstance(title, ScalarNode) and depth:
            if inside := list(self.items(target, depth - 1)):
                yield {title.value: inside}
        else:
            raise _InvalidEntryError(node)

    def _page(self, node: ScalarNode) -> Iterator[str]:
        name = str(node.value).removeprefix("./")
        if _LINK.match(name) or name in self.files:
            yield name
        elif "://" in name:
            message = f"`{name[:200]}` is not an address that pages link; the navigation omits it."
            hint = "Write an address that begins with https:// or http://, and has no user."
            self.missing.append(MISSING_GUIDE.problem(message, origin=self.origin, span=span_of(node), field=name[:200], hint=hint))
        elif name not in self.broken:
            similar = nearest(name, self.files)
            self.missing.append(
                MISSING_GUIDE.problem(
                    f"There is no guide `{name[:200]}`; the navigation omits it.", origin=self.origin, span=span_of(node), field=name[:200],
                    hint=f"Did you mean `{similar}`?" if similar else "Correct the path, which is relative to the folder of the guides, "
                    "or remove the line.",
                )
            )  # fmt: skip


def _not_an_order(origin: Origin, node: Node | None) -> Problem:
    if node is None:
        return INVALID_NAVIGATION.problem("The file is empty.", origin=origin, hint=_HINT)
    message = "This is neither a page nor a section of the guides; the guides are sorted by name."
    line = node.start_mark.line + 1
    span = Span(line, node.start_mark.column + 1, line, node.start_mark.column + 2)
    return INVALID_NAVIGATION.problem(message, origin=origin, span=span, hint=_HINT)
