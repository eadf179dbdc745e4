"""The text of a descriptor that is in no file yet → its problems, as ``callboard lint`` reports them for a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from callboard.descriptors.kinds import builtin_kinds
from callboard.model.problem import Problem
from callboard.model.tree import DescriptorFile
from callboard.pipeline import Workspace, ingest, resolve
from callboard.plugins.sources import Collected, MemoryFile, MemoryTree
from callboard.settings.settings import Settings, SourceSettings

SOURCE = "files"


def check_text(path: str, text: str, others: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """The problems of the descriptor ``text`` at ``path``; ``others`` are files next to it, such as definitions that it names.

    References are not checked, because another repository may have their targets.
    """
    files = [MemoryFile(path, text), *(MemoryFile(name, content) for name, content in (others or {}).items())]
    tree = MemoryTree.of(SOURCE, SOURCE, files)
    settings = Settings(Path(), Path("sources.yaml"), sources=(SourceSettings(SOURCE, "files", {}),))
    work = Workspace(settings, {}, builtin_kinds())
    collected = Collected((tree,), (DescriptorFile(SOURCE, tree, path),), tree_sources=(SOURCE,))
    return resolve(work, ingest(work, collected), is_complete=False).problems
