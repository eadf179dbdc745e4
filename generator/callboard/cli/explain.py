"""``callboard explain CODE``: a problem code → its documentation on the terminal."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain the problem CODE: what it means, why it matters, how to fix it. Without CODE, list all codes."""
    import os
    import shutil
    import sys

    from callboard.cli.terminal_text import wants_colour
    from callboard.lint.explain import WIDTH, explain, overview
    from callboard.plugins.rules import all_rules, find_rule

    colour = wants_colour(terminal=sys.stdout.isatty(), environ=os.environ)
    width = shutil.get_terminal_size((WIDTH, 24)).columns
    text = overview(all_rules(), colour=colour) if code is None else explain(find_rule(code), width=width, colour=colour)
    click.echo(text.rstrip("\n"), color=colour)
