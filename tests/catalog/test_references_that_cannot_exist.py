"""References that no repository can satisfy, and targets of the wrong kind: found in a part of a catalog too. Each with its source."""

import pytest

from callboard.catalog.linking import link
from callboard.descriptors.kinds import Kind, Kinds, RelationField
from catalog_builders import KINDS, make

B3 = "descriptors.md, B3"
REAL = "descriptors.md, case 7: real GaiAshk/queue-bot, Zenika"
IMPOSSIBLE = [
    ('owner="Jane Doe"', "not its title", REAL),
    ("owner=hugo.wood@zenika.test", "`user:` and the name of the person's descriptor", REAL),
    ("owner=a@b.test", "e-mail address", B3),
    ("dependsOn=[service:pay]", "Write `component:` in place of `service:`.", B3),
    ('dependsOn=["component:my\u2002pay"]', "U+2002", B3),
    ("dependsOn=[database:x]", "Write `resource:` in place of `database:`.", B3),
    ("owner=team:foo", "Write `group:` in place of `team:`.", B3),
    ("consumesApis=[apis:y]", "Write `api:` in place of `apis:`.", "descriptors.md, case ref-unknown-kind"),
    ("dependsOn=[compnent:x]", "Write `component:` in place of `compnent:`.", "sibling: a typo in the kind"),
    ('owner="team-a\u00a0"', "U+00A0 (no-break space)", "descriptors.md, B3: nbsp-in-value"),
    ('owner="team-a "', "Remove the space.", "descriptors.md, B3: trailing blanks"),
    ('providesApis="pay, rates"', "Write a list", "descriptors.md, case provides-string"),
    ('owner="team-a, team-b"', "Write one reference: `owner` is not a list.", "sibling: a hint that a list helps would be false"),
    ('owner="team\u200b-a"', "U+200B (zero width space)", "descriptors.md, B3: zwsp-in-owner"),
    ('owner="team-a\u3000"', "U+3000", "sibling"),
    ('owner="@acme/team-a"', "is not a valid namespace", "descriptors.md, owner-typed: an owner as CODEOWNERS writes it"),
    ('owner="@jane"', "Write the name without it: jane.", "descriptors.md, owner-typed"),
    ("owner=github.com/acme/team", "Write the name of the entity", "descriptors.md, owner-typed"),
    ("owner=a/b/c", "Write the name of the entity", "descriptors.md, owner-typed"),
    ('owner="*"', "Write the name of the entity", "descriptors.md, owner-typed"),
    ("system=größe", "Write the name of the entity", "sibling: letters beyond ASCII"),
    ("owner=" + "a" * 64, "Write the name of the entity", "sibling: too long"),
]
OF_PEOPLE = [
    ("group:web members=[a@b.test]", "Write the name of the person's descriptor."),
    ("user:ann memberOf=[team@b.test]", "Write the name of a team."),
    ("component:web dependsOn=[component:a@b.test]", "Write the name of an entity (`metadata.name`)."),
]
POSSIBLE = [
    ("owner=team-a", "an ordinary one: another repository may have it"),
    ("owner=Group:Default/Team-A", "upper case"),
    ("owner=user:jane_doe.x", "an ordinary one"),
    ("dependsOn=[dataset:x]", "a kind that only the portal knows"),
    ("dependsOn=[product:x,plugin:y]", "words that may be kinds of a portal"),
    ("owner=john@example.com", "FIL001 reports it"),
    ("system=a--b", "differences.md: runs of separators are valid"),
]


def of_part(*texts):
    return link([make(text) for text in texts], KINDS, is_complete=False)[1]


def one(field, **options):
    name, _, value = field.partition("=")
    entity = make(f"component:shop {name}=x")
    written = value.strip('"') if not value.startswith("[") else [item.strip('"') for item in value.strip("[]").split(",")]
    object.__setattr__(entity, "spec", {name: written})
    return [problem for problem in link([entity], KINDS, is_complete=False, **options)[1] if problem.code != "OWN001"]


@pytest.mark.parametrize(("field", "hint"), [case[:2] for case in IMPOSSIBLE])
def test_a_reference_that_can_exist_nowhere_is_reported_without_a_catalog(field, hint):
    [problem] = one(field)
    assert (problem.code, str(problem.severity)) == ("REF001", "warning")
    assert hint in f"{problem.message} {problem.hint}"
    [with_names] = one(field, external_refs=set())
    assert (with_names.code, with_names.fingerprint) == (problem.code, problem.fingerprint)


