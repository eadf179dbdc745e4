"""A missing owner comes from CODEOWNERS, and is marked as derived."""

import json

import pytest

from callboard.ingestion.codeowners import with_derived_owners
from callboard.ingestion.discovery import DiscoveryResult
from callboard.model.entity import Entity, Origin
from callboard.model.ref import EntityRef
from support.portal import callboard, write

pytestmark = pytest.mark.long

COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: till}
spec: {type: service, lifecycle: production}
"""
PEOPLE = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-tills, annotations: {github.com/team-slug: acme/tills}}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada, annotations: {github.com/user-login: ada-l}}
spec: {memberOf: [], profile: {email: ada@acme.example}}
"""


CASES = {
    "* @acme/tills\n": "group:default/team-tills",
    "* @acme/other\ncatalog-info.yaml @ada-l @acme/tills\n": "group:default/team-tills",
    "* @ada-l\n": "user:default/ada",
    "* ada@acme.example\n": "user:default/ada",
    "* @ACME/Tills # the shop floor\n": "group:default/team-tills",
    "* @acme/team-shop\n": "group:default/team-shop",
}
"""What stands in ``CODEOWNERS``, and who owns the repository's component then."""


@pytest.fixture(scope="module")
def tills(tmp_path_factory):
    """A portal with a repository for each case, one whose file has no matching line, and one without the file."""
    folder = write(tmp_path_factory.mktemp("portal"), people=PEOPLE)
    files = {f"till-{number}/.github/CODEOWNERS": text for number, text in enumerate(CASES)} | {"other/CODEOWNERS": "docs/ @acme/tills\n"}
    for name in (*(file.partition("/")[0] for file in files), "none"):
        write(folder, **{name: COMPONENT.replace("till", name)})
    for file, text in files.items():
        (folder / "repositories" / file).parent.mkdir(exist_ok=True)
        (folder / "repositories" / file).write_text(text)
    assert callboard(folder, "build", "--report", "report.json").returncode == 0
    return folder


def owners_of(portal, name):
    entity = json.loads((portal / f"site/catalog/default/component/{name}/entity.json").read_text())
    return [r["targetRef"] for r in entity["relations"] if r["type"] == "ownedBy"]


@pytest.mark.parametrize(("number", "owner"), [*enumerate(CASES.values())], ids=CASES)
def test_the_last_line_that_matches_names_the_owner(tills, number, owner):
    assert owners_of(tills, f"till-{number}") == [owner]
    assert "CODEOWNERS" in (tills / f"site/catalog/default/component/till-{number}/index.html").read_text()


def test_without_codeowners_or_a_matching_line_the_owner_is_missing(tills):
    assert owners_of(tills, "other") == owners_of(tills, "none") == []
    codes = json.loads((tills / "report.json").read_text())["counts"]["problems_by_code"]
    assert codes["SPC001"] == 2, "of these two and no other"


def test_an_owner_that_the_descriptor_states_stays(tmp_path):
    write(tmp_path)
    (tmp_path / "repositories/ledger/CODEOWNERS").write_text("* @acme/team-shop\n")
    assert callboard(tmp_path, "build").returncode == 0
    entity = json.loads((tmp_path / "site/catalog/default/component/ledger/entity.json").read_text())
    assert {"type": "ownedBy", "targetRef": "group:default/team-books"} in entity["relations"]


def entity(kind, name, origin, **metadata):
    return Entity(EntityRef(kind, "default", name), kind.title(), "backstage.io/v1alpha1", {"name": name, **metadata}, {}, origin, name, "")


def of_a_host(host, text):
    """A component of a repository on that host, and two groups that have the same name on two hosts."""
    origin = Origin("code", f"https://{host}/acme/deep/till", "acme/deep/till", "abc", "catalog-info.yaml", 0, 1)
    groups = [
        entity("group", name, origin, annotations={key: "acme/platform/auth"})
        for name, key in (("platform-auth", "gitlab.acme.example/team-path"), ("other-auth", "git.acme.example/team-slug"))
    ]
    gathered = DiscoveryResult((entity("component", "till", origin), *groups), (), 1, {})
    return gathered, {("code", origin.tree): Codeowners(text)}


class Codeowners:
    """A tree with that file alone."""

    def __init__(self, text):
        self.text = text

    def read(self, path, limit):
        return self.text.encode()


@pytest.mark.parametrize(("host", "owner"), [
    ("gitlab.acme.example", "group:default/platform-auth"),
    ("git.acme.example", "group:default/other-auth"),
    ("elsewhere.example", "group:default/auth"),
])  # fmt: skip
def test_names_are_those_of_the_repositorys_own_host(host, owner):
    gathered, trees = of_a_host(host, text="* @acme/platform/auth\n")
    (derived,) = with_derived_owners(gathered, trees).entities[0].derived
    assert (derived.field, derived.value) == ("spec.owner", owner)
