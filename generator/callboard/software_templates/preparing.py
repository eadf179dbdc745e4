"""A located template, answers and a temporary folder → its steps done in that folder, with the record of how it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from callboard.io.git.personal import PersonalGit
from callboard.model.data_classes import dataclass
from callboard.plugins.staged_files import StagedFiles
from callboard.software_templates.checkouts import Checkouts
from callboard.software_templates.definition import TemplateDefinition
from callboard.software_templates.engine import TemplateEngine
from callboard.software_templates.parameters import secret_names
from callboard.software_templates.record import RECORD_PATH, TemplateRecord
from callboard.software_templates.running import Run, TemplateRunner, Values
from callboard.software_templates.services import CommandServices

MASK = "***"


@dataclass(frozen=True, slots=True)
class LocatedTemplate:
    """A template with the work tree that has it."""

    definition: TemplateDefinition
    root: Path
    """The work tree of its repository."""
    path: str
    """Its file in there."""
    hosts: Mapping[str, str]
    clone_url: str = ""
    """Empty for a file on this machine, of which nothing is recorded."""
    revision: str = ""
    portal: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the steps may use."""

    temporary: Path
    git: PersonalGit
    checkouts: Checkouts
    find_entity: Callable[[str], Mapping[str, Any] | None]
    publishing: str = "auto"
    skips_unknown: bool = False
    user: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the steps made, before anything outside of the temporary folder is changed."""

    run: Run
    files: StagedFiles
    output: Mapping[str, Any]
    """The template's output; its links are those that the repositories will have."""
    runner: TemplateRunner

    @property
    def folder(self) -> Path:
        """The folder of what the template made: that of the first new repository, or else all files."""
        published = (
            change.folder
            for step, change in self.run.changes
            if change.folder and not step.action.endswith(("pull-request", "merge-request"))
        )
        return next((folder for folder in published if folder), self.files.root)


def prepare(template: LocatedTemplate, answers: Mapping[str, Any], secrets: Mapping[str, str], around: Surroundings) -> Prepared:
    """Do the steps in a new temporary folder. Raises ``ActionError`` and ``TemplateEngineError``."""
    hidden = secret_names(template.definition.pages)
    parameters = {name: MASK if name in hidden else value for name, value in answers.items()}
    root = around.temporary / f"files-{len([*around.temporary.iterdir()])}"
    root.mkdir()
    folder = template.path.rpartition("/")[0]
    with closing(TemplateEngine(template.hosts)) as engine:
        services = CommandServices(
            template.root, folder, template.hosts, engine, around.checkouts, around.temporary, around.git.environ, around.find_entity,
            around.publishing,
        )  # fmt: skip
        files = StagedFiles(root)
        runner = TemplateRunner(
            template.definition, Values(parameters, secrets, around.user), services, files, skips_unknown=around.skips_unknown
        )
        runner.check()
        run = runner.run()
        prepared = Prepared(run, files, runner.output(run), runner)
    if template.clone_url:
        _write_record(prepared, record_of(template, answers))
    return prepared


def record_of(template: LocatedTemplate, answers: Mapping[str, Any]) -> TemplateRecord:
    """The record, without the answers to secret parameters."""
    hidden = secret_names(template.definition.pages)
    kept = {name: value for name, value in answers.items() if name not in hidden}
    return TemplateRecord(
        template.definition.ref, template.clone_url, template.revision, template.path, kept, template.hosts, template.portal
    )


def _write_record(prepared: Prepared, record: TemplateRecord) -> None:
    """Write the record into what the template made, unless all it did is a pull request."""
    if prepared.folder != prepared.files.root or not prepared.run.changes:
        StagedFiles(prepared.folder).write(RECORD_PATH, record.text().encode())


def with_outputs(prepared: Prepared, outputs: Mapping[str, Mapping[str, Any]]) -> Prepared:
    """The same with the outputs that steps have after their changes were carried out; links of the output follow them."""
    for step_id, values in outputs.items():
        kept = prepared.run.steps.get(step_id, {}).get("output", {})
        prepared.run.steps[step_id] = {"output": {**kept, **values}}
    services = prepared.runner.services
    with closing(TemplateEngine(services.hosts)) as engine:
        services.engine = engine
        return replace(prepared, output=prepared.runner.output(prepared.run))
