"""What a public portal keeps on the disk: the workflow puts it on a branch and in artifacts, where everybody may read it."""

import json
import os

import pytest

from callboard import pipeline
from callboard.io.clock import Meter
from callboard.plugins.portal_settings import read_settings
from state_builders import component, night
from support import shared_caches

SETTINGS = """
version: 1
portal: {{name: Open, audience: {audience}, expose: [{expose}]}}
sources:
  - {{name: shop, type: files, path: shop}}
  - {{name: gone, type: files, path: gone}}
integrations:
  - {{name: scanner, type: file, path: vulnerability.json, family: vulnerability}}
  - {{name: pager, type: file, path: on-call.json, family: on-call}}
  - {{name: deployer, type: file, path: deployment.json, family: deployment}}
"""
USER = """apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {profile: {displayName: Ada, email: ada@canary-mail.example}, memberOf: []}
"""
SHIFT = {"person": "canary-person", "start": "2026-11-19T00:00:00Z", "end": "2026-12-24T00:00:00Z", "level": 1}
FACTS = {
    "vulnerability": [{"entity": "component:shop", "id": "canary-vulnerability", "severity": "high", "title": "canary-weakness"}],
    "on-call": [{"entity": "component:shop", "key": "k", "name": "canary-rota", "shifts": [SHIFT]}],
    "deployment": [{"entity": "component:shop", "environment": "prod", "version": "visible-version", "at": "2026-11-19T00:00:00Z"}],
}
TOKEN = "ghp_" + "c4n4ry" * 6
HIDDEN = (
    "canary-mail",
    "canary-vulnerability",
    "canary-weakness",
    "canary-rota",
    "canary-person",
    "canary-skipped",
    "no folder gone",
)


def build(folder, audience, expose="", number=0, **more):
    (folder / "sources.yaml").write_text(SETTINGS.format(audience=audience, expose=expose))
    (folder / "shop").mkdir(exist_ok=True)
    text = component("shop", owner="user:ada", description="visible-words").replace("  name: shop", f"  name: shop\n  description: {TOKEN}")
    (folder / "shop/catalog-info.yaml").write_text(f"{text}---\n{USER}")
    (folder / "shop/canary-skipped").mkdir(exist_ok=True)
    (folder / "shop/canary-skipped/catalog-info.yaml").write_text("{{ template }}\n")
    for family, rows in FACTS.items():
        (folder / f"{family}.json").write_text(json.dumps(rows))
    request = pipeline.BuildRequest(
        read_settings(folder / "sources.yaml", {}), folder / "site", night(number), dict(os.environ), allow_missing_sources=True, **more
    )
    with shared_caches.lent(folder):
        return pipeline.build(request, Meter())


def kept(folder):
    """All that is kept in the state and its blobs."""
    root = folder / ".callboard"
    return "\n".join(
        path.read_text("utf-8", "replace") for part in ("state", "blobs") for path in sorted((root / part).rglob("*")) if path.is_file()
    )


def found(folder):
    text = kept(folder)
    return [word for word in HIDDEN if word in text]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("audiences")
    for audience in ("internal", "public"):
        (root / audience).mkdir()
        for number in range(2):
            build(root / audience, audience, number=number)
    return root


def test_the_state_of_a_public_portal_has_nothing_that_its_site_hides(folders):
    assert found(folders / "internal") == list(HIDDEN), "the state of an internal portal has all of it"
    assert found(folders / "public") == []
    assert "visible-version" in kept(folders / "public")


def test_no_state_has_a_secret_of_a_descriptor(folders):
    for audience in ("internal", "public"):
        assert "ghp_****" in kept(folders / audience)
        assert TOKEN not in kept(folders / audience)


def test_a_family_that_a_public_portal_exposes_is_in_its_state(tmp_path):
    build(tmp_path, "public", "on-call")
    assert found(tmp_path) == ["canary-rota", "canary-person"]


def test_a_public_site_that_is_rebuilt_of_the_state_is_the_same(folders, tmp_path):
    def site(folder):
        return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    folder = folders / "public"
    before = site(folder / "site")
    settings = read_settings(folder / "sources.yaml", {})
    with shared_caches.lent(folder):
        request = pipeline.BuildRequest(
            settings, tmp_path / "again", night(1), dict(os.environ), from_state=True, allow_missing_sources=True
        )
        pipeline.build(request, Meter())
    after = site(tmp_path / "again")
    assert [str(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)] == []
