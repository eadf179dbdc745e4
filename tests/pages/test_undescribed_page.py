"""Repositories that sources know and that have no descriptor, rendered with the real templates."""

import re
from datetime import UTC, datetime

import pytest
from page_builders import RENDERER, Outline, shared_context

from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.pages.changes import status, undescribed
from callboard.pages.changes.status import Freshness
from callboard.pages.create.register import values_of
from callboard.plugins.sources import Undescribed
from callboard.settings.settings import Portal

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
LEDGER = Undescribed("github", "acme/ledger", "https://github.com/acme/ledger", "kind: Component\nmetadata:\n  name: ledger\n")


def pages_of(*found, audience="internal"):
    catalog, _ = link([], builtin_kinds())
    context = shared_context(catalog, (), Portal(audience=audience))
    planned = status.plan(context, Freshness((), (), found, NOW))
    return {page.path: RENDERER.render(page, page.view()) for page in planned}


def places_of(html):
    """The links between the pages of the place Data quality, and which one is current."""
    nav = re.search(r'<nav class="cb-doors" aria-label="Data quality">(.*?)</nav>', html, re.DOTALL)[1]
    return re.findall(r'<a href="([^"]*)"(?: aria-current="(page)")?>', nav)


def test_a_repository_is_shown_with_lines_to_copy_and_status_leads_to_it():
    pages = pages_of(LEDGER)
    html = pages[undescribed.PATH]
    assert '<a href="https://github.com/acme/ledger"><bdi>acme/ledger</bdi></a>' in html
    assert f'data-copy="{LEDGER.suggestion_yaml}"' in html
    assert 'href="../status/undescribed/">Repositories without a descriptor: 1</a>' in pages["status/"]
    assert places_of(html) == [("../../problems/", ""), ("../../status/", ""), ("../../status/undescribed/", "page")]
    assert places_of(pages["status/"]) == [("../problems/", ""), ("../status/", "page"), ("../status/undescribed/", "")]
    Outline(html)


def test_where_every_repository_is_described_there_is_no_page_and_no_link():
    pages = pages_of()
    assert list(pages) == ["status/"]
    assert "undescribed" not in pages["status/"]
    assert places_of(pages["status/"]) == [("../problems/", ""), ("../status/", "page")]


def test_a_public_portal_does_not_name_what_nobody_has_described_for_the_public():
    pages = pages_of(LEDGER, audience="public")
    assert list(pages) == ["status/"]
    assert "ledger" not in pages["status/"]


def test_names_and_addresses_of_hosts_are_not_trusted():
    html = pages_of(Undescribed("s", "<b>x</b>", "javascript:alert(1)", '"><script>'))[undescribed.PATH]
    assert "<b>x</b>" not in html
    assert "javascript:" not in html
    assert "<script>" not in html


def test_some_hundreds_stand_on_one_page_and_the_rest_on_further_ones():
    many = [Undescribed(source, f"acme/{n:04}", "", "x" * 9_000) for source in ("b", "a") for n in range(300)]
    first, second = (undescribed.undescribed_view(many, number=number) for number in (1, 2))
    assert [(s.name, s.count, len(s.rows)) for s in first.sources] == [("a", 300, 300), ("b", 300, 200)]
    assert [(s.name, s.count, len(s.rows)) for s in second.sources] == [("b", 300, 100)]
    assert (first.count, first.pager.next, second.pager.previous) == (600, f"{undescribed.PATH}2/", undescribed.PATH)
    assert len(first.sources[0].rows[0].lines) == undescribed.YAML_LIMIT
    assert list(pages_of(*many)) == ["status/", undescribed.PATH, f"{undescribed.PATH}2/"]


def test_the_form_begins_with_the_values_and_the_evidence_of_a_starter_descriptor():
    text = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n  description: Sells  # guess: from README line 3\n"
        "  annotations:\n    github.com/project-slug: acme/shop\n    sonarqube.org/project-key: x  # guess: from sonar.properties\n"
        '  tags:  # guess: from topics\n    - java\n  links:\n    - url: "https://x.example"  # guess: from the host\n      title: X\n'
        'spec:\n  # type: unknown (…)\n  owner: "user:ada"  # guess: from CODEOWNERS line 1\n'
        '  providesApis:\n    - shop-api\n---\nkind: API\n'
    )  # fmt: skip
    values, evidence = values_of(text)
    assert values["spec"] == {"owner": "user:ada", "providesApis": ["shop-api"]}
    assert (values["name"], values["tags"], values["links"]) == ("shop", ["java"], [{"url": "https://x.example", "title": "X"}])
    assert evidence == {
        "description": "README line 3", "annotations.sonarqube.org/project-key": "sonar.properties", "tags": "topics",
        "links": "the host", "owner": "CODEOWNERS line 1",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "a: [", "- x", "metadata: 3\nspec: []", "metadata: {tags: 3, links: {a: b}, annotations: [x]}"])
def test_a_starter_descriptor_of_a_plugin_may_be_anything(text):
    values, evidence = values_of(text)
    assert evidence == {}
    assert values.get("tags", []) == values.get("annotations", []) == []
