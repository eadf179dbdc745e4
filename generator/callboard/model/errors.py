"""What stops us: errors that end a command. What is wrong in somebody's data is a ``Problem`` instead."""


class CallboardError(Exception):
    """The root of all errors that we raise on purpose; the command prints it and ends with exit code 2.

    ``hint`` says what to do about it, in one sentence.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SettingsError(CallboardError):
    """``sources.yaml`` cannot be used; the message lists every finding with its position."""


class SourceError(CallboardError):
    """A source could not be read at all."""


class TreeError(CallboardError):
    """A file of a tree cannot be given out: it is missing, too large or outside the tree."""


class MissingFileError(TreeError):
    """There is no such file in the tree."""


class OutsideTreeError(TreeError):
    """The path leads outside the tree (``..``, an absolute path, a symbolic link)."""


class TooLargeError(TreeError):
    """The file has more bytes than the caller allowed."""


class WebsiteError(CallboardError):
    """The site cannot be made or committed; the old one stays."""


class LockedError(WebsiteError):
    """Another build holds the lock of this portal."""


class PluginError(CallboardError):
    """A plugin is missing, broken or named twice."""


class PublishError(CallboardError):
    """The site cannot be published; what was there stays, or the next run goes on where this one stopped."""
