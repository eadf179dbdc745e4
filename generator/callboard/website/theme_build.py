"""What MkDocs gives to the site: frames, guides and the theme's assets; built when something they are made of has changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from callboard import __version__
from callboard.io.process import Running
from callboard.io.store import Store, flush
from callboard.model.problem import Problem
from callboard.pages.facts.context import has_health
from callboard.pages.page import SearchText
from callboard.settings.settings import Settings
from callboard.website.frames import GENERATOR, POLICY_SLOT, FrameTemplate, policy, read_frames
from callboard.website.guide_edits import KNOWN, Edit, GuideInputs, find_edit, guide_inputs, put_together, reduce, save_guide_inputs
from callboard.website.guides import guide_text, read_guides
from callboard.website.icons import favicon
from callboard.website.mkdocs_project import (
    FRAMES,
    MARK_ICON,
    NAME_SLOT,
    TABS,
    MkDocsProject,
    finish_mkdocs,
    frame_folder,
    start_mkdocs,
    write_project,
)
from callboard.website.overlays import find_portal_files, read_strings

_AS_IT_IS = re.compile(r"overrides/assets/(?!.*\.(html|py|pyc)$|.*readme)(?!.*/\.)[^.].*", re.IGNORECASE)
"""Scripts and styles, which MkDocs copies: that they are there is all that it needs to know."""
_SCRATCH = "building-"
_LONGEST = 3600
"""Seconds after which nobody is at work any more in a folder that was begun."""
_OURS = frozenset({"guides.json", KNOWN})
"""Notes that lie in a kept foundation."""
_FAVICON = "assets/favicon.svg"
_UNWANTED = re.compile(
    r"search/.*|assets/javascripts/(lunr|workers)/.*|.*\.map|sitemap\.xml(\.gz)?|index\.html|404\.html|assets/images/favicon\.png|"
    + "|".join(rf"{frame_folder(name)}/.*" for name in FRAMES)
)


@dataclass(frozen=True, slots=True)
class BuiltTheme:
    """Everything of the site that does not come from the catalog."""

    key: str
    frames: Mapping[str, FrameTemplate]
    files: Mapping[str, Path]
    """Files to publish by their path in the site: assets and guides."""
    guides: Mapping[str, SearchText]
    """What search knows of the guides, by path; empty texts for those that it leaves out."""
    own: frozenset[str]
    """Those of ``files`` that are taken from the overrides as they are; ``key`` says nothing about their contents."""
    problems: tuple[Problem, ...] = ()
    """What is wrong in the order of the guides."""


class ThemeBuild:
    """The foundation while it is laid: MkDocs works in a process of its own, ``finish`` waits for it.

    Args:
        project: what MkDocs is asked to build.
        cache: keeps the last foundation; one that was built of the same things is taken from there.
        python: the interpreter that has MkDocs.
        environ: for MkDocs.

    Raises:
        WebsiteError: the project cannot be written.
    """

    def __init__(self, project: MkDocsProject, cache: Path, python: Path, environ: Mapping[str, str]) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        self._project = project
        self._cache = cache
        self._running: Running | None = None
        self._edit: Edit | None = None
        self._scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=cache))
        try:
            write_project(project, self._scratch / "project")
            self._known = _known(project, self._scratch / "project")
            self._key = _key(self._known)
            if not (cache / self._key).is_dir():
                self._edit = find_edit(cache, self._known)
                if self._edit:
                    reduce(self._scratch / "project", self._edit)
                self._running = start_mkdocs(self._scratch / "project", python, environ)
        except BaseException:
            self.discard()
            raise

    def finish(self) -> BuiltTheme:
        """The foundation.

        Raises:
            WebsiteError: MkDocs failed, or an override has lost a part of the frames.
        """
        kept = self._cache / self._key
        try:
            if self._running:
                site = finish_mkdocs(self._running, self._scratch / "project")
                self._running = None
                _complete(self._project, site)
                site = put_together(self._edit, site, self._scratch / "edited") if self._edit else site
                save_guide_inputs(site, self._known)
                flush(self._scratch)
                site.rename(kept)
                _forget_others(self._cache, self._key, self._scratch.name)
        finally:
            self.discard()
        return _read(kept, self._key, self._project)

    def discard(self) -> None:
        """Stop what is at work; nothing of it stays."""
        if self._running:
            self._running.stop()
            self._running.finish()
            self._running = None
        shutil.rmtree(self._scratch, ignore_errors=True)


def build_theme(project: MkDocsProject, cache: Path, python: Path, environ: Mapping[str, str]) -> BuiltTheme:
    """The foundation, waited for. Raises as ``ThemeBuild`` does."""
    return ThemeBuild(project, cache, python, environ).finish()


@contextlib.contextmanager
def start_theme_build(
    settings: Settings, store: Store, environ: Mapping[str, str], python: Path = Path(sys.executable)
) -> Iterator[ThemeBuild]:
    """The portal's foundation while it is laid; ended with the block, finished or not."""
    begun = ThemeBuild(project_of(settings), store.cache / "frames", python, environ)
    try:
        yield begun
    finally:
        begun.discard()


