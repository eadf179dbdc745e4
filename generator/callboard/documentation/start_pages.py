"""The README of a repository → the start page of a documentation set that has none, as TechDocs copies it, with its images."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import unquote

from callboard.documentation.file_names import has_address, literal
from callboard.documentation.files import MARKDOWN
from callboard.model.errors import TreeError
from callboard.model.tree import Tree

READMES = ("README.md", "readme.md", "Readme.md", "README.markdown")
START = "index.md"
_PATH = re.compile(r"<([^<>\n]++)>|([^\s()<>\[\]\"'`=]++)")
"""What may be a path in Markdown and HTML; those with spaces are in angle brackets."""
_IMAGE_END = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|avif)", re.IGNORECASE)
_MOST_IMAGES = 300
"""Images that a README may name."""
_LONGEST_PATH = 600
_LARGEST = 512 * 1024
"""Bytes of a README in which images are looked for."""


def start_page(tree: Tree, folder: str, docs: str, paths: Sequence[str], nav: Any, is_left_out: Callable[[str], bool]) -> Mapping[str, str]:
    """Paths in the tree of the start page and its images, by path in the set; empty for a set that needs none.

    A set needs one if it has no index and its navigation names one, or if it has no page at all: TechDocs then takes the first README
    of the documentation folder or of the set's own. ``paths`` are those of the set's files, below ``docs``.
    """
    is_needed = START in _names(nav) or not any(path.endswith(MARKDOWN) for path in paths)
    if not is_needed or {START, "README.md"} & {*paths}:
        return {}
    places = [posixpath.join(docs, "readme.md"), *(posixpath.join(folder, name) for name in READMES)]
    found = next((path for path in places if not is_left_out(path) and _has(tree, path)), "")
    if not found:
        return {}
    here = posixpath.dirname(found)
    images = (posixpath.join(here, path) for path in named_images(_text(tree, found)))
    below = f"{docs}/" if docs else ""
    return {START: found} | {
        path: path for path in images if not path.startswith(below) and has_address(path) and not is_left_out(path) and _has(tree, path)
    }


def _names(nav: Any) -> Iterator[str]:
    """The paths of a navigation."""
    if isinstance(nav, str):
        yield posixpath.normpath(nav)
    elif isinstance(nav, list | dict):
        for each in nav.values() if isinstance(nav, dict) else nav:
            yield from _names(each)


def named_images(text: str) -> list[str]:
    """Paths of images that a README names, relative to its folder; those that lead out of it are left out."""
    written = islice((path for match in _PATH.finditer(text) if (path := _image_path(match[1] or match[2]))), 10 * _MOST_IMAGES)
    paths = dict.fromkeys(posixpath.normpath(unquote(each).lstrip("/")) for each in written if ":" not in each)
    return [path for path in paths if not path.startswith("../")][:_MOST_IMAGES]


def _image_path(word: str) -> str:
    """The part of a word that is the path of an image; empty if none is."""
    ends = [match.end() for match in _IMAGE_END.finditer(word[:_LONGEST_PATH])]
    return word[: ends[-1]] if ends and ends[-1] > len(".png") else ""


def _has(tree: Tree, path: str) -> bool:
    try:
        return bool(tree.glob(literal(path)))
    except TreeError:
        return False


def _text(tree: Tree, path: str) -> str:
    try:
        return tree.read(path, _LARGEST).decode("utf-8-sig", "replace")
    except TreeError:
        return ""
