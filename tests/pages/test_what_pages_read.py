"""What pages read, followed and packed."""

from callboard.incremental.tracking import ALL, Dependencies, DependencyTracker, name_of

ENTITY = ("entity", ("component", "default", "shop"))
OTHER = ("entity", ("component", "default", "store"))
UNKNOWN = ("entity", ("component", "default", "gone"))


def reading_of(*keys):
    reading = DependencyTracker("base", dict.fromkeys((ENTITY, OTHER), "print"))
    reading.number(reading.fingerprints)
    reading.begin(*keys)
    return reading


def place(reading, key):
    return list(reading.fingerprints).index(name_of(key))


def test_a_page_meets_what_it_has_read_and_nothing_else():
    reading = reading_of(ENTITY)
    reads = reading.end()
    assert reads.include_any({place(reading, ENTITY)})
    assert not reads.include_any({place(reading, OTHER)})
    assert not reads.include_any(frozenset())


def test_the_first_name_of_the_list_is_a_place_like_others():
    reading = reading_of(ENTITY)
    assert place(reading, ENTITY) == 0
    assert reading.end() == Dependencies(bytes(4))


def test_a_key_that_nobody_has_a_print_for_is_kept_by_its_name_and_may_be_anything():
    reading = reading_of(OTHER, UNKNOWN)
    reads = reading.end()
    assert reads.other_names == (name_of(UNKNOWN),)
    assert reads.include_any(frozenset())
    placed = reads.with_numbers([7])
    assert placed.other_names == ()
    assert placed.include_any({7})
    assert placed.include_any({place(reading, OTHER)})
    assert not placed.include_any({place(reading, ENTITY)})


def test_whoever_goes_through_a_mapping_reads_all_of_its_aspect():
    reading = DependencyTracker("base", {ENTITY: "1", OTHER: "2"})
    reading.number(reading.fingerprints)
    followed = reading.tracked("entity", {ENTITY[1]: "shop"})
    reading.begin()
    assert list(followed) == [ENTITY[1]]
    assert reading.end().include_any({place(reading, ("entity", ALL))})
