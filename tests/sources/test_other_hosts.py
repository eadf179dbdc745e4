"""Azure DevOps, Bitbucket Cloud and Bitbucket Data Center on loopback, and their descriptions."""

import re
from datetime import UTC, datetime

import pytest
from company import context, descriptor, found, settings
from fake_hosts import FakeAzure, FakeBitbucketCloud, FakeDatacenter

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import MissingFileError, MissingRevisionError
from callboard.plugins import loader
from callboard.settings.settings import Limits
from faulty import PatientClock, Server, json_answer
from spec_checking import complaints, description, needs_data

FAKES = {"azure-devops": FakeAzure, "bitbucket-cloud": FakeBitbucketCloud, "bitbucket-datacenter": FakeDatacenter}
OPTIONS = {"azure-devops": {"organization": "acme"}, "bitbucket-cloud": {"workspace": "acme"}, "bitbucket-datacenter": {}}
PREFIX = {"azure-devops": "", "bitbucket-cloud": "/2.0", "bitbucket-datacenter": "/rest"}
NAME = {"azure-devops": "Shop Front/{}", "bitbucket-cloud": "acme/{}", "bitbucket-datacenter": "SHOP/{}"}
every_host = pytest.mark.parametrize("type_", FAKES)


def collect(tmp_path, type_, server, clock=None, **options):
    source = loader.load("callboard.sources")[type_].load()
    given = {"url": server.url, "token": "very-secret", **OPTIONS[type_], **options}
    return source(settings(type_, **given), context(tmp_path, clock=clock or PatientClock(), http=ClientLimits(tries=2))).collect()


def files(name):
    return {"catalog-info.yaml": descriptor(name), "docs/index.md": "# Hello", "CODEOWNERS": "* @pay\n"}


def requests_of(collected):
    return collected.traffic[0].traffic.counts.requests


@every_host
def test_repositories_are_read_at_their_newest_commit(tmp_path, type_):
    fake = FAKES[type_]({"payments": files("payments"), "bare": {"README.md": "x"}, "empty": {}})
    fake.branches = {"payments": ["feature/x"]}
    with Server(fake) as server:
        got = collect(tmp_path, type_, server)
        [tree] = got.trees
        assert tree.read("docs/index.md", 100) == b"# Hello"
        assert tree.read("CODEOWNERS", 100) == b"* @pay\n"
        with pytest.raises(MissingFileError):
            tree.read("none.yaml", 100)
        assert tree.last_change("docs/index.md") == datetime(2024, 4, 1, tzinfo=UTC)
        assert tree.glob("**/*.md") == ["docs/index.md"]
        assert tree.read_at("feature/x", "docs/index.md", 100) == b"# Hello"
        assert tree.read_at(fake.commit("payments"), "docs/index.md", 100) == b"# Hello"
        with pytest.raises(MissingRevisionError):
            tree.read_at("v9/none", "docs/index.md", 100)
    assert not got.failures
    assert found(got) == [f"{NAME[type_].format('payments')}: catalog-info.yaml"]
    assert sorted(each.repository for each in got.undescribed) == sorted(NAME[type_].format(name) for name in ("bare", "empty"))
    assert tree.revision == fake.commit("payments")


@every_host
def test_links_lead_to_files_and_their_editors(tmp_path, type_):
    with Server(FAKES[type_]({"payments": files("payments")})) as server:
        [tree] = collect(tmp_path, type_, server).trees
    view = {
        "azure-devops": f"{server.url}/acme/Shop%20Front/_git/payments?path=/docs/index.md&version=GBmain&line=3",
        "bitbucket-cloud": "https://bitbucket.org/acme/payments/src/main/docs/index.md#lines-3",
        "bitbucket-datacenter": f"{server.url}/projects/SHOP/repos/payments/browse/docs/index.md?at=main#3",
    }[type_]
    assert tree.view_url("docs/index.md", 3).startswith(view)
    assert "index.md" in tree.edit_url("docs/index.md")


@every_host
def test_options_choose_repositories_branches_and_paths(tmp_path, type_):
    fake = FAKES[type_]({name: files(name) for name in ("shop", "fork", "attic", "tools")})
    fake.repositories["mono"] = {"a/catalog-info.yaml": descriptor("a"), "b/c/catalog-info.yaml": descriptor("c")}
    fake.branches = {"shop": ["portal"]}
    fake.fields = {
        "fork": {"isFork": True, "parent": {"full_name": "x/y"}, "origin": {"slug": "y"}}, "attic": {"isDisabled": True, "archived": True},
    }  # fmt: skip
    archived = [] if type_ == "bitbucket-cloud" else ["archived"]  # Bitbucket Cloud has no archive
    with Server(fake) as server:
        got = collect(tmp_path, type_, server, exclude_repositories=["**/tools", "tools"], include=["**/catalog-info.yaml"])
        names = [line.partition("/")[2].partition(":")[0] for line in found(got)]
        assert names == ["shop", *([] if archived else ["attic"]), "mono", "mono"]
        assert sorted(each.reason for each in got.left_out) == [*archived, "forks", "names"]
        portal = collect(tmp_path, type_, server, branches=["portal"], repositories=["**/shop", "shop"])
    assert "portal" in portal.trees[0].view_url("x")


