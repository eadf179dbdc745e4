"""Sources of people from directories on loopback, which answer as documented and as reports of bugs show; and their descriptions."""

from urllib.parse import parse_qsl

import pytest
from company import context, settings
from fake_directories import Company, FakeGraph, FakeKeycloak, FakeOkta, FakeScim, id_of

from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import SourceError
from callboard.plugins import loader
from callboard.settings.settings import Limits
from callboard.sources.directories import keycloak
from callboard.sources.directories.directory_source import attribute_of
from faulty import PatientClock, Server, json_answer
from spec_checking import complaints, description, needs_data

FAKES = {"entra": FakeGraph, "okta": FakeOkta, "keycloak": FakeKeycloak, "scim": FakeScim}
OPTIONS = {
    "entra": {"tenant": "acme.example"}, "okta": {}, "keycloak": {"realm": "acme"}, "scim": {},
}  # fmt: skip
PREFIX = {"entra": "/v1.0", "okta": "", "keycloak": "", "scim": "/scim/v2"}


def collect(tmp_path, type_, server, clock=None, **options):
    url = f"{server.url}/scim/v2" if type_ == "scim" else server.url
    source = loader.load("callboard.sources")[type_].load()
    given = {"url": url, "token": "very-secret", **OPTIONS[type_], **options}
    return source(settings(type_, **given), context(tmp_path, clock=clock or PatientClock(), http=ClientLimits(tries=2))).collect()


def entities_of(collected):
    results = [read_file(file, builtin_kinds(), Limits()) for file in collected.files]
    assert [problem for result in results for problem in result.problems] == []
    return {str(entity.ref): entity for result in results for entity in result.entities}


def read(tmp_path, type_, fake, **options):
    with Server(fake) as server:
        return entities_of(collect(tmp_path, type_, server, **options))


def memberships(entities):
    return {ref.partition("/")[2]: e.spec["memberOf"] for ref, e in entities.items() if ref.startswith("user")}


@pytest.mark.parametrize("type_", FAKES)
def test_people_and_nested_groups_are_read_without_disabled_accounts(tmp_path, type_):
    options = {"groups": {"parent": "parent"}} if type_ == "okta" else {}
    fake = FAKES[type_](Company())
    fake.parents = {"Payments": "Engineering"}
    got = read(tmp_path, type_, fake, **options)
    guests = set() if type_ in {"entra", "scim"} else {"user:default/eve"}  # the others know no guests
    groups = {"group:default/engineering", "group:default/payments", "group:default/empty"}
    assert set(got) == groups | {"user:default/ada", "user:default/bob", "user:default/cy"} | guests
    assert got["group:default/payments"].spec["parent"] == "engineering"
    assert got["user:default/ada"].spec["memberOf"] == ["payments"]
    assert got["user:default/ada"].spec["profile"]["email"].lower() == "ada@acme.example"
    assert got["user:default/ada"].spec["profile"]["displayName"].startswith("Ada")
    assert [value for key, value in got["user:default/ada"].metadata["annotations"].items() if key.endswith("/user-id")] == [id_of("ada")]


def key_pair():
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("type_", "token_path"),
    [
        ("entra", "/acme.example/oauth2/v2.0/token"),
        ("keycloak", "/realms/acme/protocol/openid-connect/token"),
        ("okta", "/oauth2/v1/token"),
    ],
)
def test_a_token_is_requested_with_the_credential_of_an_application(tmp_path, type_, token_path):
    fake, forms = FAKES[type_](Company()), []

    def answer(asked, wire):
        if asked.method == "POST" and asked.path == token_path:
            forms.append(dict(parse_qsl(asked.body.decode())))
            return json_answer(wire, {"access_token": "short-lived", "token_type": "Bearer", "expires_in": 3599})
        return fake(asked, wire)

    with Server(answer) as server:
        secret = {"private_key": key_pair(), "key_id": "k1"} if type_ == "okta" else {"client_secret": "very-secret"}
        authority = {"authority": server.url} if type_ == "entra" else {}
        got = collect(tmp_path, type_, server, token="", client_id="portal", **secret, **authority)
    assert "user:default/ada" in entities_of(got)
    [form] = forms
    assert (form["grant_type"], form["client_id"]) == ("client_credentials", "portal")
    assert form.get("scope") == {"entra": f"{server.url}/.default", "okta": "okta.users.read okta.groups.read"}.get(type_)
    assert {r.headers.get("authorization") for r in server.requests if r.path != token_path} == {"Bearer short-lived"}
    assert sum(one.traffic.counts.requests for one in got.traffic) == len(server.requests)


