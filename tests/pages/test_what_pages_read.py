"""What pages read, followed and packed."""

from callboard.incremental.key_digests import ALL, id_of
from callboard.incremental.tracking import DependencyTracker

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
