"""The command ``callboard``: arguments → one subcommand, imported on demand; exceptions → messages on stderr and exit codes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import threading
from typing import NoReturn

import click

from callboard import __version__
from callboard.cli.terminal_text import printable
from callboard.model.errors import CallboardError, SettingsError

COMMANDS = {
    "init": "Create a portal: sources.yaml, a nightly workflow, a first site.",
    "workflow": "List the secrets that the portal uses, and check its CI workflow.",
    "build": "Build the portal's site.",
    "serve": "Preview the portal on this machine and rebuild it on each change.",
    "lint": "Check descriptors, and references if the whole portal is checked.",
    "collect": "Read some sources and save their data for a later build.",
    "try-integration": "Show what one integration requests and finds for one entity.",
    "score": "Judge entities by the portal's scorecards.",
    "diff": "Show what changed from one build to another.",
    "graph": "Write the relations of entities as a graph for Graphviz.",
    "digest": "Summarize what changed for a team, for a chat or mail.",
    "api-diff": "Show what changed in an API's definition, and whether it breaks consumers.",
    "publish": "Copy the built site to where it is served.",
    "describe": "Write descriptors for repositories that have none, or open pull requests.",
    "new": "Make a new project from a software template.",
    "template": "Check software templates before they are merged.",
    "explain": "Explain a problem code and how to fix it.",
    "plugins": "List sources, integrations, publishers and other plugins.",
}
"""One-line help texts by name. They are not read from the commands, so that ``--help`` imports none of them."""
HIDDEN = ("reference",)
"""Commands for contributors to Callboard; ``--help`` omits them."""
USAGE_OR_TOOL_FAILURE = 2
INTERRUPTED = 130
"""128 and the number of SIGINT."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that ``--help`` takes 150 ms."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order in which a new portal needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The object ``command`` of the module ``callboard.cli.<name>``; None for an unknown name."""
        if cmd_name not in COMMANDS and cmd_name not in HIDDEN:
            return None
        command: click.Command = importlib.import_module(f"callboard.cli.{cmd_name.replace('-', '_')}").command
        for option in (parameter for parameter in command.params if isinstance(parameter, click.Option)):
            option.envvar = environment_name(cmd_name, option)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; for an unknown one, an error with the most similar command."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from callboard.model.suggestions import nearest

            similar = nearest(args[0], COMMANDS) if args and args[0][:1].isalpha() else ""
            hint = f" Did you mean {similar!r}?" if similar else ""
            raise click.UsageError(f"{error.message}{hint}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list for ``--help``, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def environment_name(command: str, option: click.Option) -> str:
    """The environment variable of an option: ``CALLBOARD_LINT_FORMAT`` for ``lint --format``, whatever its parameter is called."""
    name = next(name for name in option.opts if name.startswith("--"))
    return f"CALLBOARD_{command}_{name.removeprefix('--')}".replace("-", "_").upper()


@click.group(cls=LazyGroup, context_settings={"auto_envvar_prefix": "CALLBOARD", "help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callboard")
def group() -> None:
    """Generate a developer portal, a static site, from the catalog-info.yaml files that your teams already keep.

    Exit codes: 0 success, 1 problems found, 2 error in usage, configuration or a tool, 130 interrupted. Every option can also be set
    by an environment variable, such as CALLBOARD_BUILD_OUTPUT for `build --output`.
    """


def main() -> None:
    """Run the command line. An exception of any kind is reported on stderr and ends with exit code 2, never with 1 (problems found).

    Ctrl-C ends with 130; whatever runs then is stopped by the ``finally`` of its caller.
    """
    try:
        code = group(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt) as error:
        _interrupted(error)
    except SettingsError as error:
        from callboard.cli.output import message_of

        _end(message_of(error), error.hint)
    except CallboardError as error:
        _end(str(error), error.hint)
    except OSError as error:
        _end(*described(error))
    except Exception:  # noqa: BLE001 - uncaught, it would end with 1, the code for problems in descriptors
        import traceback

        traceback.print_exc()
        _end("this is a bug in Callboard.", "Please report it with the lines above.")
    sys.exit(code if isinstance(code, int) else 0)


def described(error: OSError) -> tuple[str, str]:
    """What the system refused, in words, and what to do about it."""
    if error.args and isinstance(error.args[0], list):
        error = _first_of_copies(error.args[0])
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"{place}the disk is full.", "Free some space and run the command again. The previous site and its state are unchanged."
    return f"{place}{error.strerror or error}.", "Check the path, its permissions and the free disk space."


def _first_of_copies(errors: list[tuple[str, str, str]]) -> OSError:
    """The first error of a copied folder, of which ``shutil.Error`` has only texts: source, target and ``[Errno 28] No space …: path``."""
    _, target, reason = errors[0]
    number, _, words = reason.removeprefix("[Errno ").partition("] ")
    return OSError(int(number), words.partition(": ")[0], target) if number.isdigit() else OSError(f"{target}: {reason}")


def _interrupted(error: BaseException) -> NoReturn:
    """End after Ctrl-C, or after the end of the input where an answer was needed."""
    if isinstance(error.__cause__ or error.__context__, EOFError):
        _end("no answer: the input has ended.", "Give the values as options: see --help.")
    click.echo("Stopped.", err=True)
    if threading.active_count() > 1:  # threads that wait for an answer or a program would hold this process until they have it
        from callboard.io.process import stop_all

        stop_all()
        sys.stdout.flush()
        os._exit(INTERRUPTED)
    sys.exit(INTERRUPTED)


def _end(message: str, hint: str) -> NoReturn:
    click.echo(f"callboard: {printable(message)}", err=True)
    if hint:
        click.echo(f"  {printable(hint)}", err=True)
    sys.exit(USAGE_OR_TOOL_FAILURE)
