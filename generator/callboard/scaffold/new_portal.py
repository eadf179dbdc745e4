"""`ScaffoldOptions` → the files of a new portal: ``sources.yaml``, ``.gitignore``, a nightly workflow, an example."""

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
Audience = Literal["internal", "public"]
Service = Literal["github", "gitlab", "none"]
SERVICES: tuple[Service, ...] = ("github", "gitlab", "none")
SOURCES = ("files", "git", "github", "gitlab")
SETTINGS = "sources.yaml"
WorkflowStep = Callable[[str], None]
"""Called with the name of each file operation before it happens; tests raise in it."""
TOKEN = "PORTAL_TOKEN"  # noqa: S105 - the name of a variable
_PLACE = re.compile(r"@([A-Z_]+)@")
_WORKFLOWS = {"github": ".github/workflows/portal.yml", "gitlab": ".gitlab-ci.yml"}
_DATA = """
# GitHub Pages and GitLab Pages limit the size of a site and the number of its files: one file an entity less.
# true: each entity is also at the address of Backstage's catalog API.
data:
  by_name: false
"""
"""For sites on a pages service."""
_PUBLIC_CACHE = (".callboard/cache/frames", ".callboard/cache/layouts", ".callboard/cache/templates-*")
_AUDIENCE_COMMENTS = {
    (
        "github",
        "internal",
    ): "# The portal is internal. GitHub Pages shows a site to everybody, unless it is a private site of GitHub Enterprise Cloud\n"
    "# (Settings, Pages, Visibility). The first step fails if everybody could read the site, or this repository.",
    ("github", "public"): "# The portal is public: everybody may read the site, the branch with the state, and the artifacts.",
    (
        "gitlab",
        "internal",
    ): "# The portal is internal. Choose Settings, General, Visibility, Pages: Only project members. The job fails in a public project.",
    ("gitlab", "public"): "# The portal is public: everybody may read the site, the branch with the state, and the artifacts.",
}
_LOCATED = {
    "files": 'path: {location}\n  # Each folder that matches is a repository of its own.\n  repositories: "*"',
    "git": "url: {location}\n  # A private repository needs a token in the environment:\n  # token: ${{{token}}}",
    "github": "organization: {location}\n  token: ${{{token}}}",
    "gitlab": "group: {location}\n  token: ${{{token}}}",
}


@dataclass(frozen=True, slots=True)
class ScaffoldOptions:
    """The options of a new portal."""

    name: str
    organization: str = ""
    url: str = ""
    """URL of the site; may be empty."""
    source: str = "files"
    """One of ``SOURCES``."""
    location: str = "repositories"
    """A folder, a repository URL, an organization or a group, depending on ``source``."""
    service: Service = "github"
    """CI service of the nightly build."""
    audience: Audience = "internal"
    """Who may read the site."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The commands of a workflow that install Callboard and build the site."""

    install: str = f"pip install callboard=={__version__}"
    build: str = "callboard build --output {site}"
    branch: str = "main"
    needs_token: bool = False
    audience: Audience = "internal"


def portal_files(options: ScaffoldOptions) -> Mapping[str, str]:
    """The content of the files by path. Nothing is written."""
    steps = Steps(needs_token=options.source != "files", audience=options.audience)
    files = {SETTINGS: _sources(options), ".gitignore": _template("gitignore")}
    if options.service != "none":
        files[_WORKFLOWS[options.service]] = workflow(options.service, steps)
    return files


def workflow(service: Service, steps: Steps) -> str:
    """The workflow with which GitHub or GitLab builds the site every night, publishes it and saves the state."""
    site, depth = ("site", 10) if service == "github" else ("public", 6)
    values = {
        "BRANCH": steps.branch,
        "INSTALL": steps.install,
        "BUILD": steps.build.format(site=site),
        "ENV": f'        env: {{{TOKEN}: "${{{{ secrets.{TOKEN} }}}}"}}\n' if steps.needs_token else "",
        "RESTORE": _indented("restore.sh", depth),
        "KEEP": _indented("keep.sh", depth),
        "AUDIENCE": _AUDIENCE_COMMENTS[service, steps.audience],
        "RIGHTS": "",
        "CHECK": "",
        "CACHE": ".callboard/cache",
    }
    values |= _check(service, depth) if steps.audience == "internal" else {"CACHE": _public_cache(service)}
    return _filled(f"{service}.yml", values)