@pytest.mark.parametrize(("text", "hint"), OF_PEOPLE)
def test_the_hint_for_an_address_names_what_the_field_is_for(text, hint):
    """descriptors.md, group-members-forms: the hint was to write a team in `members`."""
    part, whole = of_part(text), link([make(text)], KINDS)[1]
    for problems, expected in ((part, hint), (whole, f"This is an e-mail address. {hint}")):
        assert expected in [problem.hint for problem in problems if problem.code == "REF001"]


@pytest.mark.parametrize("field", [case[0] for case in POSSIBLE])
def test_what_another_repository_may_have_is_not_reported_without_a_catalog(field):
    assert not one(field)


B5 = "descriptors.md, B5 (build-p6)"
WRONG = [
    ("group:a parent=user:alice", "spec.parent", "Write `members: [alice]` if that is meant", B5),
    ("group:a children=[component:svc]", "spec.children[0]", "Write the name of a Group.", B5),
    ("group:a members=[group:t2]", "spec.members[0]", "Write `children: [t2]` if that is meant", "descriptors.md, B5 (build-p5)"),
    ("user:a memberOf=[user:alice]", "spec.memberOf[0]", "Write the name of a Group.", B5),
    ("user:a memberOf=[component:svc]", "spec.memberOf[0]", "Write the name of a Group.", B5),
    ("component:a system=component:other", "spec.system", "Write `dependsOn: [component:other]`", B5),
    ("component:a providesApis=[component:other]", "spec.providesApis[0]", "the name of an API here", B5),
    ("component:a consumesApis=[component:artist-lookup]", "spec.consumesApis[0]", "dependsOn", "real backstage/backstage, www-artist"),
    ("component:a subcomponentOf=group:t1", "spec.subcomponentOf", "Write the name of a Component.", B5),
    ("component:a subcomponentOf=system:s", "spec.subcomponentOf", "Write `system: s` if that is meant", "sibling"),
    ("system:a domain=system:s", "spec.domain", "Write the name of a Domain.", "sibling"),
    ("domain:a subdomainOf=system:s", "spec.subdomainOf", "Write the name of a Domain.", "sibling"),
    ("resource:a system=domain:d", "spec.system", "Write the name of a System.", "sibling"),
    ("api:a system=domain:d", "spec.system", "Write the name of a System.", "sibling"),
]


@pytest.mark.parametrize(("text", "field", "hint"), [case[:3] for case in WRONG])
@pytest.mark.parametrize("exists", [True, False])
def test_a_target_of_the_wrong_kind_is_reported_whether_it_exists_or_not(text, field, hint, exists):
    target = text.partition("=")[2].strip("[]")
    entities = [make(text), *([make(target)] if exists else [])]
    for options in ({"is_complete": False}, {"is_complete": True}):
        problems = [p for p in link(entities, KINDS, **options)[1] if p.field == field]
        assert [p.code for p in problems] == ["REF005"]
        assert hint in problems[0].hint


@pytest.mark.parametrize("text", ["component:a owner=system:s", "api:a owner=component:c", "system:a owner=resource:r"])
def test_an_owner_of_the_wrong_kind_is_reported_without_a_catalog(text):
    """Sibling of B5: the kind tells it, and not whether the owner exists."""
    assert {p.code for p in of_part(text)} == {"OWN002"}


@pytest.mark.parametrize(
    "text", ["component:a owner=user:u dependsOn=[group:g,system:s]", "group:a parent=g members=[u]", "component:a system=s"]
)
def test_a_target_of_the_right_kind_is_no_problem(text):
    assert not of_part(text)


def test_the_fields_of_a_portal_s_own_kind_are_its_own_matter():
    """own-kinds.md: ``allowedKinds`` restricts them."""
    field = RelationField("runsOn", "runsOn", "runs", "resource", many=False)
    kinds = KINDS.with_kinds([Kind("Dataset", "Datasets", "x", (field,), is_own=True)])
    assert isinstance(kinds, Kinds)
    entity = make("dataset:d runsOn=component:c")
    assert not link([entity], kinds, is_complete=False)[1]
