import json
import re

import pytest

from callboard.lint.explain import explain, markdown, overview
from callboard.lint.formats import render
from callboard.model.problem import Problem, Rule, Severity
from callboard.plugins.rules import all_rules

RULE = Rule(
    code="XYZ001",
    name="some-rule",
    severity=Severity.WARNING,
    summary="The field `owner` is missing.",
    means='One **very\nimportant** paragraph about `spec.owner` and `a: "b"`.\n\nA second one: `kind:`, and (`name`).',
    matters="It matters.",
    wrong="spec:\n  owner: `a`   # **not** touched, although this line of YAML is much longer than the width of the terminal\n",
    right="spec: {}\n",
)


def prose_of(text: str) -> str:
    return re.split(r"^(?:\x1b\[1m)?Wrong", text, flags=re.MULTILINE)[0]


def test_markdown_becomes_plain_text_with_code_in_quotation_marks():
    text = explain(RULE)
    assert 'The field "owner" is missing.\n' in text
    assert (
        """What it means
  One very important paragraph about "spec.owner" and 'a: "b"'.

  A second one: "kind:", and ("name").
"""
    ) in text


def test_bold_and_code_are_styled_on_a_terminal_with_colour():
    text = explain(RULE, colour=True)
    assert "One \x1b[1mvery\x1b[0m \x1b[1mimportant\x1b[0m paragraph about \x1b[36mspec.owner\x1b[0m and" in text
    assert "(\x1b[36mname\x1b[0m)." in text
    assert text.startswith("\x1b[1mXYZ001 some-rule\x1b[0m\n")


def test_prose_is_wrapped_to_the_width_and_an_example_is_only_indented():
    text = explain(RULE, width=30)
    assert max(map(len, prose_of(text).splitlines())) <= 30
    assert "  spec:\n    owner: `a`   # **not** touched, although this line of YAML is much longer" in text


def test_styles_count_for_nothing_in_the_width():
    plain = re.sub(r"\x1b\[\d+m", "", explain(RULE, width=40, colour=True))
    assert [len(line) <= 40 for line in prose_of(plain).splitlines()].count(False) == 0
    assert "One very important paragraph about\n" in plain


def test_a_word_longer_than_the_width_stands_in_a_line_of_its_own():
    assert '\n  "spec.owner"\n' in explain(RULE, width=5)


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.code)
def test_no_markdown_is_left_in_the_prose_of_any_rule(rule):
    prose = prose_of(explain(rule))
    assert "`" not in prose
    assert "**" not in prose
    assert max(map(len, prose.splitlines())) <= 80


def test_the_overview_has_no_markdown():
    assert "`" not in overview(all_rules())


def test_sarif_has_plain_text_and_markdown():
    report = json.loads(render([Problem("REF001", Severity.WARNING, "x")], "sarif"))
    [described] = report["runs"][0]["tool"]["driver"]["rules"]
    rule = all_rules()["REF001"]
    assert described["help"] == {"text": explain(rule), "markdown": markdown(rule)}
    assert "`" not in described["fullDescription"]["text"]
    assert "**the namespace of the\nentity that holds it**" in described["help"]["markdown"]
