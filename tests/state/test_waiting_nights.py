"""A workspace on Bitbucket Cloud whose limit permits only some repositories in a build: nothing is lost because it waits."""

import pytest
from fake_hosts import FakeBitbucketCloud

from callboard.settings.settings import SourceSettings
from faulty import PatientClock, Server, json_answer
from state_builders import Portal, component, night

COUNT = 60


class Host:
    def __init__(self):
        self.fake = FakeBitbucketCloud({f"p{n:02}": {"catalog-info.yaml": component(f"p{n:02}")} for n in range(COUNT)})
        self.is_closed = False

    def __call__(self, asked, wire):
        error = {"type": "error", "error": {"message": "Rate limit for this resource has been exceeded"}}
        return json_answer(wire, error, 429) if self.is_closed else self.fake(asked, wire)

    def change_all(self):
        """A push to each repository."""
        for name in self.fake.repositories:
            self.fake.repositories[name] = {"catalog-info.yaml": component(name, lifecycle="experimental")}
        self.fake.fields = {name: {"updated_on": "2026-06-01T00:00:00+00:00"} for name in self.fake.repositories}


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def portal(tmp_path, host):
    with Server(host) as server:
        portal = Portal(tmp_path, clock=PatientClock())
        options = {"workspace": "acme", "url": server.url, "token": "very-secret", "requests": 40}
        portal.sources.append(SourceSettings("bitbucket", "bitbucket-cloud", options))
        yield portal


def entities(portal):
    return {ref.name: entity.spec["lifecycle"] for ref, entity in portal.catalog.entities.items()}


def test_the_builds_of_the_first_nights_add_what_waited_and_lose_nothing(portal, host):
    found = []
    for number in range(6):
        portal.build(number)
        assert portal.served.guard_result.publish
        assert (portal.served.stale, portal.served.lost) == ((), ())
        found.append({*entities(portal)})
    assert set() < found[0] < found[1]
    assert len(found[1]) < COUNT
    assert found[-1] == {*host.fake.repositories}
    assert [each.errors for each in portal.served.collections] == [()]


def test_changes_that_wait_are_served_from_the_last_good_copy_and_what_was_removed_goes(portal, host):
    for number in range(6):
        portal.build(number)
    host.change_all()
    host.fake.repositories.pop("p07")
    portal.build(6)
    lifecycles = entities(portal)
    assert {*lifecycles} == {*host.fake.repositories}
    old = {name for name, lifecycle in lifecycles.items() if lifecycle == "production"}
    assert 0 < len(old) < COUNT - 1
    assert {ref.name for copy in portal.served.stale for ref in copy.refs} == old
    assert all(copy.since == night(5) and "wait for a later build" in copy.cause for copy in portal.served.stale)
    [collection] = portal.served.collections
    [error] = collection.errors
    assert f"acme (waiting repositories): repositories that wait for a later build: {len(old)} (not read yet: 0; the oldest" in error
    for number in range(7, 12):
        portal.build(number)
    assert {*entities(portal).values()} == {"experimental"}
    assert portal.served.stale == ()


def test_if_not_even_the_listing_is_permitted_the_last_good_copy_is_served(portal, host):
    for number in range(6):
        portal.build(number)
    host.is_closed = True
    portal.build(6)
    assert len(entities(portal)) == COUNT
    [collection] = portal.served.collections
    assert (collection.as_of, collection.tried_at) == (night(5), night(6))
    [error] = collection.errors
    assert "received too many requests from this build (status 429" in error
