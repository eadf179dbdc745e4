"""Frames and the foundation: what MkDocs is asked for, what is kept of it, where it is cut."""

import dataclasses
import os
import re

import pytest

import yaml
from callboard.model.errors import WebsiteError
from callboard.pages.page import Page, SearchText, TocEntry
from callboard.website import mkdocs_project, theme_build
from callboard.website.frames import split_frame, stamp
from callboard.website.guides import read_guides
from callboard.website.labels import Labels


def page(path="catalog/default/component/x/", **more):
    values = {"title": "T", "template": "x.html", "frame": "entity", "tab": "catalog/", "view": lambda: None} | more
    return Page(path, **values)


@pytest.fixture
def frame(laid, project):
    return laid.frames["entity"].fitted("catalog/", "../../../../", project.portal.name, project.portal.url)


def test_text_of_a_page_that_looks_like_a_gap_stays_as_it_is(frame):
    words = " ".join(f"qz{name}zq" for name in ("content", "title", "topic", "toc", "ref", "policy", "name", "description"))
    html = stamp(frame, page(title=words, description=words), f"<h1>{words}</h1>", (TocEntry("a", words),)).decode()
    assert html.count(words) == 1 + 1 + 3 + 1 + 1  # title, topic, description and the tags of a link, contents, content


def test_no_text_of_a_page_is_shown_in_another_order_than_it_is_written_in(frame):
    words = "a\u202eb\u2066c \u05d0"
    html = stamp(frame, page(title=words, description=words), f"<h2>{words}</h2>", (TocEntry("a", words),)).decode()
    assert html.count("abc \u05d0") == 7  # title, topic, description and the tags of a link, contents, content
    assert not set(html) & set("\u202e\u2066")


def test_nothing_of_the_gaps_is_left(frame):
    assert b"qz" not in stamp(frame, page(), "content", ())


def test_title_description_reference_and_contents_are_escaped(frame):
    evil = "\"'><script>alert(1)</script>&"
    toc = (TocEntry(evil, evil, (TocEntry(evil, evil),)),)
    html = stamp(frame, page(title=evil, description=evil, ref=evil), "", toc).decode()
    assert "<script>alert" not in html
    assert "&quot;&#x27;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in html


def test_a_page_without_a_description_is_described_by_its_title(frame):
    html = stamp(frame, page(title="Teams"), "", ()).decode()
    assert '<meta name="description" content="Teams - ' in html
    assert '<meta property="og:title" content="Teams">' in html
    assert "data-entity-ref" not in html


def test_a_page_that_has_moved_says_so_in_its_head(frame):
    page = Page("a/", "x.html", "wide", "", "Moved", lambda: None, moved_to='../b/?x="y"&z')
    head = stamp(frame, page, "<p>", ()).decode().partition("</head>")[0]
    assert '<meta http-equiv="refresh" content="0; url=../b/?x=&#34;y&#34;&amp;z">' in head.replace("&quot;", "&#34;")


def test_the_canonical_link_is_the_pages_own(frame):
    html = stamp(frame, page("catalog/default/component/x~20y/"), "", ()).decode()
    assert '<link rel="canonical" href="https://x.example/portal/catalog/default/component/x~20y/">' in html


def test_text_that_is_no_valid_unicode_is_not_a_crash(frame):
    assert b"a?b" in stamp(frame, page(), "a\ud800b", ())


def test_the_portals_name_is_escaped_everywhere(frame, laid):
    html = stamp(frame, page(), "", ()).decode() + laid.files["guides/index.html"].read_text()
    assert "<b>" not in html
    assert html.count("Acme &quot;&amp;&quot; &lt;b&gt;") >= 8


@pytest.mark.parametrize(
    ("up", "script"),
    [("./", "./assets/page.js"), ("../../", "../../assets/page.js"), ("/p/", "/p/assets/page.js")],
)
def test_all_relative_addresses_of_a_frame_begin_at_the_root(laid, up, script):
    html = "".join(laid.frames["wide"].fitted("", up, "N", "").parts[::2])
    assert f'<script src="{script}"></script>' in html
    assert ('"..' in html) == up.startswith("..")


def test_a_frame_has_no_script_of_the_theme_and_none_inline(laid):
    for name, frame in laid.frames.items():
        html = "".join(frame.parts[::2])
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
        assert [code for _, code in scripts if code] == []
        assert {re.search(r'assets/([^"]+)"', attributes)[1] for attributes, _ in scripts} == {"page.js", "scripts.js"}
        styles = "docs.css" if name == "docs" else "page.css"
        assert re.findall(r'rel="stylesheet" href="[^"]*assets/([^"]+)"', html) == [styles]


def test_the_digest_of_a_frame_follows_tab_and_depth(laid):
    entity = laid.frames["entity"]
    digests = {entity.fitted(tab, up, "N", "").digest for tab in ("", "catalog/") for up in ("./", "../")}
    assert len(digests) == 4