def test_a_directory_without_a_credential_says_which_options_are_missing(tmp_path):
    with Server(FakeGraph(Company())) as server, pytest.raises(SourceError) as caught:
        collect(tmp_path, "entra", server, token="")
    assert "client_secret" in caught.value.hint
    assert server.requests == []


@pytest.mark.parametrize("type_", FAKES)
def test_disabled_accounts_and_guests_are_read_where_the_options_say_so(tmp_path, type_):
    users = {"disabled": True, **({"guests": True} if type_ in {"entra", "scim"} else {})}
    got = read(tmp_path, type_, FAKES[type_](Company()), users=users)
    assert {"user:default/gone", "user:default/eve"} <= set(got)


@pytest.mark.parametrize("type_", FAKES)
def test_selected_groups_bring_only_their_members(tmp_path, type_):
    """Roadie's plugin #1411: 98,000 users in the directory, 13,000 of them in the groups that are wanted."""
    with Server(FAKES[type_](Company())) as server:
        got = entities_of(collect(tmp_path, type_, server, groups={"include": ["pay*", "Pay*"]}))
    expected = {"ada": ["payments"], "bob": ["payments"]} | ({} if type_ in {"entra", "scim"} else {"eve": ["payments"]})
    assert memberships(got) == expected
    assert sum("/members" in r.target or "/users" in r.target.lower() for r in server.requests) <= 2
    everyone = read(tmp_path, type_, FAKES[type_](Company()), groups={"exclude": ["*"]}, users={"only_members": False})
    assert "user:default/cy" in everyone
    assert not any(ref.startswith("group") for ref in everyone)


@pytest.mark.parametrize("type_", FAKES)
def test_each_page_is_read(tmp_path, type_, monkeypatch):
    company = Company({f"p{n:04}": {} for n in range(210)}, {f"t{n:03}": [f"p{n:04}"] for n in range(30)})
    monkeypatch.setattr(keycloak, "USERS", 100)
    with Server(FAKES[type_](company, **({} if type_ == "keycloak" else {"page": 100}))) as server:
        got = collect(tmp_path, type_, server)
    assert len(got.files) == 210 + 30
    assert len(server.requests) == {"entra": 3 + 1 + 2, "okta": 3 + 1 + 30, "keycloak": 3 + 1 + 30, "scim": 3 + 1}[type_]


@pytest.mark.parametrize("type_", FAKES)
def test_a_directory_that_answers_half_fails_whole(tmp_path, type_):
    """Groups without the members of a page that failed would be worse than yesterday's copy."""
    fake = FAKES[type_](Company())

    def answer(asked, wire):
        if type_ == "entra":
            fake.refused = {id_of("Payments"): 403}
        if type_ in {"okta", "keycloak"} and id_of("Payments") in asked.path:
            return wire.answer(500, "{}", {"Content-Type": "application/json"})
        if type_ == "scim" and asked.path.endswith("/Groups"):
            return wire.answer(500, "{}", {"Content-Type": "application/json"})
        return fake(asked, wire)

    with Server(answer) as server, pytest.raises(HttpError) as caught:
        collect(tmp_path, type_, server)
    assert caught.value.hint
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize("type_", FAKES)
def test_a_directory_without_users_is_a_missing_permission(tmp_path, type_):
    with Server(FAKES[type_](Company({}, {"Empty": []}))) as server, pytest.raises(SourceError, match="returned no user"):
        collect(tmp_path, type_, server)