@every_host
def test_unchanged_repositories_cost_at_most_their_newest_commit(tmp_path, type_):
    """5,000 repositories on a night without changes: see the figures in the manual."""
    fake = FAKES[type_]({f"p{n:03}": {"catalog-info.yaml": descriptor(f"p{n:03}")} for n in range(30)})
    fake.page = 20
    with Server(fake) as server:
        first, second = (requests_of(collect(tmp_path, type_, server)) for _ in range(2))
        fake.repositories["p001"] = {"catalog-info.yaml": descriptor("changed")}
        fake.fields["p001"] = {"updated_on": "2026-05-02T00:00:00+00:00"}
        third = collect(tmp_path, type_, server)
    listing = 2
    assert (first, second) == (listing + 3 * 30, listing + (0 if type_ == "bitbucket-cloud" else 30))
    assert requests_of(third) == second + 2 + (type_ == "bitbucket-cloud")
    assert third.trees[1].read("catalog-info.yaml", 1_000) == descriptor("changed").encode()


def test_a_commit_of_bitbucket_cloud_is_requested_again_after_a_week(tmp_path):
    fake, clock = FakeBitbucketCloud({"a": files("a")}), PatientClock()
    with Server(fake) as server:
        counts = [requests_of(collect(tmp_path, "bitbucket-cloud", server, clock))]
        for seconds in (86_400, 6 * 86_400):
            clock.sleep(seconds)
            counts.append(requests_of(collect(tmp_path, "bitbucket-cloud", server, clock)))
        clock.sleep(10)
        counts.append(requests_of(collect(tmp_path, "bitbucket-cloud", server, clock)))
    assert counts[1:] == [1, 1, 2]


def test_repositories_beyond_the_limit_of_bitbucket_cloud_wait_for_the_next_builds(tmp_path):
    fake, read, counts = FakeBitbucketCloud({f"p{n:02}": files(f"p{n:02}") for n in range(60)}), [], []
    with Server(fake) as server:
        for _ in range(6):
            got = collect(tmp_path, "bitbucket-cloud", server, requests=40)
            read.append({tree.repository for tree in got.trees})
            counts.append(requests_of(got))
            [failure] = got.failures or [None]
            if failure is not None:
                waiting = {f"https://bitbucket.org/acme/p{n:02}" for n in range(60)} - {tree.id for tree in got.trees}
                assert {*failure.trees} == waiting
                assert f"later build: {len(waiting)} (not read yet: {len(waiting)}), because the option" in failure.message
        fake.fields = {f"p{n:02}": {"updated_on": "2026-05-02T00:00:00+00:00"} for n in range(60)}
        changed = collect(tmp_path, "bitbucket-cloud", server, requests=10)
    assert read[0] < read[1] < read[2]
    assert all(40 <= count <= 40 + 8 * 3 for count in counts[:2])
    assert (len(read[-1]), counts[-1], got.failures) == (60, 1, ())
    [failure] = changed.failures
    assert len(failure.trees) + len(changed.trees) == 60
    assert "(not read yet: 0; the oldest of the others was read on" in failure.message


def test_nothing_more_is_requested_of_bitbucket_cloud_after_a_refusal(tmp_path):
    fake = FakeBitbucketCloud({f"p{n:03}": files(f"p{n:03}") for n in range(200)})
    few = []

    def answer(asked, wire):
        few.append(asked)
        return fake(asked, wire) if len(few) <= 50 else json_answer(wire, {"type": "error", "error": {"message": "Rate limit"}}, 429)

    with Server(answer) as server:
        got = collect(tmp_path, "bitbucket-cloud", server)
    [failure] = got.failures
    assert len(got.trees) + len(failure.trees) == 200
    assert got.trees
    assert len(few) <= 50 + 8 * 2
    assert "because Bitbucket refused more requests" in failure.message


