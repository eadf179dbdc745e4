"""Relations of real descriptors against what Backstage's released code makes of them."""

import json
import os
from pathlib import Path

import pytest
from catalog_reading import entities_of, tree_of

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.model.tree import DescriptorFile
from catalog_builders import KINDS

pytestmark = pytest.mark.data
DATA = os.environ.get("CALLBOARD_TEST_DATA")
if not DATA:
    pytest.skip("CALLBOARD_TEST_DATA names no folder of real descriptors", allow_module_level=True)
CORPORA = Path(DATA).resolve() / "corpora"
EXPECTED = [json.loads(line) for line in (CORPORA / "expectations.jsonl").read_text().splitlines()]
READABLE = [case for case in EXPECTED if case["result"] == "ok"]


@pytest.mark.parametrize("case", READABLE, ids=lambda c: f"{c['file']}#{c['doc']}")
def test_the_relations_of_a_real_descriptor_are_backstages(case):
    repository, _, path = case["file"].partition("/")
    [entity] = [e for e in entities_of(DescriptorFile("here", tree_of(CORPORA / repository), path)) if e.origin.document == case["doc"]]
    catalog, _ = link([entity], KINDS)
    stated = {(r.type, str(r.target)) for r in catalog.relations.get(entity.ref, ()) if r.field}
    expected = {(type_, target) for type_, target in case["relations"]}
    assert str(entity.ref) == case["ref"]
    assert stated >= expected
    assert {r for r in stated - expected if r[1] != str(entity.ref)} == set()


def test_a_catalog_of_all_real_files_is_linked_and_every_problem_has_a_place():
    entities = []
    for folder in sorted(path for path in CORPORA.iterdir() if path.is_dir()):
        tree = tree_of(folder)
        files = {case["file"].partition("/")[2] for case in READABLE if case["file"].startswith(f"{folder.name}/")}
        entities += [e for path in sorted(files) for e in entities_of(DescriptorFile(folder.name, tree, path))]
    merging = merge(entities, [], KINDS)
    merged, duplicates = merging.entities, merging.problems()
    catalog, problems = link(merged, KINDS)
    assert len(catalog.entities) == len(merged) == len(entities) - len(duplicates)
    assert all(problem.span for problem in (*duplicates, *problems))
    kept = {(e.origin.tree, e.origin.path, e.origin.document) for e in merged}
    stated = {
        (case["ref"], type_, target)
        for case in READABLE
        if (*case["file"].partition("/")[::2], case["doc"]) in kept
        for type_, target in case["relations"]
    }
    known = {case["ref"] for case in READABLE}
    dangling = [problem for problem in problems if problem.code == "REF001"]
    assert len(dangling) >= len({one for one in stated if one[2] not in known}) > 0
