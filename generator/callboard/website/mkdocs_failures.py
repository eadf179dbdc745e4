"""What MkDocs printed when it failed → the file of the portal that it could not render, which is then left out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from callboard.model.entity import Origin
from callboard.model.problem import Problem, Severity, Span
from callboard.settings.invalid import portal_origin
from callboard.website.mkdocs_project import MkDocsProject
from callboard.website.rules import UNREADABLE_GUIDE
from callboard.website.template_check import template_problem

FAILURES = "failures.json"
"""File in a cached theme build with the problems of its inputs."""
_FRAME = re.compile(r'File "(?P<path>[^"\n]+)", line (?P<line>\d+)')
_PAGE = re.compile(r"(?:Error (?:reading|building) page|page) '(?P<path>guides/[^'\n]+\.md)'")
_CLASS = re.compile(r"'?\b(?:[a-z_]\w*\.)+[A-Z]\w*'?(?: object)?'?")
_GUIDES = "guides/"
_LONGEST = 300
_LONGEST_LINE = 2_000
"""Characters of a line of output that are read."""


def failed_file(output: str, project: MkDocsProject, folder: Path) -> Problem | None:
    """The problem of the file that MkDocs could not render; None if it is none of the portal's. ``folder`` is that of MkDocs' project."""
    reason = _reason(output)
    overrides = folder / "overrides"
    for frame in reversed(list(_FRAME.finditer(output))):
        path = folder / frame["path"]  # MkDocs names its own files relative to the folder
        if path.is_relative_to(overrides):
            own = _own_override(project, path.relative_to(overrides).as_posix())
            if own:
                text = own.read_text("utf-8-sig", errors="replace")
                return template_problem(portal_origin(own, project.root), text, int(frame["line"]), reason)
    page = _PAGE.search(output)
    name = page["path"].removeprefix(_GUIDES) if page else ""
    if name in project.guides.pages:
        return UNREADABLE_GUIDE.problem(
            f"The guide cannot be rendered: {reason}", origin=project.guides.origin(name), field=name, hint="Simplify the guide."
        )
    return None


def leave_out(problem: Problem, project: MkDocsProject, folder: Path) -> None:
    """Put the built-in file in the place of an override, and a page with a heading in that of a guide."""
    path = project.root / (problem.origin.path if problem.origin else "")
    own = project.files.own_overrides
    if own and path.is_relative_to(own):
        name = path.relative_to(own)
        builtin = project.files.overrides[-1] / name
        if builtin.is_file():
            shutil.copyfile(builtin, folder / "overrides" / name)
        else:
            (folder / "overrides" / name).unlink()
    elif project.guides.folder:
        name = path.relative_to(project.guides.folder)
        (folder / "docs" / _GUIDES / name).write_text(f"# {name.stem}\n", encoding="utf-8")


def save_failures(site: Path, problems: Iterable[Problem]) -> None:
    """Save the problems in the folder of a theme build, so that they are reported as long as it is used."""
    (site / FAILURES).write_text(json.dumps([asdict(problem) for problem in problems]), encoding="utf-8")


def read_failures(site: Path) -> tuple[Problem, ...]:
    """The problems that ``save_failures`` saved."""
    file = site / FAILURES
    return tuple(map(_problem, json.loads(file.read_bytes()))) if file.is_file() else ()


def _problem(values: dict[str, Any]) -> Problem:
    origin, span = values.pop("origin"), values.pop("span")
    own = {name: values[name] for name in ("code", "message", "field", "hint", "fingerprint")}
    return Problem(
        severity=Severity(values["severity"]),
        origin=Origin(**origin | {"via_locations": tuple(origin["via_locations"])}) if origin else None,
        span=Span(**span) if span else None,
        **own,
    )


def _own_override(project: MkDocsProject, name: str) -> Path | None:
    own = project.files.own_overrides
    return own / name if own and (own / name).is_file() and (own / name) not in project.broken else None


def _reason(output: str) -> str:
    """The last line of a traceback, without the class of the exception."""
    lines = [line for line in output.strip().splitlines() if line.strip()]
    last = re.sub(r"^[\w.]+(?:Error|Exception|NotFound): ", "", lines[-1][:_LONGEST_LINE]) if lines else ""
    reason = _CLASS.sub("the value", last) or "unknown error"
    return f"{reason[:1].upper()}{reason[1:_LONGEST].rstrip('.')}."
