"""Publishing into a folder: whole at every moment, and never touching what is not ours."""

import pytest
from sites import CHANGED, NEW, OLD, REMOVED, InterruptedHereError, StopAt, built, context

from callboard.io.site_folder.manifest import SITE_MARKER, WORKSHOP
from callboard.model.errors import PublishError
from callboard.publish.folder import FolderPublisher


def publish(tmp_path, files, step=lambda _: None):
    tmp_path.mkdir(exist_ok=True)
    return FolderPublisher({"path": "../public"}, context(tmp_path, step)).publish(built(tmp_path / "site", files))


def content_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != SITE_MARKER}


def test_the_folder_becomes_the_site_and_only_what_changed_is_written(tmp_path):
    assert publish(tmp_path, OLD).written == len(OLD)
    same = tmp_path / "public/catalog/default/component/same/index.html"
    before = same.stat().st_mtime_ns
    done = publish(tmp_path, NEW)
    assert (done.written, done.removed, done.unchanged) == (CHANGED, REMOVED, len(NEW) - CHANGED)
    assert content_of(tmp_path / "public") == NEW
    assert same.stat().st_mtime_ns == before


def test_publishing_the_same_site_twice_writes_nothing(tmp_path):
    publish(tmp_path, OLD)
    assert publish(tmp_path, OLD).written == 0


def test_interrupted_at_any_step_the_next_run_goes_on(tmp_path):
    count = StopAt()
    publish(tmp_path / "count", OLD)
    publish(tmp_path / "count", NEW, count)
    assert len(count.steps) > 8
    for number in range(len(count.steps)):
        place = tmp_path / str(number)
        publish(place, OLD)
        with pytest.raises(InterruptedHereError):
            publish(place, NEW, StopAt(number))
        publish(place, NEW)
        assert content_of(place / "public") == NEW, count.steps[number]
        assert not (place / "public" / WORKSHOP).exists()


def test_a_folder_with_files_of_others_is_refused(tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public/index.html").write_text("mine")
    with pytest.raises(PublishError, match="not made by Callboard"):
        publish(tmp_path, OLD)
    assert content_of(tmp_path / "public") == {"index.html": b"mine"}


@pytest.mark.parametrize("path", ["../site", "../site/inside", ".."])
def test_the_built_site_is_not_published_into_itself_or_around_itself(tmp_path, path):
    site = built(tmp_path / "site", OLD)
    with pytest.raises(PublishError, match="contain one another"):
        FolderPublisher({"path": path}, context(tmp_path)).publish(site)


def test_a_site_that_changes_while_it_is_published_leaves_the_old_one(tmp_path):
    publish(tmp_path, OLD)
    site = built(tmp_path / "site", NEW)
    (tmp_path / "site/index.html").write_bytes(b"<p>bad")
    with pytest.raises(PublishError, match="not as the build wrote it"):
        FolderPublisher({"path": "../public"}, context(tmp_path)).publish(site)
    assert content_of(tmp_path / "public") == OLD
