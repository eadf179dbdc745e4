"""Secrets in texts, whole and cut."""

import pytest

from callboard.redaction.redactor import hidden

SECRET = "s3cret-of-a-test-0123456789"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"a {SECRET} b {SECRET}", "a *** b ***"),
        (f"it said {SECRET[:20]}", "it said ***"),
        (f"it said {SECRET[:20]} and more", "it said *** and more"),
        (f"{SECRET[:13]}{SECRET[:12]}", "******"),
        (f"a word of it: {SECRET[:11]}", f"a word of it: {SECRET[:11]}"),
        ("nothing", "nothing"),
    ],
)
def test_a_secret_is_hidden_wherever_it_was_cut(text, wanted):
    assert hidden(text, SECRET) == wanted


def test_short_secrets_are_hidden_as_a_whole_alone_and_very_short_ones_not_at_all():
    assert hidden("my pass is passw", "passw") == "my pass is ***"
    assert hidden("on and on", "on") == "on and on"
    assert hidden("12 twelve-chars", "twelve-chars") == "12 ***"
