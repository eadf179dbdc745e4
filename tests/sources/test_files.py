"""The files source on real folders, friendly and hostile."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from company import commit, context, descriptor, found, git, put, repository, settings

from callboard.model.errors import MissingFileError, OutsideTreeError, SourceError, TooLargeError, TreeError
from callboard.sources.files import folder
from callboard.sources.files.folder import FolderTree
from callboard.sources.files.source import FilesSource


def collect(tmp_path, **options):
    return FilesSource(settings("files", **{"path": "acme", **options}), context(tmp_path)).collect()


def test_a_plain_folder_is_one_tree(tmp_path):
    put(tmp_path / "acme", {"catalog-info.yaml": "", "payments/catalog-info.yml": "", "payments/README.md": "", "other.yaml": ""})
    got = collect(tmp_path)
    assert found(got) == ["acme: catalog-info.yaml", "acme: payments/catalog-info.yml"]
    assert [(t.id, t.repository, t.revision) for t in got.trees] == [("acme", "acme", "")]
    assert got.trees[0].last_change("catalog-info.yaml") is None
    assert got.trees[0].view_url("catalog-info.yaml", 3) == got.trees[0].edit_url("catalog-info.yaml") == ""


def test_each_git_repository_below_is_a_tree(tmp_path):
    for name in ("payments", "web/shop"):
        repository(tmp_path / "acme" / name, {"catalog-info.yaml": descriptor("x"), "docs/index.md": "# Docs"})
    got = collect(tmp_path)
    assert found(got) == ["acme/payments: catalog-info.yaml", "acme/web/shop: catalog-info.yaml"]
    assert [t.id for t in got.trees] == ["acme/payments", "acme/web/shop"]
    assert all(len(t.revision) == 40 for t in got.trees)
    assert got.trees[0].glob("**") == ["catalog-info.yaml", "docs/index.md"]


def test_a_git_file_of_a_linked_work_tree_counts_as_a_repository(tmp_path):
    origin = repository(tmp_path / "origin", {"catalog-info.yaml": ""})
    (tmp_path / "acme").mkdir()
    git(origin, "worktree", "add", "-q", str(tmp_path / "acme" / "linked"), "-b", "feature")
    assert found(collect(tmp_path)) == ["acme/linked: catalog-info.yaml"]


def test_folders_are_repositories_where_the_settings_say_so(tmp_path):
    put(tmp_path / "acme", {"a/catalog-info.yaml": "", "b/deep/catalog-info.yaml": "", ".github/x": "", "catalog-info.yaml": ""})
    got = collect(tmp_path, repositories="*")
    assert found(got) == ["acme: catalog-info.yaml", "acme/a: catalog-info.yaml", "acme/b: deep/catalog-info.yaml"]
    with pytest.raises(OutsideTreeError):
        got.files[1].tree.read("../b/deep/catalog-info.yaml", 100)


def test_the_portals_own_folder_is_named_by_its_source(tmp_path):
    put(tmp_path, {"catalog-info.yaml": "", "repos/x/catalog-info.yaml": ""})
    got = collect(tmp_path, path=".", repositories="repos/*")
    assert [(t.id, t.repository) for t in got.trees] == [(".", "acme"), ("repos/x", "repos/x")]


def test_dot_folders_are_read_but_not_what_tools_fill(tmp_path):
    files = [
        ".backstage/catalog-info.yaml", "node_modules/x/catalog-info.yaml", "a/.venv/lib/catalog-info.yaml", ".git/catalog-info.yaml",
        "java/pom.xml", "java/target/catalog-info.yaml", "target/catalog-info.yaml", "vendor/catalog-info.yaml",
        "php/composer.json", "php/vendor/catalog-info.yaml", "env/pyvenv.cfg", "env/catalog-info.yaml", ".callboard/catalog-info.yaml",
    ]  # fmt: skip
    put(tmp_path / "acme", dict.fromkeys(files, ""))
    assert [f.path for f in collect(tmp_path).files] == [
        ".backstage/catalog-info.yaml",
        "target/catalog-info.yaml",
        "vendor/catalog-info.yaml",
    ]


def test_include_and_exclude_choose_the_files(tmp_path):
    put(tmp_path / "acme", {"a/entity.yaml": "", "b/entity.yml": "", "old/entity.yaml": "", "catalog-info.yaml": ""})
    got = collect(tmp_path, include=["**/entity.{yml,yaml}"], exclude=["old/"])
    assert [f.path for f in got.files] == ["a/entity.yaml", "b/entity.yml"]


ODD = [
    "{{cookiecutter.name}}",
    "${{ values.name | dump }}",
    "a b",
    "a|b",
    "$HOME",
    "new\nline",
    "ünï-ﷺ",
    "*",
    "[x]",
    "-rf",
    "~",
    "%2e%2e",
    "a" * 200,
]


def test_odd_names_are_only_names(tmp_path):
    put(tmp_path / "acme", {f"{name}/catalog-info.yaml": descriptor("x") for name in ODD})
    repository_of = collect(tmp_path)
    assert sorted(f.path for f in repository_of.files) == sorted(f"{name}/catalog-info.yaml" for name in ODD)
    for file in repository_of.files:
        assert file.tree.read(file.path, 1_000).startswith(b"apiVersion")


def test_a_name_that_is_no_utf_8_is_a_problem_and_no_crash(tmp_path):
    put(tmp_path / "acme", {"good/catalog-info.yaml": ""})
    odd = os.fsencode(tmp_path / "acme") + b"/caf\xe9"
    folder = Path(os.fsdecode(odd))
    folder.mkdir()
    (folder / "catalog-info.yaml").touch()
    got = collect(tmp_path)
    assert [f.path for f in got.files] == ["good/catalog-info.yaml"]
    assert [(p.code, p.message) for p in got.problems] == [("SRC001", "The name of caf\\xe9 is not UTF-8, so it is left out.")]


def test_links_never_lead_out_and_loops_never_loop(tmp_path):
    put(tmp_path, {"secret/catalog-info.yaml": "secret", "secret/passwords": "secret"})
    put(tmp_path / "acme", {"a/catalog-info.yaml": "a", ".git/config": "token"})
    base = tmp_path / "acme"
    for link, target in {
        "loop": ".", "a/up": "..", "self": "self", "out": "../secret", "a/catalog-info.yml": "../../secret/catalog-info.yaml",
        "b.yaml": str(tmp_path / "secret/passwords"), "dangling.yaml": "nowhere", "config.yaml": ".git/config", "dir.yaml": "a",
        "fine.yaml": "a/catalog-info.yaml",
    }.items():  # fmt: skip
        (base / link).symlink_to(target)
    got = collect(tmp_path, include=["**/*.yaml", "**/*.yml"])
    assert [f.path for f in got.files] == ["a/catalog-info.yaml"]
    tree = got.trees[0]
    assert tree.glob("**") == ["a/catalog-info.yaml", "fine.yaml"]
    assert tree.read("fine.yaml", 10) == tree.read("loop/a/catalog-info.yaml", 10) == b"a"
    for path in ("out/passwords", "b.yaml", "a/catalog-info.yml", "../secret/passwords", "/etc/passwd"):
        with pytest.raises(OutsideTreeError):
            tree.read(path, 10)
    for path in (".git/config", ".GIT/config", "config.yaml", "a/../.git/config"):
        with pytest.raises(OutsideTreeError):
            tree.read(path, 10)
    for path in ("self", "dangling.yaml", "dir.yaml", "a/up/../../secret/passwords", "a\0b", "a" * 5_000, "nothing.yaml", "a"):
        with pytest.raises(MissingFileError):
            tree.read(path, 10)


def test_a_link_to_a_file_that_is_no_descriptor_by_name_is_read_once(tmp_path):
    put(tmp_path / "acme", {"backstage/component.yml": "x"})
    for link in ("catalog-info.yaml", "z/catalog-info.yaml"):
        (tmp_path / "acme" / link).parent.mkdir(exist_ok=True)
        (tmp_path / "acme" / link).symlink_to(tmp_path / "acme" / "backstage/component.yml")
    got = collect(tmp_path)
    assert [f.path for f in got.files] == ["catalog-info.yaml"]
    assert got.trees[0].read("catalog-info.yaml", 10) == b"x"


def test_a_pipe_named_like_a_descriptor_holds_nobody_up(tmp_path):
    (tmp_path / "acme").mkdir()
    os.mkfifo(tmp_path / "acme" / "catalog-info.yaml")
    got = collect(tmp_path)
    assert got.files == ()
    with pytest.raises(MissingFileError):
        got.trees[0].read("catalog-info.yaml", 10)


def test_a_file_above_the_limit_is_not_read(tmp_path):
    put(tmp_path / "acme", {"catalog-info.yaml": "x" * 11})
    tree = collect(tmp_path).trees[0]
    with pytest.raises(TooLargeError, match="has 11 bytes; at most 10 are read"):
        tree.read("catalog-info.yaml", 10)
    assert len(tree.read("catalog-info.yaml", 11)) == 11


def test_each_folder_is_listed_once(tmp_path, monkeypatch):
    put(tmp_path / "acme", {"a/b/c/catalog-info.yaml": "", "d/x": ""})
    listed = []
    real = os.scandir
    monkeypatch.setattr(folder.os, "scandir", lambda path: listed.append(path) or real(path))
    collect(tmp_path, include=["**/*.yaml", "a/**/*.yml", "*/x"])
    assert len(listed) == len(set(listed)) == 5


def test_revision_and_last_change_come_from_git(tmp_path):
    root = repository(tmp_path / "acme", {"a/catalog-info.yaml": "1", "b/catalog-info.yaml": "1"}, "2024-01-01T00:00:00Z")
    first = git(root, "rev-parse", "HEAD")
    second = commit(root, {"b/catalog-info.yaml": "2"}, "2024-02-02T00:00:00Z")
    tree = collect(tmp_path).trees[0]
    assert tree.revision == second
    assert tree.last_change("a/catalog-info.yaml") == datetime(2024, 1, 1, tzinfo=UTC)
    assert tree.last_change("b/catalog-info.yaml") == datetime(2024, 2, 2, tzinfo=UTC)
    assert tree.last_change("nothing") is None
    sub = collect(tmp_path, path="acme/a").trees[0]
    assert (sub.revision, sub.last_change("catalog-info.yaml")) == (first, datetime(2024, 1, 1, tzinfo=UTC))


def test_a_checkout_of_a_known_host_links_to_it(tmp_path):
    root = repository(tmp_path / "acme", {"services/pay ments/catalog-info.yaml": ""})
    git(root, "remote", "add", "origin", "git@github.com:acme/mono.git")
    tree = collect(tmp_path, path="acme/services").trees[0]
    path = "pay ments/catalog-info.yaml"
    assert tree.view_url(path, 7) == "https://github.com/acme/mono/blob/main/services/pay%20ments/catalog-info.yaml#L7"
    assert tree.edit_url(path) == "https://github.com/acme/mono/edit/main/services/pay%20ments/catalog-info.yaml"


def test_a_folder_that_was_never_committed_knows_nothing(tmp_path):
    root = repository(tmp_path / "portal", {"x": ""})
    git(root, "remote", "add", "origin", "git@github.com:acme/mono.git")
    put(root, {"new/catalog-info.yaml": ""})
    tree = collect(tmp_path, path="portal/new").trees[0]
    assert (tree.revision, tree.view_url("catalog-info.yaml")) == ("", "")


def test_own_templates_make_the_links(tmp_path):
    put(tmp_path / "acme", {"a b/catalog-info.yaml": ""})
    view, edit = "https://git.acme.example/blob/{path}?line={line}", "https://git.acme.example/edit/{path}"
    tree = collect(tmp_path, view_url=view, edit_url=edit).trees[0]
    assert tree.view_url("a b/{line}", 3) == "https://git.acme.example/blob/a%20b/%7Bline%7D?line=3"
    assert tree.edit_url("a b/x") == "https://git.acme.example/edit/a%20b/x"


def test_a_hostile_configuration_of_a_checkout_runs_nothing(tmp_path):
    root = repository(tmp_path / "acme", {"catalog-info.yaml": "", ".gitattributes": "* diff=evil filter=evil\n"})
    proof = tmp_path / "proof"
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {proof}\ncat\n")
    evil.chmod(0o755)
    keys = [
        "core.fsmonitor", "core.pager", "diff.evil.textconv", "diff.evil.command", "diff.external", "gpg.program", "core.sshCommand",
        "filter.evil.smudge", "filter.evil.clean", "credential.helper", "core.hooksPath", "core.alternateRefsCommand",
    ]  # fmt: skip
    for key in keys:
        git(root, "config", key, str(evil))
    git(root, "status")
    assert proof.exists(), "the configuration is not as hostile as it should be"
    proof.unlink()
    git(root, "config", "log.showSignature", "true")
    git(root, "config", "extensions.partialClone", "origin")
    git(root, "config", "remote.origin.url", f"ext::{evil}")
    tree = collect(tmp_path).trees[0]
    assert tree.revision
    assert tree.last_change("catalog-info.yaml")
    assert not proof.exists()


@pytest.mark.parametrize(("path", "message"), [("nowhere", "there is no folder nowhere"), ("file", "file is not a folder")])
def test_a_folder_that_is_not_there_is_told_with_what_to_do(tmp_path, path, message):
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match=message) as raised:
        collect(tmp_path, path=path)
    assert raised.value.hint == "Correct the option path; it starts at the folder of sources.yaml."
    assert str(tmp_path) not in f"{raised.value}{raised.value.hint}", "the status page shows both"


def test_a_folder_that_becomes_a_link_after_it_was_checked_is_not_followed(tmp_path, monkeypatch):
    """Whoever can write into the folder exchanges one of its folders for a link between the check and the reading."""
    put(tmp_path, {"tree/a/b/f.yaml": "inside", "secret/b/f.yaml": "outside"})
    tree = FolderTree((tmp_path / "tree").resolve(), "t", "t", "", ["a/b/f.yaml"])
    checked = folder._status_without_links

    def then_exchanged(root, relative):
        result = checked(root, relative)
        (tmp_path / "tree/a").rename(tmp_path / "tree/old")
        (tmp_path / "tree/a").symlink_to(tmp_path / "secret")
        return result

    monkeypatch.setattr(folder, "_status_without_links", then_exchanged)
    with pytest.raises(MissingFileError):
        tree.read("a/b/f.yaml", 100)


def test_no_reading_follows_a_link_that_another_program_exchanges_all_the_time(tmp_path):
    put(tmp_path, {"tree/a/f.yaml": "inside", "secret/f.yaml": "outside"})
    (tmp_path / "tree/link").symlink_to(tmp_path / "secret")
    tree = FolderTree((tmp_path / "tree").resolve(), "t", "t", "", ["a/f.yaml"])
    ended = threading.Event()

    def exchange():
        one, other, spare = (tmp_path / "tree" / name for name in ("a", "link", "spare"))
        while not ended.is_set():
            one.rename(spare)
            other.rename(one)
            spare.rename(other)

    thread = threading.Thread(target=exchange)
    thread.start()
    found = set()
    try:
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            try:
                found.add(tree.read("a/f.yaml", 100))
            except TreeError:
                found.add(b"refused")
    finally:
        ended.set()
        thread.join()
    assert found <= {b"inside", b"refused"}


def test_a_template_that_cannot_be_used_is_one_problem_for_the_source(tmp_path):
    for name in ("payments", "shop"):
        put(tmp_path / "acme" / name, {"catalog-info.yaml": ""})
    collected = collect(tmp_path, repositories="*", view_url="https://git.acme.example/{repository}/{ref}/{path}")
    assert [tree.view_url("x", 1) for tree in collected.trees] == ["", ""]
    [problem] = collected.problems
    assert (problem.code, problem.origin.path) == ("SRC004", "catalog-info.yaml")
    assert "view_url" in problem.message
    assert "acme/payments and 1 more" in problem.message


@pytest.mark.parametrize(("pattern", "url"), [("*", "payments"), ("**", "group/orders")])
def test_repository_in_a_template_is_the_folder(tmp_path, pattern, url):
    """faults/site/edit-link-empty-repository: it was the path of the git remote, and empty without one."""
    for name in ("payments", "group/orders"):
        put(tmp_path / "acme" / name, {"catalog-info.yaml": ""})
    trees = collect(tmp_path, repositories=pattern, edit_url="https://github.com/acme/{repository}/edit/main/{path}").trees
    assert f"https://github.com/acme/{url}/edit/main/catalog-info.yaml" in [tree.edit_url("catalog-info.yaml") for tree in trees]
