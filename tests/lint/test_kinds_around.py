import subprocess
from pathlib import Path

import pytest

from callboard.lint.check import check_paths
from callboard.model.errors import SettingsError

KIND = """
x-callboard: {kind: Dataset, plural: Datasets, icon: database-outline, apiVersions: [data.example.com/v1]}
required: [spec]
properties: {spec: {required: [type], properties: {type: {enum: [table, topic]}}}}
"""
DATASET = "apiVersion: data.example.com/v1\nkind: Dataset\nmetadata: {name: orders}\nspec: {type: tabel}\n"


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """A repository with a portal that has a kind of its own, and a folder deep in it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {name: a, type: git, url: https://git.invalid/a.git, token: '${NOBODYS_TOKEN}'}\nkinds: [kinds/dataset.yaml]\n"
    )
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds/dataset.yaml").write_text(KIND)
    folder = tmp_path / "data/orders"
    folder.mkdir(parents=True)
    (folder / "catalog-info.yaml").write_text(DATASET)
    monkeypatch.chdir(folder)
    return tmp_path


def codes(path="catalog-info.yaml"):
    return [problem.code for problem in check_paths([Path(path)], {}).problems]


def test_files_are_judged_by_the_kinds_of_the_portal_around_without_its_tokens(portal, monkeypatch):
    (portal / "elsewhere").mkdir()
    assert codes() == ["SPC004"]
    monkeypatch.chdir(portal / "elsewhere")
    assert codes("../data") == ["SPC004"]


def test_a_portal_outside_of_the_repository_is_nobodys(portal, monkeypatch):
    subprocess.run(["git", "init", "-q", str(portal / "data")], check=True)
    assert codes() == ["ENT004"]


def test_kinds_that_are_not_there_are_told_with_their_place(portal):
    (portal / "kinds/dataset.yaml").unlink()
    with pytest.raises(SettingsError, match=r"sources\.yaml:3:9"):
        codes()


@pytest.mark.parametrize("text", ["{{ .Values }}: [", "just a text", "sources: {a: b}\nkinds: [nothing.yaml]"])
def test_a_file_of_that_name_that_is_no_portals_is_left_alone(portal, text):
    (portal / "sources.yaml").write_text(text)
    assert codes() == ["ENT004"]
