"""Where the files of Backstage's entities are: each URL with the repository, path and addresses that exist."""

import pytest

from callboard.sources.backstage.tree import ReportedTree
from callboard.sources.file_urls import parse_file_url

GITHUB = "https://github.com/acme/shop"
PLACES = [
    # Backstage's default reader of GitHub writes /tree/, a registered URL has /blob/ (backend-defaults 0.18, acme run)
    (f"{GITHUB}/tree/main/svc/catalog-info.yaml", GITHUB, "acme/shop", "svc/catalog-info.yaml", f"{GITHUB}/tree/main/svc/docs"),
    (f"{GITHUB}/blob/main/catalog-info.yaml", GITHUB, "acme/shop", "catalog-info.yaml", f"{GITHUB}/tree/main/docs"),
    # a branch with a slash: the URL does not tell where it ends, and the links are right all the same
    (f"{GITHUB}/blob/feature/x/a.yaml", GITHUB, "acme/shop", "x/a.yaml", f"{GITHUB}/tree/feature/x/docs"),
    ("https://raw.githubusercontent.com/acme/shop/main/a.yaml", GITHUB, "acme/shop", "a.yaml", f"{GITHUB}/tree/main/docs"),
    ("https://raw.githubusercontent.com/acme/shop/refs/heads/main/a.yaml", GITHUB, "acme/shop", "a.yaml", f"{GITHUB}/tree/main/docs"),
    (
        "https://gitlab.acme.example/a/b/shop/-/blob/main/x/a.yaml", "https://gitlab.acme.example/a/b/shop", "a/b/shop", "x/a.yaml",
        "https://gitlab.acme.example/a/b/shop/-/tree/main/x/docs",
    ),
    (
        "http://git.acme.example:3000/acme/shop/src/branch/main/a.yaml", "http://git.acme.example:3000/acme/shop", "acme/shop", "a.yaml",
        "http://git.acme.example:3000/acme/shop/src/branch/main/docs",
    ),
    (
        "https://bitbucket.org/acme/shop/src/main/a.yaml", "https://bitbucket.org/acme/shop", "acme/shop", "a.yaml",
        "https://bitbucket.org/acme/shop/src/main/docs",
    ),
    (
        "https://bb.acme.example/projects/SHOP/repos/web/browse/x/a.yaml?at=main", "https://bb.acme.example/projects/SHOP/repos/web",
        "projects/SHOP/repos/web", "x/a.yaml", "https://bb.acme.example/projects/SHOP/repos/web/browse/x/docs?at=main",
    ),
    (
        "https://dev.azure.com/acme/Cross%20Arch/_git/shop?path=/x/a.yaml&version=GBmain", "https://dev.azure.com/acme/Cross%20Arch/_git/shop",
        "acme/Cross Arch/shop", "x/a.yaml", "https://dev.azure.com/acme/Cross%20Arch/_git/shop?path=/x/docs&version=GBmain",
    ),
    # any other server of files; a user in the URL is left out
    ("https://u:p@files.acme.example/cat/a.yaml", "https://files.acme.example", "files.acme.example", "cat/a.yaml",
     "https://files.acme.example/cat/docs"),
    (f"{GITHUB}/blob/main/a%20b/caf%C3%A9.yaml", GITHUB, "acme/shop", "a b/café.yaml", f"{GITHUB}/tree/main/a%20b/docs"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "tree", "repository", "path", "docs"), PLACES, ids=[place[0] for place in PLACES])
def test_a_url_is_a_file_of_a_repository_with_addresses(url, tree, repository, path, docs):
    file = parse_file_url(url)
    assert (file.tree, file.repository, file.path) == (tree, repository, path)
    folder = path.rpartition("/")[0]
    assert ReportedTree(file.tree, repository, file.view, {}, {}).view_url(f"{folder}/docs" if folder else "docs") == docs


NO_FILES = [
    "", "x", "file:/app/catalog/all.yaml", "msgraph:default/g1", "ftp://host/a.yaml", "https://", "https://host",
    "https://host/", "https://[::1", f"{GITHUB}/blob/main/../../../x.yaml", f"{GITHUB}/blob/main/.git/config",
    "https://host/\\a", "https://host/" + "a" * 3_000, "https://host/a\0b", "bootstrap:bootstrap",
]  # fmt: skip


@pytest.mark.parametrize("url", NO_FILES)
def test_a_url_that_names_no_file_of_a_host_has_no_place(url):
    assert parse_file_url(url) is None
