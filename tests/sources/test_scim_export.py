"""Files that an export of a SCIM provider wrote: the same people as over the network, or a failure that says what is missing."""

import json
import os

import pytest
from company import context, settings
from fake_directories import Company, FakeScim
from test_directories import collect, entities_of

from callboard.model.errors import SourceError
from callboard.plugins import loader
from faulty import Server

URL = "https://idp.acme.example/scim/v2"
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "ada@acme.example"}
GROUP = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "2", "displayName": "Payments", "members": [{"value": "1"}]}


def answered(resources, total=None):
    """What a provider returns."""
    kind = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    return {"schemas": kind, "totalResults": len(resources) if total is None else total, "Resources": resources}


def read(folder, files, **options):
    for name, value in files.items():
        (folder / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    source = loader.load("callboard.sources")["scim"].load()
    return source(settings("scim", **{"url": URL, "path": "*.json", **options}), context(folder)).collect()


def described(collected):
    """What the descriptors say, whichever host the annotations name."""
    return {
        ref: (each.spec, each.metadata.get("title"), [*each.metadata["annotations"].values()])
        for ref, each in entities_of(collected).items()
    }


def typed(resources, name):
    return [{**each, "schemas": [f"urn:ietf:params:scim:schemas:core:2.0:{name}"]} for each in resources]


def test_an_export_of_all_pages_gives_the_same_people_as_the_provider(tmp_path):
    fake = FakeScim(Company())
    with Server(fake) as server:
        live = collect(tmp_path, "scim", server)
    users = typed([fake._user(login) for login in fake.company.users], "User")
    groups = typed([fake._group(name, True) for name in fake.company.groups], "Group")
    files = {"u1.json": answered(users[:3], 5), "u2.json": answered(users[2:], 5), "g.json": groups}
    exported = read(tmp_path, files)
    assert exported.trees[0].id == f"{URL}/"
    assert described(exported) == described(live)
    assert len(described(live)) == 6


@pytest.mark.parametrize(
    "files",
    [
        {"one.json": {**USER, "schemas": ["urn:x:acme:2.0:Badge", *USER["schemas"]]}, "other.json": [GROUP]},
        {"all.json": answered([USER, GROUP, {"id": "3", "meta": {"resourceType": "Device"}}])},
        {"all.json": json.dumps([{**USER, "schemas": [], "meta": {"resourceType": "User"}}, GROUP]).encode("utf-16")},
        {"all.json": b"\xef\xbb\xbf" + json.dumps([{**USER, "title": "\ud800"}, GROUP]).encode()},
    ],
)  # fmt: skip
def test_each_form_of_an_export_is_understood(files, tmp_path):
    got = entities_of(read(tmp_path, files))
    assert set(got) == {"user:default/ada", "group:default/payments"}
    assert got["user:default/ada"].spec["memberOf"] == ["payments"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no file"),
        ({"a.json": answered([USER], 2)}, "incomplete: it has 1 of 2 resources"),
        ({"a.json": answered([USER]), "b.json": answered([], 3)}, "incomplete: it has 0 of 3 resources"),
        ({"a.json": b'[{"id": "1"'}, "not valid JSON"),
        ({"a.json": b"[" * 100_000}, "not valid JSON"),
        ({"a.json": b"<html>Sign in</html>"}, "not valid JSON"),
        ({"a.json": [USER, None]}, "no list of resources with an id"),
        ({"a.json": {"detail": "Unauthorized", "status": "401"}}, "no list of resources with an id"),
        ({"a.json": answered({"x": 1})}, "no list of resources with an id"),
        ({"a.json": 7}, "no list of resources with an id"),
        ({"a.json": [{"id": "1", "userName": "ada"}]}, "neither meta.resourceType nor schemas"),
        ({"a.json": [GROUP]}, "returned no user"),
    ],
)  # fmt: skip
def test_an_export_that_is_not_whole_fails_whole(files, said, tmp_path):
    with pytest.raises(SourceError, match=said) as caught:
        read(tmp_path, files)
    assert caught.value.hint


def test_an_export_that_no_job_renews_fails_where_the_option_says_so(tmp_path):
    files = {"a.json": [USER]}
    assert len(read(tmp_path, files, max_age_days=2).files) == 1
    day = 86_400
    clock = context(tmp_path).clock
    for age, option, is_refused in ((3, {"max_age_days": 2}, True), (3, {"max_age_days": 3.5}, False), (3, {}, False)):
        written = clock.time() - age * day
        os.utime(tmp_path / "a.json", (written, written))
        source = loader.load("callboard.sources")["scim"].load()
        one = source(settings("scim", url=URL, path="a.json", **option), context(tmp_path))
        if is_refused:
            with pytest.raises(SourceError, match="older than the option max_age_days"):
                one.collect()
        else:
            assert len(one.collect().files) == 1
