"""Planned pages and data files → a committed site in the output folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from callboard.diagrams.layout import Layouts
from callboard.incremental.page_cache import CachedPage, CachedPages, NewParts, read_pages, text_key, write_pages
from callboard.incremental.tracking import DependencyTracker
from callboard.io.clock import Meter
from callboard.io.parallel import can_fork, map_forked
from callboard.io.site_folder.file_times import FileTimes
from callboard.io.site_folder.journal import CommitHook
from callboard.io.site_folder.lock import output_lock
from callboard.io.site_folder.staging import Committed, Staging
from callboard.io.store import Store, file_lock
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.page import Page, SearchText
from callboard.search.index import SearchIndex
from callboard.search.places import FACTS
from callboard.settings.settings import Settings
from callboard.website.data_files import DataFile, DeferredFile, put_data, robots, sitemap
from callboard.website.guide_fill import GuideFill
from callboard.website.guide_links import broken_link_problems
from callboard.website.host_limits import limit_problems
from callboard.website.icons import SPRITE_PATH
from callboard.website.joined_scripts import joined_scripts
from callboard.website.link_check import BrokenLinksError, LinkChanges, LinkCheck, with_places
from callboard.website.mkdocs_project import DOCS_STYLES_PATH, PAGE_STYLES_PATH, STYLES_PATH
from callboard.website.overlays import Overlays
from callboard.website.page_maker import Batch, PageMaker, RenderedPage, file_of, not_found
from callboard.website.rendering import Renderer, up_for
from callboard.website.site_loss import OutputFolder
from callboard.website.style_sheets import classes_of_texts, page_styles
from callboard.website.theme_build import BuiltTheme, ThemeBuild

BATCH = 64
"""Pages that a forked process makes before it sends the results to its parent."""
WORTH_FORKING = 256
"""Fewer pages are made by this process alone: forking and sending takes a tenth of a second."""


@dataclass(frozen=True, slots=True)
class SiteBuild:
    """Where, and with what, a site is built."""

    settings: Settings
    overlays: Overlays
    """The portal's templates, labels, icons and guides."""
    store: Store
    """Has the caches of the last build, which may be deleted at any time."""
    output: OutputFolder
    """A new folder, an empty one, or one that Callboard wrote."""
    theme: ThemeBuild
    """Frames, assets and guides; it may still be running."""
    environ: Mapping[str, str]
    """Environment of the programs that are started."""
    kind_icons: frozenset[str] = frozenset()
    """Names of the Material icons of kinds."""
    meter: Meter = field(default_factory=Meter)
    """Measures the phases frames, pages, search, data, links and commit."""
    layouts: Layouts = field(default_factory=Layouts)
    """Layouts of the diagrams on the pages."""
    documents: DocumentsContext | None = None
    """What guides say about entities is filled in from it; None leaves that out."""
    step: CommitHook = lambda _: None
    """Called before each file operation of the commit."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The result of building a site."""

    pages: int
    """Number of pages, without guides."""
    rendered: int
    """Number of pages that were rendered."""
    laid_out: int
    """Number of diagrams that were laid out."""
    has_new_theme: bool
    """Whether MkDocs ran, because its inputs had changed or its cached output was damaged."""
    has_new_index: bool
    """Whether the search index was made again, because a text had changed or a file of it was missing."""
    committed: Committed
    problems: tuple[Problem, ...]
    """Errors of the portal's templates and guides that only rendering shows, and broken links in text that people wrote."""


def assemble(pages: Iterable[Page], data_files: Iterable[DataFile], build: SiteBuild) -> Assembled:
    """Build the site; files that have not changed are not written.

    Args:
        pages: planned pages. Rendered ones are not kept in memory; many are distributed over the processors.
        data_files: paths and contents, or functions that make contents when the pages have been made.
        build: where to build the site, and with what.

    Raises:
        WebsiteError: nothing was changed, unless a disk error interrupted the commit, which the next run then completes.
    """
    with _disk_errors(build.output.path), file_lock(build.store.folder / "website.lock", wait=False), output_lock(build.output.path):
        return _Assembly(build).run(pages, data_files)


