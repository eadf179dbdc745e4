"""A CI service and the commands of a build → the workflow that builds the portal, publishes it and saves its state."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from callboard.model.data_classes import dataclass
from callboard.scaffold.install_line import Installation

TEMPLATES = Path(__file__).parent / "portal"
Audience = Literal["internal", "public"]
Service = Literal["github", "github-server", "gitlab", "none"]
SERVICES: tuple[Service, ...] = ("github", "github-server", "gitlab", "none")
WORKFLOWS: Mapping[str, str] = {
    "github": ".github/workflows/portal.yml",
    "github-server": ".github/workflows/portal.yml",
    "gitlab": ".gitlab-ci.yml",
}
"""The path of each service's workflow."""
_PLACE = re.compile(r"@([A-Z_]+)@")
_PUBLIC_CACHE = (".callboard/cache/frames", ".callboard/cache/layouts", ".callboard/cache/templates-*")
_CACHE = (".callboard/cache", "site", "~/.cache/pip")
_GITLAB_CACHE = (".callboard/cache", "public", ".cache/pip")
_DEPTH = {"github": 10, "github-server": 10, "gitlab": 6}
_EVERYBODY = "# The portal is public: everybody may read the site, the branch with the state, and the artifacts."
_SCRIPTS = {"RESTORE": "restore.sh", "CACHED": "cached.sh", "PACK": "pack.sh", "KEEP": "keep.sh", "PAGES": "pages-branch.sh"}
_DECIDE = {"github": "decide.sh", "github-server": "decide.sh", "gitlab": "decide-gitlab.sh"}
_AUDIENCE_COMMENTS = {
    (
        "github",
        "internal",
    ): "# The portal is internal. GitHub Pages shows a site to everybody, unless it is a private site of GitHub Enterprise Cloud\n"
    "# (Settings, Pages, Visibility). The first step fails if everybody could read the site, or this repository.",
    (
        "github-server",
        "internal",
    ): "# The portal is internal. The first step fails if everybody could read this repository. Who can read Pages is a\n"
    "# setting of the server: without private mode and with public Pages, everybody who reaches it.",
    (
        "gitlab",
        "internal",
    ): "# The portal is internal. Choose Settings, General, Visibility, Pages: Only project members. The job fails in a public project.",
}


@dataclass(frozen=True, slots=True)
class Steps:
    """The commands of a workflow that install Callboard and build the site."""

    install: str = Installation().command()
    build: str = "callboard build --output {site}"
    branch: str = "main"
    secrets: tuple[str, ...] = ()
    """Names of secrets that the build needs."""
    audience: Audience = "internal"


def workflow(service: Service, steps: Steps) -> str:
    """The workflow with which a service builds the site every night and on events, publishes it and saves the state."""
    depth, site = _DEPTH[service], "public" if service == "gitlab" else "site"
    values = {
        "BRANCH": steps.branch,
        "INSTALL": steps.install,
        "BUILD": steps.build.format(site=site),
        "PROGRAM": steps.build.partition(" build")[0],
        "ENV": "".join(f"{secret_line(name)}\n" for name in steps.secrets),
        "AUDIENCE": _AUDIENCE_COMMENTS.get((service, steps.audience), _EVERYBODY),
        "RIGHTS": "",
        "CHECK": "",
        "CACHE": _cache(service, steps.audience),
        **{place: _indented(name, depth).replace("SITE/", f"{site}/") for place, name in _SCRIPTS.items()},
        "DECIDE": _indented(_DECIDE[service], depth),
    }
    values |= _check(service, depth) if steps.audience == "internal" else {}
    return filled(f"{service}.yml", values)


def secret_line(name: str) -> str:
    """The line of the step Build that passes a secret of GitHub."""
    return f'          {name}: "${{{{ secrets.{name} }}}}"'


def _check(service: Service, depth: int) -> Mapping[str, str]:
    """The step that stops a workflow which would show an internal portal to everybody."""
    if service == "gitlab":
        return {"CHECK": f"    - |\n{_indented('check-gitlab.sh', depth)}\n"}
    token, script = ("GH_TOKEN", "check-github.sh") if service == "github" else ("TOKEN", "check-server.sh")
    step = f"""      - name: Check that not everybody can read the site and the state
        env: {{{token}: "${{{{ github.token }}}}"}}
        run: |
{_indented(script, depth)}
"""
    return {"CHECK": step, "RIGHTS": "      pages: read # the visibility of the site\n"}


def _cache(service: Service, audience: Audience) -> str:
    """The folders of the cache; of a public portal those without data of sources and tools, because forks can read the cache."""
    kept = _GITLAB_CACHE if service == "gitlab" else _CACHE
    paths = kept if audience == "internal" else (*_PUBLIC_CACHE, *kept[1:])
    if service == "gitlab":
        return ", ".join(f'"{path}"' for path in paths)
    return "\n".join(f"            {path}" for path in paths)


def template(name: str) -> str:
    """The text of a template."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def filled(name: str, values: Mapping[str, str]) -> str:
    """The template with each ``@NAME@`` replaced once; placeholders in the values are not replaced."""
    return _PLACE.sub(lambda match: values[match[1]], template(name))


def _indented(name: str, depth: int) -> str:
    return textwrap.indent(template(name).rstrip("\n"), " " * depth)
