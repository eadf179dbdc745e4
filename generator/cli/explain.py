"""``callboard explain CODE``."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say what the problem CODE means, why it matters and how to mend it; without CODE, list all."""
    from generator.errors import CallboardError
    from generator.linting.explaining import explain, overview
    from generator.linting.rules import all_rules

    rules = all_rules()
    if code is None:
        click.echo(overview(rules))
        return
    rule = rules.get(code.upper())
    if rule is None:
        raise CallboardError(f"There is no problem code {code}.", "`callboard explain` without a code lists all of them.")
    click.echo(explain(rule))
