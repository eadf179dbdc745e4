"""The links of the whole site, checked where something can have changed."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from callboard.incremental.page_cache import CachedPage, as_packed
from callboard.model.counting import counted
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.model.ref import parse_ref
from callboard.website.links import BrokenLink, PageLinks, broken_links, leads_somewhere, page_links
from callboard.website.rules import DEAD_LINK

_SHOWN = 20
_LOOKED_FOR = 100
"""Bad targets that are looked for in each page; where there are more, every page is gone through."""


class LinkCheck:
    """The check of one build.

    Args:
        known: all pages, by path.
        files: all files of the site.
        extra_ids: anchors of files that are no pages.
        base: the path under which the site is served.
    """

    def __init__(
        self, known: Mapping[str, CachedPage], files: AbstractSet[str], extra_ids: Mapping[str, frozenset[str]], base: str
    ) -> None:
        self._known = known
        self._files = files
        self._base = base
        self._anchors = _Unpacked(known, extra_ids)

    def run(
        self,
        guides: Mapping[str, Path],
        frames: Mapping[str, PageLinks],
        made: AbstractSet[str],
        targets: AbstractSet[str],
        *,
        may_lack: bool,
    ) -> dict[str, CachedPage]:
        """All pages with their broken links.

        Args:
            guides: files of the guides, by path.
            frames: links of the frames, by name.
            made: paths of pages that were rendered.
            targets: everything that these link to.
            may_lack: a file or an anchor is gone, so that any page may have a broken link.

        Raises:
            WebsiteError: one of our own links leads nowhere.
        """
        others = {path: page_links(file.read_text(encoding="utf-8"), path, self._base) for path, file in guides.items()} | dict(frames)
        self._anchors.add({path: frozenset(links.ids) for path, links in others.items() if path in guides})
        suspects = self._suspects(made, targets, may_lack=may_lack)
        pages = others | {path: PageLinks(*self._known[path].links) for path in suspects}
        broken = tuple(broken_links(pages, self._files, self._anchors))
        self._refuse([link for link in broken if not link.in_prose])
        found: dict[str, list[str]] = {}
        for link in broken:
            found.setdefault(link.page, []).append(link.target)
        self._known = {
            path: replace(known, broken_links=tuple(found.get(path, ()))) if path in suspects else known
            for path, known in self._known.items()
        }
        return dict(self._known)

    def problems(self, refs: Mapping[str, str]) -> tuple[Problem, ...]:
        """What is wrong in people's texts."""
        return tuple(_problem(target, refs.get(path, "")) for path, known in self._known.items() for target in known.broken_links)

    def _suspects(self, made: AbstractSet[str], targets: AbstractSet[str], *, may_lack: bool) -> AbstractSet[str]:
        """Pages that may have a broken link: mostly those alone that had one. Of the pages that were made, those with a bad target."""
        suspects = {path for path, known in self._known.items() if known.broken_links or (may_lack and path not in made)}
        bad = [as_packed(target) for target in targets if not leads_somewhere(target, self._files, self._anchors)]
        if len(bad) > _LOOKED_FOR:
            return suspects | made
        return suspects | {path for path in made if bad and self._has_one(path, bad)}

    def _has_one(self, path: str, targets: list[bytes]) -> bool:
        packed = self._known[path].packed_links.read()
        return any(target in packed for target in targets)

    def _refuse(self, ours: list[BrokenLink]) -> None:
        if ours:
            shown = "\n".join(f"  {link.page or '/'}: {link.target}" for link in ours[:_SHOWN])
            more = f"\n  and {len(ours) - _SHOWN} more" if len(ours) > _SHOWN else ""
            raise WebsiteError(
                f"{counted(len(ours), 'link of the site leads', 'links of the site lead')} nowhere:\n{shown}{more}",
                "A template or a guide names a page or heading that is not there.",
            )


class _Unpacked:
    """Anchors of pages, unpacked when somebody links to one."""

    def __init__(self, known: Mapping[str, CachedPage], ids: Mapping[str, frozenset[str]]) -> None:
        self._known = known
        self._ids = dict(ids)

    def add(self, ids: Mapping[str, frozenset[str]]) -> None:
        """More that are known."""
        self._ids.update(ids)

    def get(self, path: str, /) -> frozenset[str] | None:
        """The anchors of a page or file; None where they are not known."""
        if path not in self._ids and path in self._known:
            self._ids[path] = frozenset(PageLinks(*self._known[path].links).ids)
        return self._ids.get(path)


def _problem(target: str, ref: str) -> Problem:
    subject = parse_ref(ref).canonical() if ref else None
    return DEAD_LINK.problem(
        f"The text has a link to {target[:200]!r}, which is not there.", subject=subject, field=target[:200],
        hint="Write the address relative to the file that has the text, or leave the link out.",
    )  # fmt: skip
