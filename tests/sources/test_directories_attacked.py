"""Directories with what real ones have: cycles, deleted members, equal and odd names, half an answer; and what a public portal shows."""

import gzip
import re
import zlib
from dataclasses import dataclass

import pytest
from company import context
from fake_directories import Company, id_of
from test_directories import FAKES, OPTIONS, collect, entities_of, memberships

import yaml
from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.io.http.limits import ClientLimits
from callboard.plugins.run_sources import collect_all
from callboard.settings.settings import Settings, SourceSettings
from faulty import PatientClock, Server, json_answer
from faulty.modes import redirect
from support import portal

TOKEN = "very-secret-token"
ODD = {
    "a/b c": ["ada"], "Ünïcode 漢字": ["ada"], "x" * 2_000: ["ada"], "...": ["ada"], "-": ["ada"], "\u202eevil\u0000": ["ada"], "": ["ada"],
    "<script>alert(1)</script>": ["ada"], "${{ secrets.X }}": ["ada"], "kind: Group\n---\nkind: User": ["ada"],
}  # fmt: skip


@pytest.mark.parametrize("type_", FAKES)
def test_odd_names_are_valid_entities_and_all_memberships_stay(tmp_path, type_):
    company = Company({"ada": {}, "ada.o'neil+x": {}, "y" * 300: {}, "漢字": {}}, {**ODD, "Normal": ["ada.o'neil+x", "y" * 300, "漢字"]})
    with Server(FAKES[type_](company)) as server:
        got = entities_of(collect(tmp_path, type_, server))
    groups = [ref for ref in got if ref.startswith("group:")]
    assert len(groups) == len(company.groups)
    assert len([ref for ref in got if ref.startswith("user:")]) == 4
    assert len(memberships(got)["ada"]) == len(ODD)
    assert all(re.fullmatch(r"(group|user):default/[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?", ref) for ref in got), [*got]
    catalog, problems = link(merge(got.values(), ["acme"], builtin_kinds()).entities, builtin_kinds())
    assert len(catalog.entities) == len(got)
    assert [problem.code for problem in problems if problem.severity.value == "error"] == []


@pytest.mark.parametrize("type_", ["entra", "okta", "scim"])
def test_groups_in_a_circle_are_read_and_linked_once_each(tmp_path, type_):
    """Keycloak's groups are a tree."""
    groups = {"A": ["B", "ada"], "B": ["C", "bob"], "C": ["A"], "Self": ["Self", "ada"]}
    fake = FAKES[type_](Company({"ada": {}, "bob": {}}, groups))
    options = {}
    if type_ == "okta":
        fake.parents, options = {"A": "C", "B": "A", "C": "B", "Self": "Self"}, {"groups": {"parent": "parent"}}
    with Server(fake) as server:
        got = entities_of(collect(tmp_path, type_, server, **options))
    assert memberships(got) == {"ada": ["a", "self"], "bob": ["b"]}
    assert "parent" not in got["group:default/self"].spec
    catalog, _ = link(merge(got.values(), ["acme"], builtin_kinds()).entities, builtin_kinds())
    assert len(catalog.entities) == 6


@pytest.mark.parametrize("type_", FAKES)
def test_members_that_were_deleted_are_left_out(tmp_path, type_):
    company = Company({"ada": {}, "left": {"disabled": True}}, {"Team": ["ada", "left", "deleted"]})
    with Server(FAKES[type_](company)) as server:
        got = entities_of(collect(tmp_path, type_, server))
    assert set(got) == {"user:default/ada", "group:default/team"}


def test_users_alone_may_know_their_groups_and_all_of_them_are_members(tmp_path):
    def scim(asked, wire):
        users = [{"id": f"u{n}", "userName": f"person{n}", "groups": [{"value": "g1"}]} for n in range(3)]
        found = users if asked.path.endswith("/Users") else [{"id": "g1", "displayName": "Team", "members": []}]
        json_answer(wire, {"totalResults": len(found), "Resources": found})

    with Server(scim) as server:
        got = entities_of(collect(tmp_path, "scim", server))
    assert memberships(got) == {f"person{n}": ["team"] for n in range(3)}


@dataclass
class Half:
    """A directory whose ``after``-th listing of a page and every later one is answered by ``mode``."""

    fake: object
    after: int
    mode: object

    def __call__(self, asked, wire):
        (self.fake if asked.number <= self.after else self.mode)(asked, wire)


