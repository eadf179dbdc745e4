"""Addresses of repositories, and of their files on the web."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.io.git.address import git_address
from callboard.io.git.remote import host_software, parse_remote
from callboard.sources.addresses import find, find_folder, folder_address, known_addresses
from callboard.sources.files.folder import FolderTree
from callboard.sources.hosts import OwnTemplates, Web, web

REMOTES = [
    ("https://github.com/acme/payments.git", "https://github.com/acme/payments", "acme/payments", "github"),
    ("https://bot:token@GitHub.com/acme/payments", "https://github.com/acme/payments", "acme/payments", "github"),
    ("git@github.com:acme/payments.git", "https://github.com/acme/payments", "acme/payments", "github"),
    ("ssh://git@github.com:22/acme/payments.git/", "https://github.com/acme/payments", "acme/payments", "github"),
    ("git://git.acme.example/payments", "https://git.acme.example/payments", "payments", ""),
    ("https://gitlab.acme.example:8443/a/b/c.git", "https://gitlab.acme.example:8443/a/b/c", "a/b/c", "gitlab"),
    ("http://gitea.acme.example:80/a/b", "http://gitea.acme.example/a/b", "a/b", "gitea"),
    ("https://bitbucket.org/acme/payments.git", "https://bitbucket.org/acme/payments", "acme/payments", "bitbucket"),
    ("https://codeberg.org/acme/payments", "https://codeberg.org/acme/payments", "acme/payments", "gitea"),
    ("https://acme@dev.azure.com/acme/Shop/_git/payments", "https://dev.azure.com/acme/Shop/_git/payments", "acme/Shop/payments", "azure"),
    ("git@ssh.dev.azure.com:v3/acme/Shop/payments", "https://dev.azure.com/acme/Shop/_git/payments", "acme/Shop/payments", "azure"),
    ("file:///srv/git/payments.git", "file:///srv/git/payments", "payments", ""),
]


@pytest.mark.parametrize(("url", "canonical", "name", "runs"), REMOTES)
def test_each_spelling_of_an_address_is_one_repository(url, canonical, name, runs):
    remote = parse_remote(url)
    assert (remote.url, remote.name, host_software(remote)) == (canonical, name, runs)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme/payments",
        "ext::sh -c x",
        "https://",
        "https://[x/y",
        "ftp://h/x",
        "-oProxyCommand=evil:x/y",
        "ssh://-oProxyCommand=evil/x",
        "C:/x",
        "http://h:99999/x",
    ],
)
def test_what_is_no_address_is_none(text):
    remote = parse_remote(text)
    assert remote is None or not git_address(text, {}, Path("/nonexistent"))


LINKS = [
    ("https://github.com/acme/p", "main", "branch", "https://github.com/acme/p/blob/main/a%20b.yaml", "#L3", "https://github.com/acme/p/edit/main/a%20b.yaml"),
    ("https://gitlab.com/acme/p", "main", "branch", "https://gitlab.com/acme/p/-/blob/main/a%20b.yaml", "#L3", "https://gitlab.com/acme/p/-/edit/main/a%20b.yaml"),
    ("https://gitlab.com/acme/p", "v1", "tag", "https://gitlab.com/acme/p/-/blob/v1/a%20b.yaml", "#L3", ""),
    ("https://bitbucket.org/acme/p", "main", "branch", "https://bitbucket.org/acme/p/src/main/a%20b.yaml", "#lines-3",
     "https://bitbucket.org/acme/p/src/main/a%20b.yaml?mode=edit&spa=0&at=main"),
    ("https://codeberg.org/acme/p", "main", "branch", "https://codeberg.org/acme/p/src/branch/main/a%20b.yaml", "#L3", "https://codeberg.org/acme/p/_edit/main/a%20b.yaml"),
    ("https://codeberg.org/acme/p", "v1", "tag", "https://codeberg.org/acme/p/src/tag/v1/a%20b.yaml", "#L3", ""),
    ("https://dev.azure.com/o/p/_git/r", "main", "branch", "https://dev.azure.com/o/p/_git/r?path=/a%20b.yaml&version=GBmain",
     "&line=3&lineEnd=3&lineStartColumn=1&lineEndColumn=200", "https://dev.azure.com/o/p/_git/r?path=/a%20b.yaml&version=GBmain&_a=contents"),
    ("https://github.com/acme/p", "feature/a#b", "branch", "https://github.com/acme/p/blob/feature/a%23b/a%20b.yaml", "#L3", "https://github.com/acme/p/edit/feature/a%23b/a%20b.yaml"),
    ("https://git.acme.example/acme/p", "main", "branch", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("url", "ref", "kind", "view", "line", "edit"), LINKS)
def test_files_are_viewed_and_edited_where_their_host_shows_them(url, ref, kind, view, line, edit):
    remote = parse_remote(url)
    links = web(remote, host_software(remote), ref, kind)
    assert links.view_url("a b.yaml") == view
    assert links.view_url("a b.yaml", 3) == view + line
    assert links.edit_url("a b.yaml") == edit


def test_bitbucket_server_has_other_addresses_in_the_browser_than_for_cloning():
    links = web(parse_remote("https://git.acme.example/scm/shop/payments.git"), "bitbucket-server", "main")
    assert links.view_url("x.yaml", 3) == "https://git.acme.example/projects/SHOP/repos/payments/browse/x.yaml?at=main#3"


def test_own_templates_take_the_place_of_known_ones():
    links = OwnTemplates("https://code.acme.example/{repository}/{ref}/{path}", "", "a/b", "main").used(Web())
    assert links.view_url("x y") == "https://code.acme.example/a/b/main/x%20y"
    assert links.edit_url("x") == ""


def test_a_url_without_a_line_has_no_part_for_it():
    for template in ("https://h/{path}#L{line}", "https://h/{path}&line={line}"):
        links = OwnTemplates(view=template).used(Web())
        assert links.view_url("x") == "https://h/x"
        assert links.view_url("x", 3) == template.format(path="x", line=3)


def test_paths_start_in_the_folder_that_the_template_names_else_in_the_git_repository():
    known = Web("https://h/mono/blob/main/{path}", "#L{line}", "https://h/mono/edit/main/{path}", "shop/pay ments/")
    links = OwnTemplates("https://h/acme/{repository}/{path}", "https://h/mono/e/{path}", "payments").used(known)
    assert links.view_url("x") == "https://h/acme/payments/x"
    assert links.edit_url("x") == "https://h/mono/e/shop/pay%20ments/x"
    assert OwnTemplates(view="https://h/{path}").used(known).edit_url("x") == "https://h/mono/edit/main/shop/pay%20ments/x"


@pytest.mark.parametrize(("template", "missing"), [("https://h/{ref}/{path}", "ref"), ("https://h/{project}/{path}", "project")])
def test_a_template_with_a_placeholder_without_a_value_makes_no_urls(template, missing):
    own = OwnTemplates(view=template, repository="payments")
    assert own.used(Web()).view_url("x", 1) == ""
    assert own.unresolved() == [("view_url", missing)]


def tree(url, ref="main", kind="branch", default=True, prefix="", runs=None):
    remote = parse_remote(url)
    known = known_addresses(
        remote, host_software(remote) if runs is None else runs, [ref, "c" * 40], kind, is_default=default, prefix=prefix
    )
    return FolderTree(Path("/nonexistent"), remote.url, remote.name, "", (), Web(), known)


GITHUB = tree("git@github.com:acme/payments.git")
LONG = tree("https://github.com/acme/web", "release/1.x", default=False)
GITLAB = tree("https://gitlab.acme.example/a/b/c.git")
BITBUCKET = tree("https://bitbucket.org/acme/p")
GITEA = tree("https://codeberg.org/acme/p", "v1", "tag", default=False)
AZURE = tree("https://dev.azure.com/o/p/_git/r")
SERVER = tree("https://git.acme.example/scm/shop/pay.git", runs="bitbucket-server")
UNKNOWN = tree("https://code.acme.example/a/b")
MONO = tree("https://github.com/acme/mono", prefix="services/")
TREES = [GITHUB, LONG, GITLAB, BITBUCKET, GITEA, AZURE, SERVER, UNKNOWN, MONO]

FOUND = [
    ("https://github.com/acme/payments/blob/main/catalog-info.yaml", GITHUB, "catalog-info.yaml"),
    ("https://GitHub.com/Acme/Payments/blob/main/Docs/x.yaml#L3", GITHUB, "Docs/x.yaml"),
    ("https://github.com/acme/payments/tree/main/docs/", GITHUB, "docs"),
    ("https://github.com/acme/payments/tree/main/", GITHUB, ""),
    ("https://github.com/acme/payments/blob/HEAD/a%20b/x.yaml?raw=true", GITHUB, "a b/x.yaml"),
    (f"https://github.com/acme/payments/raw/{'c' * 40}/x", GITHUB, "x"),
    ("https://raw.githubusercontent.com/acme/payments/main/x.yaml", GITHUB, "x.yaml"),
    ("https://raw.githubusercontent.com/acme/payments/refs/heads/main/x.yaml", GITHUB, "x.yaml"),
    ("https://github.com/acme/payments/blob/main/**/catalog-*.yaml", GITHUB, "**/catalog-*.yaml"),
    ("https://github.com/acme/payments/blob/main/a/../b.yaml", GITHUB, "b.yaml"),
    ("https://github.com/acme/web/blob/release/1.x/x.yaml", LONG, "x.yaml"),
    ("https://gitlab.acme.example/a/b/c/-/blob/main/x.yaml?ref_type=heads", GITLAB, "x.yaml"),
    ("https://gitlab.acme.example/a/b/c/-/raw/main/x.yaml", GITLAB, "x.yaml"),
    ("https://gitlab.acme.example/a/b/c/blob/main/x.yaml", GITLAB, "x.yaml"),
    ("https://bitbucket.org/acme/p/src/main/x.yaml", BITBUCKET, "x.yaml"),
    ("https://codeberg.org/acme/p/src/tag/v1/x.yaml", GITEA, "x.yaml"),
    ("https://dev.azure.com/o/p/_git/r?path=%2Fdocs%2Fx.yaml&version=GBmain", AZURE, "docs/x.yaml"),
    ("https://dev.azure.com/o/p/_git/r?path=/x.yaml", AZURE, "x.yaml"),
    ("https://git.acme.example/projects/SHOP/repos/pay/browse/x.yaml?at=refs%2Fheads%2Fmain", SERVER, "x.yaml"),
    ("https://git.acme.example/projects/SHOP/repos/pay/browse/x.yaml", SERVER, "x.yaml"),
    ("https://code.acme.example/a/b/-/blob/main/x.yaml", UNKNOWN, "x.yaml"),
    ("https://github.com/acme/mono/blob/main/services/pay/x.yaml", MONO, "pay/x.yaml"),
]


@pytest.mark.parametrize(("url", "expected", "path"), FOUND)
def test_an_absolute_url_is_found_in_its_tree(url, expected, path):
    got = find(url, TREES)
    assert got is not None
    assert (got[0].id, got[1]) == (expected.id, path)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/payments/blob/other/x.yaml", "https://github.com/acme/web/blob/HEAD/x",
        "https://github.com/acme/web/blob/main/x",
        "https://github.com/acme/payments", "https://github.com/acme/payments-old/blob/main/x", "https://github.com/acme/mono/blob/main/other/x",
        "https://evil.example/acme/payments/blob/main/x", "https://github.com@evil.example/acme/payments/blob/main/x",
        "https://github.com/acme/payments/blob/main/../../../../etc/passwd", "https://github.com/acme/payments/blob/main/%2e%2e/%2e%2e/x",
        "https://github.com/acme/payments/blob/main/.git/config", "https://dev.azure.com/o/p/_git/r?path=/x&version=GBother",
        "file:///etc/passwd", "./x.yaml", "", "https://", "https://[", "ftp://github.com/acme/payments/blob/main/x",
        "https://h/" + "x/" * 3_000,
    ],
)  # fmt: skip
def test_what_no_tree_has_is_not_found(url):
    assert find(url, TREES) is None


@pytest.mark.parametrize(
    ("url", "expected", "path"),
    [
        ("https://github.com/acme/payments", GITHUB, ""), ("https://github.com/Acme/payments.git", GITHUB, ""),
        ("https://github.com/acme/payments/", GITHUB, ""), ("https://github.com/acme/payments/tree/main", GITHUB, ""),
        ("https://github.com/acme/payments/tree/main/docs?plain=1#readme", GITHUB, "docs"),
        ("https://code.acme.example/a/b/-/tree/main?ref_type=heads", UNKNOWN, ""),
        ("https://dev.azure.com/o/p/_git/r", AZURE, ""), ("https://git.acme.example/projects/SHOP/repos/pay/browse", SERVER, ""),
    ],
)  # fmt: skip
def test_the_url_of_a_folder_or_a_repository_is_found_in_its_tree(url, expected, path):
    got = find_folder(url, TREES)
    assert got is not None
    assert (got[0].id, got[1]) == (expected.id, path)


@pytest.mark.parametrize(
    "url", ["https://github.com/acme/web", "https://github.com/acme/payments/issues", "https://github.com/", "https://[", "x"]
)
def test_the_url_of_another_page_is_no_folder(url):
    """The repository ``web`` is read at another revision than its default one."""
    assert find_folder(url, TREES) is None


def test_a_file_url_is_found_in_the_deepest_folder(tmp_path):
    outer = FolderTree(tmp_path, "o", "o", "", (), Web(), (folder_address(str(tmp_path)),))
    inner = FolderTree(tmp_path / "a b", "i", "i", "", (), Web(), (folder_address(str(tmp_path / "a b")),))
    assert find(f"file://{tmp_path}/a%20b/x.yaml", (outer, inner)) == (inner, "x.yaml")
    assert find(f"file://{tmp_path}/c/x.yaml", (outer, inner)) == (outer, "c/x.yaml")


@given(st.text(max_size=60), st.sampled_from(["", "https://github.com/acme/payments/blob/main/", "https://dev.azure.com/o/p/_git/r?"]))
def test_finding_never_raises(text, start):
    got = find(start + text, TREES)
    assert got is None or isinstance(got[1], str)


TOKENS = [
    ({"url": "https://github.com/a/b", "token": "t/k"}, "https://x-access-token:t%2Fk@github.com/a/b"),
    ({"url": "https://gitlab.com/a/b", "token": "t"}, "https://oauth2:t@gitlab.com/a/b"),
    ({"url": "https://bitbucket.org/a/b", "token": "t"}, "https://x-token-auth:t@bitbucket.org/a/b"),
    ({"url": "https://old:one@h.example/a/b", "token": "t", "username": "me@acme"}, "https://me%40acme:t@h.example/a/b"),
    ({"url": "https://bot:p%40ss@h.example:8443/a/b"}, "https://bot:p%40ss@h.example:8443/a/b"),
]


@pytest.mark.parametrize(("options", "with_credentials"), TOKENS)
def test_credentials_are_kept_apart_from_the_address(tmp_path, options, with_credentials):
    where = git_address(options["url"], options, tmp_path)
    assert "@" not in where.clean
    assert where.rewrite == {where.clean: with_credentials}
    assert "@" not in repr(where)


def test_ssh_keeps_its_user_and_loses_a_password(tmp_path):
    assert git_address("ssh://git:secret@h.example/a/b", {}, tmp_path).clean == "ssh://git@h.example/a/b"
    assert git_address("git@h.example:a/b", {"token": "t"}, tmp_path).rewrite == {}
