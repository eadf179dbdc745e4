"""Real git repositories that fail, come back, and lose files by commits."""

import shutil
import subprocess

import pytest

from state_builders import Portal, component, night

pytestmark = pytest.mark.long

IDENTITY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"}


def commit(folder, **files):
    """Write (or remove, for None) files and commit them."""
    folder.mkdir(parents=True, exist_ok=True)

    def git(*arguments):
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **IDENTITY}
        subprocess.run(["git", *arguments], cwd=folder, env=environ, check=True, capture_output=True)

    if not (folder / ".git").exists():
        git("init", "-q", "-b", "main")
    for name, text in files.items():
        path = folder / f"{name}/catalog-info.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text) if text else path.unlink()
    git("add", "-A")
    git("commit", "-q", "-m", "x")


@pytest.fixture
def portal(tmp_path):
    portal = Portal(tmp_path / "portal")
    portal.root.mkdir()
    repositories = [tmp_path / name for name in ("shop", "bank")]
    for folder in repositories:
        commit(folder, a=component(folder.name), b=component(f"{folder.name}-b"))
    portal.add_git("code", *(f"file://{folder}" for folder in repositories))
    portal.build(0)
    return portal


def names(portal):
    return sorted(ref.name for ref in portal.catalog.entities)


def test_a_repository_that_cannot_be_reached_serves_on_and_the_other_is_fresh(portal, tmp_path):
    shutil.move(tmp_path / "bank", tmp_path / "elsewhere")
    commit(tmp_path / "shop", a=component("shop", lifecycle="deprecated"))
    portal.build(1)
    assert names(portal) == ["bank", "bank-b", "shop", "shop-b"]
    (stale,) = portal.served.stale
    assert (stale.repository, stale.since) == ("bank", night(0))
    assert [(c.kind, c.ref.name) for c in portal.past.changes if c.at == night(1)] == [("lifecycle", "shop")]
    assert portal.served.guard_result.publish
    portal.build(2)
    assert portal.served.stale == (stale,)
    shutil.move(tmp_path / "elsewhere", tmp_path / "bank")
    portal.build(3)
    assert portal.served.stale == ()


def test_a_file_that_a_commit_removed_is_gone(portal, tmp_path):
    commit(tmp_path / "bank", b=None)
    portal.build(1)
    assert names(portal) == ["bank", "shop", "shop-b"]
    assert [(c.kind, c.ref.name) for c in portal.past.changes if c.at == night(1)] == [("removed", "bank-b")]


def test_a_repository_that_left_the_settings_is_gone(portal, tmp_path):
    portal.sources.clear()
    portal.add_git("code", f"file://{tmp_path / 'shop'}")
    portal.build(1)
    assert names(portal) == ["shop", "shop-b"]


def test_an_entity_that_moved_to_a_repository_while_its_old_one_fails_is_served_once(portal, tmp_path):
    shutil.move(tmp_path / "bank", tmp_path / "elsewhere")
    commit(tmp_path / "shop", c=component("bank"))
    portal.build(1)
    assert names(portal) == ["bank", "bank-b", "shop", "shop-b"]
    assert [e.origin.repository for e in portal.served.entities if e.ref.name == "bank"] == ["shop"]
    assert [c.kind for c in portal.past.changes if c.at == night(1) and c.ref.name == "bank"] == ["moved"]
