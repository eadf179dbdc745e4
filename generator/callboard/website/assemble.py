"""The room's one entry: planned pages and data in, a committed site out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

from callboard.diagrams.layout import Layouts
from callboard.incremental.page_cache import CachedPage, CachedPages, read_pages, text_key, write_pages
from callboard.incremental.tracking import DependencyTracker
from callboard.io.clock import Meter
from callboard.io.parallel import can_fork, map_forked
from callboard.io.store import Store, locked
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.pages.page import Page
from callboard.settings.settings import Settings
from callboard.website.data_files import DataFile, DeferredFile, put_data, robots, sitemap
from callboard.website.icons import SPRITE_PATH
from callboard.website.journal import CommitHook
from callboard.website.link_check import LinkCheck
from callboard.website.overlays import find_portal_files
from callboard.website.page_maker import Batch, PageMaker, RenderedPage, file_of, not_found
from callboard.website.rendering import Renderer, up_for
from callboard.website.search import FullText
from callboard.website.staging import Committed, Staging
from callboard.website.theme_build import BuiltTheme, ThemeBuild

PART = 64
"""Pages that a process makes before it tells what came of them."""
WORTH_SHARING = 256
"""Fewer pages are made by this process alone: to fork and to send costs a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """What came of it."""

    pages: int
    """All pages of the site, guides apart."""
    rendered: int
    """Those among them that had to be made again."""
    laid_out: int
    """Diagrams that had to be laid out."""
    committed: Committed
    problems: tuple[Problem, ...]
    """Names of guides that are not there, and dead links in people's texts."""


@dataclass(slots=True)
class _Gathered:
    """What the pages leave behind, for the checks over the whole site."""

    known: dict[str, CachedPage] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    """What full text is to know of pages whose text is new, by path."""
    rendered: int = 0
    laid_out: int = 0
    targets: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    """Paths of the pages that were rendered."""
    lost: bool = False
    """A page has lost an anchor."""

    def is_as(self, before: CachedPages, reading: DependencyTracker | None) -> bool:
        """Nothing is to be noted for the next build."""
        return not self.documents and self.known == before.pages and before.changed(reading) == frozenset()

    def add(self, made: RenderedPage) -> None:
        self.known[made.path] = made.known
        if made.document:
            self.documents[made.path] = made.document
        self.rendered += made.rendered
        if made.rendered:
            self.made.add(made.path)
        self.targets.update(made.targets)
        self.lost |= made.lost


