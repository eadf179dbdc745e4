"""``callboard workflow``: ``sources.yaml`` and the CI workflow next to it → what the workflow lacks, and the secrets to store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from callboard.scaffold.workflow_check import WorkflowCheck
    from callboard.scaffold.workflows import Service

INCOMPLETE = 1
_STORE = {
    "github": "Store each as a secret of the repository: Settings, Secrets and variables, Actions, New repository secret. "
    "In a terminal: gh secret set NAME",
    "gitlab": "Store each as a masked and protected variable: Settings, CI/CD, Variables. GitLab passes it to the build by itself.",
}


@click.command("workflow")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--ci", "service", type=click.Choice(["github", "github-server", "gitlab"]),
              help="CI service of a new workflow; by default the one whose workflow exists.")  # fmt: skip
@click.option("--write", is_flag=True, help="Write a missing workflow, or add the missing secrets and extras to the existing one.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format.")
def command(config: Path, service: Service | None, write: bool, style: str) -> None:  # noqa: FBT001
    """List the secrets that sources.yaml uses, and check that the portal's workflow passes them to the build.

    Run it after adding a source or an integration. The exit code is 1 if the workflow lacks a secret or an extra of the package.
    """
    import json

    from callboard.scaffold.workflow_check import check_workflow, complete_workflow

    checked = check_workflow(config, service)
    if write and not checked.is_complete:
        complete_workflow(checked)
        click.echo(f"written: {checked.file}", err=True)
        checked = check_workflow(config, service)
    if style == "json":
        click.echo(json.dumps(checked.as_data(), indent=2))
    else:
        _print(checked)
    if not checked.is_complete:
        sys.exit(INCOMPLETE)


def _print(checked: WorkflowCheck) -> None:
    """Print the secrets, then what is missing."""
    _print_secrets(checked, err=False)
    for line in checked.messages():
        click.echo(line)


def _print_secrets(checked: WorkflowCheck, *, err: bool) -> None:
    variables = checked.needs.variables
    if not variables:
        click.echo("sources.yaml uses no secrets.", err=err)
        return
    click.echo("Secrets that sources.yaml uses:", err=err)
    width = max(len(used.name) for used in variables)
    for used in variables:
        click.echo(f"  {used.name.ljust(width)}  {', '.join(used.users)}", err=err)
    click.echo(_STORE["gitlab" if checked.service == "gitlab" else "github"], err=err)


def report_secrets(text: str, service: Service) -> None:
    """Print on stderr the secrets of a new ``sources.yaml``, if it uses any, and where to store them."""
    from callboard.scaffold.secrets import portal_needs
    from callboard.scaffold.workflow_check import WorkflowCheck

    needs = portal_needs(text)
    if needs.variables:
        _print_secrets(WorkflowCheck(Path(), service, needs, exists=True), err=True)
