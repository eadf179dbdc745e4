"""Descriptors at URLs: what cannot be fetched tonight serves from its last good copy, and what is no longer named goes."""

import pytest

from callboard.settings.settings import SourceSettings
from faulty import Server
from state_builders import Portal, component, night


@pytest.fixture
def files():
    """What the host has, by path; an empty text is a trouble of its own."""
    return {"/a/shop.yaml": component("shop"), "/a/cart.yaml": component("cart"), "/b/bank.yaml": component("bank")}


@pytest.fixture
def portal(tmp_path, files):
    def answer(asked, wire):
        text = files.get(asked.path)
        wire.answer(404 if text is None else 200 if text else 403, (text or "").encode())

    with Server(answer) as server:
        portal = Portal(tmp_path)
        portal.sources.append(SourceSettings("web", "http", {"urls": [f"{server.url}{path}" for path in files]}))
        portal.build(0)
        yield portal


def names(portal):
    return sorted(ref.name for ref in portal.catalog.entities)


@pytest.mark.parametrize("trouble", ["", None], ids=["403", "404"])
@pytest.mark.parametrize("path", ["/a/cart.yaml", "/b/bank.yaml"], ids=["one of its folder", "all of its folder"])
def test_a_url_that_cannot_be_read_serves_on(portal, files, path, trouble):
    was = files[path]
    files[path] = trouble
    portal.build(1)
    assert names(portal) == ["bank", "cart", "shop"]
    (stale,) = portal.served.stale
    assert stale.since == night(0)
    assert [ref.name for ref in stale.refs] == [path[3:].removesuffix(".yaml")]
    assert portal.served.guard_result.publish
    files[path] = was
    portal.build(2)
    assert portal.served.stale == ()


def test_a_source_of_which_no_url_can_be_read_has_failed(portal, files):
    for path in files:
        files[path] = ""
    portal.build(1)
    assert names(portal) == ["bank", "cart", "shop"]
    (collection,) = portal.served.collections
    assert (collection.as_of, len(collection.errors)) == (night(0), 3)


def test_a_url_that_is_no_longer_named_goes(portal):
    portal.sources[0] = SourceSettings("web", "http", {"urls": portal.sources[0].options["urls"][1:]})
    portal.build(1)
    assert names(portal) == ["bank", "cart"]
