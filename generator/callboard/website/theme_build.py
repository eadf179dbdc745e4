"""Settings, overrides and guides → a `BuiltTheme`: frames, guides and assets. MkDocs runs only if one of its inputs has changed."""

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
from dataclasses import asdict, replace
from html import escape
from pathlib import Path
from typing import Any

from callboard import __version__
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.io.process import Running
from callboard.io.store import Store, flush
from callboard.model.data_classes import dataclass
from callboard.model.fields import without_bidi
from callboard.model.problem import Problem
from callboard.pages.facts.context import has_health
from callboard.pages.page import SearchSection, SearchText
from callboard.settings.settings import Portal, Settings
from callboard.website import script_labels
from callboard.website.frame_failures import frames_error, leave_out_droppers
from callboard.website.frames import GENERATOR, POLICY_SLOT, FrameTemplate, policy, read_frames
from callboard.website.guide_edits import KNOWN, Edit, GuideInputs, find_edit, guide_inputs, put_together, reduce, save_guide_inputs
from callboard.website.guide_marks import without_marks
from callboard.website.guides import guide_text
from callboard.website.hook_files import NOTES
from callboard.website.icons import favicon
from callboard.website.index_links import with_index_links
from callboard.website.labels import builtin_labels
from callboard.website.mkdocs_failures import FAILURES, failed_file, leave_out, read_failures, save_failures
from callboard.website.mkdocs_notes import guide_problems, read_notes
from callboard.website.mkdocs_project import (
    FRAMES,
    MARK_ICON,
    NAME_SLOT,
    STYLES_PATH,
    TABS,
    MkDocsError,
    MkDocsProject,
    finish_mkdocs,
    frame_folder,
    start_mkdocs,
    write_project,
)
from callboard.website.overlays import Overlays
from callboard.website.theme_digests import DIGESTS, is_whole, save_digests

_COPIED = re.compile(r"overrides/assets/(?!(?:(?:page-)?words|as-file)\.js$)(?!.*\.(html|py|pyc)$|.*readme)(?!.*/\.)[^.].*", re.IGNORECASE)
"""Scripts and styles, which MkDocs only copies: its output depends on their names, not on their contents, except scripts with labels."""
_POLICY = re.compile(f'(<meta http-equiv="Content-Security-Policy" content="){POLICY_SLOT}(?=")')
_THEME_STYLES = re.compile(r"assets/stylesheets/[a-z]+\.[0-9a-f]+\.min\.css")
_SCRATCH = "building-"
_LONGEST_BUILD = 3600
"""Seconds; an older scratch folder is left over from a process that died."""
_NOTES = frozenset({"guides.json", KNOWN, FAILURES, NOTES, DIGESTS})
"""Files of a cached theme build that are not part of the site."""
MOST_FAILURES = 5
"""Most files of the portal that are left out because MkDocs cannot render them; each takes another run."""
_FAVICON = "assets/favicon.svg"
_UNWANTED = re.compile(
    r"search/.*|assets/javascripts/(lunr|workers)/.*|.*\.map|sitemap\.xml(\.gz)?|index\.html|404\.html|assets/images/favicon\.png|"
    + "|".join(rf"{frame_folder(name)}/.*" for name in FRAMES)
)


@dataclass(frozen=True, slots=True)
class BuiltTheme:
    """The part of the site that does not depend on the catalog."""

    key: str
    """Digest of its inputs."""
    frames: Mapping[str, FrameTemplate]
    files: Mapping[str, Path]
    """Files by their path in the site: assets and guides."""
    guides: Mapping[str, SearchText]
    """Texts of the guides for search, by path; empty for those that search excludes."""
    copied: frozenset[str]
    """Those of ``files`` that are copied from the overrides; ``key`` does not depend on their contents."""
    styles: tuple[Path, ...]
    """Style sheets of the overrides, which make up ``STYLES_PATH``: ``portal.css``, then the others by name."""
    theme_styles: tuple[Path, ...]
    """Style sheets of the theme itself, in the order of its pages."""
    is_new: bool = False
    """Whether MkDocs ran for this build."""
    problems: tuple[Problem, ...] = ()
    """Guides and overrides that MkDocs could not render, and that were left out."""


