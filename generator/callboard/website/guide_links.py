"""Texts of guides, and targets that do not exist → problems at the links in the texts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from callboard.model.problem import Problem, Span
from callboard.website.guides import Guides
from callboard.website.links import resolve_link
from callboard.website.rules import DEAD_LINK

_LINK = re.compile(
    r"\]\(\s*<?(?P<inline>[^)\s>\[]+)"  # [text](target), ![text](target "title")
    r"|^ {0,3}\[[^\]]+\]:\s*<?(?P<reference>[^\s>]+)"  # [text]: target
    r"|\b(?:href|src)=[\"'](?P<html>[^\"']+)[\"']"
    r"|<(?P<auto>[A-Za-z][A-Za-z0-9]*:[^\s<>]+)>"
)
_CODE = re.compile(r"(?<!`)(`++)[^`\n]++\1(?!`)")
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
FOLDER = "guides/"
"""The path of the guides in the site."""


class GuideLink(NamedTuple):
    """A link in the text of a guide."""

    target: str
    """As it is written."""
    span: Span


def links_in(text: str) -> Iterator[GuideLink]:
    """The links to files and pages of the portal, without those in code."""
    return (link for link in all_links_in(text) if not _EXTERNAL.match(link.target))


def all_links_in(text: str) -> Iterator[GuideLink]:
    """All links, without those in code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        marker = _FENCE.match(line)
        if marker and (not fence or marker[1].startswith(fence)):
            fence = "" if fence else marker[1]
        elif not fence:
            plain = _CODE.sub(lambda code: " " * len(code[0]), line)
            for match in _LINK.finditer(plain):
                start, end = next(match.span(name) for name in ("inline", "reference", "html", "auto") if match[name] is not None)
                yield GuideLink(line[start:end], Span(number, start + 1, number, end + 1))


def page_of(guide: str) -> str:
    """The path of a guide's page in the site: ``guides/how-to/publish/``."""
    folder, _, name = guide.removesuffix(".md").rpartition("/")
    parts = [part for part in (folder, "" if name in {"index", "README"} else name) if part]
    return FOLDER + "".join(f"{part}/" for part in parts)


def broken_link_problems(guides: Guides, broken: Mapping[str, Iterable[str]], base: str) -> tuple[Problem, ...]:
    """A problem for each broken link in a guide.

    Args:
        guides: the guides.
        broken: targets in the site that do not exist, by the path of the guide's page.
        base: the path under which the site is served.
    """
    sources = {page_of(path): path for path in guides.pages}
    return tuple(
        problem for page, targets in broken.items() if page in sources for problem in _problems(guides, sources[page], set(targets), base)
    )


def dead_file_links(guides: Guides) -> tuple[Problem, ...]:
    """A problem for each link to a Markdown file that is not a guide: what can be seen without building the site."""
    files = frozenset(guides.files)
    return tuple(
        _problem(guides, path, link)
        for path in guides.pages
        for link in links_in(guides.text(path))
        if (file := link.target.partition("#")[0]).endswith(".md") and _file_target(path, file) not in files
    )


def _problems(guides: Guides, path: str, targets: set[str], base: str) -> Iterator[Problem]:
    for link in links_in(guides.text(path)):
        reached = targets & {*_site_targets(path, link.target, base)}
        if reached:
            targets -= reached
            yield _problem(guides, path, link)
    for target in sorted(targets):  # written in a form that is not recognized in the text
        yield DEAD_LINK.problem(
            f"The guide has a link to {target[:200]!r} in the site, which does not exist.",
            origin=guides.origin(path), field=target[:200], hint="Correct the link, or remove it.",
        )  # fmt: skip


def _problem(guides: Guides, path: str, link: GuideLink) -> Problem:
    return DEAD_LINK.problem(
        f"The guide has a link to {link.target[:200]!r}, which does not exist.", origin=guides.origin(path), span=link.span,
        field=link.target[:200],
        hint="Write the path of another guide relative to this file, or that of a page relative to the guide's page in the site.",
    )  # fmt: skip


def _site_targets(path: str, target: str, base: str) -> Iterator[str]:
    """What a link can mean: an address relative to the guide's page, a guide, or a file in the folder of the guides."""
    page = page_of(path)
    yield resolve_link(target, page, base)
    file, hash_sign, fragment = target.partition("#")
    if file.endswith(".md"):
        yield page_of(_file_target(path, file)) + hash_sign + fragment
    elif file:
        yield FOLDER + _file_target(path, file)


def _file_target(path: str, file: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(file)))
