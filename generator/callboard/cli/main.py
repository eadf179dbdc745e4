"""The command ``callboard``: finds the subcommand's file when it is asked for, prints errors, sets the exit code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from callboard import __version__
from callboard.model.errors import CallboardError

COMMANDS = {
    "init": "Begin a portal: sources.yaml, a workflow, a first site.",
    "build": "Build the portal's site.",
    "serve": "Build, watch, rebuild and show the portal on this machine.",
    "lint": "Check descriptors; references too when the whole portal is checked.",
    "collect": "Read some sources and leave them to the next build.",
    "diff": "Say what changed from one build to another.",
    "publish": "Put the built site where people read it.",
    "explain": "Say what a problem code means and how to mend it.",
    "plugins": "List what is plugged in.",
}
"""Names and one-line helps stand here, so that ``--help`` imports no command."""

HIDDEN = ("reference",)
"""Commands for those who work on Callboard itself; ``--help`` leaves them out."""
USAGE_OR_TOOL_FAILURE = 2


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called: ``--help`` answers in 150 ms."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command from ``callboard.cli.<name>``; it is called ``command`` there."""
        if cmd_name not in COMMANDS and cmd_name not in HIDDEN:
            return None
        command: click.Command = importlib.import_module(f"callboard.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list for ``--help``, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"auto_envvar_prefix": "CALLBOARD", "help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callboard")
def group() -> None:
    """A developer portal that is a static site, from the descriptors that your teams already keep.

    Exit codes: 0 good, 1 problems found, 2 usage, configuration or tool failure. Every option can also be set by an
    environment variable: CALLBOARD_BUILD_OUTPUT for `build --output`.
    """


def main() -> None:
    """Run the command line; whatever stops a command is told on stderr and ends with exit code 2, never with that of problems found."""
    try:
        group()
    except CallboardError as error:
        _end(str(error), error.hint)
    except OSError as error:
        place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        _end(f"{place}{error.strerror or error}.", "Look at the path, its rights and the room on the disk.")
    except Exception:  # noqa: BLE001 - Python would end with 1, which says that descriptors have problems
        import traceback

        traceback.print_exc()
        _end("this is a mistake in Callboard itself.", "Please report the lines above.")


def _end(message: str, hint: str) -> NoReturn:
    click.echo(f"callboard: {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)
    sys.exit(USAGE_OR_TOOL_FAILURE)
