"""A check: the survey of a portal, or of files and folders, as problems that people can find and open."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from callboard.catalog.suggestions import NameIndex
from callboard.descriptors.kinds import Kinds, builtin_kinds
from callboard.descriptors.placeholders import NO_SOURCE
from callboard.descriptors.portal_kinds import portal_kinds, read_kinds
from callboard.descriptors.rules import envelope
from callboard.ingestion import rules
from callboard.lint import path_arguments
from callboard.model.entity import Origin
from callboard.model.errors import TreeError
from callboard.model.problem import Problem, Related, fingerprint
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees, tree_of
from callboard.pages.site_data import ResolvedCatalog
from callboard.pipeline import Workspace, collect, failure_messages, ingest, resolve
from callboard.plugins.portal_settings import read_settings
from callboard.settings.loading import read_kind_paths
from callboard.settings.settings import Limits, Settings, SourceSettings
from callboard.sources.files.folder import FolderTree

KEPT = 64
"""Files whose lines are remembered: a rendering asks for them in a row, file by file."""


@dataclass(frozen=True, slots=True)
class LintResult:
    """What a check came to."""

    problems: tuple[Problem, ...]
    """With paths relative to the working folder, where the file lies on this machine."""
    failures: tuple[str, ...]
    """What could not be read at all, one sentence each."""
    texts: Mapping[Origin, tuple[Tree, str]]
    """Tree and path in it by shown origin, for ``line``."""
    limit: int
    """The largest descriptor, in bytes."""
    names: NameIndex
    """All names that references may name."""
    files: int
    """Descriptor files that were read."""
    kinds: Kinds
    portal_url: str = ""
    """Where the portal is served, with a final ``/``; empty where nobody said."""
    _read: dict[Origin, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Lines of the files that were asked about last."""

    def line(self, origin: Origin, number: int) -> str:
        """A line of a file, from 1; empty where there is none."""
        if origin not in self._read:
            if len(self._read) >= KEPT:
                self._read.clear()
            place = self.texts.get(origin)
            self._read[origin] = _lines(*place, self.limit) if place else ()
        lines = self._read[origin]
        return lines[number - 1] if 0 < number <= len(lines) else ""


def check_portal(file: Path, environ: Mapping[str, str]) -> LintResult:
    """All sources of the portal, references included. Raises ``SettingsError``."""
    settings = read_settings(file, environ)
    work = Workspace(settings, environ, portal_kinds(settings))
    surveyed = resolve(work, ingest(work, collect(work)))
    return _checked(surveyed, settings.limits, NameIndex(surveyed.catalog.entities), _as_it_is, portal_url=settings.portal.url)


def check_paths(
    paths: Sequence[Path], environ: Mapping[str, str], *, elsewhere: Collection[EntityRef] | None = None, portal_url: str = ""
) -> LintResult:
    """Files and folders, without the rest of the portal.

    No reference that another repository might satisfy is judged, unless ``elsewhere`` (a set) says what exists there. The kinds are
    those of the portal whose ``sources.yaml`` lies around the working folder; its sources are not asked. Raises ``SettingsError``.
    """
    kinds, here = _kinds_around(environ), Path.cwd()
    settings = Settings(here, here / "sources.yaml", sources=(SourceSettings(path_arguments.SOURCE, "files", {}),))
    work = Workspace(settings, environ, kinds)
    collected = path_arguments.collect(paths, environ)
    surveyed = resolve(work, ingest(work, collected), is_complete=False, external_refs=elsewhere)
    own_kinds = {ref.kind for ref in elsewhere or ()} - kinds.by_name.keys()
    surveyed = replace(surveyed, problems=tuple(problem for problem in surveyed.problems if not _needs_portal(problem, own_kinds)))
    return _checked(surveyed, settings.limits, NameIndex(surveyed.catalog.entities, elsewhere or ()), _alone, portal_url=portal_url)


def _kinds_around(environ: Mapping[str, str]) -> Kinds:
    file = path_arguments.portal_file(Path.cwd())
    paths = read_kind_paths(file, environ) if file else ()
    return read_kinds([file.parent / path for path in paths], file.parent) if file and paths else builtin_kinds()


def _needs_portal(problem: Problem, own_kinds: Collection[str]) -> bool:
    """Whether only the portal can say so: a URL that no source has, or a kind that is the portal's own."""
    if problem.code == envelope.UNKNOWN_KIND.code:
        return problem.subject is not None and problem.subject.kind in own_kinds
    return problem.code == rules.LOCATION_SOURCE_UNKNOWN.code or NO_SOURCE in problem.message


def _as_it_is(problem: Problem) -> Problem:
    return problem


def _alone(problem: Problem) -> Problem:
    """With a fingerprint over the path that is shown, which is the same whichever files were named beside it."""
    return replace(problem, fingerprint=fingerprint(problem))


def _checked(
    surveyed: ResolvedCatalog, limits: Limits, names: NameIndex, stamp: Callable[[Problem], Problem], *, portal_url: str
) -> LintResult:
    texts: dict[Origin, tuple[Tree, str]] = {}
    shown = tuple(_shown(problem, surveyed.trees, texts) for problem in surveyed.problems)
    return LintResult(
        tuple(map(stamp, shown)), failure_messages(surveyed.failures), texts, limits.descriptor_bytes, names, surveyed.files,
        surveyed.catalog.kinds, portal_url,
    )  # fmt: skip


def _shown(problem: Problem, trees: Trees, texts: dict[Origin, tuple[Tree, str]]) -> Problem:
    if problem.origin is None:
        return problem
    related = tuple(Related(other.message, _opened(other.origin, trees, texts), other.span) for other in problem.related)
    return replace(problem, origin=_opened(problem.origin, trees, texts), related=related)


def _opened(origin: Origin, trees: Trees, texts: dict[Origin, tuple[Tree, str]]) -> Origin:
    """The origin with the path by which the file can be opened from the working folder."""
    tree = tree_of(trees, origin)
    if tree is None:
        return origin
    path = os.path.relpath(tree.root / origin.path).replace(os.sep, "/") if isinstance(tree, FolderTree) else origin.path
    shown = replace(origin, path=path)
    texts[shown] = (tree, origin.path)
    return shown


def _lines(tree: Tree, path: str, limit: int) -> tuple[str, ...]:
    try:
        return tuple(tree.read(path, limit).decode("utf-8", "replace").splitlines())
    except TreeError:
        return ()
