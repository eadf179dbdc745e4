"""A guide whose text was edited: the foundation is the one that MkDocs makes of everything, and only that page was rendered."""

import dataclasses
import os
import shutil
import sys
from pathlib import Path

import pytest

from callboard.website import guide_edits, guides, mkdocs_project, theme_build

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def first(tmp_path_factory, guides_folder):
    """The guides before any edit."""
    folder = tmp_path_factory.mktemp("first") / "guides"
    shutil.copytree(guides_folder / "guides", folder)
    (folder / "how/index.md").write_text("# How\n\n[One](one.md), [Two](two.md)\n")
    (folder / "how/two.md").write_text("---\ntitle: The second\n---\nNo heading at first.\n\n# A `late` one\n")
    (folder / "how/named.md").write_text("---\ntitle: By its matter\nhide: [toc]\n---\n\n# `Code` & *more* {#own}\n\nText.\n")
    return folder


@pytest.fixture(scope="module")
def kept(project, first, tmp_path_factory):
    """A cache with what MkDocs has made of them."""
    cache = tmp_path_factory.mktemp("kept") / "cache"
    lay(project, first, cache)
    return cache


@pytest.fixture
def place(first, kept, tmp_path):
    """The guides in a folder, with that cache beside it."""
    shutil.copytree(kept, tmp_path / "cache")
    return shutil.copytree(first, tmp_path / "guides")


def lay(project, place, cache):
    changed = dataclasses.replace(project, guides=guides.read_guides(place, place.parent))
    return theme_build.ThemeBuild(changed, cache, Path(sys.executable), os.environ).finish()


def contents(laid):
    return {name: path.read_bytes() for name, path in laid.files.items()}


@pytest.fixture
def rendered(monkeypatch):
    """The guides of which MkDocs made pages, by run."""
    runs = []
    finish = mkdocs_project.finish_mkdocs

    def finished(running, folder):
        site = finish(running, folder)
        runs.append({path.parent.relative_to(site).as_posix() for path in (site / "guides").rglob("index.html")})
        return site

    monkeypatch.setattr(theme_build, "finish_mkdocs", finished)
    return runs


def same_as_new(project, place, laid, folder):
    new = lay(project, place, folder)
    assert laid.key == new.key
    assert contents(laid) == contents(new)
    assert laid.guides == new.guides


def test_an_edited_text_is_the_only_one_that_is_rendered(project, place, tmp_path, rendered):
    one = place / "how/one.md"
    one.write_text(one.read_text() + "\nMore, with a [link](index.md) and `code`.\n\n## Another heading\n")
    laid = lay(project, place, tmp_path / "cache")
    assert rendered[0] - {"guides/how/two"} == {"guides/how/one"}  # the one whose heading comes late is taken whole
    same_as_new(project, place, laid, tmp_path / "new")
    (place / "how/index.md").write_text("# How\n\nNothing.\n")
    one.write_text(one.read_text().replace("More", "Even more"))
    same_as_new(project, place, lay(project, place, tmp_path / "cache"), tmp_path / "newer")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [("how/one.md", "# How to begin", "# How to start"), ("how/named.md", "By its matter", "Otherwise"), ("how/two.md", "# A", "# The")],
)
def test_another_name_is_on_all_pages_and_renders_them(project, place, tmp_path, rendered, path, old, new):
    (place / path).write_text((place / path).read_text().replace(old, new))
    laid = lay(project, place, tmp_path / "cache")
    assert len(rendered[0]) == len(list(place.rglob("*.md")))
    same_as_new(project, place, laid, tmp_path / "new")


def test_another_guide_and_another_order_render_them_all(project, place, tmp_path, rendered):
    (place / "how/three.md").write_text("# Three\n")
    same_as_new(project, place, lay(project, place, tmp_path / "cache"), tmp_path / "new")
    (place / "nav.yaml").write_text("- how/one.md\n- index.md\n")
    same_as_new(project, place, lay(project, place, tmp_path / "cache"), tmp_path / "newer")
    assert all(len(run) > 3 for run in rendered)


@pytest.mark.parametrize(
    "text",
    [
        "No heading.\n",
        "title: old style\n\n# T\n",
        "---\ntemplate: own.html\n---\n# T\n",
        "# See [it][1]\n\n[1]: x\n",
        "---\na: 1\n...\n# T\n",
    ],
)
def test_a_text_whose_name_cannot_be_told_apart_is_taken_whole(text):
    assert rest_of(text) != rest_of(f"{text}\nMore.\n")


def test_of_other_guides_the_title_counts_and_the_text_does_not():
    assert rest_of("# T\n\nText.\n") == rest_of("# T\n\nOther.\n") != rest_of("# U\n\nText.\n")


def rest_of(text):
    """Digest of what all guides' pages have of the guide with this text."""
    return guide_edits.guide_inputs([("docs/guides/a.md", text.encode())], "").rest
