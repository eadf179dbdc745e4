"""Pull requests with descriptors on the three hosts: what is opened, updated, left, and never opened again."""

import json
import re
from itertools import pairwise
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from fake_change_hosts import FAKES, FakeRepository

from callboard.cli.main import group
from callboard.io.http.limits import ClientLimits
from callboard.onboarding import pacing
from callboard.onboarding.applying import changes_of
from callboard.onboarding.hosts import PortalHosts
from callboard.onboarding.pacing import MOST_PER_HOUR, PacedChanges
from callboard.onboarding.proposal import CHANGE_BRANCH, DESCRIBE_BRANCH
from callboard.onboarding.running import Budget, apply_all, describe_all, proposer
from callboard.plugins.sources import SourceContext
from callboard.settings.settings import SourceSettings
from described import undescribed_parts
from faulty import PatientClock, Server
from spec_checking import description, needs_data

FILES = {"go.mod": "module payments", "main.go": "package main", "Dockerfile": "FROM x", "CODEOWNERS": "# owners\n* @acme/payments\n"}
OLD = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: payments}\n"
OLD += "spec: {type: service, lifecycle: production, owner: gone}\n"
NEW = OLD.replace("gone", "payments")


@pytest.fixture(params=FAKES)
def world(request, tmp_path):
    """One repository on one host, and what runs against it."""
    repository = FakeRepository(FILES)
    fake = FAKES[request.param]({"acme/payments": repository})
    owner = "group" if request.param == "gitlab" else "organization"
    with Server(fake) as server:
        source = SourceSettings("acme", request.param, {owner: "acme", "url": server.url, "token": "secret-token"})
        context = SourceContext(tmp_path, tmp_path / "cache", clock=PatientClock(), http=ClientLimits(tries=2, waiting_seconds=100))
        hosts = PortalHosts((source,), context)

        def run(names, limit=10):
            budget = Budget(limit)
            act = proposer(hosts, budget, "https://portal.example/")
            return [step.outcome for step in describe_all(names, hosts, act, budget)]

        def describe(limit=10):
            return run(["acme/payments"], limit)[0]

        def apply(text, repository="", limit=10):
            return next(apply_all(changes_of(text, repository, ""), hosts, Budget(limit)))

        yield SimpleNamespace(repository=repository, fake=fake, server=server, hosts=hosts, describe=describe, apply=apply, run=run)


def changes(world):
    return [asked for asked in world.server.requests if asked.method != "GET"]


def test_a_request_with_evidence_is_opened_once(world):
    assert world.describe().result == "opened"
    [request] = world.repository.requests
    written = world.repository.branches[DESCRIBE_BRANCH]["catalog-info.yaml"]
    assert "owner: payments  # guess: from CODEOWNERS line 2" in written
    assert "type: service  # guess: from main.go and Dockerfile" in written
    assert request["branch"] == DESCRIBE_BRANCH
    assert "- owner: `payments`, from `CODEOWNERS line 2`" in request["body"]
    assert "- lifecycle (neither releases nor the README say)" in request["body"]
    assert "catalog-info.yaml" not in world.repository.branches["main"]
    again = world.describe()
    assert (again.result, len(world.repository.requests)) == ("left", 1)


def test_a_declined_request_never_comes_back(world):
    world.repository.add_request(DESCRIBE_BRANCH, "closed")
    assert world.describe().result == "declined"
    assert changes(world) == []


def test_a_merged_descriptor_that_was_removed_is_not_proposed_again(world):
    world.repository.add_request(DESCRIBE_BRANCH, "closed", merged=True)
    assert world.describe().result == "declined"
    assert changes(world) == []


def test_an_open_request_is_updated_only_while_nobody_else_changed_its_file(world):
    world.describe()
    world.repository.branches["main"]["CODEOWNERS"] = "* @acme/checkout\n"
    assert world.describe().result == "updated"
    assert "owner: checkout" in world.repository.branches[DESCRIBE_BRANCH]["catalog-info.yaml"]
    world.repository.branches[DESCRIBE_BRANCH]["catalog-info.yaml"] = "# corrected by people\n"
    world.repository.branches["main"]["CODEOWNERS"] = "* @acme/other\n"
    assert world.describe().result == "left"
    assert world.repository.branches[DESCRIBE_BRANCH]["catalog-info.yaml"] == "# corrected by people\n"


def test_an_interrupted_run_is_continued(world):
    world.repository.branches[DESCRIBE_BRANCH] = dict(FILES)
    assert world.describe().result == "opened"
    assert "catalog-info.yaml" in world.repository.branches[DESCRIBE_BRANCH]


def test_a_branch_with_another_file_is_left_alone(world):
    world.repository.branches[DESCRIBE_BRANCH] = {**FILES, "catalog-info.yaml": "# of people\n"}
    outcome = world.describe()
    assert (outcome.result, changes(world)) == ("exists", [])
    assert DESCRIBE_BRANCH in outcome.message


