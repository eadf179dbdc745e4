"""An exception that a plugin did not handle → an error that names the plugin, its package and the exception, with the traceback."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from callboard.model.errors import PluginError
from callboard.plugins import loader

MOST = 20_000
"""Characters of a traceback that are kept, from its end."""


class UnhandledPluginError(PluginError):
    """A plugin raised an exception that its contract does not allow."""

    def __init__(self, message: str, hint: str, trace: str) -> None:
        super().__init__(message, hint)
        self.traceback = trace
        """The traceback, with secrets masked."""


def unhandled(
    group: str, type_name: str, error: BaseException, redact: Callable[[str], str], command: str = "build"
) -> UnhandledPluginError:
    """The error for an exception of the plugin ``type_name`` of ``group``; ``redact`` masks secrets in everything that is shown."""
    plugin = loader.load(group).get(type_name)
    package = f" of {plugin.package} {plugin.version}" if plugin else ""
    trace = "".join(traceback.format_exception(error))
    return UnhandledPluginError(
        redact(f'the plugin "{type_name}"{package} raised {type(error).__name__}: {error}'),
        f"Run `callboard {command} --debug` to see the traceback, and report it to the authors of the plugin.",
        redact(trace)[-MOST:],
    )