@pytest.mark.parametrize(
    ("type_", "users", "names"),
    [
        ("entra", {"name": "id"}, sorted(map(id_of, ["ada", "bob", "cy"]))),
        ("entra", {"name": "mailNickname"}, ["ada", "bob", "cy"]),
        ("entra", {"name": "backstage"}, ["ada_acme.example", "bob_acme.example", "cy_acme.example"]),
        ("keycloak", {"name": "attributes.github"}, ["ada", "bob", "cy", "eve"]),
        ("okta", {"name": "firstName"}, ["ada", "bob", "cy", "eve"]),
        ("scim", {"name": "displayName"}, ["ada", "bob", "cy"]),
    ],
)
def test_an_option_chooses_what_users_are_named_after(tmp_path, type_, users, names):
    got = read(tmp_path, type_, FAKES[type_](Company()), users=users)
    assert sorted(ref.rpartition("/")[2] for ref in got if ref.startswith("user")) == names


def test_an_attribute_of_the_directory_names_the_account_on_a_host(tmp_path):
    company = Company({"ada": {"github": "ada-gh"}, "bob": {}}, {"T": ["ada"]})
    accounts = {"accounts": {"github.com": "onPremisesExtensionAttributes.extensionAttribute1"}}
    with Server(FakeGraph(company)) as server:
        got = entities_of(collect(tmp_path, "entra", server, users=accounts))
    assert got["user:default/ada"].metadata["annotations"]["github.com/user-login"] == "ada-gh"
    assert "github.com/user-login" not in got["user:default/bob"].metadata["annotations"]
    assert any("onPremisesExtensionAttributes" in r.query.get("$select", "") for r in server.requests)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a", "1"), ("b.c", "2"), ("d", "3"), ("urn:x:2.0:User.login", "4"), ("b.none", ""), ("none", ""), ("", ""), ("a.x", ""), ("b", ""),
    ],
)  # fmt: skip
def test_attributes_are_found_by_their_path(path, text):
    values = {"a": "1", "b": {"c": "2"}, "d": ["3"], "urn:x:2.0:User": {"login": "4"}}
    assert attribute_of(values, path) == text


@pytest.mark.parametrize("type_", FAKES)
def test_two_groups_of_one_name_are_a_problem_and_keep_the_members_of_both(tmp_path, type_):
    company = Company({"ada": {}, "bob": {}}, {"Data": ["ada"], "data": ["bob"]})
    with Server(FAKES[type_](company)) as server:
        files = collect(tmp_path, type_, server).files
    merged = merge([e for f in files for e in read_file(f, builtin_kinds(), Limits()).entities], ["acme"], builtin_kinds())
    assert [p.code for p in merged.problems()] == ["DUP002"]
    assert {e.ref.name: e.spec["memberOf"] for e in merged.entities if e.kind == "User"} == {"ada": ["data"], "bob": ["data"]}


def test_short_and_empty_pages_of_graph_do_not_end_a_listing(tmp_path):
    """microsoft-graph-docs#17318: fewer objects than $top, even none, and a link to more."""
    fake = FakeGraph(Company(), page=1)
    with Server(fake) as server:
        got = entities_of(collect(tmp_path, "entra", server))
    assert memberships(got)["bob"] == ["payments"]
    fake.next_host = "evil.example"
    with Server(fake) as server, pytest.raises(HttpError, match="another host"):
        collect(tmp_path, "entra", server)


