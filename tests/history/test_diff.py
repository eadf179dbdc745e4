"""The difference of two catalogs in people's words."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.cli.diff import command
from callboard.history import formats
from callboard.history.diff import compared, difference
from callboard.io.store import Store
from callboard.state import files as state_files
from callboard.state.summaries import problem_summaries, summarize
from callboard.state.values import Change, ProblemSummary, Where
from state_builders import FIRST, VERSION, Portal, catalog_of, component, make, night, ref, state_of

ACME = make("group:acme", path="org.yaml", type="team", children=[])
OTHER = make("group:other", path="org.yaml", type="team", children=[])
API, SYSTEM = make("api:orders", path="api.yaml"), make("system:sales", path="system.yaml")


def diff(old, new, at=FIRST):
    return compared(summarize(catalog_of(*old)[0]), summarize(catalog_of(*new)[0]), (), (), at)


def told(old, new):
    return [(str(c.ref), formats.sentence(c)) for c in diff(old, new)]


def test_nothing_changed_is_nothing():
    assert diff([make("shop"), ACME], [make("shop"), ACME]) == ()
    assert formats.as_text(()) == "No changes.\n"
    assert formats.digest(()) == ""


def test_an_entity_comes_and_goes_with_its_owner():
    shop = make("shop", owner="acme")
    (added,), (removed,) = diff([ACME], [ACME, shop]), diff([ACME, shop], [ACME])
    assert (added.kind, removed.kind) == ("added", "removed")
    assert added.owner == removed.owner == ACME.ref
    assert removed.origin == Where("here", "acme/shop", "catalog-info.yaml")


CASES = [
    ({"owner": "acme"}, {"owner": "other"}, ["owner: group:default/acme → group:default/other"]),
    ({"owner": "acme"}, {}, ["owner: group:default/acme → none"]),
    ({"lifecycle": "experimental"}, {"lifecycle": "production"}, ["lifecycle: experimental → production"]),
    ({}, {"type": "service"}, ["type: none → service"]),
    ({}, {"system": "sales"}, ["system: none → system:default/sales"]),
    ({}, {"providesApis": ["orders"]}, ["provides: +api:default/orders"]),
    ({"consumesApis": ["orders"]}, {}, ["consumes: -api:default/orders"]),
    ({"dependsOn": ["resource:a"]}, {"dependsOn": ["resource:b"]}, ["depends on: +resource:default/b", "depends on: -resource:default/a"]),
    ({"metadata": {"tags": ["java"]}}, {"metadata": {"tags": ["go", "java"]}}, ["tag: +go"]),
]


@pytest.mark.parametrize(("before", "after", "sentences"), CASES)
def test_each_fact_that_changes_is_told(before, after, sentences):
    around = [ACME, OTHER, API, SYSTEM]
    found = [text for name, text in told([*around, make("shop", **before)], [*around, make("shop", **after)]) if "shop" in name]
    assert sorted(found) == sorted(sentences)


def test_a_definition_that_changes_is_told_without_its_text():
    before, after = make("api:orders", definition="a: 1"), make("api:orders", definition="a: 2")
    assert told([before], [after]) == [("api:default/orders", "definition changed")]


def test_another_spelling_of_a_reference_is_no_change():
    before, after = make("shop", owner="acme"), make("shop", owner="Group:default/ACME")
    assert diff([ACME, before], [ACME, after]) == ()


def test_a_file_that_moves_is_told_once():
    assert [c.kind for c in diff([make("shop")], [make("shop", path="deploy/catalog-info.yaml")])] == ["moved"]


def test_an_entity_that_says_the_same_under_another_name_was_renamed():
    before, after = make("shop", type="service", owner="acme"), make("store", path="x.yaml", type="service", owner="acme")
    changes = diff([ACME, before], [ACME, after])
    assert [(c.kind, str(c.ref), c.before) for c in changes] == [
        ("moved", "component:default/store", "acme/shop: catalog-info.yaml"),
        ("renamed", "component:default/store", "component:default/shop"),
    ]


def test_the_only_one_of_its_kind_in_a_file_was_renamed_though_it_changed():
    changes = diff([make("shop", type="service")], [make("store", type="website")])
    assert [c.kind for c in changes] == ["renamed", "type"]


def test_two_that_are_alike_are_not_guessed_at():
    old = [make("a", path="a.yaml"), make("b", path="b.yaml")]
    new = [make("c", path="c.yaml"), make("d", path="d.yaml")]
    assert sorted(c.kind for c in diff(old, new)) == ["added", "added", "removed", "removed"]


def test_a_neighbours_new_name_is_not_told_of_those_who_use_it():
    user = make("cart", path="cart.yaml", dependsOn=["component:shop"])
    renamed = make("cart", path="cart.yaml", dependsOn=["component:store"])
    assert {str(c.ref) for c in diff([make("shop"), user], [make("store"), renamed])} == {"component:default/store"}


def concern(code="REF001", subject="shop", field="spec.owner", path="a.yaml", message="wrong"):
    of = ref(subject) if subject else None
    return ProblemSummary(code, of, field, f"{code}{path}{subject}", message, Where("here", "t", path))


def problems(old, new, before=("shop",), after=("shop",)):
    portraits = [summarize(catalog_of(*(make(name, path=f"{name}.yaml", type=name[0]) for name in names))[0]) for names in (before, after)]
    return [(c.kind, c.code) for c in compared(*portraits, old, new, FIRST) if c.kind.startswith("problem")]


def test_problems_open_and_close():
    assert problems([concern("A")], [concern("B")]) == [("problem-closed", "A"), ("problem-opened", "B")]


def test_a_problem_whose_file_moved_is_the_same():
    assert problems([concern(path="a.yaml")], [concern(path="b.yaml")]) == []


def test_a_problem_whose_entity_was_renamed_is_the_same():
    assert problems([concern(subject="shop")], [concern(subject="store")], ("shop",), ("store",)) == []


def test_the_problems_of_what_is_gone_are_no_news():
    assert problems([concern()], [], ("shop", "cart"), ("cart",)) == []


def test_a_problem_about_no_entity_is_known_by_its_fingerprint():
    assert problems([concern(subject="")], [concern(subject="")]) == []


def test_a_first_build_is_one_baseline_and_no_flood():
    catalog, _ = catalog_of(*(make(f"c{n}", path=f"{n}.yaml") for n in range(50)))
    (change,) = difference(None, summarize(catalog), (), FIRST, VERSION)
    assert (change.kind, change.after) == ("baseline", "50")
    assert formats.digest([change]) == "Initial import: 50 entities."


def test_a_new_version_of_our_own_rules_is_no_news_about_descriptors():
    before = state_of([make("shop")], summaries=summarize(catalog_of(make("shop"))[0]))
    assert difference(before, before.summaries, [concern()], night(1), "9.9") == ()
    assert [c.kind for c in difference(before, before.summaries, [concern()], night(1), VERSION)] == ["problem-opened"]


@pytest.mark.parametrize(
    ("version", "path", "source", "kinds"),
    [
        ("0.1.0", "component/default/shop.yaml", "here", []),  # the source backstage of 0.1 invented this path
        ("0.1.0", "shop.yaml", "here", ["moved"]),
        ("0.1.0", "component/default/shop.yaml", "there", ["moved"]),
        (VERSION, "component/default/shop.yaml", "here", ["moved"]),
    ],
)
def test_a_file_that_an_old_version_invented_did_not_move(version, path, source, kinds):
    before = summarize(catalog_of(make("shop", path=path, tree="backstage.acme.example"))[0])
    after = summarize(catalog_of(make("shop", path="svc/catalog-info.yaml", source=source))[0])
    previous = replace(state_of([make("shop")], summaries=before), version=version)
    assert [change.kind for change in difference(previous, after, (), night(1), VERSION)] == kinds


def test_secrets_and_endless_texts_do_not_enter_the_history():
    token = "ghp_" + "a1B2" * 10
    (change,) = diff([make("shop")], [make("shop", lifecycle=f"{token} " + "x" * 5_000)])
    assert token not in change.after
    assert len(change.after) <= 200


def test_values_of_any_type_make_no_trouble():
    odd = make("shop", owner={"a": 1}, lifecycle=["x"], type=None, dependsOn="no list", metadata={"tags": {"a": 1}}, definition={"a": [1]})
    assert [c.kind for c in diff([make("shop")], [odd])] == ["definition"]


names = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), unique=True)
specs = st.fixed_dictionaries({}, optional={"type": st.sampled_from(["x", "y"]), "owner": st.sampled_from(["acme", "other"])})


@settings(deadline=None)
@given(old=st.dictionaries(st.sampled_from("abcde"), specs), new=st.dictionaries(st.sampled_from("abcde"), specs))
def test_added_removed_and_renamed_account_for_every_difference_of_names(old, new):
    before, after = ([make(n, path=f"{n}.yaml", **spec) for n, spec in found.items()] for found in (old, new))
    changes = diff(before, after)
    came = {str(c.ref) for c in changes if c.kind in {"added", "renamed"}}
    went = {str(c.ref) for c in changes if c.kind == "removed"} | {c.before for c in changes if c.kind == "renamed"}
    assert came == {str(e.ref) for e in after} - {str(e.ref) for e in before}
    assert went == {str(e.ref) for e in before} - {str(e.ref) for e in after}
    assert diff(after, after) == ()
    assert len(set(changes)) == len(changes)


SOME = (
    Change(FIRST, "owner", ref("shop"), "spec.owner", "group:default/a", "group:default/b"),
    Change(FIRST, "problem-opened", ref("shop"), "spec.owner", "", "`x` <script> is *wrong*", code="REF001"),
    Change(FIRST, "added", ref("cart")),
)


def test_changes_are_told_as_text_by_entity():
    assert formats.as_text(SOME) == (
        "component:default/cart\n  added\n"
        "component:default/shop\n  owner: group:default/a → group:default/b\n  problem opened: REF001 `x` <script> is *wrong*\n"
    )


def test_markdown_escapes_what_people_wrote():
    assert r"\`x\` \<script\> is \*wrong\*" in formats.as_markdown(SOME)


def test_json_has_every_value():
    assert json.loads(formats.as_json(SOME))["changes"][0]["before"] == "group:default/a"


def test_a_digest_counts_and_names():
    many = [Change(FIRST, "removed", ref(f"c{n}")) for n in range(1, 6)]
    assert formats.digest((*SOME, *many)) == ("1 entity added (cart), 5 removed (c1, c2, c3 …), 1 owner changed (shop), 1 problem opened.")


@pytest.mark.parametrize("place", [".callboard", ".callboard/state", ".callboard/state/current.json"])
def test_the_command_compares_two_kept_states(tmp_path, place):
    for name, lifecycle in (("old", "experimental"), ("new", "production")):
        portal = Portal(tmp_path / name)
        (portal.add_files("shop", "shop") / "catalog-info.yaml").write_text(component("shop", lifecycle=lifecycle))
        portal.build(0)
    answer = CliRunner().invoke(command, [str(tmp_path / "old" / place), str(tmp_path / "new" / place)])
    assert answer.exit_code == 0, answer.output
    assert answer.output == "component:default/shop\n  lifecycle: experimental → production\n"


def test_the_command_says_where_there_is_no_state(tmp_path):
    answer = CliRunner().invoke(command, [str(tmp_path), str(tmp_path)])
    assert "There is no state in" in str(answer.exception)


def test_the_command_tells_that_versions_differ(tmp_path):
    for name, version in (("old", "1.0"), ("new", "2.0")):
        made = state_of([make("shop")], problem_summaries=problem_summaries([]) + ((concern(),) if name == "new" else ()))
        state_files.save(Store(tmp_path / name), replace(made, version=version))
    answer = CliRunner().invoke(command, [str(tmp_path / "old"), str(tmp_path / "new"), "--format", "digest"])
    assert "Callboard 1.0 and 2.0 have different rules" in answer.output
