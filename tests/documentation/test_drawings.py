import importlib.util
import sys

import pytest

from callboard.documentation import conversion, insertions
from callboard.documentation.cleaning import safe_page
from callboard.documentation.configuration import SetConfiguration, read_configuration
from callboard.documentation.conversion import PageWork, SetSource, converted_pages
from callboard.documentation.converter import Converter
from callboard.documentation.drawings import UndrawableError, draw_graphviz, draw_mermaid
from callboard.documentation.files import SetFiles
from callboard.documentation.formulas import FormulaError, as_mathml
from callboard.documentation.insertions import images_of, without_images
from callboard.documentation.links import LinkResolver
from callboard.documentation.navigation import navigation_of
from callboard.io import bounded
from callboard.markdown.media import safe_drawing
from support.documented_portal import DocumentedPortal

FLOW = "flowchart LR\n  A[Pay] --> B\n"
MERMAID = pytest.mark.skipif(importlib.util.find_spec("mmdr") is None, reason="needs callboard[mermaid]")


def page(text, configuration="", **options):
    """The HTML of a page, safe, and what was put into it."""
    files = SetFiles(["index.md", "a/index.md"])
    extensions = (read_configuration(configuration.encode()) if configuration else SetConfiguration()).extensions
    file = files.by_path["a/index.md"]
    made = Converter(extensions).convert(text, file, LinkResolver(files, file), **options)
    return made.insertions.finish(safe_page(made.html)), made.insertions


@MERMAID
@pytest.mark.parametrize(
    "text",
    [
        f"```mermaid\n{FLOW}```",
        f"~~~mermaid\n{FLOW}~~~",
        f"~~~~ mermaid\n{FLOW}~~~~",
        f"```{{.mermaid}}\n{FLOW}```",
        f"``` {{ .mermaid #id .other }}\n{FLOW}```",
        f'```mermaid title="Paying"\n{FLOW}```',
        f"```Mermaid\n{FLOW}```",
        f"``` {{mermaid}}\n{FLOW}```",
        f"::: mermaid\n{FLOW}:::\n",
        "- in a list\n\n    ```mermaid\n    flowchart LR\n    A --> B\n    ```",
        "!!! note\n\n    ```mermaid\n    flowchart LR\n    A --> B\n    ```",
        "> ```mermaid\n> flowchart LR\n> A --> B\n> ```",
        f'<div class="mermaid">\n{FLOW}</div>',
        f'<pre class="mermaid"><code>{FLOW.replace(">", "&gt;")}</code></pre>',
        f"```mermaid\n---\ntitle: Paying\n---\n{FLOW}```",
    ],
)  # fmt: skip
def test_every_spelling_of_a_mermaid_diagram_becomes_a_light_and_a_dark_image_with_its_text(text):
    html, made = page(text)
    assert html.count("<img ") == 2
    assert 'class="cb-drawing__light" src="_diagrams/' in html
    assert 'class="cb-drawing__dark" src="_diagrams/' in html
    assert '<details><summary lang="en">Text of the diagram</summary><pre><code>' in html
    assert len(made.images) == 2
    assert not made.notes
    assert all(f"_diagrams/{name}" in html for name in made.images)


@MERMAID
def test_a_custom_fence_for_mermaid_in_the_settings_of_a_set_changes_nothing_and_is_not_reported():
    written = (
        "markdown_extensions: [{pymdownx.superfences: {custom_fences: [{name: mermaid, class: mermaid, format: !!python/name:x.y }]}}]"
    )
    assert read_configuration(written.encode()).ignored == ()
    assert page(f"```mermaid\n{FLOW}```", written)[0].count("<img ") == 2


@MERMAID
def test_a_diagram_that_cannot_be_drawn_is_shown_as_its_text_with_the_reason_and_its_line():
    html, made = page("# Title\n\ntext\n\n```mermaid\nflowchart LR\n  A[open\n```\n\nmore")
    assert "<img" not in html
    assert "A[open" in html
    assert "Unterminated node label" in html
    assert "<p>more</p>" in html
    assert [(note.line, "Unterminated" in note.message) for note in made.notes] == [(6, True)]


def test_without_the_extra_a_mermaid_diagram_is_shown_as_its_text_with_a_note(monkeypatch):
    monkeypatch.setattr(insertions, "can_draw_mermaid", lambda: False)
    html, made = page(f"```mermaid\n{FLOW}```")
    assert "A[Pay] --&gt; B" in html
    assert "callboard[mermaid]" in html
    assert not made.images


@MERMAID
def test_authors_choose_colors_and_titles_of_their_diagrams():
    drawn = draw_mermaid('%%{init: {"themeVariables": {"primaryColor": "#445566"}}}%%\nflowchart LR\n  accTitle: How we pay\n  A --> B\n')
    assert drawn.title == "How we pay"
    assert "#445566" in drawn.light.text
    assert "#445566" in drawn.dark.text
    assert draw_mermaid(FLOW).title == "Flowchart"
    assert draw_mermaid(FLOW).light.text != draw_mermaid(FLOW).dark.text


