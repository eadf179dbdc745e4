"""`ScaffoldOptions` → the files of a new portal: ``sources.yaml``, ``.gitignore``, a workflow, scorecards, an example."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.scaffold.first_sources import first_source, item_of, one_line, quoted
from callboard.scaffold.install_line import Installation
from callboard.scaffold.secrets import portal_needs
from callboard.scaffold.tools import first_tool
from callboard.scaffold.workflows import WORKFLOWS, Audience, Service, Steps, filled, template, workflow

SETTINGS = "sources.yaml"
WorkflowStep = Callable[[str], None]
"""Called with the name of each file operation before it happens; tests raise in it."""
_DATA = """
# GitHub Pages and GitLab Pages limit the size of a site and the number of its files: one file an entity less.
# true: each entity is also at the address of Backstage's catalog API.
data:
  by_name: false
"""
"""For sites on a pages service."""
_INSIDE_WHEEL = Path(__file__).parents[1] / "_portal" / "scorecards"
_IN_CHECKOUT = Path(__file__).parents[3] / "examples" / "scorecards"
WITHOUT_TOOLS = ("ownership", "documentation", "api-basics")
"""Starter scorecards that judge what descriptors say. The others need facts of tools."""


@dataclass(frozen=True, slots=True)
class ScaffoldOptions:
    """The options of a new portal."""

    name: str
    organization: str = ""
    url: str = ""
    """URL of the site; may be empty."""
    source: str = "files"
    """A type of source."""
    location: str = "repositories"
    """A folder, a repository URL, an organization or a group, depending on ``source``: the answer to its first question."""
    service: Service = "github"
    """CI service of the nightly build."""
    audience: Audience = "internal"
    """Who may read the site."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Answers to the other questions about the source."""
    tools: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Integrations by type, each with the answers to its questions."""
    has_scorecards: bool = True
    """Whether the starter scorecards are copied into the portal."""
    install: Installation = field(default_factory=Installation)
    """The package that the workflow installs."""


def portal_files(options: ScaffoldOptions) -> Mapping[str, str]:
    """The content of the files by path. Nothing is written."""
    files = {SETTINGS: _sources(options), ".gitignore": template("gitignore")}
    if options.has_scorecards:
        files |= {f"scorecards/{name}.yaml": text for name, text in starter_scorecards().items()}
    if options.service != "none":
        needs = portal_needs(files[SETTINGS])
        steps = Steps(
            replace(options.install, extras=tuple(sorted({*options.install.extras, *needs.extras, "mermaid"}))).command(),
            secrets=tuple(used.name for used in needs.variables),
            audience=options.audience,
        )
        files[WORKFLOWS[options.service]] = workflow(options.service, steps)
    return files


def starter_scorecards() -> Mapping[str, str]:
    """The starter scorecards by name: in the wheel, or else in the checkout that contains this package."""
    folder = _INSIDE_WHEEL if _INSIDE_WHEEL.is_dir() else _IN_CHECKOUT
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}


def write_new(folder: Path, files: Mapping[str, str], step: WorkflowStep = lambda _: None) -> tuple[str, ...]:
    """Write the files that do not exist yet; returns the paths of those that exist, which are not changed.

    Each file is written atomically, ``sources.yaml`` last: after an interruption, the next run starts over.

    Raises:
        CallboardError: ``sources.yaml`` exists already, or a file cannot be written.
    """
    raise_if_exists(folder)
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


def raise_if_exists(folder: Path) -> None:
    """Raise ``CallboardError`` if the folder has a portal."""
    if os.path.lexists(folder / SETTINGS):
        raise CallboardError(f"{folder / SETTINGS} exists already.", "Continue with `callboard build`, or name another folder.")


def _sources(options: ScaffoldOptions) -> str:
    kind = first_source(options.source)
    first = {kind.questions[0].key: options.location} if kind.questions else {}
    item = item_of(options.source, kind, {**first, **options.answers})
    source = textwrap.indent(f"- name: main\n  type: {options.source}\n{textwrap.indent(item, '  ')}", "  ")
    url = f"  url: {quoted(options.url)}" if options.url else "  # url: https://portal.example.com/   # where it will be served"
    name = one_line(options.name)
    values = {
        "AUDIENCE": options.audience,
        "NAME": name,
        "NAME_YAML": quoted(name),
        "ORGANIZATION_YAML": quoted(options.organization),
        "URL_LINE": url,
        "SOURCE": source,
        "INTEGRATIONS": _integrations(options.tools),
        "SCORECARDS": _scorecards() if options.has_scorecards else "",
        "DATA": "" if options.service == "none" else _DATA,
        "PUBLISH": _publish(options.service),
    }
    return filled("sources.yaml", values)


def _publish(service: Service) -> str:
    """The section, as comments but for the pages service whose limits the build compares with the site."""
    targets = template("targets.yaml")
    if service == "none":
        return textwrap.indent(f"publish:\n{textwrap.indent(targets, '  ')}", "# ")
    host = f"  # A build warns when the site nears the limits of the service.\n  host: {service.removesuffix('-server')}-pages\n"
    return f"publish:\n{host}{textwrap.indent(targets, '  # ')}"


def _integrations(tools: Mapping[str, Mapping[str, str]]) -> str:
    items = "".join(first_tool(type_).item(answers) for type_, answers in tools.items())
    return (
        f"integrations:\n{items}" if items else '# integrations:\n#   - {name: pagerduty, type: pagerduty, token: "${PAGERDUTY_TOKEN}"}\n'
    )


def _scorecards() -> str:
    """The section, with those that need tools as comments."""
    used, others = WITHOUT_TOOLS, sorted(set(starter_scorecards()) - set(WITHOUT_TOOLS))
    lines = ["scorecards:", *(f"  - scorecards/{name}.yaml" for name in used)]
    lines += ["  # These also judge what connected tools report. Remove the # to use them:"]
    lines += [f"  # - scorecards/{name}.yaml" for name in others]
    return "\n# Levels of entities, by rules. The starter scorecards are yours to change.\n" + "\n".join(lines) + "\n"


def example_files(options: ScaffoldOptions, folder: Path) -> Mapping[str, str]:
    """An example repository with a team and a component; nothing if the folder has files or is not below ``folder``."""
    location = Path(options.location)
    if options.source != "files" or location.is_absolute() or ".." in location.parts or _has_files(folder / location):
        return {}
    return {(location / "example" / "catalog-info.yaml").as_posix(): template("catalog-info.yaml")}


def _has_files(folder: Path) -> bool:
    return any(not path.is_dir() and not path.name.endswith(".new") for path in folder.rglob("*"))