def first_page_again(asked, wire):
    """As a provider that ignores the parameters of pages."""
    user = {"id": "1", "userName": "ada", "username": "ada", "userPrincipalName": "ada@acme.example", "profile": {"login": "ada"}}
    here = f"http://{asked.headers['host']}{asked.target}"
    value = {"totalResults": 900, "Resources": [user] * 200, "value": [user], "@odata.nextLink": here}
    json_answer(wire, [user] * 500 if asked.path.endswith(("/users", "/groups")) and "v1.0" not in asked.path else value,
                headers={"Link": f'<{here}>; rel="next"'})  # fmt: skip


def build(tmp_path, type_, server):
    """A build of a portal with this directory and a folder of descriptors."""
    url = f"{server.url}/scim/v2" if type_ == "scim" else server.url
    (tmp_path / "repositories" / "shop").mkdir(parents=True, exist_ok=True)
    component = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "shop"}}
    spec = {"type": "service", "lifecycle": "production", "owner": "team"}
    (tmp_path / "repositories" / "shop" / "catalog-info.yaml").write_text(yaml.safe_dump({**component, "spec": spec}))
    items = (
        SourceSettings("here", "files", {"path": "repositories", "repositories": "*"}),
        SourceSettings("people", type_, {"url": url, "token": TOKEN, **OPTIONS[type_]}),
    )
    limits = ClientLimits(tries=2, pages=12)
    return collect_all(Settings(tmp_path, tmp_path / "sources.yaml", sources=items), context(tmp_path, clock=PatientClock(), http=limits))


@pytest.mark.parametrize("trouble", ["page 3 fails", "another host", "the same again"])
@pytest.mark.parametrize("type_", FAKES)
def test_half_a_directory_is_none_with_a_message_and_the_other_sources_are_read(tmp_path, type_, trouble):
    company = Company({f"person{n}": {} for n in range(1_200)}, {"Team": ["person1"]})
    with Server(lambda asked, wire: json_answer(wire, [])) as other:
        modes = {
            "page 3 fails": lambda asked, wire: json_answer(wire, {"error": f"no {asked.headers.get('authorization')}"}, 500),
            "another host": redirect(f"{other.url}/users"),
            "the same again": first_page_again,
        }
        with Server(Half(FAKES[type_](company), 2, modes[trouble])) as server:
            got = build(tmp_path, type_, server)
    assert other.requests == []
    assert [file.path for file in got.files] == ["catalog-info.yaml"]
    assert [failure.source for failure in got.failures] == ["people"]
    assert got.failures[0].hint
    said = f"{got.failures[0].message} {got.failures[0].hint}"
    assert not re.search(rf"{TOKEN}|Traceback|please report", said)
    assert not any(TOKEN.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def contents(folder):
    for file in (each for each in folder.rglob("*") if each.is_file()):
        raw = file.read_bytes()
        yield file, raw
        for unpack in (gzip.decompress, zlib.decompress):
            try:
                yield file, unpack(raw)
            except (OSError, zlib.error, EOFError):
                continue


@pytest.mark.long
@pytest.mark.parametrize("type_", FAKES)
def test_a_public_portal_shows_no_address_of_a_person_and_no_portal_shows_the_token(tmp_path, type_):
    company = Company({"ada": {"github": "ada@acme.example"}, "bob": {}}, {"Team": ["ada", "bob"]})
    accounts = {"entra": "mail", "okta": "login", "keycloak": "email", "scim": "userName"}
    with Server(FAKES[type_](company)) as server:
        url = f"{server.url}/scim/v2" if type_ == "scim" else server.url
        users = {"accounts": {"git.acme.example": accounts[type_]}}
        source = {"name": "people", "type": type_, "url": url, "token": "${DIRECTORY_TOKEN}", "users": users, **OPTIONS[type_]}
        for audience in ("public", "internal"):
            folder = tmp_path / audience
            about = {"name": "Acme", "organization": "Acme", "url": "https://portal.acme.example/", "timezone": "UTC", "audience": audience}
            folder.mkdir()
            (folder / "sources.yaml").write_text(yaml.safe_dump({"version": 1, "portal": about, "sources": [source]}))
            done = portal.callboard(folder, "build", DIRECTORY_TOKEN=TOKEN)
            assert done.returncode == 0, done.stderr
            assert TOKEN not in done.stdout + done.stderr
            found = {file.relative_to(folder) for file, content in contents(folder) if TOKEN.encode() in content}
            assert found == set()
    address = re.compile(rb"(?:ada|bob)(?:@|%40|\\u0040|&#64;)acme\.example", re.IGNORECASE)
    assert {file.relative_to(tmp_path) for file, content in contents(tmp_path / "public" / "site") if address.search(content)} == set()
    assert any(address.search(content) for _, content in contents(tmp_path / "internal" / "site"))
    assert id_of("ada") in (tmp_path / "public/site/catalog/default/user/ada/index.html").read_text()