@MERMAID
@pytest.mark.parametrize(
    "text",
    [
        'flowchart LR\n A --> B\n click A href "javascript:alert(1)"\n',
        'flowchart LR\n A["<img src=https://evil.test/x onerror=alert(1)>"] --> B\n',
        'flowchart LR\n A@{ img: "https://evil.test/a.png", label: "x" } --> B\n',
        "flowchart LR\n A --> B\n style A fill:url(https://evil.test/x)\n",
        '%%{init: {"themeCSS": ".a{background:url(https://evil.test/x)}"}}%%\nflowchart LR\n A --> B\n',
        '%%{init: {"securityLevel": "loose"}}%%\nflowchart LR\n A["<script>alert(1)</script>"] --> B\n',
    ],
)  # fmt: skip
def test_a_drawn_image_neither_runs_nor_loads_anything(text):
    try:
        svg = draw_mermaid(text).light.text
    except UndrawableError:
        return
    for part in ("<script", "javascript:", "evil.test", " onerror=", "<foreignObject", 'href="http'):
        assert part not in svg.replace("&lt;", "")


@pytest.mark.parametrize(
    "text",
    [
        "```dot\ndigraph { a -> b }\n```",
        "```graphviz\ndigraph { a -> b }\n```",
        "```graphviz neato picture.svg\ngraph { a -- b }\n```",
        "{% dot picture.svg\ndigraph { a -> b }\n%}",
        "- item\n\n    {% circo picture.svg\n    digraph { a -> b }\n    %}",
    ],
)
def test_graphs_are_drawn_without_an_installed_graphviz(text):
    html, made = page(text)
    assert html.count("<img ") == 2
    assert not made.notes


def test_the_spelling_of_a_graph_inside_of_code_stays_code():
    html, _ = page("```text\n{% dot picture.svg\ndigraph { a -> b }\n%}\n```")
    assert "<img" not in html
    assert "{% dot picture.svg" in html


def test_a_graph_reads_no_file_and_leads_nowhere():
    svg = draw_graphviz('digraph { a [URL="javascript:alert(1)" image="/etc/passwd" shapefile="/etc/passwd"]; a -> b }').light.text
    assert "javascript" not in svg
    assert "passwd" not in svg


def test_a_graph_with_colors_of_its_own_is_one_image():
    assert draw_graphviz("digraph { a [style=filled fillcolor=red] }").dark is None
    with pytest.raises(UndrawableError, match="Graphviz"):
        draw_graphviz("digraph { a -> ")


@pytest.mark.parametrize(
    ("language", "text"), [("plantuml", "```plantuml\n@startuml\na -> b\n```"), ("uml", "::uml::\na -> b\n::end-uml::")]
)
def test_plantuml_is_named_and_shown_as_its_text(language, text):
    html, made = page(text)
    assert "a -&gt; b" in html
    assert f"A {'PlantUML'} diagram, shown as its text" in html
    assert not made.images, language


@pytest.mark.parametrize(
    ("text", "configuration", "display"),
    [
        ("```math\n\\frac{a}{b}\n```", "", "block"),
        ("$$\n\\frac{a}{b}\n$$", "", "block"),
        ("with $`\\frac{a}{b}`$ inside", "", "inline"),
        ("with $\\frac{a}{b}$ inside", "markdown_extensions: [pymdownx.arithmatex]", "inline"),
        ("with \\(\\frac{a}{b}\\) inside", "markdown_extensions: [{pymdownx.arithmatex: {generic: true}}]", "inline"),
        ("\\[\\frac{a}{b}\\]", "markdown_extensions: [mdx_math]", "block"),
    ],
)
def test_formulas_become_mathml(text, configuration, display):
    html, made = page(text, configuration)
    assert f'<math display="{display}"><mrow><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac></mrow></math>' in html
    assert not made.notes


def test_amounts_of_money_are_no_formulas():
    assert page("It costs $5, or $6 `$7`.")[0].startswith("<p>It costs $5, or $6")


def test_headings_with_formulas_keep_readable_ids_and_titles():
    files = SetFiles(["index.md"])
    made = Converter(SetConfiguration().extensions).convert(
        "# Cost $`x^2`$ of it\n", files.by_path["index.md"], LinkResolver(files, files.by_path["index.md"])
    )
    assert (made.title, made.headings[0].id, made.headings[0].text) == ("Cost x^2 of it", "cost-x2-of-it", "Cost x^2 of it")
    assert "<msup>" in made.insertions.finish(safe_page(made.html))