def configuration(project, folder, **portal):
    """What MkDocs is asked for, for a portal with these settings."""
    mkdocs_project.write_project(dataclasses.replace(project, portal=dataclasses.replace(project.portal, **portal)), folder)
    return yaml.safe_load((folder / "mkdocs.yml").read_text())


def test_internal_portals_are_kept_out_of_search_engines_and_public_ones_are_not(project, tmp_path):
    for audience, wanted in (("internal", True), ("public", False)):
        assert configuration(project, tmp_path / audience, audience=audience)["extra"]["noindex"] is wanted


def test_only_what_is_needed_is_published(laid):
    names = set(laid.files)
    assert not [n for n in names if n.endswith((".map", ".gz")) or "lunr" in n or "workers" in n or n.startswith(("search/", "qz"))]
    assert {"guides/index.html", "guides/how/one/index.html", "assets/favicon.svg"} <= names
    assert not names & {"index.html", "404.html", "sitemap.xml", "guides.json"}


def test_a_guide_has_our_policy_its_navigation_and_its_words_are_known_to_search(laid):
    html = laid.files["guides/how/one/index.html"].read_text()
    assert "script-src &#x27;self&#x27;" in html
    assert "mkdocs" not in html.lower()
    text = laid.guides["guides/"]
    assert (text.title, text.kind) == ("All guides", "docs")
    assert text.body == "First words about parcels."
    assert text.sections[0].title == "Rules"
    assert text.sections[0].anchor
    assert "¶" not in repr(text)


def links_in(html, opening, closing):
    part = html[html.index(opening) :].partition(closing)[0]
    return [
        (path, " ".join(re.sub("<[^>]*>", " ", text).split()))
        for path, text in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', part, re.DOTALL)
    ]


def test_changes_data_quality_and_guides_stand_in_the_second_list_of_the_drawer_and_in_the_footer(frame):
    html = stamp(frame, page(), "", ()).decode()
    up, places = "../../../../", ["changes/", "problems/", "guides/"]
    second = links_in(html, '<ul class="md-nav__list cb-second"', "</ul>")
    assert second == [(up + path, text) for path, text in zip(places, ["Changes", "Data quality", "Guides"], strict=True)]
    assert [path for path, _ in links_in(html, '<div class="md-copyright">', "</div>")] == [up + path for path in places]
    assert links_in(html, '<ul class="md-tabs__list cb-second"', "</ul>") == second[:2]
    assert "Guides" not in [text for _, text in links_in(html, '<ul class="md-tabs__list">', "</ul>")]


def test_the_second_list_of_the_drawer_marks_the_current_page(laid):
    html = "".join(laid.frames["wide"].fitted("problems/", "../", "N", "").parts[::2])
    second = html[html.index('<ul class="md-nav__list cb-second"') :].partition("</ul>")[0]
    assert re.findall(r'<a href="([^"]*)" class="md-nav__link md-nav__link--active">', second) == ["../problems/"]


def test_a_guide_that_asks_for_it_is_published_and_not_searched(laid):
    assert "guides/how/quiet/index.html" in laid.files
    assert laid.guides["guides/how/quiet/"] == SearchText("", "", "docs")
    assert 'name="search"' not in laid.files["guides/how/one/index.html"].read_text()


def test_a_table_of_a_guide_needs_no_style_attribute(laid):
    html = laid.files["guides/index.html"].read_text()
    assert 'align="right"' in html
    assert " style=" not in html


