"""Pages of problem codes: every rule has one, and says where it found something."""

import re

from page_builders import RENDERER, Outline, documents, shared_context

from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.model.problem import Severity
from callboard.pages.indexes import problems as problem_pages
from callboard.pages.indexes.context import index_context
from callboard.pages.shared_views import problem_code_path
from callboard.plugins.rules import all_rules

DANGLING = """
kind: Component
metadata: {name: web, description: Shop window}
spec: {type: website, lifecycle: production, owner: nobody-knows, dependsOn: ["resource:gone"]}
"""


def pages_of(text):
    catalog, problems = link(documents(text), builtin_kinds())
    context = index_context(shared_context(catalog, problems), problems)
    return {page.path: page for page in problem_pages.plan(context)}


def test_every_rule_has_a_page_that_explains_it_although_it_occurs_nowhere():
    pages = pages_of("")
    assert set(pages) == {problem_code_path(code) for code in all_rules()}
    for page in pages.values():
        html = RENDERER.render(page, page.view())
        outline = Outline(html)
        assert [tag for tag in outline.tags if tag == "h1"] == ["h1"], page.path
        assert 'class="highlight"' in html
        assert "No current occurrences." in html
        assert "style=" not in html


def test_a_page_lists_where_its_problem_occurs_with_entity_and_line():
    page = pages_of(DANGLING)["problems/ref001/"]
    view, html = page.view(), RENDERER.render(page, page.view())
    assert view.count == len(view.occurrences) == 2
    assert 'href="../../catalog/default/component/web/"' in html
    assert re.search(r'href="https://github\.com/acme/shop/edit/main/apps/x/catalog-info\.yaml#L\d+"', html)


def test_beyond_a_hundred_places_the_page_says_how_many_more_there_are():
    page = pages_of("\n---\n".join(DANGLING.replace("name: web", f"name: web{i}") for i in range(60)))["problems/ref001/"]
    view = page.view()
    assert (view.count, len(view.occurrences), view.more) == (120, 100, 20)
    assert "20 more" in RENDERER.render(page, view)


def test_full_text_search_knows_the_code_and_the_name_of_each_defect():
    text = pages_of("")["problems/ref001/"].search()
    assert text.title == "REF001 dangling reference"


def test_a_page_says_the_severity_of_its_rule_in_words():
    words = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Info"}
    pages = pages_of("")
    for code, rule in all_rules().items():
        assert pages[problem_code_path(code)].view().state.text == words[rule.severity]
