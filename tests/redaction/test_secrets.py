import pytest

from callboard.redaction.secrets import find_secrets, mask
from descriptor_reading import GOOD, read

SECRETS = {
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----",
    "AWS access key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "GitHub token": "ghp_" + "a1" * 18,
    "GitLab token": "glpat-" + "x" * 20,
    "Slack token": "xoxb-" + "1234567890-abc",
    "JSON web token": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + ".abcdefghij",
    "password in a URL": "orders:hunter2hunter2",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_and_masked(kind):
    text = f"before ://{SECRETS[kind]}@host after\n"
    assert [secret.kind for secret in find_secrets(text)] == [kind]
    masked = mask(text)
    assert SECRETS[kind] not in masked
    assert masked.startswith("before ")
    assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "AKIA",
        "ghp_short",
        "https://example.com/a:b@c",
        "https://${{ user }}:${{ password }}@host",
        "eyJ.eyJ",
        GOOD,
        "npm_config_registry",
        "keeps the PRIVATE KEY safe",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_only_looks_a_little_like_one_is_left(text):
    assert mask(text) == text


def test_no_message_repeats_a_secret():
    token = SECRETS["GitHub token"]
    result = read(GOOD.replace("name: orders", f"name: {token}!"))
    assert "SEC001" in {problem.code for problem in result.problems}
    assert all(token not in problem.message + problem.hint for problem in result.problems)


def test_masking_takes_linear_time_on_hostile_text():
    assert mask("-----BEGIN PRIVATE KEY-----" + "-" * 200_000)
    assert mask("://" + "a" * 200_000 + ":" * 1000)
