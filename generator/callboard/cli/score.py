"""``callboard score``: the saved state of a portal, or a published portal with local descriptors → results, why, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.model.data_classes import dataclass

if TYPE_CHECKING:
    from callboard.cli.score_formats import JudgedEntities
    from callboard.cli.score_portal import PortalEntities
    from callboard.model.problem import Problem
    from callboard.scorecards.judging import Judgement

BELOW = 1
"""Exit code where an entity is below ``--fail-under``, or a scorecard has a mistake."""
_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """The options of the command, by their names; their help texts document them."""

    refs: tuple[str, ...]
    config: Path
    portal: str | None
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    explain: bool
    fail_under: str | None
    what_if: Path | None
    form: str


@click.command("score")
@click.argument("refs", nargs=-1, metavar="[REF]...")
@click.option("--config", type=_FILE, default=Path("sources.yaml"), show_default=True, help="The portal's configuration.")
@click.option("--portal", metavar="URL|FOLDER", help="A published portal, in place of the saved state of one.")
@click.option("--path", "paths", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="With --portal: descriptors that replace those of the portal, and the files beside them. Repeatable. "
                   "Default: the working folder.")  # fmt: skip
@click.option("--card", "names", multiple=True, metavar="NAME", help="Only this scorecard. Repeatable. Default: all.")
@click.option("--explain", is_flag=True, help="Show each rule with its condition, the values found, and what would change the result.")
@click.option("--fail-under", metavar="LEVEL", help="Exit with 1 if an entity has not reached this level, or this percentage.")
@click.option("--what-if", type=_FILE, metavar="FILE",
              help="An edited descriptor or scorecard: show whose results change.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "junit"]), default="text", show_default=True,
              help="Output format.")  # fmt: skip
def command(**values: Any) -> None:
    """Judge entities by the portal's scorecards, with the data of the last build and without network.

    REF is a reference such as component:orders; default: all entities, as a summary of each scorecard. Run it in the portal's folder:
    edit a scorecard and see what it would say, before the next build.

    With --portal, run it in a team's repository: the scorecards and the facts are those of a published portal, the descriptors and files
    are the local ones, and the default is every entity that is described here. For a portal that requires authentication, set
    CALLBOARD_PORTAL_HEADER ("Authorization: Bearer …").
    """
    from callboard.cli.score_formats import Scores, rendered

    options = ScoreOptions(**values)
    if options.paths and not options.portal:
        raise click.UsageError("--path needs --portal.")
    if options.what_if and options.form == "junit":
        raise click.UsageError("--what-if has no JUnit output.")
    judged, problems, refs = _of_portal(options) if options.portal else _of_state(options)
    if judged is None:
        return
    scores = Scores.of(judged, refs, options.names)
    click.echo(rendered(scores, options.form, explain=options.explain).rstrip("\n"))
    is_low = options.fail_under is not None and scores.are_below(options.fail_under)
    if _report(problems) or is_low:
        sys.exit(BELOW)


def _report(problems: Sequence[Problem]) -> bool:
    """Print the problems of scorecards; whether one is an error."""
    for problem in problems:
        place = f"{problem.origin.path}:{problem.span.line}" if problem.origin and problem.span else ""
        click.echo(f"{place}: {problem.severity.value} {problem.code} {problem.message}", err=True)
    return any(problem.severity.value == "error" for problem in problems)


def _of_state(options: ScoreOptions) -> tuple[JudgedEntities | None, Sequence[Problem], Sequence[str]]:
    import os

    from callboard.cli.score_state import saved_portal
    from callboard.model.errors import SettingsError
    from callboard.plugins.portal_settings import read_settings

    settings = read_settings(options.config, os.environ)
    if not settings.scorecards:
        raise SettingsError("The portal has no scorecards.", "List their files under scorecards: in sources.yaml.")
    portal = saved_portal(settings)
    if options.what_if is None:
        return portal.judged, portal.judged.problems, options.refs
    name = _scorecard_name(options.what_if)
    after = portal.with_scorecard(options.what_if, name) if name else portal.with_descriptor(options.what_if)
    _show_moves(options, portal.judged.judgement, after.judgement)
    if _report(after.problems if name else ()):
        sys.exit(BELOW)
    return None, (), ()


def _of_portal(options: ScoreOptions) -> tuple[JudgedEntities | None, Sequence[Problem], Sequence[str]]:
    import os

    from callboard.cli.score_formats import reference_of
    from callboard.cli.score_portal import PortalQuestion, portal_entities
    from callboard.lint.portal_reader import PortalReader

    reader = PortalReader(str(options.portal), os.environ, "Nothing was judged.")
    try:
        is_card = options.what_if is not None and bool(_scorecard_name(options.what_if))
        paths = () if is_card else (options.what_if,) if options.what_if else options.paths or (Path(),)
        found, local = portal_entities(PortalQuestion(str(options.portal), os.environ, paths), reader)
        if options.what_if is not None:
            _show_moves(options, *_portal_moves(found, options.what_if, is_card=is_card))
            return None, (), ()
        refs = [reference_of(ref, found.has) for ref in options.refs] or list(local)
        found.judge(refs)
        return found, (), refs
    finally:
        reader.close()


def _portal_moves(found: PortalEntities, file: Path, *, is_card: bool) -> tuple[Judgement, Judgement]:
    """The results of all entities of a published portal before and after an edit."""
    from callboard.cli.score_portal import edited_cards

    published = found.published
    refs = list(dict.fromkeys((*published.all_refs(), *published.world.local)))
    if is_card:
        before = published.judge(refs)
        return before, published.judge(refs, edited_cards(published, file))
    local, published.world.local = published.world.local, {}
    before = published.judge(refs)
    published.world.local = local
    return before, published.judge(refs)


def _scorecard_name(file: Path) -> str:
    """The name of the scorecard in a file; empty for a file that is none."""
    from callboard.cli.score_portal import scorecard_data

    return str(scorecard_data(file).get("name", ""))


def _show_moves(options: ScoreOptions, before: Judgement, after: Judgement) -> None:
    from callboard.cli.score_moves import moves_between, rendered_moves

    click.echo(rendered_moves(moves_between(before, after), options.form))
