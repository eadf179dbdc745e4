"""Fixture folders of problems: ``input/`` is read as a tree, ``reads.json`` names the files to read (else all YAML files).

``kinds/`` holds schemas of the portal, as ``kinds:`` in its ``sources.yaml`` would name them.
"""

import json
from pathlib import Path

from callboard.descriptors.portal_kinds import read_kinds
from callboard.descriptors.reading import read_file
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits
from callboard.sources.files.folder import FolderTree

FIXTURES = Path(__file__).parent.parent / "fixtures" / "problems"


def problems_of(folder: Path):
    """Every problem of the descriptors in a fixture folder."""
    root = folder / "input"
    listing = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    tree = FolderTree(root, folder.name, folder.name, "", listing)
    named = folder / "reads.json"
    paths = json.loads(named.read_text()) if named.exists() else [path for path in listing if path.endswith((".yaml", ".yml"))]
    kinds = read_kinds(sorted(folder.glob("kinds/*")), folder)
    return [problem for path in paths for problem in read_file(DescriptorFile("here", tree, path), kinds, Limits()).problems]


def told(problem):
    """What a fixture expects of a problem."""
    return {
        "code": problem.code,
        "path": problem.origin.path,
        "line": problem.span.line if problem.span else None,
        "column": problem.span.column if problem.span else None,
        "severity": str(problem.severity),
        "message": problem.message,
        "hint": problem.hint,
    }
