"""Paths that a template makes: which are written, and which are refused."""

import pytest

from callboard.plugins.actions import ActionError
from callboard.plugins.safe_paths import safe_path
from callboard.plugins.staged_files import StagedFiles


@pytest.mark.parametrize(("path", "expected"), [
    ("a/b.txt", "a/b.txt"), ("./a//b", "a/b"), (".", ""), ("", ""), (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
    (".gitignore", ".gitignore"), (".gitattributes", ".gitattributes"), ("docs/größe.md", "docs/größe.md"), ("a b/c", "a b/c"),
    ("git", "git"), ("x.git", "x.git"), ("console.log", "console.log"), (".callboard/template.yaml", ".callboard/template.yaml"),
])  # fmt: skip
def test_ordinary_paths_are_written(path, expected):
    assert safe_path(path) == expected


@pytest.mark.parametrize("path", [
    ".git/config", "a/.git/hooks/pre-commit", ".GIT/config", ".Git", "git~1/config", "GIT~2", ".git./config", ".git /config", ".git",
    ".g\u200cit/config", "\u200e.git/config", "．git/config", ".git::$INDEX_ALLOCATION/config", "../x", "a/../../x", "a/..", "/etc/passwd",
    "~/x", "C:/x", "C:x", "a\\..\\b", "\\\\server\\x", "con", "NUL.txt", "com1", "a/LPT9.log", "a.", "a ", "a\0b", "a\nb", "a*", "x" * 300,
    "x/" * 600, "a\u202eb", "\ud800",
])  # fmt: skip
def test_dangerous_paths_are_refused(path):
    with pytest.raises(ActionError, match="The template writes to a path that"):
        safe_path(path)


def test_links_are_neither_followed_nor_made_outwards(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    files = StagedFiles(root)
    files.write("a/file", b"x")
    files.copy_link("a/inside", "file")
    for target in ("../../outside", "/etc", "", "../../root/../outside"):
        with pytest.raises(ActionError):
            files.copy_link("a/out", target)
    (root / "out").symlink_to(outside)
    for action in (lambda: files.write("out/x", b"x"), lambda: files.delete("out/x"), lambda: files.rename("a/file", "out/x")):
        with pytest.raises(ActionError, match="through a link"):
            action()
    files.write("out", b"replaced")
    assert (root / "out").read_bytes() == b"replaced"
    assert [*outside.iterdir()] == []


def test_files_and_bytes_are_limited(tmp_path):
    files = StagedFiles(tmp_path, max_files=3, max_bytes=10)
    files.write("a", b"12345")
    files.write("a", b"1234567890")
    with pytest.raises(ActionError, match="bytes"):
        files.write("b", b"1")
    files = StagedFiles(tmp_path, max_files=3)
    for name in "abc":
        files.write(name, b"")
    with pytest.raises(ActionError, match="more than 3 files"):
        files.write("d", b"")
