"""Frames that lack a part which every page needs → the overrides of the portal that drop it, which are then left out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.settings.invalid import portal_origin
from callboard.website.frames import read_frames
from callboard.website.mkdocs_failures import leave_out
from callboard.website.mkdocs_project import MkDocsProject
from callboard.website.template_check import template_problem

MOST_TRIED = 6
"""Most overrides that are left out one by one; each takes a run of MkDocs. If there are more, the others are only left out together."""
_HINT = "Start from the built-in file, and keep its blocks."


def frames_error(site: Path) -> WebsiteError | None:
    """Why the frames in ``site``, the output of MkDocs, cannot be used; None if they can."""
    try:
        read_frames(site)
    except WebsiteError as error:
        return error
    return None


def leave_out_droppers(error: WebsiteError, project: MkDocsProject, folder: Path, render: Callable[[], Path]) -> tuple[Path, list[Problem]]:
    """The output of MkDocs without the overrides that ``error`` comes from, and a problem for each of them.

    Each override is left out alone, then all are. ``folder`` is that of MkDocs' project; ``render`` runs MkDocs again.

    Raises:
        WebsiteError: ``error``, if the frames are incomplete without any override, too.
    """
    problems = [_problem(file, error, project) for file in _own_overrides(project)]
    for left_out in (*([problem] for problem in islice(problems, MOST_TRIED)), problems):
        for problem in left_out:
            leave_out(problem, project, folder)
        site = render() if left_out else None
        if site and frames_error(site) is None:
            return site, left_out
        for file in _own_overrides(project):
            target = folder / "overrides" / file.relative_to(_folder(project))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    raise error


def _own_overrides(project: MkDocsProject) -> list[Path]:
    """The portal's templates of the theme that are in use."""
    if project.files.own_overrides is None:
        return []
    return [file for file in sorted(_folder(project).rglob("*.html")) if file.is_file() and file not in project.broken]


def _folder(project: MkDocsProject) -> Path:
    return project.files.own_overrides or project.root


def _problem(file: Path, error: WebsiteError, project: MkDocsProject) -> Problem:
    text = file.read_text("utf-8-sig", errors="replace")
    return template_problem(portal_origin(file, project.root), text, 1, f"Pages cannot be made with this file. {error}", _HINT)
