"""Exceptions that end a command. Errors in data that Callboard reads are ``Problem`` values instead."""

FOREIGN_EXCEPTIONS = (Exception, SystemExit)
"""What code of a plugin may raise that must not end the command: ``sys.exit()`` would end it without a message."""


def with_hint(message: str, hint: str = "") -> str:
    """Both as sentences in one line: messages come with a full stop or without; ``hint`` may be empty."""
    return f"{message}{'' if message.endswith(('.', '!', '?', '…')) else '.'} {hint}".rstrip()


class CallboardError(Exception):
    """The base class of all errors that Callboard raises on purpose; the command prints it and exits with code 2.

    ``hint`` is one sentence on how to fix it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SettingsError(CallboardError):
    """``sources.yaml`` cannot be used; the message lists every finding with its position."""


class SourceError(CallboardError):
    """A source could not be read at all."""


class TreeError(CallboardError):
    """A file of a tree cannot be read: it is missing, too large or outside the tree."""


class MissingFileError(TreeError):
    """There is no such file in the tree."""


class MissingRevisionError(TreeError):
    """The repository of the tree has no such branch, tag or commit, or it cannot be had here."""


class NotPermittedError(TreeError):
    """The source of the file does not permit the reading descriptor's repository to read it."""


class OutsideTreeError(TreeError):
    """The path is outside the tree (``..``, an absolute path, a symbolic link)."""


class TooLargeError(TreeError):
    """The file has more bytes than the caller allowed."""


class WebsiteError(CallboardError):
    """The site cannot be built or committed; the previous one stays."""


class LockedError(WebsiteError):
    """Another build holds the lock of this portal."""


class PluginError(CallboardError):
    """A plugin is missing, broken or named twice."""


class PublishError(CallboardError):
    """The site cannot be published; the published one stays, or the next run continues where this one stopped."""
