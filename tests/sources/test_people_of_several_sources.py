"""People and teams of several sources: names that do not depend on who else is there, and memberships that are never lost."""

import hashlib

import pytest
from company import context, settings
from fake_github import FakeGitHub
from test_gitea import FakeGitea
from test_gitlab import FakeGitLab

from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.plugins.sources import Collected, DescriptorFile, LdapRow, MemoryTree
from callboard.settings.settings import Limits, SourceSettings
from callboard.sources.gitea.source import GiteaSource
from callboard.sources.github.source import GitHubSource
from callboard.sources.gitlab.source import GitLabSource
from callboard.sources.ldap import LdapSource
from callboard.sources.people import PeopleOptions, Person, Team, people_files, stable_name
from faulty import PatientClock, Server


def of_github(tmp_path, name, teams, members, people):
    """The people of an organization: ``teams`` by slug with the logins of their members."""
    github = FakeGitHub({})
    github.teams = [{"slug": slug, "logins": logins} for slug, logins in teams.items()]
    github.members = [{"login": login, "name": f"Name of {login}"} for login in members]
    with github.serve() as server:
        item = SourceSettings(name, "github", {"organization": name, "url": server.url, "token": "t", "people": people})
        return GitHubSource(item, context(tmp_path, clock=PatientClock())).collect()


def of_gitlab(tmp_path, name, teams, members, people):
    gitlab = FakeGitLab({})
    gitlab.groups = {name: 1, **{f"{name}/{team}": n for n, team in enumerate(teams, 2)}}
    gitlab.members = {1: members, **dict(enumerate(teams.values(), 2))}
    gitlab._descendants = lambda asked, wire, group: gitlab._page(
        asked, wire, [gitlab._group(path) for path in gitlab.groups if path != name]
    )
    with Server(gitlab) as server:
        item = SourceSettings(name, "gitlab", {"group": name, "url": server.url, "people": people})
        return GitLabSource(item, context(tmp_path, clock=PatientClock())).collect()


def of_gitea(tmp_path, name, teams, members, people):
    gitea = FakeGitea({})
    gitea.teams, gitea.members = teams, members
    with Server(gitea) as server:
        item = SourceSettings(name, "gitea", {"organization": name, "url": server.url, "people": people})
        return GiteaSource(item, context(tmp_path, clock=PatientClock())).collect()


HOSTS = {"github": of_github, "gitlab": of_gitlab, "gitea": of_gitea}


def entities_of(*collected):
    files = [file for part in collected for file in part.files]
    results = [read_file(file, builtin_kinds(), Limits()) for file in files]
    assert [problem for result in results for problem in result.problems] == []
    return [entity for result in results for entity in result.entities]


def by_ref(merged):
    return {str(entity.ref): entity for entity in merged.entities}


@pytest.mark.parametrize("host", HOSTS)
def test_a_person_in_two_organizations_keeps_the_memberships_of_both(tmp_path, host):
    """backstage#8401: ada was in acme/platform and in beta/data, and beta's membership was lost."""
    acme = HOSTS[host](tmp_path, "acme", {"platform": ["ada"]}, ["ada"], True)
    beta = HOSTS[host](tmp_path, "beta", {"data": ["ada"], "ops": ["bob"]}, ["ada", "bob"], True)
    merged = merge(entities_of(acme, beta), ["acme", "beta"], builtin_kinds())
    ada = by_ref(merged)["user:default/ada"]
    assert {"platform", "data"} <= set(ada.spec["memberOf"])
    assert merged.problems() == ()
    other = merge(entities_of(acme), ["acme"], builtin_kinds())
    assert by_ref(other)["user:default/ada"].digest != ada.digest  # a page that was made before does not count as unchanged