@pytest.mark.parametrize(
    "latex",
    ["\\text{<img src=x onerror=alert(1)>}", "\\href{javascript:alert(1)}{x}", "\\style{background:url(https://evil.test)}{x}",
     "\\class{md-overlay}{x}",
     "</math><script>alert(1)</script>", "\\color{red;x:url(https://evil.test)}x"],
)  # fmt: skip
def test_a_formula_brings_no_markup_of_its_own(latex):
    html, _ = page(f"```math\n{latex}\n```")
    for part in ("<img", "href=", "style=", 'class="md-', "<script", 'evil.test)"'):
        assert part not in html


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        ("\\frac{", "it ends too early"),
        ("{" * 2_000 + "}" * 2_000, "nested"),
        ("x" * 6_000, "5,000"),
        ("\\nosuchcommand x", "not known"),
        ("\\def\\x{\\x\\x}\\x", "nested"),
    ],
)
def test_a_formula_that_cannot_be_shown_has_a_reason(latex, reason):
    with pytest.raises(FormulaError, match=reason):
        as_mathml(latex, is_block=True)


def test_marks_are_put_in_only_where_text_stands():
    html, _ = page('<p title="<div class=mermaid>flowchart LR\nA-->B</div>">text</p>\n\n```math\nx\n```')
    assert html.count("<math") == 1
    assert "<figure class=" not in html.partition(">")[0]
    assert "callboard" not in html


def test_a_page_that_takes_too_long_with_its_diagrams_is_made_without_them():
    html, made = page("```dot\ndigraph { a -> b }\n```\n\nmore", draws=False)
    assert "take too long" in html
    assert "a -&gt; b" in html
    assert made.notes[0].line == 2


def test_graphviz_is_not_loaded_for_a_page_without_its_diagrams(monkeypatch):
    monkeypatch.setattr(insertions, "load_graphviz", lambda: pytest.fail("loading it takes seconds of the page's time"))
    page("```dot\ndigraph { a -> b }\n```\n", draws=False)


def test_a_drawing_keeps_what_its_links_show():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><a href="javascript:alert(1)" target="_top"><text>Kept</text></a></svg>'
    assert safe_drawing(drawing.encode())[0].strip() == '<svg xmlns="http://www.w3.org/2000/svg"><g><text>Kept</text></g></svg>'


def converted(texts, seconds=10):
    """The results of the pages of a set."""
    files = SetFiles(texts)
    source = SetSource(SetConfiguration(), files, navigation_of(None, files), texts)
    return {result.page.path: result for result in converted_pages([PageWork(source, path, path) for path in texts], seconds)}


@MERMAID
def test_images_are_kept_with_the_html_of_their_page_and_notes_with_the_page():
    result = converted({"index.md": f"```mermaid\n{FLOW}```\n\n```mermaid\nnonsense\n```"})["index.md"]
    html, images = without_images(result.html).decode(), dict(images_of(result.html))
    assert [f"_diagrams/{name}" in html for name in images] == [True, True]
    assert all(content.startswith(b"<svg ") for content in images.values())
    assert [note.line for note in result.page.details.notes] == [7]
    assert result.page.digest


@pytest.mark.skipif(sys.platform != "linux", reason="pages are bounded where processes can be forked")
@pytest.mark.long
def test_a_page_whose_graph_takes_too_long_is_made_with_its_text(monkeypatch):
    def endless(text, _):
        while "slow" in text:
            pass
        return draw_graphviz(text)

    monkeypatch.setattr(insertions, "draw_graphviz", endless)
    for module in (insertions, conversion):
        monkeypatch.setattr(module, "load_graphviz", lambda: None)
    monkeypatch.setattr(bounded, "can_fork", lambda: True)  # other processes would not have these functions
    pages = converted({"a.md": "# A", "slow.md": "# Slow\n\n```dot\ndigraph { slow }\n```\n\n*more*", "z.md": "# Z"}, seconds=3)
    assert [result.page.title for result in pages.values()] == ["A", "Slow", "Z"]
    assert not pages["slow.md"].page.as_text
    assert b"<em>more</em>" in pages["slow.md"].html
    assert b"take too long" in pages["slow.md"].html
    assert b"digraph { slow }" in pages["slow.md"].html


def test_a_drawio_file_is_a_link_and_its_exports_are_images():
    html, _ = page("![Plan](plan.drawio) ![Plan](plan.drawio.svg)")
    assert '<a href="plan.drawio">Plan (draw.io)</a>' in html
    assert 'src="plan.drawio.svg"' in html


def test_a_diagram_that_cannot_be_drawn_is_the_problem_undrawn_diagram_with_its_line(tmp_path):
    portal = DocumentedPortal(tmp_path).entity(ref="dir:.").write(**{"docs/index.md": "# Rate\n\n$$\n\\frac{paid}{\n$$\n"})
    problem = next(problem for problem in portal.built().problems if problem.code == "DOC016")
    assert (problem.origin.path, problem.origin.line) == ("docs/index.md", 4)
    assert problem.message.startswith("The formula is shown as it is written")
