"""The links of all pages → broken ones, checked only where something can have changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

from callboard.incremental.page_cache import CachedPage
from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.model.ref import parse_ref
from callboard.website.links import BrokenLink, PageLinks, broken_links, guide_links, target_exists
from callboard.website.portal_files import PortalFiles
from callboard.website.rules import DEAD_LINK

REPORTED_BEFORE = "docs/"
"""Pages of documentation sets, whose broken links are problems with a line already (``documentation.cross_links``)."""
_SHOWN = 20
_UNPACKED = 1_000
"""Pages whose anchors are in memory at a time. Most links with an anchor lead to the page itself or to one near to it."""


class BrokenLinksError(WebsiteError):
    """Links in generated markup are broken; ``links`` are some of them."""

    def __init__(self, message: str, links: Sequence[BrokenLink]) -> None:
        super().__init__(message, "A template links to a page or heading that does not exist.")
        self.links = tuple(links)


def with_places(error: BrokenLinksError, files: PortalFiles, root: Path) -> WebsiteError:
    """The error with the lines of the portal's own templates that can have the links, or with the templates that can lack the headings."""
    own = [path for folder in (files.own_templates, files.own_overrides) if folder for path in sorted(folder.rglob("*.html"))]
    if not own:
        return error
    places = [f"{path.relative_to(root)}:{line}" for path in own if path.is_file() for line in _lines_with(path, error.links)]
    if places:
        return WebsiteError(str(error), f"Correct the link in {', '.join(places[:_SHOWN])}.")
    names = ", ".join(str(path.relative_to(root)) for path in own[:_SHOWN])
    return WebsiteError(str(error), f"Compare with the built-in files, and keep their links and the attributes id: {names}.")


def _lines_with(template: Path, links: Iterable[BrokenLink]) -> Iterator[int]:
    """The lines of a template with a link that ends as one of ``links`` does; what stands before it may be an expression."""
    ends = {link.target.rpartition("#")[2] if "#" in link.target else link.target.rstrip("/").rpartition("/")[2] for link in links}
    pattern = re.compile("|".join(rf"""href=["'][^"']*{re.escape(end)}/?["']""" for end in sorted(ends) if end) or "(?!)")
    for number, line in enumerate(template.read_text("utf-8-sig", errors="replace").splitlines(), 1):
        if pattern.search(line):
            yield number


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """What can have broken a link since the last check."""

    rendered: AbstractSet[str]
    """Paths of pages that were rendered."""
    targets: AbstractSet[str]
    """The link targets of the rendered pages, but for those that are known to exist."""
    anchors_removed: AbstractSet[str] = frozenset()
    """Link targets: anchors that pages had and do not have any more."""
    all_pages: bool = False
    """Whether other things were removed, so that any page may have a broken link."""


