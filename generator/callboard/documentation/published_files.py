"""Images and other files that the pages of a set show or link to → those that are published, by digest, and why others are not."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from hashlib import blake2b
from urllib.parse import unquote

from callboard.documentation import rules
from callboard.documentation.reading import SetFinding
from callboard.markdown.image_sizes import Size, image_size
from callboard.markdown.media import IMAGES, PUBLISHED, DrawingError, published_end, safe_drawing
from callboard.model.data_classes import dataclass
from callboard.model.errors import TooLargeError, TreeError
from callboard.model.tree import Tree
from callboard.settings.settings import DocsSettings

_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class SetFilesOnSite:
    """What is published of a set besides its pages."""

    published: Mapping[str, str] = field(default_factory=dict)
    """Digests of contents by path below the documentation folder."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Why a file is not published, by path."""
    findings: tuple[SetFinding, ...] = ()
    sizes: Mapping[str, Size] = field(default_factory=dict)
    """Width and height of images that say them, by path."""


def published_files(
    tree: Tree, paths: Iterable[str], repository_path: Callable[[str], str], bounds: DocsSettings, pages: Iterable[str] = ()
) -> SetFilesOnSite:
    """The files of a set that are published.

    ``repository_path`` gives the path in the tree of each, ``pages`` the addresses of the set's pages, below which no file has its place.
    """
    published: dict[str, str] = {}
    sizes: dict[str, Size] = {}
    paths = [*paths]
    left_out = dict(_in_the_way(paths, pages))
    left = bounds.set_file_bytes
    paths = [path for path in paths if path not in left_out]
    if paths:
        tree.fetch([repository_path(path) for path in paths if published_end(path) is not None])
    for path in paths:
        try:
            content = published_content(tree, path, repository_path(path), bounds.file_bytes)
        except UnpublishedError as error:
            left_out[path] = f"{error}"
            continue
        left -= len(content)
        if left < 0:
            left_out[path] = f"the files of the set have more than {bounds.set_file_bytes:,} bytes"
        else:
            published[path] = blake2b(content, digest_size=16).hexdigest()
            if published_end(path) in IMAGES and (size := image_size(content)):
                sizes[path] = size
    findings = tuple(_finding(repository_path(path), reason) for path, reason in left_out.items())
    return SetFilesOnSite(published, left_out, findings, sizes)


def _in_the_way(paths: Iterable[str], pages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The files that would stand in the place of a page's folder, and why each is left out."""
    folders = {folder for url in pages for folder in _folders(unquote(url))}
    return ((path, f"a page has the address `{path}/`") for path in paths if path in folders)


def _folders(url: str) -> Iterator[str]:
    """The folders that the page of an address lies in."""
    folder = url.strip("/")
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


class UnpublishedError(Exception):
    """The file is not published; the message says why."""


def published_content(tree: Tree, path: str, there: str, limit: int) -> bytes:
    """The content of a file as it is published; drawings without anything that a browser executes. Raises ``UnpublishedError``."""
    end = published_end(path)
    if end is None:
        raise UnpublishedError(f"its type is none of {', '.join(sorted(PUBLISHED))}")
    try:
        content = tree.read(there, limit)
        if content.startswith(_LFS):
            raise UnpublishedError("it is a pointer of Git LFS, not the file itself")
        return safe_drawing(content)[0].encode() if end == ".svg" else content
    except TooLargeError:
        raise UnpublishedError(f"it has more than {limit:,} bytes") from None
    except DrawingError as error:
        raise UnpublishedError(f"the drawing cannot be shown safely: {error}") from None
    except TreeError:
        raise UnpublishedError("it cannot be read") from None


def _finding(path: str, reason: str) -> SetFinding:
    return SetFinding(rules.UNPUBLISHED_FILE, path, f"The file is not published: {reason}.", "Replace the file, or remove the links to it.")
