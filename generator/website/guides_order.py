"""The order of the guides that people give in ``nav.yaml``, with the lines of what cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from generator.errors import WebsiteError

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
