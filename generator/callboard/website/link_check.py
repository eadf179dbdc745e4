"""The links of all pages → broken ones, checked only where something can have changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

from callboard.incremental.page_cache import CachedPage, as_packed
from callboard.model.counting import counted
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.model.ref import parse_ref
from callboard.website.links import BrokenLink, PageLinks, broken_links, guide_links, target_exists
from callboard.website.portal_files import PortalFiles
from callboard.website.rules import DEAD_LINK

REPORTED_BEFORE = "docs/"
"""Pages of documentation sets, whose broken links are problems with a line already (``documentation.cross_links``)."""
_SHOWN = 20
_SEARCHED = 100
"""Most broken targets that are searched for in each page; with more, all rendered pages are checked."""
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
        rendered: AbstractSet[str],
        targets: AbstractSet[str],
        *,
        has_removals: bool,
    ) -> dict[str, CachedPage]:
        """All pages with their broken links.

        Args:
            guides: HTML of the guides, by path.
            frames: links of the frames, by name.
            rendered: paths of pages that were rendered.
            targets: the link targets of the rendered pages, but for those that are known to exist.
            has_removals: a file or an anchor was removed, so that any page may have a broken link.

        Raises:
            BrokenLinksError: a link in generated markup is broken.
        """
        uncached = {path: guide_links(html, path, self._base) for path, html in guides.items()} | dict(frames)
        self._anchors.add({path: frozenset(links.ids) for path, links in uncached.items() if path in guides})
        suspects = self._suspects(rendered, targets, has_removals=has_removals)
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

    def _suspects(self, rendered: AbstractSet[str], targets: AbstractSet[str], *, has_removals: bool) -> AbstractSet[str]:
        """Pages that may have a broken link: those that had one, and rendered pages with a broken target; all pages after removals."""
        suspects = {path for path, page in self._pages.items() if page.broken_links or (has_removals and path not in rendered)}
        missing = [as_packed(target) for target in targets if not target_exists(target, self._files, self._anchors)]
        if len(missing) > _SEARCHED:
            return suspects | rendered
        return suspects | {path for path in rendered if missing and self._has_any(path, missing)}

    def _has_any(self, path: str, targets: list[bytes]) -> bool:
        packed = self._pages[path].packed.read()
        return any(target in packed for target in targets)

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


def _problem(target: str, ref: str) -> Problem:
    subject = parse_ref(ref).canonical() if ref else None
    return DEAD_LINK.problem(
        f"The text has a link to {target[:200]!r}, which does not exist.", subject=subject, field=target[:200],
        hint="Write the path relative to the file that contains the text, or remove the link.",
    )  # fmt: skip
