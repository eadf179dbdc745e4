"""What pages read, followed and packed."""

from page_builders import context_of, documents

from callboard.catalog.graph import KEPT
from callboard.incremental.key_digests import ALL, id_of
from callboard.incremental.tracking import DependencyTracker
from callboard.model.ref import parse_ref
from callboard.pages.entities.plan import entity_view
from callboard.pages.entities.tracking import track

ENTITY = ("entity", ("component", "default", "shop"))
OTHER = ("entity", ("component", "default", "store"))
UNKNOWN = ("entity", ("component", "default", "gone"))


def reading_of(*keys):
    reading = DependencyTracker("base", dict.fromkeys((ENTITY, OTHER), "print").items())
    reading.begin(*keys)
    return reading


def test_a_page_meets_what_it_has_read_and_nothing_else():
    reads = reading_of(ENTITY).end()
    assert reads.include_any({id_of(ENTITY)})
    assert not reads.include_any({id_of(OTHER)})
    assert not reads.include_any(frozenset())


def test_a_key_without_a_value_is_read_too():
    reading = reading_of()
    followed = reading.tracked("entity", {ENTITY[1]: "shop"})
    assert (followed.get(UNKNOWN[1]), OTHER[1] in followed, followed[ENTITY[1]]) == (None, False, "shop")
    reads = reading.end()
    assert reads.size == 3
    assert all(reads.include_any({id_of(key)}) for key in (UNKNOWN, OTHER, ENTITY))


def test_a_key_has_the_same_id_however_it_is_read():
    reading = reading_of()
    reading.reads("entity").add(ENTITY[1])
    assert reading.end() == reading_of(ENTITY).end()


def test_whoever_goes_through_a_mapping_reads_all_of_its_aspect():
    reading = reading_of()
    assert list(reading.tracked("entity", {ENTITY[1]: "shop"})) == [ENTITY[1]]
    assert reading.end().include_any({id_of(("entity", ALL))})


def test_what_a_value_is_made_of_is_recorded_apart_and_for_the_page():
    reading = reading_of(OTHER)
    followed = reading.tracked("entity", {ENTITY[1]: "shop"})
    assert reading.recorded(followed.get, ENTITY[1]) == ("shop", (id_of(ENTITY),))
    reads = reading.end()
    assert (reads.size, all(reads.include_any({id_of(key)}) for key in (ENTITY, OTHER))) == (2, True)


TEAM = """
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {memberOf: [team]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team}
"""


def test_all_pages_that_show_the_row_of_an_entity_depend_on_it_and_on_its_owner():
    """The first of them makes the row."""
    context, tracker = track(context_of(documents(TEAM)))
    shown = {}
    for name in ("group:default/team", "user:default/ada"):
        tracker.begin()
        shown[name] = repr(entity_view(context, context.entities[parse_ref(name)]))
        reads = tracker.end()
        keys = [(aspect, parse_ref("component:default/shop")) for aspect in ("outline", "link", "relations", "problems")]
        assert all(reads.include_any({id_of(key)}) for key in keys), name
        assert reads.include_any({id_of(("link", parse_ref("group:default/team")))}), name
    assert all("component:default/shop" in view for view in shown.values())


def test_values_made_once_are_bounded_in_number():
    context = context_of(documents(TEAM))
    made = [context.catalog.once(number, str, number) for number in range(KEPT + 1)]
    assert (made[-1], len(context.catalog.memo) <= KEPT) == (str(KEPT), True)
