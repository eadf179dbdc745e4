"""Compiled templates of the theme: those of installed packages and of Callboard are kept beside the program, those of a portal are not."""

import jinja2
import pytest

from callboard.website import program_cache, theme_templates
from callboard.website.theme_templates import ThemeTemplates


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The folder that stands for the one beside the program."""
    folder = tmp_path / "program"
    folder.mkdir()
    monkeypatch.setattr(program_cache.sys, "dont_write_bytecode", False)
    monkeypatch.setattr(theme_templates, "file_beside", lambda name: folder / name)
    return folder


@pytest.fixture
def folders(tmp_path):
    """Overrides of one project, Callboard's own, and those of an installed theme."""
    made = {name: tmp_path / name / "templates" for name in ("project", "builtin", "theme")}
    for folder in made.values():
        folder.mkdir(parents=True)
    (made["theme"] / "base.html").write_text("base {% block a %}{% endblock %}")
    for name in ("project", "builtin"):
        (made[name] / "main.html").write_text("{% extends 'base.html' %}{% block a %}ours{% endblock %}")
    (made["project"] / "own.html").write_text("only in this portal")
    return made


def environment(folders):
    cache = ThemeTemplates(folders["project"], folders["builtin"], [folders["theme"]])
    return jinja2.Environment(loader=jinja2.FileSystemLoader([folders["project"], folders["theme"]]), bytecode_cache=cache, autoescape=True)


def rendered(folders):
    env = environment(folders)
    return [env.get_template(name).render() for name in ("main.html", "own.html")]


def test_the_second_build_compiles_only_what_the_portal_brings(beside, folders, monkeypatch):
    first = rendered(folders)
    assert sorted(file.name for file in beside.iterdir()) == ["theme-callboard-main.html", "theme-theme-base.html"]
    compiled = []
    compile_ = jinja2.Environment.compile
    monkeypatch.setattr(jinja2.Environment, "compile", lambda env, source, *more: compiled.append(source) or compile_(env, source, *more))
    assert rendered(folders) == first == ["base ours", "only in this portal"]
    assert compiled == ["only in this portal"]


def test_an_override_of_the_portal_is_neither_kept_nor_replaced(beside, folders):
    rendered(folders)
    (folders["project"] / "main.html").write_text("another main page")
    assert rendered(folders)[0] == "another main page"
    assert b"another" not in b"".join(file.read_bytes() for file in beside.iterdir())


def test_another_version_of_the_theme_is_compiled_again(beside, folders):
    rendered(folders)
    (folders["theme"] / "base.html").write_text("newer {% block a %}{% endblock %}")
    assert rendered(folders)[0] == "newer ours"
    assert rendered(folders)[0] == "newer ours"


def test_damaged_code_is_not_loaded(beside, folders):
    first = rendered(folders)
    for file in beside.iterdir():
        file.write_bytes(file.read_bytes()[:-20] + b"x" * 20)
    assert rendered(folders) == first