@pytest.mark.parametrize(
    ("change", "result", "message"),
    [
        (lambda r: r.branches["main"].update({"deploy/catalog-info.yml": OLD}), "skipped", "it has deploy/catalog-info.yml already"),
        (lambda r: r.about.update(archived=True), "skipped", "it is archived"),
        (lambda r: r.about.update(fork=True, forked_from_project={"id": 1}), "skipped", "it is a fork"),
        (lambda r: r.branches.pop("main"), "skipped", "it is empty"),
        (lambda r: r.about.update(permissions={"push": False, "project_access": {"access_level": 20}}), "denied", "may not push"),
        (lambda r: setattr(r, "may_write", False), "denied", "Resource not accessible"),
    ],
)
def test_repositories_that_get_no_request(world, change, result, message):
    change(world.repository)
    outcome = world.describe()
    assert outcome.result == result
    assert message in outcome.message
    assert "secret-token" not in outcome.message
    assert world.repository.requests == []


def test_a_missing_repository_is_refused_by_name_and_others_go_on(world):
    assert [outcome.result for outcome in world.run(["acme/nothere", "acme/payments", "other/x"])] == ["denied", "opened", "failed"]


@pytest.mark.parametrize(("status", "words"), [(429, "slow down"), (403, "You have exceeded a secondary rate limit")])
def test_a_short_refusal_by_a_rate_limit_is_waited_for(world, status, words):
    world.fake.refusals = [("POST", status, words, {"Retry-After": "30"})]
    assert world.describe().result == "opened"


def test_a_long_refusal_stops_the_run_and_names_the_time(world):
    world.fake.refusals = [("POST", 429, "no", {"Retry-After": "4000"})]
    assert [outcome.result for outcome in world.run(["acme/payments"] * 2)] == ["later", "later"]
    assert world.repository.requests == []
    assert len(changes(world)) == 1


def test_a_change_is_not_sent_twice_after_an_error_of_the_server(world):
    world.fake.refusals = [("POST", 502, "bad gateway", {})]
    assert world.describe().result == "failed"
    assert len(changes(world)) == 1
    assert world.describe().result == "opened"


def test_a_run_opens_as_many_requests_as_its_limit(world):
    assert [outcome.result for outcome in world.run(["acme/payments"] * 2, limit=1)] == ["opened", "later"]


def test_a_changed_descriptor_becomes_a_request_and_a_declined_one_does_not(world):
    world.repository.branches["main"]["catalog-info.yaml"] = OLD
    outcome = world.apply(NEW, "acme/payments")
    assert outcome.result == "opened"
    [request] = world.repository.requests
    assert request["branch"].startswith(f"{CHANGE_BRANCH}-")
    assert world.repository.branches[request["branch"]]["catalog-info.yaml"] == NEW
    assert world.apply(NEW, "acme/payments").result == "left"
    request["state"] = "closed"
    assert world.apply(NEW, "acme/payments").result == "declined"
    assert world.apply(OLD, "acme/payments").message == "catalog-info.yaml has this content already"


def test_a_patch_applies_only_to_the_file_that_it_was_made_from(world):
    world.repository.branches["main"]["catalog-info.yaml"] = OLD
    world.repository.branches["old"] = {"catalog-info.yaml": "# before\n"}
    patch = {"repository": "acme/payments", "path": "catalog-info.yaml", "content": NEW, "reason": "@all `owner` left"}
    stale = world.apply(json.dumps({**patch, "revision": "old"}))
    assert (stale.result, world.repository.requests) == ("exists", [])
    assert "changed after old" in stale.message
    assert world.apply(json.dumps([{**patch, "revision": "main"}])).result == "opened"
    assert "Reason: `@all 'owner' left`" in world.repository.requests[0]["body"]


