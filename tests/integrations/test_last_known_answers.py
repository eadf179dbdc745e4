"""Every connector on a night on which its tool fails: what was known stays, with its age, and the failure is named."""

import contextlib
import functools
import json

import pytest
from click.testing import CliRunner
from test_no_secrets import PORTAL, SHORT, VARIABLE, component, marked
from test_vendor_faults import FAKES
from vendors import TOKEN

import yaml
from callboard import pipeline
from callboard.cli.main import group
from callboard.plugins import loader
from callboard.plugins.integrations.base import IntegrationContext
from faulty import MODES, PatientClock, Server
from support import shared_caches

pytestmark = pytest.mark.long

GOOD, BAD = "2026-05-17T02:00:00Z", "2026-05-18T02:00:00Z"


class Switched:
    """A tool that is well until ``mode`` is set."""

    mode = None

    def __init__(self, fake):
        self.fake = fake

    def __call__(self, asked, wire):
        (Switched.mode or self.fake)(asked, wire)


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """What the site says about freshness after a good night and after one on which each tool answers 500, and the page of the latter."""
    folder = tmp_path_factory.mktemp("portal")
    (folder / "repositories" / "shop").mkdir(parents=True)
    (folder / "repositories" / "shop" / "catalog-info.yaml").write_text(component())
    said = []
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv(VARIABLE, TOKEN)
        patch.setattr(loader, "load", functools.cache(loader.load))
        patch.setattr(pipeline, "IntegrationContext", functools.partial(IntegrationContext, clock=PatientClock(), http=SHORT))
        urls = {fake.type: stack.enter_context(Server(Switched(fake()))).url for fake in FAKES}
        sources = [{"name": "here", "type": "files", "path": "repositories", "repositories": "*"}]
        items = [{**marked(fake().options), "type": fake.type, "name": fake.type, "url": urls[fake.type]} for fake in FAKES]
        (folder / "sources.yaml").write_text(yaml.safe_dump({"version": 1, "portal": PORTAL, "sources": sources, "integrations": items}))
        with contextlib.chdir(folder), shared_caches.lent(folder):
            for now, mode in ((GOOD, None), (BAD, MODES["500"])):
                patch.setattr(Switched, "mode", staticmethod(mode) if mode else None)
                done = CliRunner().invoke(group, ["build", "--config", "sources.yaml", "--now", now])
                assert done.exit_code == 0, done.output
                said.append(json.loads((folder / "site/status/collections.json").read_text())["collections"])
    return *said, (folder / "site/status/index.html").read_text(), (folder / "site/catalog/default/component/s0/index.html").read_text()


@pytest.mark.parametrize("name", sorted(fake.type for fake in FAKES))
def test_what_was_known_stays_with_its_age(name, nights):
    good, bad, page, _ = nights
    before = {one["family"]: one for one in good if one["source"] == name}
    after = {one["family"]: one for one in bad if one["source"] == name}
    assert before
    assert sum(one["count"] for one in before.values())
    for family, one in before.items():
        assert one["as_of"] == GOOD
        if one["count"]:
            assert (after[family]["as_of"], after[family]["tried_at"], after[family]["count"]) == (GOOD, BAD, one["count"]), family
    assert f">{name}<" in page
    assert page.count(name) > 1


def test_the_page_of_the_entity_still_has_the_facts(nights):
    *_, page = nights
    assert "Operations" in page
    assert TOKEN not in page
