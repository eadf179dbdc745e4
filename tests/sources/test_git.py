"""The git source against real repositories, over files, git's own protocol and HTTP."""

import os
import shutil
import signal
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from company import commit, context, descriptor, found, git, put, repository, settings

from callboard.io.git.command import Git
from callboard.model.errors import MissingFileError, OutsideTreeError, TooLargeError
from callboard.sources.git.objects import missing
from callboard.sources.git.source import GitSource

pytestmark = pytest.mark.long

HTTP_BACKEND = Path("/usr/lib/git-core/git-http-backend")


def collect(tmp_path, **options):
    return GitSource(settings("git", **options), context(tmp_path)).collect()


def needs(*programs):
    absent = [p for p in programs if not (shutil.which(p) or Path(p).exists())]
    if absent and os.environ.get("CALLBOARD_TEST_FULL") == "1":
        pytest.fail(f"not installed: {', '.join(absent)}")
    if absent:
        pytest.skip(f"needs {', '.join(absent)}: install git and lighttpd with the system's package manager")


def serve(command, port):
    """Start a server and wait until it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"{command[0]} does not answer")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process):
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(10)


@pytest.fixture
def payments(tmp_path):
    files = {
        "catalog-info.yaml": descriptor("payments") + "spec:\n  definition:\n    $text: ./api/openapi.yaml\n",
        "api/openapi.yaml": "openapi: 3.1.0\n",
        "docs/index.md": "# Payments\n",
    }
    return repository(tmp_path / "remote" / "payments", files, "2024-01-01T00:00:00Z")


def test_a_repository_is_cloned_and_read_without_a_work_tree(tmp_path, payments):
    got = collect(tmp_path, url=f"file://{payments}")
    assert not got.failures
    assert found(got) == ["payments: catalog-info.yaml"]
    tree = got.trees[0]
    assert (tree.id, tree.revision) == (f"file://{payments}", git(payments, "rev-parse", "HEAD"))
    assert tree.read("catalog-info.yaml", 1_000).startswith(b"apiVersion")
    assert tree.read("./api/../api/openapi.yaml", 1_000) == b"openapi: 3.1.0\n"
    assert tree.glob("**/*.{yaml,md}") == ["api/openapi.yaml", "catalog-info.yaml", "docs/index.md"]
    assert tree.last_change("catalog-info.yaml") == datetime(2024, 1, 1, tzinfo=UTC)
    clone = next((tmp_path / ".callboard/cache/clones").glob("[0-9a-f]*[0-9a-f]"))
    assert not (clone / "index").exists()
    assert not (clone / "hooks").exists()


def test_a_path_beside_the_settings_is_an_address_too(tmp_path, payments):
    assert found(collect(tmp_path, url="remote/payments")) == ["payments: catalog-info.yaml"]


def calls_of(monkeypatch):
    calls = []
    real = Git.run

    def run(self, *arguments, **options):
        calls.append(next(a for a in arguments if not a.startswith("-") and "=" not in a))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Git, "run", run)
    return calls


def test_contents_come_in_batches_and_only_those_that_are_wanted(tmp_path, monkeypatch):
    files = {f"s{i}/catalog-info.yaml": descriptor(f"s{i}") + f"$text: ./api{i}.yaml\n" for i in range(20)}
    apis = {f"s{i}/api{i}.yaml": f"openapi: {i}" for i in range(20)}
    others = {f"docs/{i}.md": f"# {i}" for i in range(20)}
    remote = repository(tmp_path / "remote" / "many", {**files, **apis, **others})
    calls = calls_of(monkeypatch)
    got = collect(tmp_path, url=f"file://{remote}")
    assert calls.count("fetch") == 3  # commits and folders, descriptors, what their placeholders name
    tree = got.trees[0]
    clone = next((tmp_path / ".callboard/cache/clones").glob("[0-9a-f]*[0-9a-f]"))
    assert len(missing(Git(clone, os.environ), tree.revision)) == 20
    calls.clear()
    for i in range(20):
        tree.read(f"s{i}/catalog-info.yaml", 1_000)
        assert tree.read(f"s{i}/api{i}.yaml", 1_000) == f"openapi: {i}".encode()
    assert "fetch" not in calls
    calls.clear()
    tree.fetch([f"docs/{i}.md" for i in range(20)])
    assert [tree.read(f"docs/{i}.md", 10) for i in range(20)] == [f"# {i}".encode() for i in range(20)]
    assert calls.count("fetch") == 1


def test_the_last_changes_of_all_descriptors_cost_one_walk(tmp_path, monkeypatch):
    remote = repository(tmp_path / "remote" / "mono", {f"s{i}/catalog-info.yaml": "1" for i in range(10)}, "2024-01-01T00:00:00Z")
    commit(remote, {"s3/catalog-info.yaml": "2"}, "2024-03-03T00:00:00Z")
    git(remote, "mv", "s4", "renamed")
    commit(remote, {}, "2024-04-04T00:00:00Z")
    got = collect(tmp_path, url=f"file://{remote}")
    calls = calls_of(monkeypatch)
    months = {file.path.split("/")[0]: file.tree.last_change(file.path).month for file in got.files}
    assert months == {f"s{i}": 1 for i in range(10) if i != 4} | {"s3": 3, "renamed": 4}
    assert calls == ["log"]


def test_a_second_run_updates_the_clone_and_an_idle_one_fetches_nothing(tmp_path, payments, monkeypatch):
    collect(tmp_path, url=f"file://{payments}")
    calls = calls_of(monkeypatch)
    collect(tmp_path, url=f"file://{payments}")
    assert "fetch" not in calls
    assert "init" not in calls
    second = commit(payments, {"new/catalog-info.yaml": descriptor("new")})
    calls.clear()
    got = collect(tmp_path, url=f"file://{payments}")
    assert got.trees[0].revision == second
    assert found(got) == ["payments: catalog-info.yaml", "payments: new/catalog-info.yaml"]
    assert calls.count("fetch") == 2
    assert "init" not in calls


def test_a_branch_that_was_rewritten_is_followed(tmp_path, payments):
    collect(tmp_path, url=f"file://{payments}")
    git(payments, "commit", "-q", "--amend", "-m", "Other")
    got = collect(tmp_path, url=f"file://{payments}")
    assert got.trees[0].revision == git(payments, "rev-parse", "HEAD")


def test_a_branch_or_a_tag_can_be_asked_for(tmp_path, payments):
    git(payments, "tag", "-a", "v1", "-m", "One")
    first = git(payments, "rev-parse", "HEAD")
    git(payments, "checkout", "-q", "-b", "feature/x")
    second = commit(payments, {"x/catalog-info.yaml": ""})
    git(payments, "checkout", "-q", "main")
    for ref, revision, count in (("v1", first, 1), ("feature/x", second, 2), ("main", first, 1), ("refs/heads/feature/x", second, 2)):
        got = collect(tmp_path, url=f"file://{payments}", ref=ref)
        assert (got.failures, got.trees[0].revision, len(got.files)) == ((), revision, count)


def test_a_depth_bounds_the_history_until_it_is_taken_away(tmp_path, payments):
    for i in range(5):
        commit(payments, {"x": str(i)}, f"2024-06-0{i + 1}T00:00:00Z")
    collect(tmp_path, url=f"file://{payments}", depth=2)
    clone = next((tmp_path / ".callboard/cache/clones").glob("[0-9a-f]*[0-9a-f]"))
    assert git(clone, "rev-list", "--count", "--all") == "2"
    got = collect(tmp_path, url=f"file://{payments}")
    assert git(clone, "rev-list", "--count", "--all") == "6"
    assert got.trees[0].last_change("catalog-info.yaml") == datetime(2024, 1, 1, tzinfo=UTC)


def test_a_server_without_partial_clones_is_fine(tmp_path, payments):
    git(payments, "config", "uploadpack.allowFilter", "false")
    got = collect(tmp_path, url=f"file://{payments}")
    assert got.trees[0].read("docs/index.md", 100) == b"# Payments\n"


def test_a_damaged_clone_is_made_anew(tmp_path, payments):
    collect(tmp_path, url=f"file://{payments}")
    clone = next((tmp_path / ".callboard/cache/clones").glob("[0-9a-f]*[0-9a-f]"))
    for pack in (clone / "objects").rglob("*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(b"damaged")
    assert found(collect(tmp_path, url=f"file://{payments}")) == ["payments: catalog-info.yaml"]
    shutil.rmtree(clone / "objects")
    assert found(collect(tmp_path, url=f"file://{payments}")) == ["payments: catalog-info.yaml"]


def test_one_repository_that_fails_leaves_the_others(tmp_path, payments):
    empty = tmp_path / "remote" / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    urls = [
        f"file://{tmp_path}/nothing",
        f"file://{payments}",
        f"file://{empty}",
        "ext::sh -c evil",
        "--upload-pack=evil",
        "http://[",
        "nowhere",
    ]
    got = collect(tmp_path, urls=urls)
    assert found(got) == ["payments: catalog-info.yaml"]
    assert len(got.failures) == 6
    assert [f.source for f in got.failures] == ["acme"] * 6
    assert "there is no such repository" in got.failures[0].message
    assert got.failures[1].message == "the repository has no commits yet"
    for failure in got.failures[2:]:
        assert "is not the URL of a git repository" in failure.message
        assert failure.hint


def test_a_ref_that_is_not_there_is_told(tmp_path, payments):
    (failure,) = collect(tmp_path, url=f"file://{payments}", ref="mian").failures
    assert failure.message == 'the repository has no branch and no tag "mian"'
    assert "ref" in failure.hint


HOSTILE = [
    "{{cookiecutter.name}}/catalog-info.yaml",
    "${{ values.x | dump }}/catalog-info.yaml",
    "a b|c/catalog-info.yaml",
    "-rf/catalog-info.yaml",
]


def test_a_hostile_repository_is_only_data(tmp_path):
    proof = tmp_path / "proof"
    remote = repository(tmp_path / "remote" / "evil", {**{name: descriptor("x") for name in HOSTILE}, "new\nline/catalog-info.yaml": ""})
    put(remote, {".gitattributes": "* filter=lfs diff=evil\n", ".lfsconfig": f"[lfs]\nurl = file://{proof}\n"})
    put(remote, {"lfs/catalog-info.yaml": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"})
    for link, target in {
        "out.yaml": "/etc/passwd", "up/catalog-info.yaml": "../../secret", "fine/catalog-info.yml": "../a b|c/catalog-info.yaml",
        "self.yaml": "self.yaml", "chain.yaml": "out.yaml", "alias/catalog-info.yaml": "../real.yml", "real.yml": None,
    }.items():  # fmt: skip
        put(remote, {link: "real"}) if target is None else ((remote / link).parent.mkdir(exist_ok=True), (remote / link).symlink_to(target))
    hook = remote / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {proof}\n")
    hook.chmod(0o755)
    git(remote, "add", "-A")
    git(remote, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    put(remote, {".gitmodules": f'[submodule "sub"]\n\tpath = sub\n\turl = ext::sh -c "touch {proof}"\n'})
    git(remote, "add", ".gitmodules")
    git(remote, "commit", "-q", "-m", "Evil")
    got = collect(tmp_path, url=f"file://{remote}")
    assert not got.failures
    expected = [*HOSTILE, "alias/catalog-info.yaml", "lfs/catalog-info.yaml", "new\nline/catalog-info.yaml"]
    assert [f.path for f in got.files] == sorted(expected)
    tree = got.trees[0]
    assert tree.read("alias/catalog-info.yaml", 10) == b"real"
    for path in ("out.yaml", "up/catalog-info.yaml", "../secret", "/etc/passwd", ".git/config"):
        with pytest.raises(OutsideTreeError):
            tree.read(path, 1_000)
    for path in ("self.yaml", "chain.yaml", "sub", "sub/x", "nothing", "fine"):
        with pytest.raises(MissingFileError):
            tree.read(path, 1_000)
    assert {"out.yaml", "self.yaml", "chain.yaml", "sub"}.isdisjoint(tree.glob("**"))
    assert tree.last_change("-rf/catalog-info.yaml")
    assert tree.last_change("new\nline/catalog-info.yaml") is None
    assert not proof.exists()


def test_a_name_that_is_no_utf_8_is_a_problem(tmp_path):
    remote = repository(tmp_path / "remote" / "odd", {"catalog-info.yaml": "", os.fsdecode(b"caf\xe9/catalog-info.yaml"): ""})
    got = collect(tmp_path, url=f"file://{remote}")
    assert found(got) == ["odd: catalog-info.yaml"]
    assert [p.code for p in got.problems] == ["SRC001"]


def test_a_large_file_stays_away(tmp_path):
    remote = repository(tmp_path / "remote" / "large", {"catalog-info.yaml": "x" * 3_000_000})
    tree = collect(tmp_path, url=f"file://{remote}").trees[0]
    with pytest.raises(TooLargeError):
        tree.read("catalog-info.yaml", 2_000_000)
    assert len(tree.read("catalog-info.yaml", 4_000_000)) == 3_000_000


def test_a_machines_own_configuration_changes_nothing(tmp_path, payments, monkeypatch):
    put(tmp_path / "home", {".gitconfig": '[url "file:///nowhere/"]\n\tinsteadOf = file:///\n[core]\n\thooksPath = /evil\n'})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert found(collect(tmp_path, url=f"file://{payments}")) == ["payments: catalog-info.yaml"]


def test_two_sources_share_one_clone_at_the_same_time(tmp_path, payments):
    git(payments, "branch", "other")
    got = GitSource(settings("git", urls=[f"file://{payments}", f"file://{payments}/"]), context(tmp_path)).collect()
    assert len(got.trees) == 2
    assert not got.failures


def test_git_s_own_protocol(tmp_path, payments):
    needs("git", "/usr/lib/git-core/git-daemon")
    port = free_port()
    daemon = serve(
        ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={payments.parent}", "--export-all"], port
    )
    try:
        got = collect(tmp_path, urls=[f"git://127.0.0.1:{port}/payments", f"git://127.0.0.1:{port}/nothing"])
        assert found(got) == ["payments: catalog-info.yaml"]
        assert got.trees[0].read("docs/index.md", 100) == b"# Payments\n"
        assert len(got.failures) == 1
    finally:
        stop(daemon)


CONFIG = """
server.modules = ("mod_alias", "mod_setenv", "mod_auth", "mod_authn_file", "mod_cgi")
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
alias.url = ("/git/" => "{backend}/")
$HTTP["url"] =~ "^/git/" {{
  cgi.assign = ("" => "")
  setenv.set-environment = ("GIT_PROJECT_ROOT" => "{root}", "GIT_HTTP_EXPORT_ALL" => "1", "HOME" => "{root}", "GIT_CONFIG_COUNT" => "1",
    "GIT_CONFIG_KEY_0" => "safe.directory", "GIT_CONFIG_VALUE_0" => "*")
  auth.backend = "plain"
  auth.backend.plain.userfile = "{root}/users"
  auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
}}
"""
SECRET = "gh0-s3cret%/token"


@pytest.fixture
def web(tmp_path, payments):
    needs("lighttpd", str(HTTP_BACKEND))
    port = free_port()
    put(
        payments.parent,
        {"users": f"x-access-token:{SECRET}\n", "lighttpd.conf": CONFIG.format(root=payments.parent, port=port, backend=HTTP_BACKEND)},
    )
    server = serve(["lighttpd", "-D", "-f", str(payments.parent / "lighttpd.conf")], port)
    yield f"http://127.0.0.1:{port}/git"
    stop(server)


def files_below(folder):
    return [p for p in folder.rglob("*") if p.is_file()]


@pytest.mark.parametrize("way", ["token", "url"])
def test_http_with_a_token_that_is_never_written_down(tmp_path, web, way, monkeypatch):
    seen = []
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: seen.append(command) or real(command, **options))
    quoted = "gh0-s3cret%25%2Ftoken"
    address = f"{web}/payments" if way == "token" else web.replace("http://", f"http://x-access-token:{quoted}@") + "/payments"
    options = {"token": SECRET} if way == "token" else {}
    got = collect(tmp_path, url=address, **options)
    assert not got.failures
    assert found(got) == ["git/payments: catalog-info.yaml"]
    assert got.trees[0].read("docs/index.md", 100) == b"# Payments\n"
    assert got.trees[0].id == f"{web}/payments"
    assert seen
    told = repr([seen, got.trees[0].id, got.trees[0].addresses]).encode()
    for text in (told, *(p.read_bytes() for p in files_below(tmp_path / ".callboard"))):
        assert SECRET.encode() not in text
        assert quoted.encode() not in text


def test_a_wrong_token_is_told_without_telling_it(tmp_path, web):
    (failure,) = collect(tmp_path, url=f"{web}/payments", token="wr0ng-t0ken").failures
    assert failure.repository == f"{web}/payments"
    assert "the host requires authentication" in failure.message
    assert "token" in failure.hint
    assert "wr0ng" not in repr(failure)


def test_without_a_token_nobody_is_asked_for_a_password(tmp_path, web):
    (failure,) = collect(tmp_path, url=f"{web}/payments").failures
    assert "the host requires authentication" in failure.message


def test_a_server_that_says_nothing_ends_with_the_time(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        (failure,) = collect(tmp_path, url=f"http://127.0.0.1:{silent.getsockname()[1]}/x", timeout=1).failures
    assert failure.message == "git took longer than 1 seconds"
