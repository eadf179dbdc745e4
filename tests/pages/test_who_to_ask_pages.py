"""The pages about whom to ask, rendered: a public portal names no person, what is not measured is said, and hostile text stays text."""

import json
from datetime import UTC, datetime

import pytest
from page_builders import KINDS, RENDERER, HostTree, Outline, documents, shared_context

from callboard.catalog.linking import link
from callboard.model.errors import MissingFileError
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.repository import CommitAuthor, GoodFirstIssue, RepositoryActivity
from callboard.model.ref import ref_of
from callboard.pages.facts.context import facts_context
from callboard.pages.facts.families import FAMILIES
from callboard.pages.insights.context import insights_context
from callboard.pages.insights.innersource_file import insights_files
from callboard.pages.insights.plan import plan
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.settings.settings import Portal
from callboard.state.facts import CollectedFacts

CATALOG = """\
kind: Group
metadata: {name: pay}
spec: {type: team, children: []}
---
kind: User
metadata: {name: ada, tags: [python]}
spec: {profile: {displayName: Ada Lovelace, email: ada@acme.example}, memberOf: [pay]}
---
kind: Component
metadata: {name: lost}
spec: {type: service, lifecycle: production, owner: gone}
---
kind: Component
metadata: {name: open, tags: [inner-source], description: "Says *hello*. And more."}
spec: {type: service, lifecycle: production, owner: pay}
---
kind: Component
metadata: {name: silent, tags: [inner-source]}
spec: {type: service, lifecycle: production, owner: pay}
"""
TOOL = IntegrationInfo("gh", "github", "GitHub", ("repository",), ())
AUTHORS = (CommitAuthor("ada@acme.example", 9), CommitAuthor("guest@x.example", 1))
OPEN = RepositoryActivity(
    "acme/open",
    datetime(2026, 5, 1, tzinfo=UTC),
    (1, 2),
    good_first_issues=(GoodFirstIssue("<script>alert(1)</script>", "https://github.com/acme/open/issues/1"),),
    languages=(("Go", 91.0),),
    community=("contributing",),
    bus_factor=1,
    contributing_url="https://github.com/acme/open/blob/main/docs/CONTRIBUTING.md",
    stars=4,
    forks=2,
)


class Tree(HostTree):
    """A repository whose CODEOWNERS names a person."""

    def read(self, path, limit):
        if path == "CODEOWNERS":
            return b"* ada@acme.example\n"
        raise MissingFileError(path)


def context_of(audience):
    catalog, _ = link(documents(CATALOG), KINDS)
    facts = tuple(
        Fact(ref_of(f"component:default/{name}"), "repository", name, value, "gh", url=f"https://github.com/acme/{name}")
        for name, value in (("lost", RepositoryActivity("acme/lost", authors=AUTHORS, bus_factor=1)), ("open", OPEN))
    )
    measured = tuple(Measurement(fact.subject, "repository", "gh") for fact in facts)
    page = shared_context(catalog, (), Portal(audience=audience, url="https://portal.example/"), Tree())
    return insights_context(page, facts_context(page, CollectedFacts(facts, measured, connections=(TOOL,)), FAMILIES), frozenset())


def pages(audience):
    return {page.path: RENDERER.render(page, page.view()) for page in plan(context_of(audience))}


@pytest.mark.parametrize(("audience", "is_named"), [("internal", True), ("public", False)])
def test_only_an_internal_portal_names_people(audience, is_named):
    found = pages(audience)
    text = "".join(found.values())
    for name in ("ada@acme.example", "Ada Lovelace"):
        assert (name in text) == is_named, name
    assert "guest@x.example" not in text
    unowned = found["insights/unowned/"]
    assert "recent commits by members: 9 of 10" in unowned
    assert "Suggestions are not facts" in unowned
    assert "<bdi>pay</bdi>" in unowned
    assert "python" in found["insights/"]
    assert "1 person made half of the recent commits" in found["insights/innersource/"]


def test_what_was_not_measured_is_said_and_hostile_text_is_text():
    html = pages("internal")["insights/innersource/"]
    Outline(html)
    assert "<script>alert" not in html
    row = html[html.index("component/silent/") :]
    assert row.count("not measured") == 3
    assert "Unknown" in row
    assert "Says hello." in html


def test_the_list_has_the_form_that_saps_portal_reads():
    found = dict(insights_files(context_of("internal")))
    assert json.loads(found["insights/knowledge.json"])["skills"] == {"python": ["user:default/ada"]}
    assert json.loads(dict(insights_files(context_of("public")))["insights/knowledge.json"])["skills"] == {}
    known, silent = json.loads(found["insights/innersource.json"])
    assert known == {
        "id": "component:default/open", "name": "open", "full_name": "acme/open", "html_url": "https://github.com/acme/open",
        "description": "Says hello.", "created_at": None, "updated_at": "2026-05-01T00:00:00Z", "pushed_at": "2026-05-01T00:00:00Z",
        "stargazers_count": 4, "watchers_count": 4, "forks_count": 2, "open_issues_count": None, "language": "Go", "license": None,
        "default_branch": "main", "topics": ["inner-source"], "owner": {"login": "pay", "avatar_url": ""},
        "_InnerSourceMetadata": {
            "title": "open", "topics": ["inner-source"], "participation": [1, 2], "guidelines": "docs/CONTRIBUTING.md",
        },
    }  # fmt: skip
    # Its page reads these without asking whether they are there.
    assert isinstance(silent["_InnerSourceMetadata"]["participation"], list)
    assert silent["owner"].keys() == {"login", "avatar_url"}
    assert silent["html_url"].startswith("https://")
