"""Templates: globals, words, icons, white space, digests."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jinja2
import pytest

from callboard.model.errors import WebsiteError
from callboard.pages.page import Page
from callboard.settings.settings import Portal
from callboard.website import program_cache
from callboard.website.icons import Icon
from callboard.website.overlays import read_overlays
from callboard.website.portal_files import find_portal_files
from callboard.website.rendering import Renderer, referenced_templates

ROOT = Path(__file__).parents[2]


def page(path, template="x.html"):
    return Page(path, template, "entity", "", "T", lambda: None)


@pytest.fixture
def portal_of(tmp_path):
    def make(templates, portal=None, **more):
        for name, text in templates.items():
            file = tmp_path / "templates" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return Renderer(read_overlays(tmp_path, portal or Portal()), portal or Portal(), **more)

    return make


def test_the_way_to_the_root_fits_the_depth_of_the_page(portal_of):
    renderer = portal_of({"x.html": "{{ up }}"})
    assert [renderer.render(page(p), None) for p in ("", "catalog/", "catalog/a/b/c/")] == ["./", "../", "../../../../"]


def test_the_way_to_the_root_is_absolute_in_404_because_it_is_shown_anywhere(portal_of):
    assert portal_of({"x.html": "{{ up }}"}, Portal(url="https://x.example/portal/")).render(page("404.html"), None) == "/portal/"
    assert portal_of({"x.html": "{{ up }}"}).render(page("404.html"), None) == "/"


def test_an_imported_macro_knows_the_way_to_the_root_the_icons_and_the_words(portal_of):
    macro = "{% macro m() %}{{ up }}{{ icon('owner-x') }}{{ t.catalog }}{% endmacro %}"
    renderer = portal_of(
        {"m.html": macro, "x.html": "{% from 'm.html' import m %}{{ m() }}", "icons.yaml": "owner-x: material/cube-outline"}
    )
    assert renderer.render(page("a/"), None) == ('../<i class="cb-icon i-owner-x"></i>Catalog')


def test_an_icon_with_a_label_is_an_image_with_that_name_escaped(portal_of):
    out = portal_of({"x.html": "{{ icon('search', view) }}"}).render(page(""), '"><b>')
    assert 'role="img" aria-label="&#34;&gt;&lt;b&gt;"' in out


def test_an_unknown_icon_is_an_error_that_names_it(portal_of):
    with pytest.raises(WebsiteError, match="sparkles-galore"):
        portal_of({"x.html": "{{ icon(view) }}"}).render(page(""), "sparkles-galore")


def test_every_icon_of_ours_is_bundled_and_in_the_style_sheet_and_those_of_kinds_are_in_the_sprite():
    renderer = Renderer(read_overlays(ROOT, Portal()), Portal(), kind_icons=["cube-outline", "no-such-icon-at-all"])
    rule = re.compile(r'^((?:\.i-[a-z0-9-]+,?)+)\{--cb-icon:url\("data:image/svg\+xml,([^"<>#\\]+)"\)\}$', re.MULTILINE)
    rules = rule.findall(renderer.icon_rules())
    assert {name for names, _ in rules for name in names[3:].split(",.i-")} == set(renderer.icons) > {"cube-outline", "no-such-icon-at-all"}
    assert all(list(ET.fromstring(unquote(image))) for _, image in rules)
    placed = ET.fromstring(renderer.sprite())
    assert {group.get("id") for group in placed} == {"i-cube-outline", "i-no-such-icon-at-all", "i-entity", "i-missing", "i-other"}


def test_an_icon_of_any_view_box_has_the_same_place_in_a_diagram():
    assert Icon((0, 0, 24, 24), "x").placed("a", 11, 12, 20) == '<g id="i-a" transform="translate(11 12) scale(0.83333)">x</g>'
    assert (
        Icon((-8, 4, 512, 256), "x").placed("a", 11, 12, 20) == '<g id="i-a" transform="translate(11.3125 11.8438) scale(0.039062)">x</g>'
    )


def test_scripts_and_foreign_attributes_of_an_own_icon_stay_out(tmp_path):
    icon = tmp_path / "site_overrides/.icons/own/evil.svg"
    icon.parent.mkdir(parents=True)
    icon.write_text(
        '<svg viewBox="0 0 9 9"><script>alert(1)</script><path onload="x()" style="fill:red" d="M0 0z"/><use href="http://x/"/></svg>'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/icons.yaml").write_text("evil: own/evil")
    icons = Renderer(read_overlays(tmp_path, Portal()), Portal()).icons
    assert icons["evil"] == Icon((0, 0, 9, 9), '<path d="M0 0z"/>')


def test_an_icon_that_is_not_bundled_is_a_problem_and_the_built_in_one_stays(portal_of):
    renderer = portal_of({"icons.yaml": "component: material/never-drawn\nmine: material/cube"})
    assert "material/never-drawn" in renderer.overlays.problems[0].message
    assert renderer.overlays.icons["component"] == "material/cube-outline"
    assert "mine" in renderer.icons


def test_what_is_unknown_to_a_template_is_an_error_that_names_template_and_page(portal_of):
    with pytest.raises(WebsiteError, match=r"x\.html.*nothing_here.*catalog/a/"):
        portal_of({"x.html": "{{ nothing_here }}"}).render(page("catalog/a/"), None)


def test_the_built_in_template_is_used_for_a_broken_one_which_is_a_problem_with_its_line(portal_of):
    renderer = portal_of({"404.html": "a\n{% if %}"})
    assert "catalog/" in renderer.render(page("404.html", "404.html"), None)
    (problem,) = renderer.overlays.problems
    assert (problem.code, problem.origin.path, problem.span.line) == ("OVL001", "templates/404.html", 2)
    assert renderer.take_problems() == (), "the broken template is not tried again for each page"


MISTAKES = [
    ("<p>\n{{ view.headng }}</p>", 2, 9, 'There is no field "headng".', 'Did you mean "heading"?'),
    ("{{ nothing }}", 1, 4, 'There is no variable "nothing".', ""),
    ("{{ t['nope'] }}", 1, 7, 'There is no label "nope".', 'Did you mean "none"?'),
    ("\n\n{{ 1 + view.heading }}", 3, 1, "Unsupported operand type(s) for +: 'int' and 'str'.", ""),
    ("{% for x in view.nothing %}{% endfor %}", 1, 1, "None is not iterable.", ""),
    (
        "{% include view.heading %}",
        1,
        1,
        'There is no template "Home".',
        "Correct the path, which is relative to the folder of the templates.",
    ),
    ("{{ icon(view.heading) }}", 1, 1, 'There is no icon "Home".', "Add it to templates/icons.yaml."),
    ("{{ t.n_more|format(3) }}", 1, 1, "Not all arguments converted during string formatting.", ""),
    ("{{ 1 / 0 }}", 1, 1, "Division by zero.", ""),
]


@dataclass
class HomeView:
    heading: str = "Home"
    nothing: None = None


@pytest.mark.parametrize(("template", "line", "column", "message", "hint"), MISTAKES, ids=[template for template, *_ in MISTAKES])
def test_the_built_in_template_is_used_for_one_that_fails_and_the_problem_names_its_line(
    portal_of, template, line, column, message, hint
):  # fmt: skip
    renderer = portal_of({"404.html": template})
    assert "catalog/" in renderer.render(page("404.html", "404.html"), HomeView())
    (problem,) = renderer.take_problems()
    assert (problem.code, problem.origin.path, problem.message, problem.hint) == ("OVL001", "templates/404.html", message, hint)
    assert (problem.span.line, problem.span.column) == (line, column)
    assert renderer.take_problems() == ()


def test_an_error_in_a_macro_of_the_portal_is_named_where_it_is_and_not_where_it_is_used(portal_of):
    renderer = portal_of(
        {
            "macros/mine.html": "{% macro m(x) %}\n{{ x.nope }}{% endmacro %}",
            "404.html": "{% from 'macros/mine.html' import m %}\n\n{{ m(view) }}",
        }
    )
    renderer.render(page("404.html", "404.html"), HomeView())
    (problem,) = renderer.take_problems()
    assert (problem.origin.path, problem.span.line) == ("templates/macros/mine.html", 2)


def test_a_macro_that_is_remembered_is_run_once_for_the_same_arguments(portal_of):
    macro = "{% set runs = [] %}{% macro say_(x, loud=False) %}{% set _ = runs.append(x) %}<b>{{ x }}{{ '!' if loud }}</b>{% endmacro %}"
    source = (
        macro
        + "{% set say = once(say_) %}{{ say('<a>') }}{{ say('<a>') }}{{ say('<a>', True) }}{{ say('<a>', loud=True) }}{{ runs|length }}"
    )
    assert portal_of({"x.html": source}).render(page(""), None) == "<b>&lt;a&gt;</b>" * 2 + "<b>&lt;a&gt;!</b>" * 2 + "3"


def test_users_text_is_escaped(portal_of):
    assert portal_of({"x.html": "{{ view }}"}).render(page(""), "<script>&\"'") == "&lt;script&gt;&amp;&#34;&#39;"


def test_white_space_between_tags_collapses_but_not_in_pre_and_never_in_users_text(portal_of):
    template = "<p>\n\n      {{ view }}\n    </p>\n    <pre>\n      kept   so\n</pre>\n     <b>x</b>  <i>y</i>"
    out = portal_of({"x.html": template}).render(page(""), "a\n\n     b")
    assert out == "<p>\na\n\n     b\n</p>\n<pre>\n      kept   so\n</pre>\n<b>x</b> <i>y</i>"


def test_a_language_says_its_own_words_and_english_fills_the_rest(portal_of):
    renderer = portal_of(
        {
            "strings/de.yaml": "catalog: Katalog\n",
            "strings/de-ch.yaml": "teams: Equipen\n",
            "x.html": "{{ t.catalog }} {{ t.teams }} {{ t.apis }}",
        },
        Portal(language="de-CH"),
    )
    assert renderer.render(page(""), None) == "Katalog Equipen APIs"


def test_a_label_named_like_a_method_is_a_label(portal_of):
    renderer = portal_of({"strings/en.yaml": "items: Things\non: On\nno: No", "x.html": "{{ t.items }} {{ t.on }} {{ t.no }}"})
    assert renderer.render(page(""), None) == "Things On No"


def test_a_language_that_is_a_path_reads_no_file(portal_of):
    assert portal_of({"x.html": "{{ t.catalog }}"}, Portal(language="../../etc/passwd")).render(page(""), None) == "Catalog"


def test_a_file_in_the_portals_folder_takes_the_place_of_ours(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/404.html").write_text("mine")
    files = find_portal_files(tmp_path)
    assert Renderer(read_overlays(tmp_path, Portal()), Portal()).render(page("404.html", "404.html"), None) == "mine"
    assert files.template("icons.yaml") == ROOT / "templates/icons.yaml"


def test_the_checkout_itself_is_not_laid_over_itself():
    assert find_portal_files(ROOT).templates == (ROOT / "templates",)


def test_guides_lie_in_guides_or_else_in_docs(tmp_path):
    assert find_portal_files(tmp_path).guides is None
    (tmp_path / "docs").mkdir()
    assert find_portal_files(tmp_path).guides == tmp_path / "docs"
    (tmp_path / "guides").mkdir()
    assert find_portal_files(tmp_path).guides == tmp_path / "guides"


def test_the_digest_follows_what_a_template_imports_and_nothing_else(portal_of):
    templates = {"m.html": "1", "x.html": "{% include 'm.html' %}", "y.html": "y"}
    before = portal_of(templates)
    imports, other = before.digest("x.html"), before.digest("y.html")
    after = portal_of(templates | {"m.html": "2"})
    assert after.digest("x.html") != imports
    assert after.digest("y.html") == other


def test_the_digest_follows_the_portal_and_its_words(portal_of):
    templates = {"x.html": "x"}
    digests = {
        portal_of(templates).digest("x.html"),
        portal_of(templates, Portal(name="Other")).digest("x.html"),
        portal_of(templates | {"strings/en.yaml": "catalog: Things"}).digest("x.html"),
    }
    assert len(digests) == 3


def test_compiled_templates_are_kept_and_a_changed_source_is_compiled_again(portal_of, tmp_path):
    cache = tmp_path / "cache"
    assert portal_of({"x.html": "1"}, cache=cache).render(page(""), None) == "1"
    assert [path for path in cache.rglob("*") if path.is_file()]
    assert portal_of({"x.html": "2"}, cache=cache).render(page(""), None) == "2"


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The folder for compiled code of the program's own files, which is an empty one."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "compiled"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "compiled"


def rendered_404(portal_of, cache):
    return portal_of({}, cache=cache).render(page("404.html", "404.html"), None)


def test_the_code_of_built_in_templates_is_kept_beside_the_program_for_new_portals(portal_of, tmp_path, beside, monkeypatch):
    html = rendered_404(portal_of, tmp_path / "one")
    assert {path.name.split(".")[0] for path in beside.rglob("*.*")} >= {"template-404"}
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *_, **__: pytest.fail("compiled again"))
    assert rendered_404(portal_of, tmp_path / "two") == html


def test_code_of_another_program_or_damaged_code_is_not_loaded(portal_of, tmp_path, beside, monkeypatch):
    html = rendered_404(portal_of, tmp_path / "one")
    (file,) = beside.rglob("template-404.*")
    content = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(program_cache, "code_digest", lambda: "of another version")
        assert rendered_404(portal_of, tmp_path / "two") == html
        assert file.read_bytes() != content
    assert rendered_404(portal_of, tmp_path / "three") == html
    assert file.read_bytes() == content
    file.write_bytes(content[:-1] + b"?")
    assert rendered_404(portal_of, tmp_path / "four") == html
    assert file.read_bytes() == content


def test_templates_of_a_portal_and_python_without_compiled_files_leave_nothing_beside_the_program(portal_of, tmp_path, beside, monkeypatch):
    portal_of({"404.html": "own"}, cache=tmp_path / "one").render(page("404.html", "404.html"), None)
    assert not [*beside.rglob("template-404*")]
    (tmp_path / "templates/404.html").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    rendered_404(portal_of, tmp_path / "two")
    assert not [*beside.rglob("template-404*")]


def test_our_own_404_renders_below_a_path():
    out = Renderer(read_overlays(ROOT, Portal()), Portal(url="https://x.example/portal/")).render(page("404.html", "404.html"), None)
    assert 'href="/portal/catalog/"' in out


def test_no_page_holds_a_nul(portal_of):
    assert portal_of({"x.html": "<p>{{ view }}</p>"}).render(page("a/"), "a\0b") == "<p>a\ufffdb</p>"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{% import \"a.html\" as b %}{%- from 'b.html' import c with context -%}", ["a.html", "b.html"]),
        ('{% include "a" ignore missing %}{%+ extends "l.html" %}', ["a", "l.html"]),
        ('{% include "a" if x else "b" %}', [None]),
        ('{% include ["a", "b"] %}', [None]),
        ('{# {% include "no" %} #}{% include x %}{# unclosed {% include "no" %}', [None]),
        ('{% raw %}{% include "no" %}{% endraw %}{% include "a" %}', ["a"]),
    ],
)
def test_the_templates_that_a_template_refers_to_are_found_without_parsing_it(source, names):
    assert referenced_templates(source) == names
