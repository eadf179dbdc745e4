"""A source is read in one place and served by a build in another."""

import shutil

import pytest
from click.testing import CliRunner

from callboard.cli.build import command as build
from callboard.cli.collect import command as collect
from callboard.io.store import Store
from callboard.model.errors import SettingsError
from callboard.state import files as state_files
from state_builders import component
from support import shared_caches

pytestmark = pytest.mark.long

SETTINGS = "version: 1\nsources:\n  - {name: here, type: files, path: here}\n  - {name: inside, type: files, path: inside}\n"


@pytest.fixture
def portal(tmp_path, monkeypatch):
    (tmp_path / "sources.yaml").write_text(SETTINGS)
    for name in ("here", "inside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "catalog-info.yaml").write_text(component(f"c-{name}"))
    monkeypatch.chdir(tmp_path)
    with shared_caches.lent(tmp_path):
        yield tmp_path


def run(command, *arguments):
    answer = CliRunner().invoke(command, [*arguments, "--now", "2026-11-20T02:00:00Z"])
    assert answer.exit_code == 0, (answer.output, answer.exception)
    return answer.output


def names(folder):
    return sorted(entity.ref.name for entity in state_files.read(Store.beside(folder)).entities)


def test_what_was_collected_in_one_place_is_served_by_a_build_in_another(portal):
    assert run(collect, "--only", "inside") == "inside: 1 entity, up to date\n"
    assert names(portal) == ["c-inside"]
    shutil.rmtree(portal / "inside")
    run(build, "-q", "--skip", "inside")
    assert names(portal) == ["c-here", "c-inside"]
    assert state_files.read(Store.beside(portal)).stale == ()
    assert (portal / "site/catalog/default/component/c-inside/index.html").exists()


def test_the_first_build_after_a_collecting_is_still_the_baseline(portal):
    run(collect, "--only", "inside")
    run(build, "-q")
    assert [change.kind for change in state_files.read(Store.beside(portal)).changes] == ["baseline"]


def test_a_collecting_between_builds_leaves_its_changes_to_the_next_build(portal):
    run(build, "-q")
    (portal / "inside/catalog-info.yaml").write_text(component("c-inside", lifecycle="deprecated"))
    run(collect, "--only", "inside")
    assert [change.kind for change in state_files.read(Store.beside(portal)).changes] == ["baseline"]
    run(build, "-q", "--skip", "inside")
    assert [change.kind for change in state_files.read(Store.beside(portal)).changes] == ["lifecycle"]


def test_what_cannot_be_collected_keeps_its_last_good_copy_and_says_so(portal):
    run(collect)
    shutil.rmtree(portal / "inside")
    answer = CliRunner().invoke(collect, ["--only", "inside"])
    assert answer.exit_code == 1
    assert "there is no folder inside" in answer.output
    assert names(portal) == ["c-here", "c-inside"]


@pytest.mark.parametrize(("command", "option"), [(collect, "--only"), (build, "--skip")])
def test_an_unknown_source_is_named_with_the_known_ones(portal, command, option):
    answer = CliRunner().invoke(command, [option, "nowhere"])
    assert isinstance(answer.exception, SettingsError)
    assert "Known sources: here, inside." in answer.exception.hint
