"""A definition that takes too long is shown as such, wherever it is read, and the rest of the portal is built."""

import itertools

import pytest

from callboard.api_reference import faults, loading, reading
from callboard.api_reference.quality import checking
from support.portal import callboard, write

API = """\
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: %(name)s}
spec:
  type: openapi
  lifecycle: production
  owner: team-shop
  definition: |
    openapi: 3.1.0
    info: {title: %(name)s, version: "1"}
    paths: {/orders: {get: {responses: {"200": {description: All orders}}}}}
"""


@pytest.mark.long
def test_a_definition_that_takes_too_long_says_so_and_the_others_are_shown(tmp_path, monkeypatch):
    asked = set()

    def slow(module, name, title_of):
        real = getattr(module, name)

        def read(value, *more):
            if title_of(value) == "slow":
                asked.add(name)
                for _ in itertools.count():  # without end
                    pass
            return real(value, *more)

        monkeypatch.setattr(module, name, read)

    slow(reading, "read_openapi", lambda document: document["info"]["title"])
    slow(faults, "violations", lambda document: document["info"]["title"])
    slow(checking, "OpenApiRules", lambda document: document["info"]["title"])
    monkeypatch.setattr(loading, "MAX_SECONDS", 0.3)
    for kept in (reading.REFERENCES.clear, faults.faults_of.cache_clear):
        kept()
    portal = write(tmp_path / "portal", apis="---\n".join(API % {"name": name} for name in ("slow", "quick")))
    done = callboard(portal, "build")
    assert done.returncode == 0, done.stderr
    assert asked == {"read_openapi", "violations", "OpenApiRules"}
    apis = portal / "site/catalog/default/api"
    for page in ("slow/index.html", "slow/reference/index.html", "slow/definition.yaml"):
        assert (apis / page).is_file()
    assert "takes more than 0.3 s" in (apis / "slow/reference/index.html").read_text()
    assert "takes more than 0.3 s" in (portal / "site/problems/api003/index.html").read_text()
    assert 'id="op-get-orders"' in (apis / "quick/reference/index.html").read_text()
    reading.REFERENCES.clear()
    faults.faults_of.cache_clear()
