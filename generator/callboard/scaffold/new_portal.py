"""The files of a new portal: ``sources.yaml``, what git leaves alone, and what runs the build every night."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from callboard import __version__
from callboard.model.errors import CallboardError

TEMPLATES = Path(__file__).parent / "portal"
Service = Literal["github", "gitlab", "none"]
SERVICES: tuple[Service, ...] = ("github", "gitlab", "none")
SOURCES = ("files", "git", "github", "gitlab")
SETTINGS = "sources.yaml"
WorkflowStep = Callable[[str], None]
"""Told of each file operation before it happens; a test raises there."""
TOKEN = "PORTAL_TOKEN"  # noqa: S105 - the name of a variable
_PLACE = re.compile(r"@([A-Z_]+)@")
_WORKFLOWS = {"github": ".github/workflows/portal.yml", "gitlab": ".gitlab-ci.yml"}
_LOCATED = {
    "files": 'path: {location}\n  # Each folder that matches is a repository of its own.\n  repositories: "*"',
    "git": "url: {location}\n  # A private repository needs a token in the environment:\n  # token: ${{{token}}}",
    "github": "organization: {location}\n  token: ${{{token}}}",
    "gitlab": "group: {location}\n  token: ${{{token}}}",
}


@dataclass(frozen=True, slots=True)
class ScaffoldOptions:
    """What somebody wants of a new portal."""

    name: str
    organization: str = ""
    url: str = ""
    """Where it will be served; may be empty."""
    source: str = "files"
    """One of ``SOURCES``."""
    location: str = "repositories"
    """A folder, a repository's URL, an organization or a group, by the source."""
    service: Service = "github"
    """What runs it every night."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How a workflow installs Callboard and builds."""

    install: str = f"pip install callboard=={__version__}"
    build: str = "callboard build --output {site}"
    branch: str = "main"
    needs_token: bool = False


def portal_files(wishes: ScaffoldOptions) -> Mapping[str, str]:
    """The files by path; nothing is written yet."""
    steps = Steps(needs_token=wishes.source != "files")
    files = {SETTINGS: _sources(wishes), ".gitignore": _template("gitignore")}
    if wishes.service != "none":
        files[_WORKFLOWS[wishes.service]] = workflow(wishes.service, steps)
    return files


def workflow(service: Service, steps: Steps) -> str:
    """The file that makes GitHub or GitLab build, show and remember every night."""
    site, depth = ("site", 10) if service == "github" else ("public", 6)
    values = {
        "BRANCH": steps.branch,
        "INSTALL": steps.install,
        "BUILD": steps.build.format(site=site),
        "ENV": f'        env: {{{TOKEN}: "${{{{ secrets.{TOKEN} }}}}"}}\n' if steps.needs_token else "",
        "RESTORE": _indented("restore.sh", depth),
        "KEEP": _indented("keep.sh", depth),
    }
    return _filled(f"{service}.yml", values)


def write_new(folder: Path, files: Mapping[str, str], step: WorkflowStep = lambda _: None) -> tuple[str, ...]:
    """Write the files that are not there yet; the paths of those that are, and stay as they are.

    Each comes whole or not at all, and ``sources.yaml`` last: where a run died before that, the next one begins anew.

    Raises:
        CallboardError: there is a ``sources.yaml`` already.
    """
    if os.path.lexists(folder / SETTINGS):
        raise CallboardError(f"{folder / SETTINGS} is there already.", "Go on with `callboard build`, or name another folder.")
    left = []
    for path in sorted(files, key=lambda path: path == SETTINGS):
        target = folder / path
        if os.path.lexists(target):
            left.append(path)
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name.lstrip('.')}.new")
            step(f"write {path}")
            draft.write_text(files[path], encoding="utf-8")
            step(f"name {path}")
            draft.replace(target)
        except OSError as error:
            raise CallboardError(f"{target} cannot be written: {error.strerror}.") from error
    return tuple(left)


def _sources(wishes: ScaffoldOptions) -> str:
    located = _LOCATED[wishes.source].format(location=_yaml(wishes.location), token=TOKEN)
    source = textwrap.indent(f"- name: main\n  type: {wishes.source}\n  {located}", "  ")
    url = f"  url: {_yaml(wishes.url)}" if wishes.url else "  # url: https://portal.example.com/   # where it will be served"
    name = _line(wishes.name)
    values = {"NAME": name, "NAME_YAML": _yaml(name), "ORGANIZATION_YAML": _yaml(wishes.organization), "URL_LINE": url, "SOURCE": source}
    return _filled("sources.yaml", values)


def _yaml(text: str) -> str:
    """A text in YAML's double quotes; a ``${`` that somebody typed is no variable."""
    return json.dumps(_line(text).replace("${", "$${"), ensure_ascii=False)


def _line(text: str) -> str:
    """One line of characters that can be seen."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _filled(name: str, values: Mapping[str, str]) -> str:
    """The template with its ``@NAME@`` replaced; what is put in is not looked into again."""
    return _PLACE.sub(lambda match: values[match[1]], _template(name))


def _indented(name: str, depth: int) -> str:
    return textwrap.indent(_template(name).rstrip("\n"), " " * depth)


def example_files(wishes: ScaffoldOptions, folder: Path) -> Mapping[str, str]:
    """A first repository with a team and a component, so that there is something to see; nothing where files are, or elsewhere."""
    location = Path(wishes.location)
    if wishes.source != "files" or location.is_absolute() or ".." in location.parts or _has_files(folder / location):
        return {}
    return {(location / "example" / "catalog-info.yaml").as_posix(): _template("catalog-info.yaml")}


def _has_files(folder: Path) -> bool:
    return any(not path.is_dir() and not path.name.endswith(".new") for path in folder.rglob("*"))