def _check(service: Service, depth: int) -> Mapping[str, str]:
    """The step that stops a workflow which would show an internal portal to everybody."""
    if service == "gitlab":
        return {"CHECK": f"    - |\n{_indented('check-gitlab.sh', depth)}\n"}
    step = f"""      - name: Check that not everybody can read the site and the state
        env: {{GH_TOKEN: "${{{{ github.token }}}}"}}
        run: |
{_indented("check-github.sh", depth)}
"""
    return {"CHECK": step, "RIGHTS": "      pages: read # the visibility of the site\n"}


def _public_cache(service: Service) -> str:
    """The folders of the cache of a public portal: those without data of sources and tools, because forks can read the cache."""
    if service == "gitlab":
        return ", ".join(f'"{path}"' for path in _PUBLIC_CACHE)
    return "|\n" + "\n".join(f"            {path}" for path in _PUBLIC_CACHE)


def write_new(folder: Path, files: Mapping[str, str], step: WorkflowStep = lambda _: None) -> tuple[str, ...]:
    """Write the files that do not exist yet; returns the paths of those that exist, which are not changed.

    Each file is written atomically, ``sources.yaml`` last: after an interruption, the next run starts over.

    Raises:
        CallboardError: ``sources.yaml`` exists already, or a file cannot be written.
    """
    if os.path.lexists(folder / SETTINGS):
        raise CallboardError(f"{folder / SETTINGS} exists already.", "Continue with `callboard build`, or name another folder.")
    existing = []
    for path in sorted(files, key=lambda path: path == SETTINGS):
        target = folder / path
        if os.path.lexists(target):
            existing.append(path)
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
    return tuple(existing)


def _sources(options: ScaffoldOptions) -> str:
    located = _LOCATED[options.source].format(location=_yaml(options.location), token=TOKEN)
    source = textwrap.indent(f"- name: main\n  type: {options.source}\n  {located}", "  ")
    url = f"  url: {_yaml(options.url)}" if options.url else "  # url: https://portal.example.com/   # where it will be served"
    name = _line(options.name)
    values = {
        "AUDIENCE": options.audience,
        "NAME": name,
        "NAME_YAML": _yaml(name),
        "ORGANIZATION_YAML": _yaml(options.organization),
        "URL_LINE": url,
        "SOURCE": source,
        "DATA": "" if options.service == "none" else _DATA,
    }
    return _filled("sources.yaml", values)


def _yaml(text: str) -> str:
    """A string in YAML's double quotes, with ``${`` escaped, because it would be read as a variable."""
    return json.dumps(_line(text).replace("${", "$${"), ensure_ascii=False)


def _line(text: str) -> str:
    """The text in one line, without unprintable characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _filled(name: str, values: Mapping[str, str]) -> str:
    """The template with each ``@NAME@`` replaced once; placeholders in the values are not replaced."""
    return _PLACE.sub(lambda match: values[match[1]], _template(name))


def _indented(name: str, depth: int) -> str:
    return textwrap.indent(_template(name).rstrip("\n"), " " * depth)


def example_files(options: ScaffoldOptions, folder: Path) -> Mapping[str, str]:
    """An example repository with a team and a component; nothing if the folder has files or is not below ``folder``."""
    location = Path(options.location)
    if options.source != "files" or location.is_absolute() or ".." in location.parts or _has_files(folder / location):
        return {}
    return {(location / "example" / "catalog-info.yaml").as_posix(): _template("catalog-info.yaml")}


def _has_files(folder: Path) -> bool:
    return any(not path.is_dir() and not path.name.endswith(".new") for path in folder.rglob("*"))