class ThemeBuild:
    """A theme build in progress: MkDocs runs in a separate process, and ``finish`` waits for it.

    Args:
        project: the inputs.
        cache: folder with the last theme build, which is reused if its inputs are the same.
        python: the interpreter that has MkDocs installed.
        environ: environment of MkDocs.

    Raises:
        WebsiteError: the project cannot be written.
    """

    def __init__(self, project: MkDocsProject, cache: Path, python: Path, environ: Mapping[str, str]) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        self._project = project
        self._cache = cache
        self._run = (python, environ)
        self._problems: list[Problem] = []
        self._running: Running | None = None
        self._edit: Edit | None = None
        self._scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=cache))
        try:
            write_project(project, self._scratch / "project")
            self._inputs = _inputs_of(project, self._scratch / "project")
            self._key = _key(self._inputs)
            if not is_whole(cache / self._key):
                edit = find_edit(cache, self._inputs)
                self._edit = edit if edit and not read_failures(edit.base) else None
                if self._edit:
                    reduce(self._scratch / "project", self._edit)
                self._running = start_mkdocs(self._scratch / "project", python, environ)
        except BaseException:
            self.discard()
            raise

    def finish(self) -> BuiltTheme:
        """The result, once MkDocs has finished.

        Raises:
            WebsiteError: MkDocs failed, or an override removed a required part of the frames.
        """
        cached = self._cache / self._key
        is_new = self._running is not None
        try:
            if is_new:
                site = self._finished()
                self._problems += guide_problems(site, self._project.guides)
                _complete(self._project, site)
                site = put_together(self._edit, site, self._scratch / "edited") if self._edit else site
                save_guide_inputs(site, self._inputs)
                save_failures(site, self._problems)
                save_digests(site)
                flush(self._scratch)
                _remove(cached)
                site.rename(cached)
                _remove_others(self._cache, self._key, self._scratch.name)
        finally:
            self.discard()
        return replace(_read(cached, self._key, self._project), is_new=is_new)

    def _finished(self) -> Path:
        """The output of MkDocs. Overrides of the portal that drop a part of the frames are left out, and MkDocs is run again."""
        folder = self._scratch / "project"
        site = self._rendered(folder)
        error = frames_error(site)
        if error is None:
            return site

        def render() -> Path:
            self._running = start_mkdocs(folder, *self._run)
            return self._rendered(folder)

        site, problems = leave_out_droppers(error, self._project, folder, render)
        self._problems += problems
        return site

    def _rendered(self, folder: Path) -> Path:
        """The output of MkDocs. A file of the portal that it cannot render is left out, and MkDocs is run again."""
        while self._running:
            try:
                site = finish_mkdocs(self._running, folder)
                self._running = None
            except MkDocsError as error:
                self._running = None
                problem = failed_file(error.output, self._project, folder)
                if problem is None or problem in self._problems or len(self._problems) >= MOST_FAILURES:
                    raise
                leave_out(problem, self._project, folder)
                self._problems.append(problem)
                self._running = start_mkdocs(folder, *self._run)
        return site

    def discard(self) -> None:
        """Stop MkDocs, if it is running, and remove its files."""
        if self._running:
            self._running.stop()
            self._running.finish()
            self._running = None
        shutil.rmtree(self._scratch, ignore_errors=True)


def build_theme(project: MkDocsProject, cache: Path, python: Path, environ: Mapping[str, str]) -> BuiltTheme:
    """Build the theme and wait for it. Raises as ``ThemeBuild`` does."""
    return ThemeBuild(project, cache, python, environ).finish()


@contextlib.contextmanager
def start_theme_build(
    settings: Settings, overlays: Overlays, store: Store, environ: Mapping[str, str], python: Path = Path(sys.executable)
) -> Iterator[ThemeBuild]:
    """Start the portal's theme build; it is stopped at the end of the block if it has not finished."""
    theme_build = ThemeBuild(project_of(settings, overlays), store.cache / "frames", python, environ)
    try:
        yield theme_build
    finally:
        theme_build.discard()


def project_of(settings: Settings, overlays: Overlays) -> MkDocsProject:
    """The inputs of MkDocs for this portal."""
    missing = {"health": not has_health(settings), "scorecards": not settings.scorecards}
    tabs = tuple(tab for tab in TABS if not missing.get(tab))
    kinds = frozenset(portal_kinds(settings).by_name)
    return MkDocsProject(
        settings.portal, settings.root, overlays.files, overlays.labels, overlays.guides, overlays.broken, kinds=kinds, tabs=tabs
    )


def _inputs_of(project: MkDocsProject, folder: Path) -> GuideInputs:
    """Digests of the project's folder, which has configuration, overrides, guides and logo; of assets only the names count."""

    def files() -> Iterator[tuple[str, bytes]]:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                yield name, b"" if _COPIED.fullmatch(name) else path.read_bytes()

    return guide_inputs(files(), repr((__version__, project.versions(), project.portal.name)))


