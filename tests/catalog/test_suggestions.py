import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callboard.catalog.suggestions import NameIndex
from callboard.model.suggestions import distance
from catalog_builders import problems_of, ref


@pytest.mark.parametrize(
    ("wanted", "existing", "found"),
    [
        ("group:web", ["group:ops/web", "component:web"], "group:ops/web"),
        ("group:ops/web", ["group:a/web", "group:web"], "group:web"),
        ("group:web", ["user:web", "component:ops/web"], "user:web"),
        ("component:order-api", ["component:order_api", "component:order-app"], "component:order_api"),
        ("component:orderapi", ["component:order-api"], "component:order-api"),
        ("group:team-chekout", ["group:team-checkout", "group:team-catalog"], "group:team-checkout"),
        ("group:team-hceckuot", ["group:team-checkout"], "group:team-checkout"),
        ("group:paments", ["group:payments", "component:paments-x"], "group:payments"),
        ("group:checkout", ["group:team-checkout", "group:billing"], "group:team-checkout"),
        ("group:checkout", ["group:team-checkout", "group:checkout-ops"], None),
        ("group:checkout", ["group:finance", "component:chekout"], None),
        ("group:ab", ["group:ac"], None),
        ("group:abcd", ["group:abce", "group:zzzz"], "group:abce"),
        ("group:abcd", ["group:abef"], None),
        ("group:team-warehouse-it", ["group:team-warehouse", "group:team-web"], "group:team-warehouse"),
        ("group:retail-checkout", ["group:checkout", "group:retail-web"], "group:checkout"),
        ("group:team-checkout", ["group:team"], None),
        ("group:checkout-eu", ["component:checkout"], None),
    ],
)
def test_the_nearest_existing_name_is_found(wanted, existing, found):
    names = NameIndex([ref(text) for text in existing])
    assert names.nearest(ref(wanted)) == (ref(found) if found else None)


@pytest.mark.parametrize(
    ("wanted", "existing", "found"),
    [
        ("resource:checkout-queue", ["resource:checkout-cache", "component:checkout-queue-worker"], ["resource:checkout-cache"]),
        ("resource:checkout-events", ["resource:checkout-event-log", "resource:checkout-bus"], ["resource:checkout-bus"]),
        ("api:orders-v2", ["api:orders-v1", "api:orders-v3"], ["api:orders-v1", "api:orders-v3"]),
        ("group:team-orders", ["group:team-search", "group:team-web"], []),
        ("component:acme-payments", ["component:acme-orders"], []),
        ("component:shop-a", [f"component:shop-{letter}" for letter in "bcde"], []),
        ("component:payments", ["component:orders"], []),
    ],
)
def test_names_that_begin_alike_are_told_where_they_are_few(wanted, existing, found):
    assert NameIndex([ref(text) for text in existing]).similar(ref(wanted)) == tuple(ref(text) for text in found)


def test_names_of_elsewhere_are_known_and_suggested():
    names = NameIndex([ref("component:shop")], {ref("group:team-checkout"), ref("component:shop")})
    assert ref("group:team-checkout") in names
    assert names.nearest(ref("group:team-chekout")) == ref("group:team-checkout")
    assert names.kinds_of(ref("component:shop")._replace(kind="")) == ("component",)


def plain_distance(one, other):
    """Optimal string alignment by its definition."""
    table = {(i, -1): i + 1 for i in range(-1, len(one))} | {(-1, j): j + 1 for j in range(-1, len(other))}
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b))
            if i and j and a == other[j - 1] and one[i - 1] == b:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one) - 1, len(other) - 1]


WORDS = st.text("abc", max_size=9)


@given(WORDS, WORDS, st.integers(0, 3))
@example("ab", "ba", 1)
@example("", "", 0)
def test_the_distance_is_right_up_to_its_bound(one, other, most):
    assert distance(one, other, most) == min(plain_distance(one, other), most + 1)


@given(st.text("abcd-", min_size=6, max_size=14), st.integers(0, 13), st.sampled_from("abcd"), st.booleans())
def test_one_slip_never_hides_the_only_name(name, place, letter, add):
    place = place % len(name)
    slipped = name[:place] + letter + name[place + (not add) :]
    existing = ref("component:x")._replace(name=name)
    assert NameIndex([existing]).nearest(existing._replace(name=slipped)) == existing


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        (["component:shop owner=wbe", "group:web"], "Did you mean `web`?"),
        (["component:shop owner=team-wbe", "group:team-web"], "Did you mean `team-web`?"),
        (["component:ops/shop owner=web", "group:web"], "Did you mean `default/web`?"),
        (["component:shop dependsOn=[component:orders-d]", "resource:orders-d"], "write `resource:orders-d`."),
        (["component:shop owner=jane", "user:jane", "group:x"], "write `user:jane`."),
        (["component:shop providesApis=[shop]", "api:x"], "Correct the name, or add a descriptor for api:default/shop."),
        (
            ["component:shop owner=jane@acme.example", "group:x"],
            "Write the name of a team, or `user:` and the name of the person's descriptor.",
        ),
        (["component:shop owner=payments", "component:payments", "group:x"], "add a descriptor for group:default/payments."),
        (["component:shop system=sales", "group:x"], "The catalog has no Systems at all: add the source that has them to sources.yaml."),
        (
            ["component:shop dependsOn=[resource:shop-queue]", "resource:shop-cache"],
            "Correct the name, or add a descriptor for resource:default/shop-queue.",
        ),
        (
            ["component:x dependsOn=[resource:checkout-queue]", "resource:checkout-cache"],
            "Similar names: `resource:checkout-cache`. Correct the name, or add a descriptor for resource:default/checkout-queue.",
        ),
        (["component:shop system=sales", "system:other"], "Correct the name, or add a descriptor for system:default/sales."),
    ],
)
def test_a_dangling_reference_says_what_to_write(texts, hint):
    [problem] = problems_of("REF001", *texts)
    assert problem.hint.endswith(hint)
