"""Files, or documents of files, that are no descriptors: what the portal counts and lists, with the reason."""

from __future__ import annotations

from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SkippedFile:
    """A descriptor file with documents that are no descriptors."""

    source: str
    """Name of the source in ``sources.yaml``."""
    repository: str
    """Name of the repository or folder for people."""
    path: str
    reason: str
    """``not-a-descriptor``, ``template-skeleton``, ``kubernetes`` or ``empty``."""
    documents: int = 1
    """Number of documents of the file that were skipped for this reason."""
