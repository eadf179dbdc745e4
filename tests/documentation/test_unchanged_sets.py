"""A set of which no file has changed is taken over without reading it; whatever it was made of makes it be read again."""

import os
from datetime import UTC, datetime

import pytest

from callboard.documentation.asked_tree import AskedTree
from callboard.ingestion.watched_trees import watched
from callboard.model.errors import MissingFileError
from callboard.settings.settings import DocsSettings
from callboard.state.recorded_trees import recorded, tree_record
from support.documented_portal import PAYMENTS, DocumentedPortal

LONG_AGO = 1_700_000_000
FILES = {
    "mkdocs.yml": "site_name: Payments\n", "docs/index.md": '# Start\n\n![Plan](plan.png)\n\n--8<-- "part.md"\n',
    "docs/run.md": "# Run\n\n[nowhere](gone.md)\n", "docs/plan.png": b"\x89PNG\r\n\x1a\nplan", "part.md": "A part.\n",
}  # fmt: skip


@pytest.fixture
def portal(tmp_path):
    return aged(DocumentedPortal(tmp_path).write(**FILES).entity(ref="dir:."))


def aged(portal):
    """The files are as old as after a checkout; their times of change are not, which a test cannot set."""
    for path in portal.repository.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))
    return portal


@pytest.fixture(autouse=True)
def no_file_is_recent(monkeypatch):
    monkeypatch.setattr("callboard.sources.files.folder.RECENT_NANOSECONDS", 0)


@pytest.fixture
def read(monkeypatch):
    """The paths that were read of trees to make sets."""
    paths, original = [], AskedTree.read
    monkeypatch.setattr(AskedTree, "read", lambda tree, path, limit: (paths.append(path), original(tree, path, limit))[1])
    return paths


def everything(made):
    return made.sets[PAYMENTS], made.problems, [made.html(made.sets[PAYMENTS], page) for page in made.sets[PAYMENTS].pages.values()]


def test_nothing_is_read_and_everything_is_the_same(portal, read):
    first = portal.built()
    assert {"docs/index.md", "docs/run.md", "docs/plan.png", "part.md", "mkdocs.yml"} <= {*read}
    read.clear()
    second = portal.built()
    assert read == []
    assert everything(second) == everything(first)
    assert first.sets[PAYMENTS].files.keys() == {"plan.png"}


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_change_of_any_file_is_seen(portal, path):
    before = portal.built().sets[PAYMENTS]
    content = FILES[path]
    portal.write(**{path: content + b"." if isinstance(content, bytes) else content.replace("a", "o") + "Another.\n"})
    after = portal.built().sets[PAYMENTS]
    assert (after.digest, after.files, after.title) != (before.digest, before.files, before.title)


@pytest.mark.parametrize(
    "change",
    [
        lambda portal: portal.write(**{"docs/new.md": "# New\n"}),
        lambda portal: (portal.repository / "docs/run.md").unlink(),
        lambda portal: (portal.repository / "docs/run.md").rename(portal.repository / "docs/walk.md"),
    ],
)
def test_a_new_a_removed_and_a_renamed_file_are_seen(portal, change):
    before = portal.built().sets[PAYMENTS]
    change(portal)
    assert portal.built().sets[PAYMENTS].pages.keys() != before.pages.keys()


def test_other_settings_another_program_and_another_audience_are_seen(portal, read):
    portal.built()
    for change in ("docs", "audience"):
        read.clear()
        setattr(portal, change, DocsSettings(set_pages=1) if change == "docs" else "public")
        portal.built()
        assert "docs/index.md" in read
    read.clear()
    portal.built(program="2")
    assert "docs/index.md" in read


def test_a_file_that_was_changed_just_now_is_read_again(portal, read, monkeypatch):
    monkeypatch.setattr("callboard.sources.files.folder.RECENT_NANOSECONDS", 10**15)
    portal.built()
    read.clear()
    portal.built()
    assert "docs/index.md" in read


def test_contents_stay_recorded_and_watched_without_reading(portal):
    portal.built()
    tree = portal.trees["s", "tree"]
    blobs = {}

    def keep(content):
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return digest

    first = recorded({("s", "tree"): tree}, keep)["s", "tree"]
    content = first.read("docs/run.md", 1_000)
    name, digest = first.file_id("docs/run.md"), next(iter(blobs))
    record = tree_record("s", first, datetime(2026, 1, 1, tzinfo=UTC), None)

    notes = watched(tree, "s")
    second = recorded({("s", "tree"): notes}, keep, {("s", "tree"): record})["s", "tree"]
    assert second.is_same("docs/run.md", name, digest)
    assert tree_record("s", second, datetime(2026, 1, 2, tzinfo=UTC), None).files == {"docs/run.md": digest}
    assert notes.questions().have_equal_answers(tree)
    assert not second.is_same("docs/run.md", name, "0" * 64), "another content is recorded"
    assert not recorded({("s", "tree"): notes}, keep)["s", "tree"].is_same("docs/run.md", name, digest), "nothing is recorded"

    portal.write(**{"docs/run.md": content + b"More.\n"})
    assert not notes.questions().have_equal_answers(tree)
    assert not second.is_same("docs/run.md", name, digest)


def test_a_set_with_a_file_that_cannot_be_read_is_read_each_time(portal, read, monkeypatch):
    portal.docs = DocsSettings(file_bytes=4)
    portal.built()
    read.clear()
    made = portal.built().sets[PAYMENTS]
    assert "docs/plan.png" in read
    assert "plan.png" in made.left_out
    with pytest.raises(MissingFileError):
        portal.trees["s", "tree"].read("docs/none.md", 10)
