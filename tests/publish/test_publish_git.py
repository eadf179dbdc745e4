"""Publishing to a branch: real repositories, over files and over HTTP."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from sites import CHANGED, NEW, OLD, REMOVED, InterruptedHereError, StopAt, built, context

from callboard.io.git import command
from callboard.model.errors import PublishError
from callboard.publish.git import push
from callboard.publish.git.publisher import GitPublisher

pytestmark = pytest.mark.long

BACKEND = Path("/usr/lib/git-core/git-http-backend")
WHO = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Ada"), ("EMAIL", "ada@acme.example"))}
PLAIN = WHO | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}


def git(folder, *arguments, stdin=None):
    return subprocess.run(["git", *arguments], cwd=folder, env=PLAIN, check=True, capture_output=True, input=stdin).stdout.decode().strip()


@pytest.fixture
def remote(tmp_path):
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "-q", "--bare", "-b", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "receive.fsckObjects", "true")
    return folder


def publish(tmp_path, url, files, step=lambda _: None, **options):
    return GitPublisher({"url": str(url), **options}, context(tmp_path, step)).publish(built(tmp_path / "site", files))


def content_of(remote, branch="gh-pages"):
    names = git(remote, "ls-tree", "-r", "-z", "--name-only", branch).split("\0")
    return {name: git(remote, "show", f"{branch}:{name}").encode() for name in names if name}


def site_of(remote, branch="gh-pages"):
    found = content_of(remote, branch)
    assert found.pop(".callboard-site") == b"callboard site 1"
    assert found.pop(".nojekyll") == b""
    return found


def commits(remote, branch="gh-pages"):
    return int(git(remote, "rev-list", "--count", branch))


def other_commit(remote, branch, files):
    """Somebody else's commit on top of the branch."""
    lines = []
    for name, text in files.items():
        blob = git(remote, "hash-object", "-w", "--stdin", stdin=text.encode())
        lines.append(f"100644 blob {blob}\t{name}\n")
    has = git(remote, "for-each-ref", f"refs/heads/{branch}")
    kept = git(remote, "ls-tree", branch) + "\n" if has else ""
    tree = git(remote, "mktree", stdin=(kept + "".join(lines)).encode())
    commit = git(remote, "commit-tree", tree, "-m", "By hand", *(["-p", branch] if has else []))
    git(remote, "update-ref", f"refs/heads/{branch}", commit)
    return commit


def test_the_first_publishing_makes_the_branch_and_the_next_one_adds_a_commit(tmp_path, remote):
    first = publish(tmp_path, f"file://{remote}", OLD)
    assert site_of(remote) == OLD
    assert first.written == len(OLD) + 2
    second = publish(tmp_path, f"file://{remote}", NEW)
    assert site_of(remote) == NEW
    assert (second.written, second.removed, second.unchanged) == (CHANGED, REMOVED, len(NEW) - CHANGED)
    assert commits(remote) == 2
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/gh-pages"
    git(remote, "fsck", "--strict")


def test_a_night_without_changes_makes_no_commit(tmp_path, remote):
    publish(tmp_path, f"file://{remote}", OLD)
    done = publish(tmp_path, f"file://{remote}", OLD)
    assert (done.written, done.note) == (0, "nothing changed, no commit")
    assert commits(remote) == 1


def test_the_commit_says_who_when_and_what(tmp_path, remote):
    author = {"name": "Portal <bot>\nx", "email": "portal@acme.example"}
    publish(tmp_path, f"file://{remote}", OLD, author=author, message="Last night's portal", branch="site/pages")
    said = git(remote, "log", "-1", "--format=%an|%ae|%ct|%s|%b", "site/pages")
    assert said == "Portal botx|portal@acme.example|1795313820|Last night's portal|9 files written, 0 removed."


