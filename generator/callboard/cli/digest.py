"""``callboard digest``: the changes that a portal publishes → a short message about a team's, sent or printed."""

from __future__ import annotations

from typing import Any

import click

from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class DigestOptions:
    """The options of the command, by their names; their help texts document them."""

    portal: str
    team: str | None
    since: str
    to: str
    print_only: bool


@click.command("digest")
@click.option("--portal", default="site", show_default=True, metavar="URL|FOLDER", help="A published portal, or the folder of a built one.")
@click.option("--team", metavar="REF", help="Only what this team and its sub-teams own, such as group:payments. Default: everything.")
@click.option("--since", default="7d", show_default=True, metavar="WHEN", help="An age (12h, 7d, 2w), a day, or a time.")
@click.option("--to", type=click.Choice(["markdown", "slack", "teams", "mail"]), default="markdown", show_default=True,
              help="markdown is printed; the others are sent.")  # fmt: skip
@click.option("--print", "print_only", is_flag=True, help="Print the message in place of sending it.")
def command(**values: Any) -> None:
    """Summarize what changed for a team: at most 12 lines, the worst first, each with a link. Silent if nothing changed.

    Addresses come from the environment: CALLBOARD_SLACK_WEBHOOK, CALLBOARD_TEAMS_WEBHOOK, or for mail CALLBOARD_SMTP_URL
    (smtps://user:password@host), CALLBOARD_MAIL_FROM and CALLBOARD_MAIL_TO. For a portal that requires authentication, set
    CALLBOARD_PORTAL_HEADER ("Authorization: Bearer …").
    """
    import os

    from callboard.digest.messages import as_mail, as_markdown, as_slack, as_teams
    from callboard.digest.news import FILE, PortalNews, since_of
    from callboard.digest.sending import send
    from callboard.io import clock
    from callboard.lint.portal_reader import PortalReader

    options = DigestOptions(**values)
    since = since_of(options.since, clock.now(None, os.environ))
    reader = PortalReader(options.portal, os.environ, "Nothing was sent.")
    try:
        digest = PortalNews.of(reader.read(FILE), options.portal).digest(options.team, since)
    finally:
        reader.close()
    if not digest.lines:
        click.echo(f"Nothing changed since {since:%Y-%m-%d %H:%M} UTC.", err=True)
    elif options.to == "markdown":
        click.echo(as_markdown(digest))
    elif options.print_only:
        text = {"slack": as_slack, "teams": as_teams}.get(options.to)
        click.echo(text(digest) if text else as_mail(digest, "callboard@localhost", ("team@localhost",)).as_string())
    else:
        click.echo(f"Sent to {send(digest, options.to, os.environ)}.", err=True)