@pytest.mark.parametrize("host", HOSTS)
def test_two_teams_of_one_name_are_one_group_with_the_members_of_both_and_a_problem(tmp_path, host):
    """backstage#34263: the same slugs of two organizations overwrite each other."""
    acme = HOSTS[host](tmp_path, "acme", {"platform": ["ada"]}, ["ada"], True)
    beta = HOSTS[host](tmp_path, "beta", {"platform": ["bob"]}, ["bob"], True)
    merged = merge(entities_of(acme, beta), ["acme", "beta"], builtin_kinds())
    assert {"platform"} <= set(by_ref(merged)["user:default/ada"].spec["memberOf"]) & set(
        by_ref(merged)["user:default/bob"].spec["memberOf"]
    )
    [problem] = merged.problems()
    assert (problem.code, str(problem.subject)) == ("DUP002", "group:default/platform")
    assert "acme/platform" in problem.message
    assert "beta/platform" in problem.message
    assert "namespace" in problem.hint


@pytest.mark.parametrize("host", HOSTS)
def test_a_namespace_keeps_the_teams_of_two_organizations_apart(tmp_path, host):
    acme = HOSTS[host](tmp_path, "acme", {"platform": ["ada"]}, ["ada"], True)
    beta = HOSTS[host](tmp_path, "beta", {"platform": ["ada", "bob"]}, ["ada", "bob"], {"namespace": "beta"})
    merged = merge(entities_of(acme, beta), ["acme", "beta"], builtin_kinds())
    entities = by_ref(merged)
    assert {"group:default/platform", "group:beta/platform", "user:default/ada", "user:default/bob"} <= set(entities)
    assert {"platform", "beta/platform"} <= set(entities["user:default/ada"].spec["memberOf"])
    assert merged.problems() == ()


def test_users_may_have_a_namespace_too(tmp_path):
    """Logins of two hosts may be those of different people."""
    options = {"namespace": "beta", "users": {"namespace": "beta"}}
    got = entities_of(of_github(tmp_path, "beta", {"platform": ["ada"]}, ["ada"], options))
    [ada] = [entity for entity in got if entity.kind == "User"]
    assert (str(ada.ref), ada.spec["memberOf"]) == ("user:beta/ada", ["platform"])


@pytest.mark.parametrize(
    ("collect", "options", "names"),
    [
        (of_github, {"groups": {"name": "combined_slug"}, "users": {"name": "name"}}, ["acme-platform", "name-of-ada"]),
        (of_github, {"groups": {"name": "name"}}, ["platform", "ada"]),
        (of_gitlab, {"groups": {"name": "full_path"}, "users": {"name": "name"}}, ["acme", "acme-platform", "ada"]),
        (of_gitlab, {"groups": {"name": "path"}}, ["acme", "platform", "ada"]),
        (of_gitlab, {"groups": {"name": "id"}}, ["1", "2", "ada"]),
        (of_gitea, {"groups": {"name": "full_name"}, "users": {"name": "email"}}, ["acme-platform", "ada"]),
    ],
)
def test_an_option_chooses_what_names_are_made_of(tmp_path, collect, options, names):
    got = entities_of(collect(tmp_path, "acme", {"platform": ["ada"]}, ["ada"], options))
    assert sorted(entity.ref.name for entity in got) == sorted(names)


def ldap(tmp_path, rows, people, **options):
    """The people of a directory with these rows."""
    where = {"users": {"base": "ou=people"}, "groups": {"base": "ou=groups"}} | options
    source = LdapSource(settings("ldap", url="ldap://ldap.acme.example", **where), context(tmp_path))
    options = PeopleOptions(source._groups["namespace"], source._users["namespace"])
    files = people_files(source._teams(rows), source._people(people, rows), options)
    tree = MemoryTree.of("ldap://ldap.acme.example", "directory", files)
    return Collected((tree,), tuple(DescriptorFile("ldap", tree, path) for path in tree.files))


EU = LdapRow("cn=platform,ou=eu,dc=acme", {"cn": ("platform",), "member": ("uid=ada,dc=acme",)})
AP = LdapRow("cn=platform,ou=ap,dc=acme", {"cn": ("platform",), "member": ("uid=bob,dc=acme",)})
PEOPLE = [LdapRow(f"uid={login},dc=acme", {"uid": (login,)}) for login in ("ada", "bob")]


