"""A portal's own files: one that is broken loses only itself."""

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from callboard.settings.settings import Portal
from callboard.website.guide_links import broken_link_problems, dead_file_links, links_in, page_of
from callboard.website.guides import read_guides
from callboard.website.labels import Labels
from callboard.website.link_check import BrokenLinksError, with_places
from callboard.website.links import BrokenLink
from callboard.website.overlays import read_overlays
from callboard.website.theme_build import ThemeBuild, build_theme


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(("language", "code"), [("de", "OVL005"), ("de-CH", "OVL005"), ("en", ""), ("en-GB", ""), ("../x", "OVL005")])
def test_a_language_without_labels_is_a_problem_at_its_setting_and_the_site_is_english(tmp_path, language, code):
    write(tmp_path, {"sources.yaml": f"portal:\n  language: {language}\nsources: []\n"})
    read = read_overlays(tmp_path, Portal(language=language))
    assert [(p.code, p.origin.path, p.span.line, p.span.column) for p in read.problems] == ([(code, "sources.yaml", 2, 13)] if code else [])
    assert read.labels.language == "en"


def test_a_broken_icon_loses_only_itself(tmp_path):
    write(tmp_path, {"templates/icons.yaml": "component: 1\nsystem: material/cube\napi: ../../x\n"})
    read = read_overlays(tmp_path, Portal())
    assert [(problem.code, problem.span.line) for problem in read.problems] == [("OVL004", 1), ("OVL004", 3)]
    assert (read.icons["component"], read.icons["system"]) == ("material/cube-outline", "material/cube")


def test_a_broken_guide_loses_only_itself_and_the_navigation_does_not_report_it_again(tmp_path):
    write(tmp_path, {
        "guides/a.md": b"\xff", "guides/b.md": "---\ntemplate: playn.html\ntags: [x]\n---\n# B\n", "guides/c.md": "---\n- a: [\n---\n# C\n",
        "guides/nav.yaml": "- a.md\n- b.md\n- c.md\n",
    })  # fmt: skip
    guides = read_guides(tmp_path / "guides", tmp_path, {"main.html"})
    assert [(p.code, p.origin.path, p.severity) for p in guides.problems] == [
        ("DOC003", "guides/a.md", "error"), ("DOC003", "guides/b.md", "error"), ("DOC003", "guides/c.md", "warning"),
    ]  # fmt: skip
    assert guides.navigation("guides/") == ["guides/b.md", "guides/c.md"]
    guides.copy_to(tmp_path / "copy")
    assert {path.name: path.read_text() for path in (tmp_path / "copy").iterdir()} == {
        "b.md": "---\ntags: [x]\n---\n# B\n", "c.md": "\n---\n- a: [\n---\n# C\n",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](b.md) ![i](<x y.png>) [t](c.md 'T')", ["b.md", "x", "c.md"]),
        ("[a]: b.md\n[b]: https://x.example\n", ["b.md"]),
        ("<a href='x/'>x</a> <img src=\"y.png\">", ["x/", "y.png"]),
        ("```md\n[a](b.md)\n```\n~~~~\n[a](c.md)\n~~~\n~~~~\n[a](d.md)", ["d.md"]),
        ("[m](mailto:a@b.example) [p](//x.example/)", []),
        ("[a](" * 5000, []),
    ],
)
def test_links_of_a_guide_are_found_where_they_are_written(text, targets):
    found = [*links_in(text)]
    assert [link.target for link in found] == targets
    lines = text.splitlines()
    assert all(lines[link.span.line - 1][link.span.column - 1 : link.span.end_column - 1] == link.target for link in found)


def test_a_broken_link_of_a_guide_is_a_problem_at_the_link(tmp_path):
    text = "# A\n\n[up](../../nope/), [anchor](b.md#gone), ![image](b/logo.png), [good](b.md)\n"
    write(tmp_path, {"guides/how/a.md": text, "guides/how/b.md": "# B\n"})
    guides = read_guides(tmp_path / "guides", tmp_path)
    broken = {page_of("how/a.md"): ["guides/nope/", "guides/how/b/#gone", "guides/how/a/b/logo.png", "guides/made/"]}
    problems = broken_link_problems(guides, broken, "/")
    assert [(p.code, p.origin.path, p.span and (p.span.line, p.span.column), p.field) for p in problems] == [
        ("DOC001", "guides/how/a.md", (3, 6), "../../nope/"), ("DOC001", "guides/how/a.md", (3, 29), "b.md#gone"),
        ("DOC001", "guides/how/a.md", (3, 50), "b/logo.png"), ("DOC001", "guides/how/a.md", None, "guides/made/"),
    ]  # fmt: skip


