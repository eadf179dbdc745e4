"""A file of the site that another file has as well: a hard link if that has the same content now, else a file of its own."""

import os

import pytest

from callboard.io.site_folder.staging import Staging


def put(tmp_path, twin, content=b"image"):
    staging = Staging(tmp_path / "site")
    staging.put("docs/plan.png", content, twin)
    staging.commit()
    return tmp_path / "site/docs/plan.png"


@pytest.fixture
def twin(tmp_path):
    file = tmp_path / "blob"
    file.write_bytes(b"image")
    return file


def test_an_equal_file_is_linked(tmp_path, twin):
    written = put(tmp_path, twin)
    assert written.samefile(twin)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda twin: twin.write_bytes(b"imag3"),
        lambda twin: twin.write_bytes(b"images"),
        lambda twin: twin.unlink(),
        lambda twin: twin.chmod(0o600),
        lambda twin: (twin.rename(twin.with_name("other")), twin.symlink_to("other")),
        lambda twin: (twin.unlink(), os.mkfifo(twin)),
    ],
    ids=["another content", "another size", "none", "other rights", "a link", "a pipe"],
)
def test_another_file_is_not_linked(tmp_path, twin, spoil):
    spoil(twin)
    written = put(tmp_path, twin)
    assert written.read_bytes() == b"image"
    assert written.stat().st_nlink == 1
    assert not written.is_symlink()


def test_a_file_is_written_where_linking_fails(tmp_path, twin, monkeypatch):
    def fail(*_, **__):
        raise OSError

    monkeypatch.setattr(os, "link", fail)
    written = put(tmp_path, twin)
    assert (written.read_bytes(), written.stat().st_nlink) == (b"image", 1)


def test_a_new_content_does_not_change_the_other_file(tmp_path, twin):
    put(tmp_path, twin)
    written = put(tmp_path, twin, b"another")
    assert (written.read_bytes(), twin.read_bytes()) == (b"another", b"image")