@pytest.fixture
def broken_python(tmp_path):
    """A program in Python's place that says something and fails."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho no such plugin\nexit 1\n")
    program.chmod(0o755)
    return program


def test_mkdocs_runs_only_when_something_has_changed(laid, project, frames_cache, broken_python):
    assert theme_build.build_theme(project, frames_cache, broken_python, os.environ) == dataclasses.replace(laid, is_new=False)
    other = dataclasses.replace(project, portal=dataclasses.replace(project.portal, name="Other"))
    with pytest.raises(WebsiteError, match="no such plugin"):
        theme_build.build_theme(other, frames_cache, broken_python, os.environ)
    assert [path.name for path in frames_cache.iterdir()] == [laid.key]


def test_an_override_that_loses_a_gap_is_named(laid):
    with pytest.raises(WebsiteError, match="table of contents"):
        split_frame("<html></html>", "entity")


@pytest.mark.parametrize(("language", "spoken"), [("de", "de"), ("de-CH", "de"), ("pt-BR", "pt-BR"), ("tlh", "en")])
def test_the_theme_speaks_the_portals_language_if_it_knows_it(project, tmp_path, language, spoken):
    translated = dataclasses.replace(project, labels=Labels(project.labels.texts, language.lower()))
    assert configuration(translated, tmp_path / "project", language=language)["theme"]["language"] == spoken


def test_the_theme_is_english_where_the_labels_are(project, tmp_path):
    assert configuration(project, tmp_path / "project", language="de")["theme"]["language"] == "en"


def test_guides_are_ordered_by_name_with_the_index_first_and_links_are_not_followed(tmp_path):
    for name in ("b.md", "index.md", "a/x.md", "a/index.md", ".git/y.md", "_drafts/z.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# x")
    (tmp_path / "passwd.md").symlink_to("/etc/passwd")
    found = read_guides(tmp_path, tmp_path)
    assert found.pages == ("a/index.md", "a/x.md", "b.md", "index.md")
    assert found.navigation("guides/") == ["guides/index.md", "guides/b.md", {"A": ["guides/a/index.md", "guides/a/x.md"]}]


def test_guides_may_say_their_own_order(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("b.md", "a/x.md", "a/y.md"):
        (tmp_path / name).write_text("# x")
    (tmp_path / "nav.yaml").write_text("- b.md\n- Deeper: [a/x.md, More: a/y.md]\n- Web: https://x.example/\n")
    assert read_guides(tmp_path, tmp_path).navigation("g/") == [
        "g/b.md",
        {"Deeper": ["g/a/x.md", {"More": "g/a/y.md"}]},
        {"Web": "https://x.example/"},
    ]


def test_a_logo_is_an_image_below_the_portals_folder(project, tmp_path):
    (tmp_path / "logo.svg").write_text("<svg/>")
    mine = dataclasses.replace(project, root=tmp_path)
    assert configuration(mine, tmp_path / "project", logo="logo.svg")["theme"]["logo"] == "assets/logo.svg"
    assert (tmp_path / "project/docs/assets/logo.svg").read_text() == "<svg/>"
    for number, path in enumerate(("../logo.svg", "/etc/passwd", "nothing.png")):
        with pytest.raises(WebsiteError, match="is not an image below"):
            configuration(mine, tmp_path / f"project{number}", logo=path)


def test_a_changed_style_of_ours_needs_no_mkdocs(laid, project, frames_cache, broken_python, tmp_path):
    overrides = tmp_path / "site_overrides"
    (overrides / "assets").mkdir(parents=True)
    (overrides / "assets/portal.css").write_text("main { color: teal }")
    files = dataclasses.replace(project.files, overrides=(overrides, *project.files.overrides))
    changed = theme_build.build_theme(dataclasses.replace(project, files=files), frames_cache, broken_python, os.environ)
    assert changed.key == laid.key
    assert changed.styles[0] == overrides / "assets/portal.css"
    (overrides / "assets/another.css").write_text("")
    another = theme_build.build_theme(dataclasses.replace(project, files=files), frames_cache, broken_python, os.environ)
    assert set(another.styles) - set(changed.styles) == {overrides / "assets/another.css"}
    assert not [name for name in another.files if name.startswith("assets/") and name.count("/") == 1 and name.endswith(".css")]
    (overrides / "assets/another.js").write_text("")
    with pytest.raises(WebsiteError):
        theme_build.build_theme(dataclasses.replace(project, files=files), frames_cache, broken_python, os.environ)


def test_a_guide_that_is_not_there_is_left_out_and_told_with_its_line(tmp_path):
    for name in ("index.md", "how-to/publish.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# x")
    (tmp_path / "nav.yaml").write_text(
        "- index.md\n- Gone: gone.md\n- How to:\n    - how-to/pubish.md\n    - ./how-to/publish.md\n- Old:\n    - old.md\n"
    )
    found = read_guides(tmp_path, tmp_path)
    assert found.navigation("g/") == ["g/index.md", {"How to": ["g/how-to/publish.md"]}]
    assert [(p.code, p.severity) for p in found.problems] == [("DOC002", "warning")] * 3
    second = found.problems[1]
    assert (second.origin.path, second.span.line, second.span.column) == ("nav.yaml", 4, 7)
    assert second.message == "There is no guide `how-to/pubish.md`; the navigation omits it."
    assert second.hint == "Did you mean `how-to/publish.md`?"


@pytest.mark.parametrize(
    ("text", "line"), [("index.md", 1), ("- a: [", 1), ("- index.md\n- a:", 2), ("- {a: b, c: d}", 1), ("- a: {b: c}", 1), ("", 0)]
)
def test_what_is_no_order_of_guides_is_a_problem_with_its_line_and_the_order_is_by_name(tmp_path, text, line):
    (tmp_path / "index.md").write_text("# x")
    (tmp_path / "nav.yaml").write_text(text)
    found = read_guides(tmp_path, tmp_path)
    (problem,) = found.problems
    assert (problem.code, problem.origin.path, problem.span.line if problem.span else 0) == ("DOC004", "nav.yaml", line)
    assert found.navigation("g/") == ["g/index.md"]
