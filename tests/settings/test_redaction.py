"""Secrets are hidden in every text."""

from generator.settings.redaction import Redactor


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
