"""SRC003 archived-repository: an active entity in a repository that its host has archived, on every host."""

import pytest
from test_selecting_repositories import HOSTS

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.ingestion.archived import archived_problems
from callboard.settings.settings import Limits


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("lifecycle", "count"), [("production", 1), ("experimental", 1), ("Deprecated", 0), ("retired", 0), ("[x]", 0)])
def test_an_active_component_in_an_archived_repository_is_a_problem(tmp_path, host, lifecycle, count):
    text = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: attic}\n"
        f"spec:\n  type: service\n  lifecycle: {lifecycle}\n  owner: ops\n"
    )
    got, _ = HOSTS[host](tmp_path, {"catalog-info.yaml": text}, archived=True, repositories=["attic", "shop"])
    entities = [entity for file in got.files for entity in read_file(file, builtin_kinds(), Limits()).entities]
    problems = [*archived_problems(entities, got.repositories)]
    assert [(each.code, each.span.line, "acme/attic is archived" in each.message) for each in problems] == [("SRC003", 6, True)] * count