@contextlib.contextmanager
def _disk_errors(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Free space on the disk or correct the permissions, then build again: that completes an interrupted commit."
        place, reason = error.filename or output, error.strerror or error
        raise WebsiteError(f"The site could not be written: {place}: {reason}.", hint) from error


@dataclass(slots=True)
class _MadePages:
    """The results of all pages, for the checks over the whole site."""

    parts: NewParts
    """Keeps the parts of new pages, which take more memory than all else of a page."""
    cached: dict[str, CachedPage] = field(default_factory=dict)
    has_new_texts: bool = False
    """Whether the text of any page is new."""
    rendered: set[str] = field(default_factory=set)
    """Paths of the pages that were rendered."""
    laid_out: int = 0
    targets: set[str] = field(default_factory=set)
    """Link targets of the rendered pages, but for those that are known to exist."""
    anchors_removed: set[str] = field(default_factory=set)
    """Link targets: anchors that pages had and do not have any more."""
    may_lack_anchors: bool = False
    """True if it is not known which anchors a page had before."""
    problems: dict[Problem, None] = field(default_factory=dict)
    """Errors of the portal's templates, each once."""

    def equals(self, previous: CachedPages, reading: DependencyTracker | None) -> bool:
        """True if the cache of the last build is still right."""
        return not self.has_new_texts and self.cached == previous.pages and previous.has_fingerprints_of(reading)

    def add(self, page: RenderedPage) -> None:
        cached = page.cached
        self.cached[page.path] = replace(cached, packed=self.parts.put(cached.packed)) if cached.packed.content else cached
        self.has_new_texts |= page.document is not None
        if page.rendered:
            self.rendered.add(page.path)
        self.targets.update(page.targets)
        self.problems |= dict.fromkeys(page.problems)
        self.anchors_removed.update(page.anchors_removed)
        self.may_lack_anchors |= page.may_lack_anchors


class _Assembly:
    def __init__(self, build: SiteBuild) -> None:
        self.settings = build.settings
        self.portal, self.root, self.files = build.settings.portal, build.settings.root, build.overlays.files
        self.store = build.store
        self.output = build.output
        self.phase = build.meter.phase
        self.layouts = build.layouts
        self.guides = build.overlays.guides
        self.searches_guides = build.settings.guides.search
        self.renderer = Renderer(build.overlays, self.portal, build.kind_icons, build.store.cache)
        with self.phase("frames"):
            self.theme: BuiltTheme = build.theme.finish()
        self.fill = GuideFill(self.theme, self.renderer, build.documents)
        self.staging = Staging(build.output.path, build.step, FileTimes(build.store.cache / "site.times", build.output.verify))
        self.search = SearchIndex(build.store.cache / "search", build.settings.search, self.staging)
        self.maker = PageMaker(
            self.renderer, self.theme.frames, self.portal, self.staging, self.search, lambda: build.layouts.statistics.placed
        )

    def run(self, planned: Iterable[Page], data_files: Iterable[DataFile]) -> Assembled:
        try:
            with self.phase("pages"):
                pages = (*planned, not_found(self.renderer.labels))
                self.output.check_loss(self.staging.gone(), (page.path for page in pages))
                reading = next((page.tracker for page in pages if page.tracker), None)
                previous = read_pages(self.store.cache / "pages.jsonl")
                made = self._make_pages(pages, previous, reading)
            with self.phase("search"):
                self._index_texts(pages, made)
            with self.phase("data"):
                put_data(chain(self._site_files(made), data_files), self.staging, self.store)
            with self.phase("links"):
                problems = self._check_links(pages, made, previous.guides)
        except BaseException:
            self.staging.discard()
            raise
        finally:
            self.search.end()
        with self.phase("commit"):
            committed = self.staging.commit()
            if not made.equals(previous, reading):
                write_pages(self.store.cache / "pages.jsonl", made.cached, reading, self.theme.key)
        problems = (*problems, *limit_problems(self.settings, committed, [*self.staging.paths()]))
        news = self.theme.is_new, self.search.is_new
        return Assembled(len(made.cached), len(made.rendered), made.laid_out, *news, committed, problems)

    def _make_pages(self, pages: Sequence[Page], previous: CachedPages, reading: DependencyTracker | None) -> _MadePages:
        made, pending = _MadePages(NewParts(self.store.cache)), []
        self.maker.changes = changes = previous.changed(reading)
        self.maker.paths = frozenset(page.path for page in pages)
        for page in pages:
            cached = previous.pages.get(page.path)
            if cached and changes is not None and self._keep_unchanged(page, cached, changes):
                made.cached[page.path] = cached
            else:
                pending.append((page, cached))
        for batch in self._batches(pending):
            made.laid_out += batch.laid_out
            for page_made in batch.pages:
                made.add(page_made)
            self.search.add(each.document for each in batch.pages if each.document)
        made.cached = {page.path: made.cached[page.path] for page in pages}
        return made

    def _keep_unchanged(self, page: Page, cached: CachedPage, changes: frozenset[int]) -> bool:
        """Keep the page's files if nothing that it depends on has changed; returns False if it has to be made."""
        if page.tracker is None or cached.dependencies.include_any(changes) or cached.layout_digest != self.maker.shell(page):
            return False
        return self.staging.keep_all((file_of(page.path), cached.digest), *cached.files)

    def _batches(self, pending: Sequence[tuple[Page, CachedPage | None]]) -> Iterator[Batch]:
        """The results of these pages, made by several processes if there are many."""
        batches = [pending[start : start + BATCH] for start in range(0, len(pending), BATCH)]
        if len(pending) < WORTH_FORKING or not can_fork():
            yield from map_forked(self.maker.make_all, batches) if len(pending) > WORTH_FORKING else map(self.maker.make_all, batches)
            self.staging.news()
            return
        self.staging.news()  # this process has these files already: forked ones must not send them again
        self.maker.prepare(page for page, _ in pending)
        for batch in map_forked(self.maker.make_all, batches):
            self.staging.adopt(batch.news)
            yield batch

    def _site_files(self, made: _MadePages) -> Iterator[DataFile]:
        """Files that depend neither on an entity nor on a guide alone: assets, icons, robots.txt, the sitemap."""
        scripts = joined_scripts(self.theme.files, self.renderer.overlays.files)
        yield from scripts.items()
        for path, file in self.theme.files.items():
            if path in scripts:
                continue
            if path in self.theme.copied:
                yield path, file.read_bytes()
            elif self.fill.is_guide(path):
                yield DeferredFile(path, self.fill.key(path), partial(self._guide, path))
            else:
                yield DeferredFile(path, self.theme.key, partial(_content, file))
        styles = page_styles(self.theme, self.renderer.overlays.files, self.renderer.icon_rules(), made.cached)
        key = styles.key()
        yield DeferredFile(STYLES_PATH, key, lambda _: styles.of_guides())
        yield DeferredFile(PAGE_STYLES_PATH, key, lambda _: styles.of_pages())
        yield DeferredFile(DOCS_STYLES_PATH, key, lambda _: styles.of_pages(classes_of_texts()))
        yield SPRITE_PATH, self.renderer.sprite()
        yield "robots.txt", robots(self.portal)
        if self.portal.url:
            yield "sitemap.xml", sitemap({*made.cached, *self.theme.guides} - {"404.html", "search/"}, self.portal)

    def _guide(self, path: str, _: Callable[[str], bytes]) -> bytes:
        return self.fill.html(path).encode()

    def _index_texts(self, pages: Sequence[Page], made: _MadePages) -> None:
        """Make the search index of the texts of pages, facts and guides."""
        guides = {path: text for path, text in self.theme.guides.items() if text.title or text.body} if self.searches_guides else {}
        fresh = guides | {f"{page.path}{FACTS}": page.search_facts() for page in pages if page.search_facts}
        digests = {path: cached.search_digest for path, cached in made.cached.items() if cached.search_digest}
        digests |= {path: text_key(text) for path, text in fresh.items()}
        texts: dict[str, Callable[[], SearchText]] = {page.path: page.search for page in pages if page.search}
        self.search.put(digests, lambda path: fresh[path] if path in fresh else texts[path]())

    def _check_links(self, pages: Sequence[Page], made: _MadePages, previous_guides: str) -> tuple[Problem, ...]:
        base = up_for("404.html", self.portal.url)
        icons = frozenset(f"i-{name}" for name in self.renderer.diagram_icons)
        guides = {path: self.fill.html(file_of(path)) for path in self.theme.guides}
        check = LinkCheck(made.cached, frozenset(self.staging.paths()), {SPRITE_PATH: icons}, base)
        files_removed = any(not path.startswith("search/") for path in self.staging.gone())
        all_pages = made.may_lack_anchors or previous_guides != self.theme.key or files_removed
        try:
            changes = LinkChanges(made.rendered, made.targets, made.anchors_removed, all_pages=all_pages)
            made.cached = check.run(guides, self.maker.frame_links(base), changes)
        except BrokenLinksError as error:
            raise with_places(error, self.files, self.root) from error
        in_guides = broken_link_problems(self.guides, check.in_guides, base)
        return (*self.theme.problems, *made.problems, *in_guides, *check.problems({page.path: page.ref for page in pages}))


def _content(file: Path, _: Callable[[str], bytes]) -> bytes:
    return file.read_bytes()
