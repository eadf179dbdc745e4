"""Follows the portal's folder and the folders of its sources; builds again after each change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import watchfiles

from generator.errors import CallboardError
from generator.server.preview import Preview


class _Ours(watchfiles.DefaultFilter):
    """Leaves out what editors, git and we ourselves write."""

    def __init__(self, ignored: Sequence[Path]) -> None:
        super().__init__()
        self._ignored = tuple(path.resolve() for path in ignored)

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        """Whether a change of this path is a reason to build."""
        return super().__call__(change, path) and not any(Path(path).is_relative_to(folder) for folder in self._ignored)


def build_on_change(
    paths: Sequence[Path],
    ignored: Sequence[Path],
    build: Callable[[], None],
    preview: Preview,
    stop: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Build again after each change until ``stop`` is set.

    A build that fails leaves the last good site and tells why, in the terminal (``say``) and in the open pages.

    Args:
        paths: folders and files to watch; those that do not exist are left out.
        ignored: folders whose changes count for nothing: the output, the caches.
        build: makes the site; raises when it cannot.
        preview: told of the outcome.
        stop: set to end.
        say: writes a line for the person at the terminal.
    """
    there = [path for path in paths if path.exists()]
    for changes in watchfiles.watch(*there, watch_filter=_Ours(ignored), stop_event=stop, debounce=300, step=50, raise_interrupt=True):
        say(f"{len(changes)} changed, building again")
        build_once(build, preview, say)


def build_once(build: Callable[[], None], preview: Preview, say: Callable[[str], None]) -> bool:
    """One build, its outcome told; True if it went well."""
    try:
        build()
    except CallboardError as error:
        message = "\n".join(part for part in (str(error), error.hint) if part)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one build must not end an afternoon's preview
        message = f"{type(error).__name__}: {error}"
    else:
        preview.show_new_site()
        return True
    preview.show_error(message)
    say(f"The build failed; the last good site stays.\n{message}")
    return False