def assemble(  # noqa: PLR0913 - the room's one entry: all that comes from above comes in here
    pages: Iterable[Page],
    data_files: Iterable[DataFile],
    settings: Settings,
    store: Store,
    output: Path,
    *,
    foundation: ThemeBuild,
    environ: Mapping[str, str],
    kind_icons: Iterable[str] = (),
    changed: Mapping[str, str] | None = None,
    meter: Meter | None = None,
    step: CommitHook = lambda _: None,
    layouts: Layouts | None = None,
) -> Assembled:
    """Make the site in ``output`` what the pages and data files say; what did not change is not touched.

    Args:
        pages: no two rendered pages are held at a time; many are shared out among the processors.
        data_files: paths below the site's root, and contents, or how to make them once the pages are there.
        settings: the portal's.
        store: its caches make the next build quick; they may be deleted at any time.
        output: a new folder, an empty one, or one that Callboard has made.
        foundation: frames, assets and guides, which may still be in the making.
        environ: for the programs that are started.
        kind_icons: names of Material icons that kinds use.
        changed: days of last change (``2026-11-22``) by page path, for the sitemap.
        meter: told of the phases: frames, pages, data, links, search (the wait for it), commit.
        step: told of each file operation of the commit.
        layouts: of the diagrams on the pages.

    Raises:
        WebsiteError: nothing was changed (or, where the disk failed in the middle of the commit, the next run finishes it).
    """
    with locked(store.folder / "website.lock", wait=False), _disk_errors():
        assembly = _Assembly(
            settings, store, output, foundation, environ, frozenset(kind_icons), meter or Meter(), step, layouts or Layouts()
        )
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
        self, settings: Settings, store: Store, output: Path, foundation: ThemeBuild, environ: Mapping[str, str],
        kind_icons: frozenset[str], meter: Meter, step: CommitHook, layouts: Layouts,
    ) -> None:  # fmt: skip
        self.portal = settings.portal
        self.store = store
        self.phase = meter.phase
        self.layouts = layouts
        self.renderer = Renderer(find_portal_files(settings.root), self.portal, kind_icons, store.cache)
        with self.phase("frames"):
            self.foundation: BuiltTheme = foundation.finish()
        self.staging = Staging(output, step)
        self.full_text = FullText(store.cache / "search", self.portal.language, self.staging, environ)
        self.maker = PageMaker(
            self.renderer, self.foundation.frames, self.portal, self.staging, self.full_text, lambda: layouts.statistics.placed
        )

    def run(self, planned: Iterable[Page], data_files: Iterable[DataFile], changed: Mapping[str, str]) -> Assembled:
        try:
            with self.phase("pages"):
                pages = (*planned, not_found(self.renderer.labels))
                reading = next((page.tracker for page in pages if page.tracker), None)
                before = read_pages(self.store.cache / "pages.jsonl")
                names = before.all_names(reading)
                gathered = self._make_pages(pages, before, reading, names)
                self._give_texts(pages, gathered)  # Pagefind works beside the data and the links
            with self.phase("data"):
                put_data(chain(self._own_files(gathered, changed), data_files), self.staging, self.store.cache / "data.json")
            with self.phase("links"):
                problems = self._check_links(pages, gathered, before.guides)
            with self.phase("search"):
                self.full_text.put()
        except BaseException:
            self.full_text.end()
            self.staging.discard()
            raise
        with self.phase("commit"):
            committed = self.staging.commit()
            if gathered.is_as(before, reading):
                return Assembled(len(gathered.known), 0, 0, committed, problems)
            write_pages(self.store.cache / "pages.jsonl", gathered.known, names, reading, self.foundation.key)
        return Assembled(len(gathered.known), gathered.rendered, gathered.laid_out, committed, problems)

    def _make_pages(self, pages: Sequence[Page], before: CachedPages, reading: DependencyTracker | None, names: Sequence[str]) -> _Gathered:
        gathered, todo = _Gathered(), []
        changes = before.changed(reading)
        for page in pages:
            known = before.pages.get(page.path)
            if known and changes is not None and self._is_untouched(page, known, changes):
                gathered.known[page.path] = known
            else:
                todo.append((page, known))
        if reading:
            reading.number(names)
        for part in self._parts(todo):
            gathered.laid_out += part.laid_out
            for made in part.pages:
                gathered.add(made)
            if not before.pages:  # all texts are new, and come in the order of the plan
                self.full_text.begin((made.path, made.document) for made in part.pages if made.document)
        gathered.known = {page.path: gathered.known[page.path] for page in pages}
        return gathered

    def _is_untouched(self, page: Page, known: CachedPage, changes: frozenset[int]) -> bool:
        """Nothing that the page reads has changed; its files stay as they are."""
        if page.tracker is None or known.dependencies.include_any(changes) or known.layout_digest != self.maker.shell(page):
            return False
        return self.staging.keep_all((file_of(page.path), known.digest), *known.files)

    def _parts(self, todo: Sequence[tuple[Page, CachedPage | None]]) -> Iterator[Batch]:
        """All that came of these pages, by several processes where that pays."""
        parts = [todo[start : start + PART] for start in range(0, len(todo), PART)]
        if len(todo) < WORTH_SHARING or not can_fork():
            yield from map_forked(self.maker.make_all, parts) if len(todo) > WORTH_SHARING else map(self.maker.make_all, parts)
            self.staging.news()
            return
        self.staging.news()  # what was kept so far is known here: the copies must not tell it again
        self.maker.prepare(page for page, _ in todo)
        self.layouts.warm_up()
        for part in map_forked(self.maker.make_all, parts):
            self.staging.adopt(part.news)
            yield part

    def _own_files(self, gathered: _Gathered, changed: Mapping[str, str]) -> Iterator[DataFile]:
        for path, file in self.foundation.files.items():
            yield (
                (path, file.read_bytes())
                if path in self.foundation.own
                else DeferredFile(path, self.foundation.key, partial(_content, file))
            )
        yield SPRITE_PATH, self.renderer.sprite()
        yield "robots.txt", robots(self.portal)
        if self.portal.url:
            paths = {*gathered.known, *self.foundation.guides} - {"404.html", "search/"}
            yield "sitemap.xml", sitemap(paths, self.portal, changed)

    def _give_texts(self, pages: Sequence[Page], gathered: _Gathered) -> None:
        """Have full text know the pages, in the order of the plan, then the guides."""
        guides = {path: text for path, text in sorted(self.foundation.guides.items()) if text.title or text.body}
        digests = {path: known.search_digest for path, known in gathered.known.items() if known.search_digest}
        digests |= {path: text_key(text) for path, text in guides.items()}
        ways = {page.path: page.search for page in pages if page.search}
        self.full_text.give(digests, gathered.documents, lambda path: guides[path] if path in guides else ways[path]())

    def _check_links(self, pages: Sequence[Page], gathered: _Gathered, guides_before: str) -> tuple[Problem, ...]:
        base = up_for("404.html", self.portal.url)
        icons = frozenset(f"i-{name}" for name in self.renderer.symbols)
        guides = {path: self.foundation.files[file_of(path)] for path in self.foundation.guides}
        check = LinkCheck(gathered.known, frozenset(self.staging.paths()), {SPRITE_PATH: icons}, base)
        may_lack = (
            gathered.lost or guides_before != self.foundation.key or any(not path.startswith("pagefind/") for path in self.staging.gone())
        )
        gathered.known = check.run(guides, self.maker.frame_links(base), gathered.made, gathered.targets, may_lack=may_lack)
        return (*self.foundation.problems, *check.problems({page.path: page.ref for page in pages}))


def _content(file: Path, _: Callable[[str], bytes]) -> bytes:
    return file.read_bytes()