class LinkCheck:
    """The check of one build.

    Args:
        pages: all pages, by path.
        files: all files of the site.
        extra_ids: anchors of files that are not pages.
        base: the path under which the site is served.
    """

    def __init__(
        self, pages: Mapping[str, CachedPage], files: AbstractSet[str], extra_ids: Mapping[str, frozenset[str]], base: str
    ) -> None:
        self._pages = pages
        self._files = files
        self._base = base
        self._anchors = _AnchorCache(pages, extra_ids)
        self.in_guides: dict[str, list[str]] = {}
        """Broken targets of links in the texts of guides, by the path of the page; filled in by ``run``."""

    def run(
        self,
        guides: Mapping[str, str],
        frames: Mapping[str, PageLinks],
        changes: LinkChanges,
    ) -> dict[str, CachedPage]:
        """All pages with their broken links.

        Args:
            guides: HTML of the guides, by path.
            frames: links of the frames, by name.
            changes: what was rendered and removed since the last check.

        Raises:
            BrokenLinksError: a link in generated markup is broken.
        """
        uncached = {path: guide_links(html, path, self._base) for path, html in guides.items()} | dict(frames)
        self._anchors.add({path: frozenset(links.ids) for path, links in uncached.items() if path in guides})
        suspects = self._suspects(changes)
        others = {path: links for path, links in uncached.items() if path not in suspects}
        self._anchors.add({path: frozenset(links.ids) for path, links in others.items()})
        pages = ((path, PageLinks(*self._pages[path].links)) for path in suspects)
        broken = tuple(broken_links(chain(others.items(), pages), self._files, self._anchors))
        self._raise_for([link for link in broken if not link.in_prose])
        by_page: dict[str, list[str]] = {}
        for link in broken:
            by_page.setdefault(link.page, []).append(link.target)
        self._pages = {
            path: replace(page, broken_links=tuple(by_page.get(path, ()))) if path in suspects else page
            for path, page in self._pages.items()
        }
        self.in_guides = {path: targets for path, targets in by_page.items() if path in guides}
        return dict(self._pages)

    def problems(self, refs: Mapping[str, str]) -> tuple[Problem, ...]:
        """A problem for each broken link in text that people wrote; ``refs`` has the entity of each page."""
        pages = ((path, page) for path, page in self._pages.items() if page.broken_links and not path.startswith(REPORTED_BEFORE))
        return tuple(_problem(target, refs.get(path, "")) for path, page in pages for target in page.broken_links)

    def _suspects(self, changes: LinkChanges) -> AbstractSet[str]:
        """Pages that may have a broken link: those that had one, and those with a target that does not exist or not any more."""
        missing, gone = self._missing(changes.targets), {*map(_without_slash, self._missing(changes.anchors_removed))}
        suspects = set[str]()
        for path, page in self._pages.items():
            if page.broken_links:
                suspects.add(path)
            elif path in changes.rendered:
                if missing and not missing.isdisjoint(_targets(page)):
                    suspects.add(path)
            elif changes.all_pages or (gone and not gone.isdisjoint(map(_without_slash, _targets(page)))):
                suspects.add(path)
        return suspects

    def _missing(self, targets: AbstractSet[str]) -> set[str]:
        return {target for target in targets if not target_exists(target, self._files, self._anchors)}

    def _raise_for(self, ours: list[BrokenLink]) -> None:
        if ours:
            shown = "\n".join(f"  {link.page or '/'}: {link.target}" for link in ours[:_SHOWN])
            more = f"\n  and {len(ours) - _SHOWN} more" if len(ours) > _SHOWN else ""
            raise BrokenLinksError(
                f"{counted(len(ours), 'link of the site is', 'links of the site are')} broken:\n{shown}{more}", ours[:_SHOWN]
            )


class _AnchorCache:
    """Anchors of pages, which are unpacked when they are needed."""

    def __init__(self, pages: Mapping[str, CachedPage], ids: Mapping[str, frozenset[str]]) -> None:
        self._pages = pages
        self._ids = dict(ids)
        self._of_page = lru_cache(_UNPACKED)(self._unpacked)

    def add(self, ids: Mapping[str, frozenset[str]]) -> None:
        """Add anchors by path."""
        self._ids.update(ids)

    def get(self, path: str, /) -> frozenset[str] | None:
        """The anchors of a page or file; None if they are unknown."""
        return self._ids[path] if path in self._ids else self._of_page(path)

    def _unpacked(self, path: str) -> frozenset[str] | None:
        return frozenset(PageLinks(*self._pages[path].links).ids) if path in self._pages else None


def _targets(page: CachedPage) -> Iterator[str]:
    """The targets of a page's links; one may be there several times."""
    for _, ours, prose in page.kept.all_links:
        yield from ours
        yield from prose


def _without_slash(target: str) -> str:
    """One spelling of an anchor's target: servers redirect ``catalog`` to ``catalog/``."""
    return target.replace("/#", "#", 1)


def _problem(target: str, ref: str) -> Problem:
    subject = parse_ref(ref).canonical() if ref else None
    return DEAD_LINK.problem(
        f"The text has a link to {target[:200]!r}, which does not exist.", subject=subject, field=target[:200],
        hint="Write the path relative to the file that contains the text, or remove the link.",
    )  # fmt: skip
