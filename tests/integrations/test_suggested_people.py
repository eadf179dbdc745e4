"""What the integration github keeps of people and teams, so that owners can be suggested: nothing unless it is asked to."""

from dataclasses import replace

from fake_github_api import FakeGitHub
from vendors import collect, facts

from callboard.model.facts.repository import CommitAuthor, RepositoryActivity
from callboard.model.ref import ref_of
from faulty import Server, json_answer


def test_authors_are_kept_only_where_the_option_says_so(tmp_path):
    fake = FakeGitHub(count=1)
    with Server(fake) as server:
        plain = collect("github", server.url, fake.targets, tmp_path, token="t")
        named = collect("github", server.url, fake.targets, tmp_path / "named", token="t", authors=True)
    [without], [with_names] = facts(plain, "repository")["s0"], facts(named, "repository")["s0"]
    assert (without.authors, without.bus_factor, "b@x" in repr(plain)) == ((), 1, False)
    assert with_names.authors == (CommitAuthor("ada", 2), CommitAuthor("b@x", 1))


def test_teams_with_access_are_looked_up_for_repositories_without_owner_alone(tmp_path):
    fake, asked = FakeGitHub(count=3), []

    def answer(request, wire):
        if not request.path.endswith("/teams"):
            return fake(request, wire)
        asked.append(request.path.removeprefix("/api/v3"))
        if "/s2/" in request.path:
            return json_answer(wire, {"message": "Must have admin rights"}, 403)
        return json_answer(wire, [{"slug": "pay", "permission": "admin"}, {"slug": "readers", "permission": "pull"}])

    targets = [replace(each, owner=ref_of("group:default/x") if each.ref.name == "s1" else None) for each in fake.targets]
    with Server(answer) as server:
        got = collect("github", server.url, targets, tmp_path, token="t", access=True)
    assert asked == ["/repos/acme/s0/teams", "/repos/acme/s2/teams"]
    found = {name: values[0].maintainers for name, values in facts(got, "repository").items()}
    assert found == {"s0": ("@acme/pay",), "s1": (), "s2": ()}
    assert [failure.place for failure in got.failures] == ["teams of acme/s2"]


def test_the_bus_factor_is_the_fewest_people_with_half_of_the_commits():
    activity = RepositoryActivity("acme/x")
    cases = {
        ("ada",): 1,
        ("ada", "bo"): 1,
        ("ada", "bo", "cy"): 2,
        ("ada", "ada", "bo", "cy", "dee"): 2,
        ("ada", "bot[bot]", "bot[bot]", ""): 1,
        (): None,
        ("bot[bot]",): None,
    }
    assert {each: activity.with_commits_by(each, keeps_names=False).bus_factor for each in cases} == cases