def test_without_the_clone_the_next_publishing_fetches_no_contents_and_goes_on(tmp_path, remote):
    publish(tmp_path, f"file://{remote}", OLD)
    shutil.rmtree(tmp_path / "portal/.callboard")
    publish(tmp_path, f"file://{remote}", NEW)
    assert site_of(remote) == NEW
    assert commits(remote) == 2


def test_a_damaged_clone_is_made_anew(tmp_path, remote):
    publish(tmp_path, f"file://{remote}", OLD)
    clone = next(p for p in (tmp_path / "portal/.callboard/cache/publish").iterdir() if p.is_dir())
    for file in (clone / "objects").rglob("*"):
        if file.is_file():
            file.unlink()
    publish(tmp_path, f"file://{remote}", NEW)
    assert site_of(remote) == NEW


def test_interrupted_at_any_step_the_next_run_goes_on(tmp_path, remote):
    count = StopAt()
    publish(tmp_path, f"file://{remote}", OLD)
    (tmp_path / "copy.git").mkdir()
    shutil.copytree(remote, tmp_path / "copy.git", dirs_exist_ok=True)
    publish(tmp_path, f"file://{remote}", NEW, count)
    assert len(count.steps) == 5
    for number in range(len(count.steps)):
        here = tmp_path / f"remote{number}.git"
        shutil.copytree(tmp_path / "copy.git", here)
        with pytest.raises(InterruptedHereError):
            publish(tmp_path, f"file://{here}", NEW, StopAt(number))
        publish(tmp_path, f"file://{here}", NEW)
        assert site_of(here) == NEW
        assert commits(here) == 2


def test_a_branch_that_callboard_did_not_write_is_refused(tmp_path, remote):
    commit = other_commit(remote, "main", {"README.md": "hello"})
    with pytest.raises(PublishError, match="was not published by Callboard"):
        publish(tmp_path, f"file://{remote}", OLD, branch="main")
    assert git(remote, "rev-parse", "main") == commit


def test_names_to_keep_stay_and_other_strange_files_go(tmp_path, remote):
    publish(tmp_path, f"file://{remote}", OLD)
    other_commit(remote, "gh-pages", {"CNAME": "portal.acme.example", "stray.txt": "x"})
    publish(tmp_path, f"file://{remote}", NEW)
    found = site_of(remote)
    assert found.pop("CNAME") == b"portal.acme.example"
    assert found == NEW
    assert commits(remote) == 3


def test_a_push_of_somebody_else_in_the_same_moment_is_built_upon_not_overwritten(tmp_path, remote):
    publish(tmp_path, f"file://{remote}", OLD)
    raced = []

    def race(step):
        if step == "push the commit" and not raced:
            raced.append(other_commit(remote, "gh-pages", {"CNAME": "portal.acme.example"}))

    publish(tmp_path, f"file://{remote}", NEW, race)
    assert raced[0] in git(remote, "rev-list", "gh-pages").split()
    assert site_of(remote) == NEW | {"CNAME": b"portal.acme.example"}


def test_a_remote_that_refuses_says_why_and_keeps_its_branch(tmp_path, remote):
    publish(tmp_path, f"file://{remote}", OLD)
    hook = remote / "hooks/update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PublishError, match=r"could not be published: the remote rejected the push: .*hook declined"):
        publish(tmp_path, f"file://{remote}", NEW)
    assert site_of(remote) == OLD


def test_a_repository_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PublishError, match="there is no such repository"):
        publish(tmp_path, f"file://{tmp_path}/none.git", OLD)


@pytest.mark.parametrize("url", ["ext::sh -c touch% /tmp/owned", "-u", "nowhere/at/all"])
def test_what_is_no_address_is_refused(tmp_path, url):
    with pytest.raises(PublishError, match="not the URL of a git repository"):
        publish(tmp_path, url, OLD)


