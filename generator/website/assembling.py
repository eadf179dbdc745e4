"""The room's one entry: planned pages and data in, a committed site out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from generator.errors import WebsiteError
from generator.model.ref import parse_ref
from generator.outside.store import Store, locked
from generator.pages.page import Page, SearchText
from generator.problems import Problem
from generator.settings.settings import Settings
from generator.website.committing import Committed, Staging, Step
from generator.website.engine import Project
from generator.website.foundation import Foundation, lay_foundation
from generator.website.guides import read_guides
from generator.website.icons import SPRITE_PATH
from generator.website.links import BrokenLink, broken_links, page_links
from generator.website.page_cache import KnownPage, read_pages, write_pages
from generator.website.page_making import PageMaker
from generator.website.portal_files import find_portal_files
from generator.website.rendering import Renderer, up_for
from generator.website.rules.dead_link import RULE as DEAD_LINK
from generator.website.search import search_bundle
from generator.website.sitemap import robots, sitemap

Progress = Callable[[str, int], None]
"""Told of each phase (``pages``, ``search``, ``commit``) and how much of it is done."""
_SHOWN = 20
_EVERY = 100


@dataclass(frozen=True, slots=True)
class Assembled:
    """What came of it."""

    pages: int
    """All pages of the site, guides apart."""
    rendered: int
    """Those among them that had to be made again."""
    committed: Committed
    problems: tuple[Problem, ...]
    """Dead links in people's texts."""


@dataclass(slots=True)
class _Gathered:
    """What the pages leave behind, for the checks over the whole site."""

    known: dict[str, KnownPage] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    search: dict[str, SearchText] = field(default_factory=dict)
    rendered: int = 0


def assemble(  # noqa: PLR0913 - the room's one entry: all that comes from above comes in here
    pages: Iterable[Page],
    data_files: Iterable[tuple[str, bytes]],
    settings: Settings,
    store: Store,
    output: Path,
    *,
    environ: Mapping[str, str],
    kind_icons: Iterable[str] = (),
    changed: Mapping[str, str] | None = None,
    progress: Progress = lambda _phase, _done: None,
    python: Path = Path(sys.executable),
    step: Step = lambda _: None,
) -> Assembled:
    """Make the site in ``output`` what the pages and data files say; what did not change is not touched.

    Args:
        pages: taken one by one; no two rendered pages are held at a time.
        data_files: paths below the site's root, and contents.
        settings: the portal's.
        store: its caches make the next build quick; they may be deleted at any time.
        output: a new folder, an empty one, or one that Callboard has made.
        environ: for the programs that are started.
        kind_icons: names of Material icons that kinds use.
        changed: days of last change (``2026-11-22``) by page path, for the sitemap.
        progress: told what is going on.
        python: the interpreter that has MkDocs.
        step: told of each file operation of the commit.

    Raises:
        WebsiteError: nothing was changed (or, where the disk failed in the middle of the commit, the next run finishes it).
    """
    with locked(store.folder / "website.lock", wait=False), _disk_errors():
        assembly = _Assembly(settings, store, output, environ, frozenset(kind_icons), progress, python, step)
        return assembly.run(pages, data_files, changed or {})


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Once that is mended, build again: an interrupted commit is finished then."
        raise WebsiteError(f"The site could not be written: {error}.", hint) from error


