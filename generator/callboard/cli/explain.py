"""``callboard explain CODE``."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say what the problem CODE means, why it matters and how to mend it; without CODE, list all."""
    from callboard.lint.explain import explain, overview
    from callboard.plugins.rules import all_rules, find_rule

    click.echo(overview(all_rules()) if code is None else explain(find_rule(code)))
