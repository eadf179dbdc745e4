"""Real descriptors of public repositories against the verdicts of Backstage's released code."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_text
from callboard.model.errors import MissingFileError
from callboard.settings.settings import Limits

DATA = os.environ.get("CALLBOARD_TEST_DATA", "")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="CALLBOARD_TEST_DATA does not name the folder of real descriptors"),
]


def expectations():
    rows = [json.loads(line) for line in (Path(DATA) / "corpora" / "expectations.jsonl").read_text("utf-8").splitlines()]
    by_file = defaultdict(list)
    for row in rows:
        by_file[row["file"]].append(row)
    return by_file


def read(root, file):
    repository, _, path = file.partition("/")

    def content(name):
        if not (root / repository / name).is_file():
            raise MissingFileError(name)
        return (root / repository / name).read_bytes()

    place = FileLocation("corpora", repository, repository.replace("__", "/"), "", path)
    return read_text((root / file).read_bytes(), place, content, builtin_kinds(), Limits())


def known_difference(row, entity):
    """The first two lines of the manual's page about differences; errors of relations are found when the catalog is linked."""
    newer = entity is not None and (entity.ref.kind == "airesource" or entity.spec.get("type") == "mcp-server")
    return newer or row["result"].startswith("relation")


def test_verdicts_and_references_are_those_of_backstage():
    root, wrong, seen = Path(DATA) / "corpora", [], 0
    for file, rows in expectations().items():
        result = read(root, file)
        for row in rows:
            seen += 1
            number = row["doc"]
            entity = next((entity for entity in result.entities if entity.origin.document == number), None)
            errors = [problem.code for problem in result.problems if problem.severity == "error" and problem.origin.document == number]
            skipped = any(item.document == number and item.reason != "empty" for item in result.skipped)
            accepted = row["result"] == "ok"
            if accepted == bool(errors or skipped) and not known_difference(row, entity):
                wrong.append((file, number, row["result"], errors))
            if accepted and (entity is None or str(entity.ref) != row["ref"]):
                wrong.append((file, number, row["ref"], entity and str(entity.ref)))
    assert seen
    assert not wrong


def test_real_descriptors_are_read_without_an_exception_and_with_places_in_their_files():
    root = Path(DATA) / "corpora"
    for path in sorted(path for path in root.rglob("*") if path.suffix in {".yaml", ".yml"} and path.is_file()):
        result = read(root, str(path.relative_to(root)))
        lines = path.read_bytes().count(b"\n") + 1
        assert all(problem.span is None or 1 <= problem.span.line <= lines for problem in result.problems)