def test_throttled_requests_of_a_batch_are_sent_again_after_the_wait(tmp_path):
    fake, clock = FakeGraph(Company()), PatientClock()
    fake.throttled = {id_of("Payments"): 2}
    began = clock.monotonic()
    with Server(fake) as server:
        got = entities_of(collect(tmp_path, "entra", server, clock))
    assert memberships(got)["ada"] == ["payments"]
    assert clock.monotonic() - began >= 14
    assert [len(r.json()["requests"]) for r in server.requests if r.method == "POST"] == [3, 1, 1]
    fake.throttled = {id_of("Payments"): 99}
    with Server(fake) as server, pytest.raises(HttpError, match="429"):
        collect(tmp_path, "entra", server)


def test_a_link_of_a_batch_to_another_host_is_not_followed(tmp_path):
    fake = FakeGraph(Company({"ada": {}}, {"T": ["ada"] * 1_500}))
    with Server(fake) as server:
        host = server.url.partition("//")[2]
        fake.next_host = "evil.example"
        with pytest.raises(HttpError, match="another host"):
            collect(tmp_path, "entra", server)
        fake.next_host = host
        assert "user:default/ada" in entities_of(collect(tmp_path, "entra", server))


def test_one_group_and_what_is_nested_in_it_can_be_read(tmp_path):
    company = Company()
    company.groups["Other"] = ["cy"]
    got = read(tmp_path, "entra", FakeGraph(company), groups={"root": id_of("Engineering")})
    assert sorted(got) == ["group:default/engineering", "group:default/payments", "user:default/ada", "user:default/bob", "user:default/cy"]


def test_an_account_whose_state_may_not_be_read_counts_as_enabled(tmp_path):
    """backstage#34422: null is not false."""
    assert "user:default/ada" in read(tmp_path, "entra", FakeGraph(Company({"ada": {"unset": True, "mail": None}}, {})))


@pytest.mark.parametrize(("version", "counts"), [(26, True), (26, False), (22, False)])
def test_groups_of_each_version_of_keycloak_are_read_with_those_in_them(tmp_path, version, counts):
    """keycloak#25053: only the groups at the top have been listed since version 23, and the number of those below may be missing."""
    company = Company({"ada": {}}, {"A": ["B"], "B": ["C"], "C": ["ada"]})
    got = read(tmp_path, "keycloak", FakeKeycloak(company, version, counts))
    assert [got[f"group:default/{name}"].spec.get("parent") for name in "abc"] == [None, "a", "b"]
    assert got["user:default/ada"].spec["memberOf"] == ["c"]


@pytest.mark.parametrize(
    "variant", [{"page": 2}, {"page": 2, "cursor": True}, {"page": 2, "group_pages": False}, {"members": False}], ids=str
)
def test_each_way_of_scim_providers_gives_the_same_people(tmp_path, variant):
    assert memberships(read(tmp_path, "scim", FakeScim(Company(), **variant))) == {
        "ada": ["payments"], "bob": ["payments"], "cy": ["engineering"],
    }  # fmt: skip


def test_a_scim_listing_that_ends_early_is_a_failure(tmp_path):
    fake = FakeScim(Company(), page=2)

    def answer(asked, wire):
        if asked.query.get("startIndex") == "3":
            return fake._answer(wire, {"totalResults": 5})
        return fake(asked, wire)

    with Server(answer) as server, pytest.raises(HttpError, match="2 of 5"):
        collect(tmp_path, "scim", server)


@needs_data
@pytest.mark.data
@pytest.mark.parametrize("type_", FAKES)
def test_requests_are_in_the_description_of_the_vendor(tmp_path, type_):
    name = {"entra": "entra-graph", "okta": "okta", "keycloak": "keycloak", "scim": "scim"}[type_]
    groups = {"include": ["*"], **({} if type_ == "keycloak" else {"filter": "x"})}
    with Server(FAKES[type_](Company())) as server:
        collect(tmp_path, type_, server, users={"filter": "x", "only_members": False, "disabled": True}, groups=groups)
        if type_ == "entra":
            collect(tmp_path, type_, server, groups={"root": id_of("Engineering")})
    assert complaints(description(f"{name}.oas3"), server.requests, PREFIX[type_]) == []