def _key(inputs: GuideInputs) -> str:
    return hashlib.sha256(repr((inputs.rest, sorted(inputs.texts.items()))).encode()).hexdigest()[:32]


def _complete(project: MkDocsProject, site: Path) -> None:
    """Add files that MkDocs does not make, and check the frames before they are cached."""
    if not project.portal.logo:
        (site / "assets").mkdir(exist_ok=True)
        (site / _FAVICON).write_bytes(favicon(project.files, MARK_ICON))
    english = builtin_labels(project.files.templates[-1])
    for script in (file for path in script_labels.PATHS if (file := site / path).is_file()):
        filled = script_labels.with_labels(script.read_text("utf-8", "replace"), project.labels, english)
        script.write_text(filled, encoding="utf-8")
    read_frames(site)  # raises here rather than when the cache is read
    texts = {path: asdict(text) for path, text in _finish_guides(site, project.portal)}
    (site / "guides.json").write_text(json.dumps(texts), encoding="utf-8")


def _finish_guides(site: Path, portal: Portal) -> Iterator[tuple[str, SearchText]]:
    """Fill in name and policy in the pages of guides, as in other pages; yields their texts for search by path."""
    scripts, name = read_notes(site).scripts, portal.name
    pages = (file for file in sorted((site / "guides").rglob("*.html")) if file.is_file())  # `a.html.md` makes a folder of that name
    for file in pages:
        path = file.relative_to(site).as_posix()
        html = GENERATOR.sub("", file.read_text(encoding="utf-8")).replace(NAME_SLOT, escape(name))
        own = escape(policy(script.replace(NAME_SLOT, escape(name)) for script in scripts.get(path, ())))
        html = _POLICY.sub(rf"\g<1>{own}", html, count=1)
        html = with_index_links(html) if portal.index_links else html
        file.write_text(without_bidi(html), encoding="utf-8")
        if file.name == "index.html":
            yield f"{file.parent.relative_to(site).as_posix()}/", guide_text(without_marks(html))


def _remove_others(cache: Path, key: str, scratch: str) -> None:
    """Remove other cached theme builds, and scratch folders of dead processes; a running build, such as a preview's, keeps its folder."""
    for other in cache.iterdir():
        if other.name not in {key, scratch} and not (other.name.startswith(_SCRATCH) and _is_recent(other)):
            shutil.rmtree(other, ignore_errors=True)


def _remove(damaged: Path) -> None:
    """Remove a cached theme build that is not used, if there is one."""
    if damaged.is_symlink() or damaged.is_file():
        damaged.unlink()
    shutil.rmtree(damaged, ignore_errors=True)


def _is_recent(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime < _LONGEST_BUILD
    except OSError:
        return True


def _read(site: Path, key: str, project: MkDocsProject) -> BuiltTheme:
    paths = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    styles = _styles(project)
    of_theme = tuple(path for name, path in paths.items() if _THEME_STYLES.fullmatch(name))
    files = {name: path for name, path in paths.items() if name not in {*_NOTES, *styles} and not _UNWANTED.fullmatch(name)}
    guides = {path: _search_text(text) for path, text in json.loads((site / "guides.json").read_bytes()).items()}
    overrides = {name: project.files.override(name) for name in files if _COPIED.fullmatch(f"overrides/{name}") and name != _FAVICON}
    copied = {name: path for name, path in overrides.items() if path}
    return BuiltTheme(
        key,
        read_frames(site),
        {**files, **copied},
        guides,
        frozenset(copied),
        tuple(styles.values()),
        of_theme,
        problems=read_failures(site),
    )


def _styles(project: MkDocsProject) -> dict[str, Path]:
    """The style sheets directly in ``assets/`` of the overrides by path in the site, in the order in which they are joined."""
    found = {f"assets/{path.name}" for folder in project.files.overrides for path in (folder / "assets").glob("*.css")}
    styles = {name: project.files.override(name) for name in sorted(found, key=lambda name: (name != STYLES_PATH, name))}
    return {name: path for name, path in styles.items() if path}


def _search_text(values: Mapping[str, Any]) -> SearchText:
    sections = tuple(SearchSection(**{**section, "names": tuple(section["names"])}) for section in values["sections"])
    return SearchText(values["title"], values["body"], values["kind"], sections=sections)