def test_known_commits_are_used_although_old_where_no_more_requests_are_permitted(tmp_path):
    fake, clock = FakeBitbucketCloud({f"p{n}": files(f"p{n}") for n in range(40)}), PatientClock()
    with Server(fake) as server:
        collect(tmp_path, "bitbucket-cloud", server, clock)
        clock.sleep(8 * 86_400)
        got = collect(tmp_path, "bitbucket-cloud", server, clock, requests=10)
    assert (len(got.trees), got.failures) == (40, ())
    assert 10 <= requests_of(got) <= 10 + 8


@every_host
def test_a_repository_that_fails_is_a_failure_of_its_own(tmp_path, type_):
    fake = FAKES[type_]({name: files(name) for name in "ab"})

    def answer(asked, wire):
        wrong = "id-a/" in asked.path or "/a/" in asked.path
        return json_answer(wire, {"message": "oops"}, 500) if wrong else fake(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, type_, server)
    assert found(got) == [f"{NAME[type_].format('b')}: catalog-info.yaml"]
    assert [failure.repository for failure in got.failures] == [NAME[type_].format("a")]
    assert "very-secret" not in repr(got.failures)


@every_host
@pytest.mark.parametrize("name", ["", None, 7])
def test_odd_repositories_are_failures(name, tmp_path, type_):
    odd = {"name": name, "full_name": name, "slug": name}
    with Server(FAKES[type_]({"a": files("a")}, a=odd)) as server:
        got = collect(tmp_path, type_, server)
    assert ["without a name" in failure.message for failure in got.failures] == [True]


def test_a_token_that_azure_does_not_accept_is_told_although_the_status_is_203(tmp_path):
    """vsts-rest-api-specs#97: the answer is the page for signing in."""
    page = b"<!DOCTYPE html><title>Azure DevOps Services | Sign In</title>"
    with Server(lambda asked, wire: wire.answer(203, page, {"Content-Type": "text/html"})) as server, pytest.raises(Exception) as caught:
        collect(tmp_path, "azure-devops", server)
    assert "login" in caught.value.hint


@every_host
def test_teams_and_members_are_groups_and_users(tmp_path, type_):
    fake = FAKES[type_]({"a": files("a")})
    fake.teams = {"all": ["ada", "bob"], "Pay": ["ada"]}
    with Server(fake) as server:
        got = collect(tmp_path, type_, server, people=True)
    entities = {str(e.ref): e for f in got.files for e in read_file(f, builtin_kinds(), Limits()).entities}
    assert not got.failures
    assert {"user:default/ada", "user:default/bob"} <= set(entities)
    groups = [] if type_ == "bitbucket-cloud" else ["all", "pay"]  # whose API lists no members of groups
    assert entities["user:default/ada"].spec["memberOf"] == groups
    assert [ref for ref in entities if ref.startswith("group")] == [f"group:default/{name}" for name in groups]


@every_host
def test_commits_between_two_revisions_are_compared_and_merges_do_not_count(tmp_path, type_):
    fake, before = FAKES[type_]({"payments": files("payments")}), "a1b2c3d" * 5 + "a1b2c"
    with Server(fake) as server:
        [tree] = collect(tmp_path, type_, server).trees
        assert tree.commits_between(before, "v2", "") == [datetime(2024, 3, 1, tzinfo=UTC)]
        assert tree.commits_between(before, "none", "") is None
    fake.between = 1_000 if type_ == "azure-devops" else 1_001
    with Server(fake) as server:
        [tree] = collect(tmp_path / "more", type_, server).trees
        assert tree.commits_between(before, "v2", "") is None


OF_DESCRIPTIONS = re.compile(
    r"/commits: query pushId is missing$|/src/[0-9a-f]{40}/ is not described$|the parameter exclude is not described$"
)
"""What the descriptions get wrong: they have one of several forms of a request, no root folder, and ``exclude`` in a text alone."""


@needs_data
@pytest.mark.data
@every_host
def test_requests_are_in_the_description_of_the_vendor(tmp_path, type_):
    fake = FAKES[type_]({"payments": files("payments"), "bare": {}})
    fake.branches, fake.teams = {"payments": ["portal"]}, {"all": ["ada"]}
    with Server(fake) as server:
        tree = next(each for each in collect(tmp_path, type_, server, people=True).trees if "docs/index.md" in each.glob("**"))
        collect(tmp_path, type_, server, branches=["portal"])
        tree.read("docs/index.md", 100)
        tree.glob("**")
        tree.last_change("docs/index.md")
        tree.read_at("portal", "docs/index.md", 100)
        assert tree.commits_between("a1b2c3d" * 5 + "a1b2c", "v2", "")
    names = [f"{type_}.oas3", *(["azure-devops-server.oas3"] if type_ == "azure-devops" else [])]
    for name in names:
        found = complaints(description(name), server.requests, PREFIX[type_])
        assert [said for said in found if not OF_DESCRIPTIONS.search(said)] == []