def test_a_file_that_was_changed_after_the_build_is_not_pushed_although_its_size_is_the_same(tmp_path, remote):
    publish(tmp_path, remote, OLD)
    before = content_of(remote)
    site = built(tmp_path / "site", NEW)
    (site.folder / "index.html").write_bytes(NEW["index.html"].replace(b"new", b"NEW"))
    with pytest.raises(PublishError, match="is not as the build wrote it"):
        GitPublisher({"url": str(remote)}, context(tmp_path)).publish(site)
    (site.folder / "index.html").write_bytes(NEW["index.html"])

    def change(step):
        if step == "push the commit":
            raise AssertionError

    with pytest.MonkeyPatch.context() as patch:  # between the comparison and git's own reading
        patch.setattr("callboard.publish.git.publisher.object_id", lambda content, like: "0" * len(like))
        with pytest.raises(PublishError, match="was changed while it was published"):
            GitPublisher({"url": str(remote)}, context(tmp_path, change)).publish(site)
    assert content_of(remote) == before


def test_odd_names_of_files_arrive_as_they_are(tmp_path, remote):
    files = {'a b/ü "q".html': b"1", "x/y/z/deep.html": b"2", "x/y.html": b"3"}
    publish(tmp_path, f"file://{remote}", files)
    assert site_of(remote) == files


def test_a_site_with_a_git_folder_is_refused(tmp_path, remote):
    with pytest.raises(PublishError, match=r"folder \.git"):
        publish(tmp_path, f"file://{remote}", {"x/.GIT/config": b"evil"})


def test_a_tree_of_folders_only_is_written(remote):
    here = command.Git(remote, dict(os.environ))
    blob = push.write_text(here, b"x")
    tree = push.write_tree(here, {"a/b/c/d": push.IndexEntry("100644", blob)})
    assert git(remote, "ls-tree", "-r", "--name-only", tree) == "a/b/c/d"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def web(tmp_path, remote):
    """The same repository over HTTP, with a password, as hosts serve it."""
    absent = [name for name in ("lighttpd", str(BACKEND)) if not (shutil.which(name) or Path(name).exists())]
    if absent:
        (pytest.fail if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip)(f"needs {', '.join(absent)}")
    port = free_port()
    (tmp_path / "users").write_text("x-access-token:s3cret-token\n")
    (tmp_path / "lighttpd.conf").write_text(f"""
server.document-root = "{tmp_path}"
server.bind = "127.0.0.1"
server.port = {port}
server.modules = ( "mod_auth", "mod_authn_file", "mod_cgi", "mod_alias", "mod_setenv" )
auth.backend = "plain"
auth.backend.plain.userfile = "{tmp_path}/users"
auth.require = ( "" => ( "method" => "basic", "realm" => "git", "require" => "valid-user" ) )
alias.url = ( "/git" => "{BACKEND}" )
setenv.set-environment = ( "GIT_PROJECT_ROOT" => "{tmp_path}", "GIT_HTTP_EXPORT_ALL" => "", "REMOTE_USER" => "bot" )
$HTTP["url"] =~ "^/git" {{ cgi.assign = ( "" => "" ) }}
""")
    git(remote, "config", "http.receivepack", "true")
    process = subprocess.Popen(
        ["lighttpd", "-D", "-f", str(tmp_path / "lighttpd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/git/remote.git"
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(10)


def test_over_http_with_a_token_a_branch_is_made_and_moved_on(tmp_path, remote, web):
    publish(tmp_path, web, OLD, token="s3cret-token")
    shutil.rmtree(tmp_path / "portal/.callboard")
    publish(tmp_path, web, NEW, token="s3cret-token")
    assert site_of(remote) == NEW
    assert commits(remote) == 2
    for file in (tmp_path / "portal/.callboard").rglob("*"):
        assert not file.is_file() or b"s3cret" not in file.read_bytes()


def test_a_wrong_token_is_told_without_being_shown(tmp_path, web):
    with pytest.raises(PublishError) as caught:
        publish(tmp_path, web, OLD, token="wr0ng-token")
    assert "the host requires authentication" in str(caught.value)
    assert "may write to the repository" in caught.value.hint
    assert "wr0ng" not in str(caught.value)
