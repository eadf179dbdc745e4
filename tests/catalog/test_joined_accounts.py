"""One person or team with different names in several sources."""

from dataclasses import replace

import pytest

from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.model.entity import Derived
from catalog_builders import entity, make


def account(ref, source, annotations, mail="", **spec):
    kind, _, name = ref.partition(":")
    namespace, _, name = name.rpartition("/")
    metadata = {"name": name, "namespace": namespace or "default", "annotations": annotations}
    profile = {"profile": {"email": mail}} if mail else {}
    return entity({"kind": kind.title(), "metadata": metadata, "spec": {**profile, **spec}}, source=source, path=f"{name}.yaml")


def merged(*entities, sources=("directory", "github", "gitlab")):
    result = merge(entities, sources, builtin_kinds())
    return {str(each.ref): each for each in result.entities}, result


ADA = account("user:ada", "directory", {"graph.microsoft.com/user-id": "1"}, "Ada@acme.example", memberOf=["payments"])


def test_an_account_with_the_same_address_is_the_same_person_under_the_name_of_the_first_source():
    github = account("user:ada-gh", "github", {"github.com/user-login": "ada-gh"}, "ada@acme.example", memberOf=["data"])
    owned = [
        make("component:shop owner=user:ada-gh"), make("component:web owner=user:default/Ada-GH"), make("group:ops members=[ada-gh,bob]")
    ]  # fmt: skip
    inferred = replace(make("component:old"), derived=(Derived("spec.owner", "user:default/ada-gh", "CODEOWNERS"),))
    found, result = merged(github, ADA, *owned, inferred)
    assert "user:default/ada-gh" not in found
    ada = found["user:default/ada"]
    assert ada.spec["memberOf"] == ["payments", "data"]
    assert ada.metadata["annotations"] == {"graph.microsoft.com/user-id": "1", "github.com/user-login": "ada-gh"}
    assert [found[f"component:default/{name}"].spec["owner"] for name in ("shop", "web")] == ["user:default/ada"] * 2
    assert found["group:default/ops"].spec["members"] == ["user:default/ada", "bob"]
    assert found["component:default/old"].derived[0].value == "user:default/ada"
    assert result.problems() == ()


def test_a_login_in_the_directory_joins_accounts_and_teams_without_an_address():
    directory = account("user:ada", "directory", {"okta.com/user-id": "1", "github.com/user-login": "Ada-GH"})
    github = account("user:ada-gh", "github", {"github.com/user-login": "ada-gh"}, memberOf=["pay"])
    team = account("group:payments", "directory", {"okta.com/group-id": "2", "github.com/team-slug": "acme/pay"})
    slug = account("group:pay", "github", {"github.com/team-slug": "acme/pay"}, members=["ada-gh"])
    found, result = merged(directory, github, team, slug, make("component:shop owner=pay"))
    assert sorted(found) == ["component:default/shop", "group:default/payments", "user:default/ada"]
    assert found["user:default/ada"].spec["memberOf"] == ["group:default/payments"]
    assert found["group:default/payments"].spec["members"] == ["user:default/ada"]
    assert found["component:default/shop"].spec["owner"] == "group:default/payments"
    assert result.problems() == ()


def test_three_sources_are_joined_by_different_things_in_common():
    github = account("user:ada-gh", "github", {"github.com/user-login": "ada-gh"}, "ada@acme.example")
    gitlab = account("user:al", "gitlab", {"gitlab.com/user-login": "al", "github.com/user-login": "ada-gh"}, memberOf=["web"])
    found, _ = merged(ADA, github, gitlab)
    assert {ref: each.spec.get("memberOf") for ref, each in found.items()} == {"user:default/ada": ["payments", "web"]}


def test_memberships_of_another_namespace_keep_their_meaning():
    other = account("user:beta/ada-gh", "github", {"github.com/user-login": "ada-gh"}, "ada@acme.example", memberOf=["data"])
    found, _ = merged(ADA, other)
    assert found["user:default/ada"].spec["memberOf"] == ["payments", "group:beta/data"]


@pytest.mark.parametrize(
    "others",
    [
        [account("user:bob", "github", {"github.com/user-login": "bob"}, "bob@acme.example")],
        [account("user:bob", "github", {}, "ada@acme.example")],
        [account("user:bob", "directory", {"graph.microsoft.com/user-id": "2"}, "ada@acme.example")],
        [
            account("user:bob", "github", {"github.com/user-login": "bob"}, "ada@acme.example"),
            account("user:bob", "directory", {"graph.microsoft.com/user-id": "2"}, "bob@acme.example"),
        ],
        [
            account("user:bob", "github", {"github.com/user-login": "bob"}, "ada@acme.example"),
            account("user:bot", "github", {"github.com/user-login": "bot"}, "ada@acme.example"),
        ],
        [
            account("user:bob", "github", {"github.com/user-login": "bob"}, "ada@acme.example"),
            account("user:bob", "files", {}, ""),
        ],
    ],
    ids=["another-address", "written-by-people", "same-source", "name-of-another-person", "shared-mailbox", "written-elsewhere"],
)
def test_who_may_be_another_person_stays_apart(others):
    found, _ = merged(ADA, *others)
    assert {"user:default/ada", "user:default/bob"} <= set(found)
    assert found["user:default/ada"].metadata["annotations"] == {"graph.microsoft.com/user-id": "1"}
