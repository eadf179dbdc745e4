"""Exceptions ↔ ``RaisedError``: what a plugin raised in its process, as the error that contracts name, or as one that they do not."""

from __future__ import annotations

import contextlib
import traceback

from callboard.model.errors import (
    CallboardError,
    MissingFileError,
    MissingRevisionError,
    OutsideTreeError,
    PluginError,
    PublishError,
    SourceError,
    TooLargeError,
    TreeError,
)
from callboard.plugins.containment.messages import RaisedError

_CLASSES: tuple[type[CallboardError], ...] = (
    MissingFileError, MissingRevisionError, OutsideTreeError, TooLargeError, TreeError, PluginError, PublishError, SourceError,
    CallboardError,
)  # fmt: skip
"""Errors that contracts name, the more special ones first."""
_BY_NAME = {kind.__name__: kind for kind in _CLASSES}
_LONGEST = 20_000
"""Characters of a message or a traceback that are sent."""


def raised_error(error: BaseException) -> RaisedError:
    """The exception as a value; its own methods may raise, too."""
    kind = next((kind.__name__ for kind in _CLASSES if isinstance(error, kind)), "")
    message = hint = trace = ""
    with contextlib.suppress(BaseException):
        message = str(error)[:_LONGEST]
    with contextlib.suppress(BaseException):
        hint = str(getattr(error, "hint", ""))[:_LONGEST] if kind else ""
    with contextlib.suppress(BaseException):
        trace = "" if kind else "".join(traceback.format_exception(error))[-_LONGEST:]
    return RaisedError(kind, type(error).__name__, message, hint, trace)


def allowed_error(raised: RaisedError) -> CallboardError | None:
    """The error if the contracts of plugins name it, else None."""
    kind = _BY_NAME.get(raised.kind)
    return kind(raised.message, raised.hint) if kind else None
