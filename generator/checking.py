"""What ``callboard lint`` does: a survey without a site, its problems named by paths that people can open."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import TreeError
from generator.model.entity import Origin
from generator.model.tree import Tree, Trees, tree_of
from generator.outside.metering import Meter
from generator.pipeline import say_failures, survey
from generator.problems import Problem, Related
from generator.settings.reading import read_settings
from generator.settings.settings import Limits, Settings, SourceSettings
from generator.sources.folder_tree import FolderTree


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to."""

    problems: tuple[Problem, ...]
    """With paths relative to the working folder, where the file lies on this machine."""
    failures: tuple[str, ...]
    """What could not be read at all, one sentence each."""
    texts: Mapping[Origin, tuple[Tree, str]]
    """Tree and path in it by shown origin, for ``line``."""
    limit: int

    def line(self, origin: Origin, number: int) -> str:
        """A line of a file, from 1; empty where there is none."""
        place = self.texts.get(origin)
        lines = _lines(place[0], place[1], self.limit) if place else ()
        return lines[number - 1] if 0 < number <= len(lines) else ""


def check_portal(file: Path, environ: Mapping[str, str]) -> Checked:
    """All sources of the portal, references included. Raises ``SettingsError``."""
    settings = read_settings(file, environ)
    return _checked(settings, environ, whole=True)


def check_paths(paths: Sequence[Path], environ: Mapping[str, str]) -> Checked:
    """Files and folders, each on its own: no reference that another repository might satisfy is judged."""
    return _checked(_settings_for(paths), environ, whole=False)


def _settings_for(paths: Sequence[Path]) -> Settings:
    here = Path.cwd()
    sources = []
    for number, path in enumerate(paths):
        folder, only = (path, None) if path.is_dir() else (path.parent, path.name)
        options = {"path": str(folder.resolve())} | ({"include": [glob.escape(only)]} if only else {})
        sources.append(SourceSettings("files" if number == 0 else f"files-{number + 1}", "files", options))
    return Settings(here, here / "sources.yaml", sources=tuple(sources), limits=Limits())


def _checked(settings: Settings, environ: Mapping[str, str], *, whole: bool) -> Checked:
    surveyed = survey(settings, environ, Meter(), whole=whole)
    texts: dict[Origin, tuple[Tree, str]] = {}
    shown = tuple(_shown(problem, surveyed.trees, texts) for problem in surveyed.problems)
    return Checked(shown, say_failures(surveyed.failures), texts, settings.limits.descriptor_bytes)


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