def test_a_second_group_of_the_same_name_does_not_take_the_name_over(tmp_path):
    """The group with the smaller id took the plain name, and the other one became platform-2: ownership moved without a word."""
    one, both = (entities_of(ldap(tmp_path, groups, PEOPLE)) for groups in ([EU], [AP, EU]))
    assert {str(entity.ref) for entity in one} == {str(entity.ref) for entity in both}
    merged = merge(both, ["ldap"], builtin_kinds())
    assert [by_ref(merged)[f"user:default/{login}"].spec["memberOf"] for login in ("ada", "bob")] == [["platform"], ["platform"]]
    [problem] = merged.problems()
    assert problem.code == "DUP002"
    assert EU.dn in problem.message
    assert AP.dn in problem.message


def test_the_attribute_that_an_option_names_has_the_skills_of_people(tmp_path):
    ada = LdapRow("uid=ada,dc=acme", {"uid": ("ada",), "businesscategory": ("Kafka", "Go: a language")})
    users = {"users": {"base": "ou=people", "skills": "businessCategory"}}
    [named] = [each for each in entities_of(ldap(tmp_path, [], [ada], **users)) if each.kind == "User"]
    [plain] = [each for each in entities_of(ldap(tmp_path, [], [ada])) if each.kind == "User"]
    assert named.spec["profile"]["skills"] == ["Kafka", "Go: a language"]
    assert "skills" not in plain.spec["profile"]


def test_another_attribute_of_the_directory_keeps_groups_apart(tmp_path):
    rows = [LdapRow(row.dn, {**row.values, "gidnumber": (number,)}) for row, number in ((EU, "7"), (AP, "8"))]
    got = entities_of(ldap(tmp_path, rows, PEOPLE, groups={"base": "ou=groups", "name": "gidNumber"}))
    assert sorted(str(entity.ref) for entity in got if entity.kind == "Group") == ["group:default/7", "group:default/8"]


def test_a_directory_may_have_a_namespace(tmp_path):
    got = entities_of(ldap(tmp_path, [EU], PEOPLE[:1], groups={"base": "ou=groups", "namespace": "eu"}))
    assert sorted(str(entity.ref) for entity in got) == ["group:eu/platform", "user:default/ada"]
    assert got[-1].spec["memberOf"] == ["eu/platform"]


def test_logins_in_posix_groups_count_when_users_are_named_after_another_attribute(tmp_path):
    group = LdapRow("cn=ops,ou=eu,dc=acme", {"cn": ("ops",), "memberuid": ("al7",)})
    user = LdapRow("uid=al7,dc=acme", {"uid": ("al7",), "mail": ("ada@acme.example",)})
    got = entities_of(ldap(tmp_path, [group], [user], users={"base": "ou=people", "name": "mail"}))
    assert (got[-1].ref.name, got[-1].spec["memberOf"]) == ("ada-acme.example", ["ops"])


def test_a_directory_beside_a_host_adds_its_memberships_without_a_problem(tmp_path):
    directory = ldap(tmp_path, [EU], PEOPLE[:1])
    host = of_github(tmp_path, "acme", {"data": ["ada"], "platform": []}, ["ada"], True)
    merged = merge(entities_of(directory, host), ["ldap", "acme"], builtin_kinds())
    assert by_ref(merged)["user:default/ada"].spec["memberOf"] == ["platform", "data"]
    assert merged.problems() == ()


@pytest.mark.parametrize(
    ("preferred", "id_", "name"),
    [
        ("Platform Team", "1", "platform-team"),
        ("Zażółć", "1", "zazolc"),
        ("a--b", "1", "a-b"),
        ("!", "7", "7"),
        ("!", "!", f"unnamed-{hashlib.sha256(b'!').hexdigest()[:6]}"),
        ("x" * 63, "1", "x" * 63),
        ("x" * 80, "1", "x" * 56 + "-" + hashlib.sha256(b"x" * 80).hexdigest()[:6]),
    ],
)
def test_a_name_depends_on_nothing_but_the_account(preferred, id_, name):
    assert stable_name(preferred, id_) == name


def test_teams_with_long_paths_that_begin_alike_are_not_one(tmp_path):
    teams = [Team(str(n), f"{'engineering-' * 6}{n}") for n in range(3)]
    files = [*people_files(teams, [Person("1", "ada", teams=("0", "2"))], PeopleOptions())]
    assert len({file.path for file in files}) == 4
    assert [len(file.path.rpartition("/")[2]) <= 63 + len(".yaml") for file in files] == [True] * 4
