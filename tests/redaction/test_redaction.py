"""Secrets are hidden in every text."""

import re
from pathlib import Path

import pytest

from callboard.redaction.redactor import LONGEST, Redactor


def test_a_secret_and_its_spelling_in_a_url_are_hidden():
    assert Redactor.of(["p@ss/word"]).redact("p@ss/word p%40ss%2Fword p%40ss/word") == "*** *** ***"


def test_a_short_value_is_left_alone():
    assert Redactor.of(["on", "", "abc"]).redact("on abc") == "on abc"


def test_the_longest_secret_goes_first():
    assert Redactor.of(["token", "token-of-acme"]).redact("token-of-acme token") == "*** ***"


def test_each_line_of_a_long_key_is_hidden():
    assert Redactor.of(["BEGIN\nabcdef\nEND"]).redact("line abcdef here") == "line *** here"


def test_credentials_in_a_url_are_hidden_although_nobody_told_them():
    told = "cannot read 'https://bot:t@k@host/x', http://tok@h, ssh://git@host/y or ssh://git:pw@host/z, ask me@acme.example"
    hidden = "cannot read 'https://***@host/x', http://***@h, ssh://git@host/y or ssh://***@host/z, ask me@acme.example"
    assert Redactor().redact(told) == hidden


def test_a_redactor_learns_more():
    assert Redactor.of(["first"]).with_also(["second"]).redact("first second") == "*** ***"


@pytest.mark.parametrize("before", range(LONGEST - 40, LONGEST + 10))
def test_a_long_text_is_cut_after_its_secrets_are_gone(before):
    secret = "a-very-long-token-of-acme"
    told = Redactor.of([secret]).redact("x" * before + f" {secret} https://ann:hunter2@git.example " + "y" * 3_000 + " status 404")
    assert len(told) <= LONGEST + 3
    assert told.endswith(" status 404")
    assert "very" not in told
    assert "hunter" not in told


CUT = re.compile(r"(?:error|stderr|message|said|told|text)\w*(?:\([^()]*\))?\)*\[:\s*[A-Z\d]|(?<!digest\()\)\[: ?(?:LONGEST|\d+)\]")
ALLOWED = {"errors.py": "after `clean`", "ldap.py": "a value of the directory", "process.py": "the bound of what is read"}


def test_nobody_cuts_the_words_of_programs_and_hosts_before_they_are_redacted():
    for module in (Path(__file__).parent.parent.parent / "generator/callboard/io").rglob("*.py"):
        found = [line for line in module.read_text("utf-8").splitlines() if CUT.search(line)]
        assert not found or module.name in ALLOWED, f"{module}: {found}"
