"""Where a descriptor file is."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.entity import Origin


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is: everything of an ``Origin`` but the document."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree_id: str
    """Id of the tree in that source."""
    repository: str
    """What people call the tree."""
    revision: str
    """Commit, or an empty text."""
    path: str
    """Path of the file inside the tree, with ``/``."""
    via: tuple[str, ...] = ()
    """References of the Location entities that led here, outermost first."""

    def origin(self, document: int = 0, line: int = 1) -> Origin:
        """The place of one document."""
        return Origin(self.source, self.tree_id, self.repository, self.revision, self.path, document, line, self.via)
