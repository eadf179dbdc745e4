"""Suggested owners with their evidence, components that welcome contributors, languages and skills: from a catalog in memory."""

import pytest
from page_builders import KINDS, documents

from callboard.catalog.linking import link
from callboard.insights.innersource import TOPICS, InnerSourceListing, welcoming_components
from callboard.insights.owner_suggestions import EvidenceKind, OwnerEvidence, unowned
from callboard.insights.skills import languages, skills
from callboard.model.errors import MissingFileError
from callboard.model.facts.fact import Fact
from callboard.model.facts.repository import CommitAuthor, RepositoryActivity
from callboard.model.ref import ref_of

ORG = """\
kind: Group
metadata: {name: pay, annotations: {github.com/team-slug: acme/pay}}
spec: {type: team, children: []}
---
kind: Group
metadata: {name: ops}
spec: {type: team, children: []}
---
kind: User
metadata: {name: ada, tags: [python, Kafka]}
spec: {profile: {email: Ada@acme.example, skills: [kafka]}, memberOf: [pay, ops]}
---
kind: User
metadata: {name: bo, annotations: {github.com/user-login: bo-gh}}
spec: {memberOf: [ops]}
"""
LOST = """\
kind: Component
metadata: {name: lost, tags: [inner-source]}
spec: {type: service, lifecycle: production, owner: gone}
---
kind: Component
metadata: {name: kept, annotations: {callboard/innersource: 'false'}}
spec: {type: service, lifecycle: production, owner: pay}
"""


class Files:
    """A tree with these files, that counts what is read."""

    def __init__(self, **files):
        self.files = {name.replace("__", "/"): text for name, text in files.items()}
        self.read_paths = []

    def read(self, path, limit):
        self.read_paths.append(path)
        if path not in self.files:
            raise MissingFileError(path)
        return self.files[path].encode()[:limit]


@pytest.fixture(scope="module")
def catalog():
    return link(documents(f"{ORG}---\n{LOST}"), KINDS)[0]


def lost(catalog, activity=(), **files):
    tree = Files(**files)
    [found] = unowned(catalog, {("here", "tree"): tree}, {ref_of("component:default/lost"): activity})
    return found


def by_owner(found):
    return {each.owner.name: each.evidence for each in found.suggestions}


def test_without_evidence_nothing_is_suggested(catalog):
    found = lost(catalog)
    assert (found.declared.name, found.suggestions) == ("gone", ())


def test_codeowners_access_and_commits_are_evidence_the_strongest_first(catalog):
    authors = (CommitAuthor("ada@acme.example", 6), CommitAuthor("bo-gh", 2), CommitAuthor("guest", 4))
    activity = RepositoryActivity("acme/lost", authors=authors, maintainers=("@acme/pay", "@acme/unknown"))
    found = lost(catalog, [activity], **{".github__CODEOWNERS": "* @bo-gh @acme/pay @nobody"})
    assert [each.owner.name for each in found.suggestions] == ["pay", "bo", "ops"]
    of = by_owner(found)
    # Both teams have ada, who made 6 of 12 commits; with bo, ops has 8.
    assert of["pay"] == (
        OwnerEvidence(EvidenceKind.CODEOWNERS, ("@acme/pay",)),
        OwnerEvidence(EvidenceKind.ACCESS, ("@acme/pay",)),
        OwnerEvidence(EvidenceKind.COMMITS, ("ada@acme.example",), 6, 12),
    )
    assert of["ops"] == (OwnerEvidence(EvidenceKind.COMMITS, ("ada@acme.example", "bo-gh"), 8, 12),)


def test_of_teams_with_the_same_kind_of_evidence_the_one_with_more_commits_is_first(catalog):
    found = lost(catalog, [RepositoryActivity("x", authors=(CommitAuthor("bo-gh", 9), CommitAuthor("ada@acme.example", 3)))])
    assert [(each.owner.name, each.evidence[0].number) for each in found.suggestions] == [("ops", 12), ("pay", 3)]


@pytest.mark.parametrize("authors", [(("ada@acme.example", 2),), (("ada@acme.example", 3), ("guest", 10)), (("guest", 50),)])
def test_few_commits_or_a_small_share_of_them_are_no_evidence(catalog, authors):
    assert lost(catalog, [RepositoryActivity("x", authors=tuple(CommitAuthor(*each) for each in authors))]).suggestions == ()


def test_languages_count_from_ten_percent_and_skills_ignore_case(catalog):
    refs = [ref_of(f"component:default/{name}") for name in ("kept", "lost", "removed")]
    activity = {ref: [RepositoryActivity("x", languages=(("Go", 91.0), ("Make", 9.0)))] for ref in refs}
    [go] = languages(catalog, activity)
    assert (go.name, [ref.name for ref in go.components]) == ("Go", ["kept", "lost"])
    assert {team.name: number for team, number in go.teams} == {"gone": 1, "pay": 1}
    assert [(each.name, [ref.name for ref in each.people]) for each in skills(catalog)] == [("kafka", ["ada"]), ("python", ["ada"])]


def welcoming(catalog, topics=(), **files):
    fact = Fact(ref_of("component:default/kept"), "repository", "x", RepositoryActivity("acme/kept", topics=("inner-source",)), "github")
    other = Fact(ref_of("component:default/lost"), "repository", "x", RepositoryActivity("acme/lost", topics=topics), "github")
    trees = {("here", "tree"): Files(**files)}
    return welcoming_components(catalog, trees, {fact.subject: [fact], other.subject: [other]}, TOPICS)


def test_a_topic_or_a_tag_welcomes_contributors_and_the_annotation_can_say_no(catalog):
    [found] = welcoming(catalog, topics=("InnerSource", "go"))
    assert (found.ref.name, found.topics, found.repository) == ("lost", ("inner-source", "InnerSource", "go"), "acme/lost")
    assert found.listing == InnerSourceListing()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"title": "  A\\n b ", "skills": ["Go", 3, ""], "docs": "https://x.example/", "logo": "x"}',
         InnerSourceListing("A b", skills=("Go",), docs="https://x.example/")),
        ('{"docs": "javascript:alert(1)", "contributions": {"a": 1}, "motivation": 3}', InnerSourceListing()),
        ("[" * 60_000, InnerSourceListing()),
        ('"x"', InnerSourceListing()),
    ],
)  # fmt: skip
def test_the_file_of_a_repository_is_read_with_care(catalog, text, wanted):
    assert welcoming(catalog, **{"innersource.json": text})[0].listing == wanted


def test_a_published_document_never_has_names_of_people():
    from callboard.scorecards.shapes import shape_of

    assert {"authors", "maintainers"} & set(shape_of(RepositoryActivity)) == set()
    assert "bus_factor" in shape_of(RepositoryActivity)