class _Assembly:
    def __init__(
        self, settings: Settings, store: Store, output: Path, environ: Mapping[str, str],
        kind_icons: frozenset[str], progress: Progress, python: Path, step: Step,
    ) -> None:  # fmt: skip
        self.portal = settings.portal
        self.store = store
        self.environ = environ
        self.progress = progress
        files = find_portal_files(settings.root)
        self.renderer = Renderer(files, self.portal, kind_icons, store.cache)
        project = Project(self.portal, settings.root, files, self.renderer.labels, read_guides(files.guides))
        progress("frames", 0)
        self.foundation: Foundation = lay_foundation(project, store.cache / "frames", python, environ)
        self.maker = PageMaker(self.renderer, self.foundation.frames, self.portal)
        self.staging = Staging(output, step)

    def run(self, pages: Iterable[Page], data_files: Iterable[tuple[str, bytes]], changed: Mapping[str, str]) -> Assembled:
        try:
            gathered = self._make_pages(chain(pages, [self._not_found()]))
            for path, content in chain(self._own_files(gathered, changed), data_files):
                self.staging.put(path, content)
            self._put_search(gathered)
            problems = self._check_links(gathered)
        except BaseException:
            self.staging.discard()
            raise
        self.progress("commit", 0)
        committed = self.staging.commit()
        write_pages(self.store.cache / "pages.jsonl", gathered.known)
        return Assembled(len(gathered.known), gathered.rendered, committed, problems)

    def _make_pages(self, pages: Iterable[Page]) -> _Gathered:
        before, gathered = read_pages(self.store.cache / "pages.jsonl"), _Gathered()
        for number, page in enumerate(pages):
            if number % _EVERY == 0:
                self.progress("pages", number)
            self._make_page(page, before.get(page.path), gathered)
        return gathered

    def _make_page(self, page: Page, known: KnownPage | None, gathered: _Gathered) -> None:
        draft = self.maker.draft(page)
        file = file_of(page.path)
        if not (known and known.key == draft.key and self.staging.keep(file, known.digest)):
            content, links = self.maker.make(draft)
            self.staging.put(file, content)
            known = KnownPage(draft.key, self.staging.digest(file), links)
            gathered.rendered += 1
        gathered.known[page.path] = known
        gathered.refs[page.path] = page.ref
        if page.search is not None:
            gathered.search[page.path] = page.search()

    def _not_found(self) -> Page:
        return Page("404.html", "404.html", "wide", "none", self.renderer.labels["not_found"], lambda: None)

    def _own_files(self, gathered: _Gathered, changed: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        for path, file in self.foundation.files.items():
            yield path, file.read_bytes()
        yield SPRITE_PATH, self.renderer.sprite()
        yield "robots.txt", robots(self.portal)
        if self.portal.url:
            paths = {*gathered.known, *self.foundation.guides} - {"404.html", "search/"}
            yield "sitemap.xml", sitemap(paths, self.portal, changed)

    def _put_search(self, gathered: _Gathered) -> None:
        texts = gathered.search | dict(self.foundation.guides)
        self.progress("search", len(texts))
        bundle = search_bundle(texts, self.portal.language, self.store.cache / "search", self.environ)
        for name, file in bundle.items():
            self.staging.put(f"pagefind/{name}", file.read_bytes())

    def _check_links(self, gathered: _Gathered) -> tuple[Problem, ...]:
        base = up_for("404.html", self.portal.url)
        links = {path: known.links for path, known in gathered.known.items()}
        for path in self.foundation.guides:
            links[path] = page_links(self.foundation.files[file_of(path)].read_text(encoding="utf-8"), path, base)
        links |= self.maker.frame_links(base)
        icons = frozenset(f"i-{name}" for name in self.renderer.symbols)
        broken = tuple(broken_links(links, self.staging.paths(), {SPRITE_PATH: icons}))
        ours = [link for link in broken if not link.in_prose]
        if ours:
            shown = "\n".join(f"  {link.page or '/'}: {link.target}" for link in ours[:_SHOWN])
            more = f"\n  and {len(ours) - _SHOWN} more" if len(ours) > _SHOWN else ""
            raise WebsiteError(
                f"{len(ours)} links of the site lead nowhere:\n{shown}{more}",
                "A template or a guide names a page or heading that is not there.",
            )
        return tuple(_problem(link, gathered.refs.get(link.page, "")) for link in broken)


def file_of(path: str) -> str:
    """The file of a page: ``index.html`` in its folder, or the path itself."""
    return path if path.endswith(".html") else f"{path}index.html"


def _problem(link: BrokenLink, ref: str) -> Problem:
    subject = parse_ref(ref).canonical() if ref else None
    return DEAD_LINK.problem(
        f"The text has a link to {link.target[:200]!r}, which is not there.", subject=subject, field=link.target[:200],
        hint="Write the address relative to the file that has the text, or leave the link out.",
    )  # fmt: skip
