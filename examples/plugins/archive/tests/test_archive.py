"""The publisher with small sites in a temporary folder."""

import zipfile
from pathlib import Path

import pytest
from callboard_archive import ArchivePublisher

from callboard.plugins.publishers import PublishError
from callboard.plugins.testing import publish_once

SITE = {"index.html": "<p>hello", "assets/portal.css": "a{}"}


def test_the_archive_has_the_files_of_the_site(tmp_path: Path) -> None:
    done = publish_once(ArchivePublisher, {"path": "portal.zip"}, SITE, tmp_path)
    assert (done.written, done.unchanged, done.removed) == (2, 0, 0)
    with zipfile.ZipFile(tmp_path / "portal.zip") as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == SITE


def test_the_same_site_is_not_written_again_and_makes_the_same_bytes(tmp_path: Path) -> None:
    publish_once(ArchivePublisher, {"path": "portal.zip"}, SITE, tmp_path)
    first, content = (tmp_path / "portal.zip").stat().st_ino, (tmp_path / "portal.zip").read_bytes()
    assert publish_once(ArchivePublisher, {"path": "portal.zip"}, SITE, tmp_path).unchanged == len(SITE)
    assert (tmp_path / "portal.zip").stat().st_ino == first
    publish_once(ArchivePublisher, {"path": "other.zip"}, SITE, tmp_path)
    assert (tmp_path / "other.zip").read_bytes() == content


def test_changed_and_removed_files_are_counted(tmp_path: Path) -> None:
    publish_once(ArchivePublisher, {"path": "portal.zip"}, SITE, tmp_path)
    done = publish_once(ArchivePublisher, {"path": "portal.zip"}, {"index.html": "<p>bye"}, tmp_path)
    assert (done.written, done.unchanged, done.removed) == (1, 0, 1)


def test_a_folder_in_the_way_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "portal.zip").mkdir()
    with pytest.raises(PublishError, match=r"portal\.zip cannot be written"):
        publish_once(ArchivePublisher, {"path": "portal.zip"}, SITE, tmp_path)


def test_the_process_in_which_a_command_runs_it_writes_the_same(tmp_path: Path) -> None:
    for name, contained in (("here", False), ("there", True)):
        publish_once(ArchivePublisher, {"path": f"{name}.zip"}, SITE, tmp_path, contained=contained)
    assert (tmp_path / "there.zip").read_bytes() == (tmp_path / "here.zip").read_bytes()
