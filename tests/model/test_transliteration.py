"""Suggested tags, names and namespaces, which ``--fix`` and hints write into people's descriptors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.descriptors.fixing import fix_text
from callboard.descriptors.formats import is_name, is_namespace, is_tag
from callboard.model.transliteration import ascii_text, keeps_all_letters, usable_name, usable_namespace, usable_tag
from callboard.sources.guesses.names import entity_name
from descriptor_reading import GOOD, read


@given(st.text(max_size=200))
def test_what_is_suggested_is_valid_or_nothing(text):
    tag, name, namespace = usable_tag(text), usable_name(text), usable_namespace(text)
    assert is_tag(tag) or not tag
    assert is_name(name) or not name
    assert is_namespace(namespace) or not namespace
    assert is_name(entity_name(text)) or not entity_name(text)
    assert not keeps_all_letters(text) or is_tag(tag)


@given(st.from_regex(r"[A-Za-z0-9+#._/ -]{1,63}", fullmatch=True))
def test_a_tag_that_keeps_all_letters_has_the_letters_and_digits_that_were_written(text):
    if keeps_all_letters(text):
        assert [char for char in usable_tag(text) if char != "-"] == [char for char in text.lower() if char.isalnum() or char in "+#"]


@pytest.mark.parametrize(
    ("written", "ascii_form"),
    [
        ("Größe", "Grosse"), ("Zürich", "Zurich"), ("e\u0301te\u0301", "ete"), ("Ærø", "AEro"), ("İzmir", "Izmir"), ("Łódź", "Lodz"),
        ("Привет", "Privet"), ("Ольга", "Olga"), ("日本語", "RiBenYu"), ("한국", "HanGug"), ("🚀", ":rocket:"), ("O'Brien é", "O'Brien e"),
    ],
)  # fmt: skip
def test_a_string_of_any_script_is_written_in_ascii(written, ascii_form):
    assert ascii_text(written).lower() == ascii_form.lower()


def tagged(tag):
    return GOOD.replace("  name: orders\n", f"  name: orders\n  tags: ['{tag}']\n")


@pytest.mark.parametrize(
    "tag",
    ["Zürich", "größe", "café", "Zahlungs Verkehr Ä", "configuração", "Straße", "Ünï", "Ærø", "e\u0301te\u0301", "Éa", "日本語", "Привет",
     "🚀-x", "мир", ".NET", "R&D", "50%", "@acme", "a*b", "x" * 64, "!!!", "\u200bjava", "مرحبا"],
)  # fmt: skip
def test_fix_never_makes_another_word_of_a_tag_and_the_hint_says_how_to_write_it(tag):
    """Reports descriptors A2 and use A4: --fix wrote z-rich, gr-e and caf into people's files."""
    text = tagged(tag)
    problems = read(text).problems
    assert fix_text(text, problems, lambda _: ()) == (text, 0)
    [hint] = [problem.hint for problem in problems if problem.code == "ENT011"]
    usable = usable_tag(tag)
    assert hint == (f"Write, for example, {usable}." if usable else "Write it in Latin letters, or remove it.")


@pytest.mark.parametrize(
    ("tag", "fixed"),
    [("Java", "java"), ("v1.0", "v1-0"), ("Spring Boot", "spring-boot"), ("node.js", "node-js"), ("C++", "c++"), ("NULL_", "null"),
     ("a–b", "a-b"), ("a\u00a0b", "a-b"), ("a--b", "a-b"), ("ci/cd", "ci-cd")],
)  # fmt: skip
def test_fix_changes_case_and_separators_of_a_tag(tag, fixed):
    text = tagged(tag)
    assert fix_text(text, read(text).problems, lambda _: ()) == (tagged(fixed), 1)


@pytest.mark.parametrize("name", ["Zürich Größe", "größe", "日本語", "🚀-x", "!!!", "x y " * 30, "-_a_-"])
def test_the_name_in_a_hint_is_valid(name):
    [problem] = [p for p in read(GOOD.replace("name: orders", f"name: '{name}'")).problems if p.code == "ENT006"]
    assert is_name(problem.hint.removeprefix("Write name: ").partition(" ")[0])


@pytest.mark.parametrize(("namespace", "usable"), [("Größe", "grosse"), ("日本", "riben"), ("!!!", "default"), ("a_b", "a-b")])
def test_the_namespace_in_a_hint_is_valid(namespace, usable):
    [problem] = [p for p in read(GOOD.replace("  name:", f"  namespace: '{namespace}'\n  name:")).problems if p.code == "ENT007"]
    assert problem.hint == f"Write namespace: {usable}"
