"""``callboard describe REPO…``: repositories without a descriptor → a list of what would be written, files, or pull requests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.model.counting import counted
from callboard.model.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callboard.onboarding.applying import RepositoryChange
    from callboard.onboarding.hosts import PortalHosts
    from callboard.onboarding.proposal import ProposalOutcome
    from callboard.onboarding.running import Step
    from callboard.settings.settings import Settings

NOT_DONE = 1
MOST = 10
"""Default of ``--limit``."""
FAILED = frozenset({"failed", "denied"})


@dataclass(frozen=True, slots=True)
class DescribeOptions:
    """The options of the command, by their names; their help texts document them."""

    repositories: tuple[str, ...]
    config: Path
    every: bool
    write: bool
    pull_request: bool
    limit: int
    show: bool
    apply: tuple[str, ...]
    repository: str
    path: str
    token_env: str


@click.command("describe")
@click.argument("repositories", metavar="[REPO]…", nargs=-1)
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration, whose sources name the hosts.")  # fmt: skip
@click.option("--all", "every", is_flag=True, help="All repositories in which the portal's sources find no descriptor.")
@click.option("--write", is_flag=True, help="Write the files into local folders. Existing files are never changed.")
@click.option("--pull-request", is_flag=True, help="Open a pull request (GitLab: merge request) in each repository.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=MOST, show_default=True, help="Requests that one run opens at most.")
@click.option("--show", is_flag=True, help="Print the whole text of each descriptor.")
@click.option("--apply", multiple=True, metavar="FILE",
              help="Propose this changed descriptor, or the changes in this file of JSON; - reads standard input. Repeatable.")  # fmt: skip
@click.option("--repository", default="", metavar="REPO", help="With --apply: the repository of the descriptor.")
@click.option("--path", default="", metavar="PATH", help="With --apply: the descriptor's path in it.  [default: catalog-info.yaml]")
@click.option("--token-env", default="", metavar="NAME",
              help="Environment variable with a token that may open pull requests, used in place of the sources' own.")  # fmt: skip
def command(**values: Any) -> None:
    """Write a descriptor for each repository that has none, from what its host and its files say.

    REPO is a local folder, or the name (acme/payments) or address of a repository of a github, gitlab or gitea source. Without --write
    or --pull-request, only a list is printed: what would be written where, and why. Each guess has a comment with its evidence; what
    nothing says is asked for by a comment.

    A pull request that somebody closed without merging it is never opened again. Archived repositories and forks are left out.

    Exit codes: 0 done, 1 some repositories failed or refused, 2 error in usage or configuration.
    """
    options = DescribeOptions(**values)
    if options.write and options.pull_request:
        raise click.UsageError("Give --write or --pull-request, not both.")
    if options.apply and (options.repositories or options.every):
        raise click.UsageError("Give --apply or repositories, not both; --repository names the repository of a descriptor.")
    if not options.apply and not options.repositories and not options.every:
        raise click.UsageError("Name a repository or a folder, or give --all.")
    settings = _settings(options)
    hosts = _hosts(options, settings)
    failed = _apply(options, hosts) if options.apply else _describe(options, settings, hosts)
    if failed:
        sys.exit(NOT_DONE)


def _settings(options: DescribeOptions) -> Settings | None:
    """The settings of the portal; None without a configuration, which local folders do not need."""
    import os

    from callboard.plugins.portal_settings import read_settings

    if not options.config.exists() and options.config == Path("sources.yaml") and not options.every:
        return None
    return read_settings(options.config, os.environ)


def _hosts(options: DescribeOptions, settings: Settings | None) -> PortalHosts:
    import os

    from callboard.io.store import Store
    from callboard.onboarding.hosts import PortalHosts
    from callboard.plugins.sources import SourceContext

    token = os.environ.get(options.token_env, "") if options.token_env else ""
    if options.token_env and not token:
        raise click.UsageError(f"The environment variable {options.token_env} is not set.")
    if settings is None:
        here = Path.cwd()
        return PortalHosts((), SourceContext(here, here / ".callboard" / "cache", os.environ), token)
    cache = Store.beside(settings.root).cache
    return PortalHosts(settings.sources, SourceContext(settings.root, cache, os.environ, settings.redactor), token)


def _describe(options: DescribeOptions, settings: Settings | None, hosts: PortalHosts) -> bool:
    """Describe repositories; returns whether one of them failed."""
    from callboard.onboarding.running import Budget, describe_all, proposer, write_new

    portal = settings.portal.url if settings else ""
    names = (*options.repositories, *(_undescribed(settings, hosts) if options.every and settings else ()))
    budget = Budget(options.limit)
    act = (
        proposer(hosts, budget, portal) if options.pull_request
        else write_new if options.write
        else lambda *_: None
    )  # fmt: skip
    steps = []
    for step in describe_all(dict.fromkeys(names), hosts, act, budget):
        _report(step, show=options.show)
        steps.append(step)
    _summarize([step.outcome for step in steps if step.outcome], sum(step.description is not None and not step.outcome for step in steps))
    return any(step.outcome and step.outcome.result in FAILED for step in steps)


def _undescribed(settings: Settings, hosts: PortalHosts) -> Iterable[str]:
    """Addresses of the repositories of hosts in which the sources find no descriptor."""
    from callboard.cli.output import report_failures
    from callboard.onboarding.hosts import HOSTS
    from callboard.plugins.run_sources import collect_all

    types = {source.name: source.type for source in settings.sources}
    collected = collect_all(settings, hosts.context)
    report_failures(collected.failures, debug=False)
    return [each.url for each in collected.undescribed if types.get(each.source) in HOSTS]


def _report(step: Step, *, show: bool) -> None:
    """Print what is known of one repository."""
    from callboard.lint.report import plain
    from callboard.onboarding.descriptions import rows
    from callboard.redaction.secrets import mask
    from callboard.sources.guesses.describing import DESCRIPTOR

    if step.description is None or (step.outcome and step.outcome.result not in {"written", "opened", "updated"}):
        if step.outcome:
            _report_outcome(step.outcome)
        return
    click.echo(plain(f"{step.name}: {DESCRIPTOR}"))
    if show:
        click.echo(mask(step.description.text))
    else:
        for key, value, evidence in rows(step.description.guess):
            click.echo(plain(mask(f"  {key}: {value}" + (f"  (from {evidence})" if evidence else ""))))
    for key, reason in step.description.guess.unknown.items():
        click.echo(plain(f"  {key}: unknown, to be added ({reason})"))
    for message in step.description.errors:
        click.echo(plain(f"  lint: {message}"))
    if step.outcome:
        _report_outcome(step.outcome)


def _report_outcome(outcome: ProposalOutcome) -> None:
    from callboard.lint.report import plain
    from callboard.redaction.secrets import mask

    click.echo(plain(mask(f"{outcome.repository}: {outcome.result}: {outcome.message}" + (f" {outcome.url}" if outcome.url else ""))))


def _summarize(outcomes: list[ProposalOutcome], planned: int) -> None:
    """Print how many repositories had each outcome."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.result] = counts.get(outcome.result, 0) + 1
    words = [f"{count:,} {result}" for result, count in counts.items()]
    if planned:
        words.insert(0, f"{counted(planned, 'file')} would be written; give --write or --pull-request to do it")
    click.echo(f"{'; '.join(words) or 'Nothing to do'}.", err=True)


