"""Options that choose repositories on every host: names, archives, forks, topics, visibility, branches; what they leave out is counted."""

from collections import Counter

import pytest
from company import context, descriptor, found, settings
from fake_github import FakeGitHub
from test_gitea import FakeGitea
from test_gitlab import FakeGitLab

from callboard.sources.gitea.source import GiteaSource
from callboard.sources.github.source import GitHubSource
from callboard.sources.gitlab.source import GitLabSource
from faulty import PatientClock, Server

FILES = {"catalog-info.yaml": descriptor("x")}
NAMES = ("attic", "fork", "hidden", "portal", "shop", "tools")


def of_github(tmp_path, files=FILES, **options):
    github = FakeGitHub(
        dict.fromkeys(NAMES, files),
        attic={"isArchived": True, "visibility": "PUBLIC"},
        fork={"isFork": True, "visibility": "PUBLIC"},
        hidden={"visibility": "PRIVATE", "repositoryTopics": {"nodes": [{"topic": {"name": "internal-only"}}]}},
        portal={"visibility": "INTERNAL", "repositoryTopics": {"nodes": [{"topic": {"name": "team-web"}}]}},
        shop={"visibility": "PUBLIC", "repositoryTopics": {"nodes": [{"topic": {"name": n}} for n in ("team-pay", "go")]}},
        tools={"visibility": "PUBLIC", "repositoryTopics": {"nodes": []}},
    )
    github.branches = {"shop": {"main": FILES, "portal": FILES}, "tools": {"portal": FILES}, "hidden": {"old": FILES}}
    with github.serve() as server:
        return collect(GitHubSource, tmp_path, "github", server, organization="acme", **options)


def of_gitlab(tmp_path, files=FILES, **options):
    gitlab = FakeGitLab(
        {f"acme/{name}": files for name in NAMES},
        attic={"archived": True, "visibility": "public"},
        fork={"forked_from_project": {"id": 9}, "visibility": "public"},
        hidden={"visibility": "private", "topics": ["internal-only"]},
        portal={"visibility": "internal", "topics": ["team-web"]},
        shop={"visibility": "public", "topics": ["team-pay", "go"]},
        tools={"visibility": "public", "topics": []},
    )
    gitlab.branches = {"shop": ["portal"], "tools": ["portal"]}
    with Server(gitlab) as server:
        return collect(GitLabSource, tmp_path, "gitlab", server, group="acme", **options)


def of_gitea(tmp_path, files=FILES, **options):
    gitea = FakeGitea(
        dict.fromkeys(NAMES, files),
        attic={"archived": True},
        fork={"fork": True},
        hidden={"private": True, "topics": ["internal-only"]},
        portal={"internal": True, "topics": ["team-web"]},
        shop={"topics": ["team-pay", "go"]},
        tools={"topics": []},
    )
    gitea.branches = {"shop": ["portal"], "tools": ["portal"]}
    with Server(gitea) as server:
        return collect(GiteaSource, tmp_path, "gitea", server, organization="acme", **options)


def collect(source, tmp_path, kind, server, **options):
    got = source(settings(kind, url=server.url, token="t", **options), context(tmp_path, clock=PatientClock())).collect()
    assert got.failures == ()
    return got, len(server.requests)


HOSTS = {"github": of_github, "gitlab": of_gitlab, "gitea": of_gitea}
every_host = pytest.mark.parametrize("host", HOSTS)
SITUATIONS = {
    "defaults": ({}, "hidden portal shop tools", {"archived": 1, "forks": 1}),
    "archived-and-forks": ({"archived": True, "forks": True}, "attic fork hidden portal shop tools", {}),
    "names": ({"repositories": ["s*", "tools"], "exclude_repositories": ["*ls"]}, "shop", {"names": 5}),
    "topics": ({"topics": ["team-*"]}, "portal shop", {"archived": 1, "forks": 1, "topics": 2}),
    "excluded-topics": ({"exclude_topics": ["internal-*", "go"]}, "portal tools", {"archived": 1, "forks": 1, "topics": 2}),
    "visibility": ({"visibility": ["public"]}, "shop tools", {"archived": 1, "forks": 1, "visibility": 2}),
    "internal": ({"visibility": ["internal", "private"]}, "hidden portal", {"archived": 1, "forks": 1, "visibility": 2}),
}  # fmt: skip


@every_host
@pytest.mark.parametrize(("options", "read", "left_out"), SITUATIONS.values(), ids=SITUATIONS)
def test_options_choose_repositories_and_what_they_leave_out_is_counted(tmp_path, host, options, read, left_out):
    got, _ = HOSTS[host](tmp_path, **options)
    assert [line.partition(":")[0] for line in found(got)] == [f"acme/{name}" for name in read.split()]
    assert Counter(each.reason for each in got.left_out) == left_out
    assert got.undescribed == ()


@every_host
def test_a_filter_costs_no_request_and_saves_those_about_what_it_leaves_out(tmp_path, host):
    _, everything = HOSTS[host](tmp_path / "all")
    _, filtered = HOSTS[host](tmp_path / "some", topics=["team-*"], visibility=["public", "internal"])
    assert filtered <= everything
    assert host == "github" or filtered < everything


@every_host
def test_the_first_branch_that_exists_is_read_and_a_repository_without_any_is_left_out(tmp_path, host):
    got, requests = HOSTS[host](tmp_path, branches=["portal"], repositories=["shop", "tools", "portal"])
    assert found(got) == ["acme/shop: catalog-info.yaml", "acme/tools: catalog-info.yaml"]
    assert [(each.repository, each.reason) for each in got.left_out if each.reason == "branches"] == [("acme/portal", "branches")]
    assert "portal/catalog-info.yaml" in got.trees[0].view_url("catalog-info.yaml")
    assert not any(address.endswith(("/HEAD/", "/blob/main/")) for address in got.trees[0].addresses)
    both, _ = HOSTS[host](tmp_path, branches=["portal", "main"], repositories=["shop", "portal"])
    assert [tree.view_url("x").rpartition("/")[0].rpartition("/")[2] for tree in both.trees] == ["main", "portal"]
    assert host != "github" or requests == 1


def test_a_repository_without_topics_from_an_older_host_is_left_out_and_not_lost(tmp_path):
    gitlab = FakeGitLab({"acme/a": FILES}, a={"topics": None, "visibility": 7})
    with Server(gitlab) as server:
        got, _ = collect(GitLabSource, tmp_path, "gitlab", server, group="acme", topics=["go"], visibility=["public"])
    assert [(each.repository, each.reason) for each in got.left_out] == [("acme/a", "topics")]
