"""An address, a folder and options of ``callboard new`` → the new project: shown, agreed to, published and written."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.cli.new_answers import TemplateAnswers, checked_answers, given_answers
from callboard.cli.new_report import report_by_hand, report_change, report_output, report_plan
from callboard.cli.new_template import PortalEntityReader, located_template
from callboard.io.git.personal import PersonalGit
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.plugins.actions import ActionError
from callboard.software_templates.checkouts import Checkouts
from callboard.software_templates.delivery import raise_if_not_empty, write_folder
from callboard.software_templates.preparing import LocatedTemplate, Prepared, Surroundings, prepare, with_outputs

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST_TYPES = ("github", "gitlab", "gitea", "azure", "bitbucketCloud", "bitbucketServer")
_NAMES = ("name", "component_id", "componentId", "componentName", "serviceName", "projectName", "appName")
"""Parameters that usually have the name of the project."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """What was asked for."""

    template: str
    folder: Path | None
    options: Mapping[str, Any]


@contextmanager
def surroundings(portal: str, options: Mapping[str, Any]) -> Iterator[Surroundings]:
    """What the steps may use, with a temporary folder that is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="callboard-new-", ignore_cleanup_errors=True) as name:
        temporary, git = Path(name).resolve(), PersonalGit(os.environ)
        portal_entities = PortalEntityReader(portal, os.environ)
        user = {"ref": options["user"], "entity": portal_entities.find(options["user"])} if options["user"] else {}
        yield Surroundings(
            temporary, git, Checkouts(temporary, git), portal_entities.find, options["publishing"], options["skip_unknown"], user
        )


def make_project(asked: NewProject) -> int:
    """Run the command; the exit code."""
    options = asked.options
    portal = asked.template.rpartition("#")[0] if "#" in asked.template else ""
    if asked.folder and not options["dry_run"]:
        raise_if_not_empty(asked.folder)
    with surroundings(portal, options) as around:
        template = located_template(asked.template, _hosts(options["hosts"]), around.checkouts, os.environ)
        given = given_answers(options)
        answers = checked_answers(template.definition, template.hosts, given, os.environ, prompts=sys.stdin.isatty())
        prepared = prepare(template, answers.values, answers.secrets, around)
        target = _target(asked, prepared, answers)
        report_plan(template.definition.title, prepared, target, with_diff=options["dry_run"])
        if options["dry_run"]:
            report_output(prepared)
            return 0
        return _deliver(template, prepared, target, options)


def _hosts(pairs: tuple[str, ...]) -> Mapping[str, str]:
    hosts = {}
    for pair in pairs:
        host, _, type_ = pair.partition("=")
        if type_ not in HOST_TYPES:
            raise click.UsageError(f"--host {pair}: write HOST=TYPE, with one of the types {', '.join(HOST_TYPES)}.")
        hosts[host.lower()] = type_
    return hosts


def _target(asked: NewProject, prepared: Prepared, answers: TemplateAnswers) -> Path | None:
    """Where the files are written; None if they only become a repository or a pull request."""
    if asked.folder or (prepared.run.changes and asked.options["publishing"] not in {"print", "none"}):
        return asked.folder
    named = (answers.values.get(name) for name in _NAMES)
    name = next((value for value in named if isinstance(value, str) and value), "new-project")
    target = Path(name.replace("/", "-").lstrip(".-") or "new-project")
    if not asked.options["dry_run"]:
        raise_if_not_empty(target)
    return target


def _deliver(template: LocatedTemplate, prepared: Prepared, target: Path | None, options: Mapping[str, Any]) -> int:
    """Carry out the changes and write the folder. The files are written in any case, so that nothing is lost if a change fails."""
    changes = prepared.run.changes if options["publishing"] not in {"none", "print"} else ()
    if changes and not options["yes"] and not click.confirm("Do this?", err=True):
        raise click.Abort
    if target:
        write_folder(prepared.folder, target)
        click.echo(f"written: {target}", err=True)
    outputs: dict[str, Any] = {}
    for number, (step, change) in enumerate(changes):
        try:
            outputs.setdefault(step.id, {}).update(change.carry_out())
        except ActionError as error:
            _keep(prepared, target, template)
            done = f" {number} of {len(changes)} changes were made before." if number else ""
            raise CallboardError(f"{change.title}: failed.{done} {prepared.runner.masked(str(error))}", error.hint) from None
        click.echo(f"done: {change.title}", err=True)
    if not changes:
        report_change(prepared)
    report_by_hand(prepared)
    report_output(with_outputs(prepared, outputs) if outputs else prepared)
    return 0


def _keep(prepared: Prepared, target: Path | None, template: LocatedTemplate) -> None:
    """Write the files to a folder after a failure, if no folder was named."""
    if target is None and prepared.folder.is_dir():
        kept = Path(tempfile.mkdtemp(prefix=f"{template.definition.ref.rpartition('/')[2]}-", dir=Path.cwd()))
        write_folder(prepared.folder, kept)
        click.echo(f"The files are kept in {kept}.", err=True)