def test_a_link_to_a_markdown_file_outside_of_the_guides_is_seen_without_a_build(tmp_path):
    write(tmp_path, {"guides/a.md": "[x](../README.md) [y](b.md#z) [z](./b.md)\n", "guides/b.md": "# B\n", "README.md": "# R\n"})
    assert [problem.field for problem in dead_file_links(read_guides(tmp_path / "guides", tmp_path))] == ["../README.md"]


@pytest.mark.parametrize("folder", ["", "sub/"])
def test_a_readme_next_to_an_index_is_left_out_with_a_problem(tmp_path, folder):
    write(tmp_path, {f"guides/{folder}index.md": "# A\n", f"guides/{folder}README.md": "# B\n", "guides/other/README.md": "# C\n"})
    guides = read_guides(tmp_path / "guides", tmp_path)
    assert [(p.code, p.origin.path) for p in guides.problems] == [("DOC003", f"guides/{folder}README.md")]
    assert set(guides.pages) == {f"{folder}index.md", "other/README.md"}


OVERRIDE = '{% extends "base.html" %}\n{% block site_meta %}\n{{ super() }}\n{{ config.nope.nope }}\n{% endblock %}\n'


@pytest.mark.long
def test_an_override_that_mkdocs_cannot_render_is_a_problem_and_the_built_in_one_is_used(project, tmp_path):
    write(tmp_path, {"site_overrides/main.html": OVERRIDE, "guides/index.md": "# Home\n"})
    read = read_overlays(tmp_path, Portal())
    assert read.problems == ()
    mine = dataclasses.replace(project, root=tmp_path, files=read.files, guides=read.guides, labels=Labels(project.labels.texts))
    laid = ThemeBuild(mine, tmp_path / "cache", Path(sys.executable), os.environ).finish()
    (problem,) = laid.problems
    assert (problem.code, problem.origin.path, problem.span.line) == ("OVL001", "site_overrides/main.html", 4)
    assert "nope" in problem.message
    assert "Content-Security-Policy" in laid.files["guides/index.html"].read_text()
    assert build_theme(mine, tmp_path / "cache", Path("no-python"), os.environ).problems == laid.problems


FRAME = '{% extends "main.html" %}\n'


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("main.html", "", "is empty"),
        ("main.html", '{% extends "base.html" %}{% block content %}hi{% endblock %}', "lacks policy"),
        ("frame.html", FRAME, "lacks content, title"),
        ("partials/footer.html", "{{ config.nope.nope }}", "The value has no attribute 'nope'"),
    ],
)
def test_an_override_that_drops_a_part_of_every_page_is_a_problem_and_the_others_are_kept(project, tmp_path, name, text, message):
    write(tmp_path, {f"site_overrides/{name}": text, "site_overrides/partials/copyright.html": "<p>kept</p>"})
    read = read_overlays(tmp_path, Portal())
    mine = dataclasses.replace(project, root=tmp_path, files=read.files, guides=read.guides, labels=Labels(project.labels.texts))
    laid = ThemeBuild(mine, tmp_path / "cache", Path(sys.executable), os.environ).finish()
    (problem,) = laid.problems
    assert (problem.code, problem.origin.path) == ("OVL001", f"site_overrides/{name}")
    assert message in problem.message
    assert "<p>kept</p>" in "".join(laid.frames["entity"].parts)
    assert hash(build_theme(mine, tmp_path / "cache", Path("no-python"), os.environ).problems) == hash(laid.problems)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("templates/home.html", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "An expression is nested too deeply."),
        ("templates/home.html/x", "", "This is a folder, not a file."),
    ],
)
def test_a_template_that_jinja_cannot_parse_at_all_is_a_problem(tmp_path, file, text, message):
    write(tmp_path, {file: text})
    (problem,) = read_overlays(tmp_path, Portal()).problems
    assert (problem.code, problem.origin.path, problem.message) == ("OVL001", "templates/home.html", message)


def test_a_broken_link_of_a_page_names_the_lines_of_templates_that_can_have_it(tmp_path):
    write(tmp_path, {
        "templates/home.html": '<p>\n<a href="{{ up }}nope/">x</a>\n<a href="nope/more">y</a>\n',
        "site_overrides/partials/footer.html": "<a href='#gone'>z</a>",
    })  # fmt: skip
    files = read_overlays(tmp_path, Portal()).files

    def hint(*targets):
        error = BrokenLinksError("broken", [BrokenLink("", target, in_prose=False) for target in targets])
        return with_places(error, files, tmp_path).hint

    assert hint("nope/") == "Correct the link in templates/home.html:2."
    assert hint("a/#gone", "nope/") == "Correct the link in templates/home.html:2, site_overrides/partials/footer.html:1."
    assert hint("#content").endswith("keep their links and the attributes id: templates/home.html, site_overrides/partials/footer.html.")
