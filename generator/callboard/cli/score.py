"""``callboard score``: the saved state and the portal's scorecards → levels of entities, why, and the exit code of a pipeline's check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from callboard.scorecards.portal_scorecards import JudgedCatalog
    from callboard.settings.settings import Settings

BELOW = 1
"""Exit code where an entity is below ``--fail-under``, or a scorecard has a mistake."""


@click.command("score")
@click.argument("refs", nargs=-1, metavar="[REF]...")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--card", "names", multiple=True, metavar="NAME", help="Only this scorecard. Repeatable. Default: all.")
@click.option("--explain", is_flag=True, help="Show each rule with its condition, the values found and what to do.")
@click.option("--fail-under", metavar="LEVEL", help="Exit with 1 if an entity has not reached this level, or this percentage.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "junit"]), default="text", show_default=True,
              help="Output format.")  # fmt: skip
def command(refs: tuple[str, ...], config: Path, names: tuple[str, ...], explain: bool, fail_under: str | None, form: str) -> None:  # noqa: FBT001 - an option
    """Judge entities by the portal's scorecards, with the data of the last build and without network.

    REF is a reference such as component:orders; default: all entities, as a summary of each scorecard. Run it in the portal's folder:
    edit a scorecard and see what it would say, before the next build.
    """
    import os

    from callboard.cli.score_formats import Scores, rendered
    from callboard.model.errors import SettingsError
    from callboard.plugins.portal_settings import read_settings

    settings = read_settings(config, os.environ)
    if not settings.scorecards:
        raise SettingsError("The portal has no scorecards.", "List their files under scorecards: in sources.yaml.")
    judged = _judged(settings)
    scores = Scores.of(judged, refs, names)
    click.echo(rendered(scores, form, explain=explain).rstrip("\n"))
    for problem in judged.problems:
        place = f"{problem.origin.path}:{problem.span.line}" if problem.origin and problem.span else ""
        click.echo(f"{place}: {problem.severity.value} {problem.code} {problem.message}", err=True)
    is_low = fail_under is not None and scores.are_below(fail_under)
    if is_low or any(problem.severity.value == "error" for problem in judged.problems):
        sys.exit(BELOW)


def _judged(settings: Settings) -> JudgedCatalog:
    """The results of the portal's scorecards on its saved state."""
    import os

    from callboard import __version__
    from callboard.descriptors.portal_kinds import portal_kinds
    from callboard.history.build_state import load_build_state
    from callboard.io import clock
    from callboard.io.store import Store
    from callboard.pipeline import Workspace, prepare
    from callboard.state.loss_guards import guards_of

    state = load_build_state(Store.beside(settings.root), clock.now(None, os.environ), __version__, settings, from_state=True)
    work = Workspace(settings, os.environ, portal_kinds(settings))
    guards = guards_of(settings.sections.get("history", {}), accept_loss=True)
    judged: JudgedCatalog = prepare(work, state, guards)[0].judged  # type: ignore[assignment]  # the settings have scorecards
    return judged
