"""Only a whole site that a build has written is published."""

import pytest
from sites import OLD, built

from callboard.io.site_folder.manifest import SITE_MARKER, WORKSHOP
from callboard.model.errors import PublishError
from callboard.plugins.publishers.built_site import read_site
from callboard.plugins.publishers.content_types import in_publishing_order


def test_a_folder_without_the_marker_is_refused(tmp_path):
    (tmp_path / "private.txt").write_text("secret")
    with pytest.raises(PublishError, match=r"was not made by Callboard: it has no file \.callboard-site"):
        read_site(tmp_path)


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(PublishError, match="not made by Callboard"):
        read_site(tmp_path / "none")


def test_a_site_whose_build_was_interrupted_is_refused(tmp_path):
    built(tmp_path, OLD)
    (tmp_path / WORKSHOP).mkdir()
    with pytest.raises(PublishError, match="was interrupted"):
        read_site(tmp_path)


@pytest.mark.parametrize(
    "spoil", [lambda f: f.unlink(), lambda f: f.write_text("longer than before"), lambda f: (f.unlink(), f.symlink_to("/etc/passwd"))]
)
def test_a_site_that_lost_or_changed_a_file_is_refused(tmp_path, spoil):
    built(tmp_path, OLD)
    spoil(tmp_path / "assets/portal.css")
    with pytest.raises(PublishError, match="not as the build wrote it"):
        read_site(tmp_path)


def test_a_file_that_changed_without_changing_its_size_is_refused_when_it_is_read(tmp_path):
    site = built(tmp_path, OLD)
    (tmp_path / "assets/portal.css").write_bytes(b"x{}")
    with pytest.raises(PublishError, match="not as the build wrote it"):
        site.read("assets/portal.css")


def test_files_that_are_not_the_builds_are_not_among_those_published(tmp_path):
    built(tmp_path, OLD)
    (tmp_path / "notes.txt").write_text("mine")
    assert set(read_site(tmp_path).files) == set(OLD)
    assert SITE_MARKER not in read_site(tmp_path).files


def test_pages_come_after_all_that_they_need():
    assets, pages = in_publishing_order(dict.fromkeys(OLD))
    assert not any(path.endswith(".html") for path in assets)
    assert set(assets) | set(pages) == set(OLD)