def test_the_command_opens_requests_with_a_token_of_its_own_and_never_prints_it(world, tmp_path, monkeypatch):
    source = world.hosts.sources[0]
    options = {**source.options, "token": "${READ_ONLY}"}
    (tmp_path / "sources.yaml").write_text(json.dumps({"version": 1, "sources": [{"name": "acme", "type": source.type, **options}]}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pacing, "BETWEEN_SECONDS", 0)
    environ = {"READ_ONLY": "read-only-token", "WRITER": "writing-token"}
    asked = ["describe", "acme/payments", "acme/nothere", "--pull-request", "--token-env", "WRITER"]
    result = CliRunner(env=environ).invoke(group, asked)
    assert result.exit_code == 1  # of the missing repository
    assert "acme/payments: opened: " in result.output
    assert "acme/nothere: denied: " in result.output
    assert "1 opened; 1 denied." in result.output
    assert "writing-token" not in result.output
    assert all("writing-token" in str(asked.headers) for asked in world.server.requests)


DESCRIPTIONS = {"github": ("github", "/api/v3"), "gitlab": ("gitlab.oas3", ""), "gitea": ("gitea.oas3", "/api/v1")}
CHANGES = {
    "github": {
        ("POST", "git/refs"): {"ref", "sha"},
        ("PUT", "contents/catalog-info.yaml"): {"message", "content", "branch", "sha", "committer", "author"},
        ("POST", "pulls"): {"title", "head", "head_repo", "base", "body", "maintainer_can_modify", "draft", "issue"},
        ("PATCH", "pulls/1"): {"title", "body", "state", "base", "maintainer_can_modify"},
    },
    "gitlab": {
        ("POST", "repository/commits"): {"branch", "commit_message", "start_branch", "start_sha", "actions", "stats", "force"},
        ("POST", "merge_requests"): {"source_branch", "target_branch", "title", "description", "remove_source_branch", "labels"},
        ("PUT", "merge_requests/1"): {"title", "description", "state_event", "target_branch", "labels"},
    },
    "gitea": {
        ("POST", "contents/catalog-info.yaml"): {"message", "content", "branch", "new_branch", "author", "committer", "dates"},
        ("PUT", "contents/catalog-info.yaml"): {"message", "content", "branch", "new_branch", "sha", "from_path", "author", "dates"},
        ("POST", "pulls"): {"head", "base", "title", "body", "assignee", "labels", "milestone", "due_date"},
        ("PATCH", "pulls/1"): {"title", "body", "state", "base", "assignee", "labels", "milestone", "due_date"},
    },
}
"""What the vendors' whole descriptions (those of the test data have only GET) allow in the bodies of changes."""
NOT_IN_THE_DATA = ("/git/ref/", "/pulls/1", "/merge_requests/1", "/releases/permalink/latest", "/repository/branches/")


@needs_data
@pytest.mark.data
def test_requests_are_in_the_vendors_descriptions(world):
    world.describe()
    world.repository.branches["main"]["CODEOWNERS"] = "* @acme/checkout\n"
    assert world.describe().result == "updated"
    vendor = world.hosts.sources[0].type
    name, prefix = DESCRIPTIONS[vendor]
    read = [each for each in world.server.requests if each.method == "GET" and not any(part in each.path for part in NOT_IN_THE_DATA)]
    assert len(read) >= 6
    described = description(name)
    asked = [(each.method, each.path.removeprefix(prefix), each.query) for each in read]
    assert [undescribed_parts(with_slashes(described), *each) for each in asked] == [[]] * len(asked)
    made = {(each.method, re.split(r"/(?:acme/payments|projects/7)/", each.path)[1]): set(each.json()) for each in changes(world)}
    assert made.keys() == CHANGES[vendor].keys() & made.keys()
    assert {key: names - CHANGES[vendor][key] for key, names in made.items()} == {key: set() for key in made}
    assert len(made) == len(CHANGES[vendor])


def with_slashes(described):
    """With the names of parameters that hold slashes as the check knows them."""
    return {**described, "paths": {re.sub(r"\{(filepath|tree_sha|sha)\}", "{path}", key): item for key, item in described["paths"].items()}}


OTHERS = (
    SourceSettings("b", "bitbucket-cloud", {"workspace": "shop", "url": "https://api.bitbucket.org"}),
    SourceSettings("d", "bitbucket-datacenter", {"project": "PAY", "url": "https://code.example/scm"}),
    SourceSettings("a", "azure-devops", {"organization": "org", "url": "https://tfs.example"}),
)


@pytest.mark.parametrize(
    ("repository", "title"),
    [
        ("shop/payments", "Bitbucket Cloud"),
        ("git@bitbucket.org:other/payments.git", "Bitbucket Cloud"),
        ("pay/x", "Bitbucket Data Center"),
        ("https://code.example/scm/pay/x.git", "Bitbucket Data Center"),
        ("org/project/x", "Azure DevOps"),
        ("https://tfs.example/org/project/_git/x", "Azure DevOps"),
        ("https://user@dev.azure.com/org/project/_git/x", "Azure DevOps"),
    ],
)
@pytest.mark.parametrize("act", ["describe", "apply"])
def test_hosts_without_pull_requests_are_named_with_what_to_do(tmp_path, repository, title, act):
    hosts, budget = PortalHosts(OTHERS, SourceContext(tmp_path, tmp_path)), Budget(10)
    if act == "apply":
        outcomes = list(apply_all(changes_of(NEW, repository, ""), hosts, budget))
    else:
        outcomes = [step.outcome for step in describe_all([repository], hosts, proposer(hosts, budget, ""), budget)]
    assert [outcome.result for outcome in outcomes] == ["failed"]
    expected = (
        f"is on {title}, where this command cannot open pull requests; GitHub, GitLab and Gitea are supported. Clone it, give the folder"
    )
    assert expected in outcomes[0].message


def test_changes_keep_a_pace_within_the_limits_of_hosts():
    now, times = [0.0], []
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
    client = SimpleNamespace(change=lambda *_, **__: times.append(now[0]))
    paced = PacedChanges(client, clock)
    for _ in range(MOST_PER_HOUR + 50):
        paced.send("POST", "/x", {})
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))
    assert all(later - earlier >= 3600 for earlier, later in zip(times, times[MOST_PER_HOUR:], strict=False))