def _apply(options: DescribeOptions, hosts: PortalHosts) -> bool:
    """Propose, write or show changed descriptors; returns whether one of them failed."""
    from callboard.lint.report import plain
    from callboard.onboarding.running import Budget, apply_all, difference, write_change

    changes = [change for file in options.apply for change in _changes(file, options)]
    for change in changes:
        for message in change.errors:
            click.echo(plain(f"{change.repository}: lint: {change.proposal.path}: {message}"), err=True)
    if not options.pull_request and not options.write:
        for change in changes:
            click.echo(f"{change.repository}: {change.proposal.path}")
            click.echo(difference(change, hosts))
        click.echo(f"{counted(len(changes), 'file')} would be changed; give --write or --pull-request to do it.", err=True)
        return False
    outcomes = [write_change(each) for each in changes] if options.write else [*apply_all(changes, hosts, Budget(options.limit))]
    for outcome in outcomes:
        _report_outcome(outcome)
    _summarize(outcomes, 0)
    return any(outcome.result in FAILED for outcome in outcomes)


def _changes(file: str, options: DescribeOptions) -> list[RepositoryChange]:
    from callboard.onboarding.applying import MOST_BYTES, MOST_CHANGES, changes_of

    most = MOST_BYTES * MOST_CHANGES
    if file == "-":
        content = sys.stdin.buffer.read(most)
    else:
        with Path(file).open("rb") as opened:
            content = opened.read(most)
    return changes_of(content.decode("utf-8", "replace"), options.repository, options.path)