def project_of(settings: Settings) -> MkDocsProject:
    """What MkDocs is asked to build for this portal."""
    files = find_portal_files(settings.root)
    tabs = tuple(tab for tab in TABS if tab != "health" or has_health(settings))
    words = read_strings(files, settings.portal.language)
    return MkDocsProject(settings.portal, settings.root, files, words, read_guides(files.guides), tabs)


def _known(project: MkDocsProject, folder: Path) -> GuideInputs:
    """Configuration, overrides, guides and logo all lie in the project's folder, so that its bytes say it all; of assets the names."""

    def files() -> Iterator[tuple[str, bytes]]:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                yield name, b"" if _AS_IT_IS.fullmatch(name) else path.read_bytes()

    return guide_inputs(files(), repr((__version__, project.versions(), project.portal.name)))


def _key(known: GuideInputs) -> str:
    return hashlib.sha256(repr((known.rest, sorted(known.texts.items()))).encode()).hexdigest()[:32]


def _complete(project: MkDocsProject, site: Path) -> None:
    """Add what MkDocs does not make, and see that the frames are whole, before anybody takes them from the cache."""
    if not project.portal.logo:
        (site / "assets").mkdir(exist_ok=True)
        (site / _FAVICON).write_bytes(favicon(project.files, MARK_ICON))
    read_frames(site)  # fails here rather than from the cache
    texts = {path: asdict(text) for path, text in _finish_guides(site, project.portal.name)}
    (site / "guides.json").write_text(json.dumps(texts), encoding="utf-8")


def _finish_guides(site: Path, name: str) -> Iterator[tuple[str, SearchText]]:
    """Fill in what a guide's page has in common with our own, and read its words."""
    for file in sorted((site / "guides").rglob("*.html")):
        html = GENERATOR.sub("", file.read_text(encoding="utf-8")).replace(NAME_SLOT, escape(name))
        html = html.replace(POLICY_SLOT, escape(policy(html)), 1)
        file.write_text(html, encoding="utf-8")
        if file.name == "index.html":
            yield f"{file.parent.relative_to(site).as_posix()}/", guide_text(html)


def _forget_others(cache: Path, key: str, scratch: str) -> None:
    """What a build that is at work beside this one needs, a preview's for example, stays; what a dead one left goes some day."""
    for other in cache.iterdir():
        if other.name not in {key, scratch} and not (other.name.startswith(_SCRATCH) and _is_young(other)):
            shutil.rmtree(other, ignore_errors=True)


def _is_young(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime < _LONGEST
    except OSError:
        return True


def _read(site: Path, key: str, project: MkDocsProject) -> BuiltTheme:
    paths = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    files = {name: path for name, path in paths.items() if name not in _OURS and not _UNWANTED.fullmatch(name)}
    guides = {path: _search_text(text) for path, text in json.loads((site / "guides.json").read_bytes()).items()}
    found = {name: project.files.override(name) for name in files if _AS_IT_IS.fullmatch(f"overrides/{name}") and name != _FAVICON}
    own = {name: path for name, path in found.items() if path}
    return BuiltTheme(key, read_frames(site), {**files, **own}, guides, frozenset(own), project.guides.missing())


def _search_text(written: Mapping[str, str]) -> SearchText:
    return SearchText(written["title"], written["body"], written["kind"])
