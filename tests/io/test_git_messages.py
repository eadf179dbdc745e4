"""What git says, in words that help; the lines are git's and OpenSSH's own."""

import pytest

from callboard.io.git.command import explanation, relevant_line
from callboard.io.process import Finished

SAID = [
    ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "the host requires authentication", "token"),
    (
        "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://gitlab.com/a/b.git/'",
        "the host requires authentication",
        "token",
    ),
    (
        "remote: Repository not found.\nfatal: repository 'https://github.com/a/b/' not found",
        "there is no such repository",
        "Check the URL",
    ),
    (
        "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
        "the host rejected the SSH key",
        "SSH agent",
    ),
    ("Host key verification failed.\nfatal: Could not read from remote repository.", "the SSH key of the host is unknown", "ssh-keyscan"),
    (
        "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.",
        "does not answer (git: ssh:",
        "proxy",
    ),
    ("fatal: unable to access 'https://h/': Could not resolve host: h", "the host's name cannot be resolved", "Check the URL"),
    ("fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none", "not trusted", "SSL_CERT_FILE"),
    ("fatal: transport 'ext' not allowed", "the protocol is not allowed", "https://"),
    ("error: RPC failed; curl 56\nfatal: early EOF", "the connection broke", "again"),
    ("fatal: unable to access 'https://h/': The requested URL returned error: 403", "the host denied access", "token"),
]


@pytest.mark.parametrize(("said", "message", "hint"), SAID)
def test_what_git_says_is_explained(said, message, hint):
    got = explanation(Finished(128, b"", said), 60, 100)
    assert message in got[0]
    assert hint in got[1]


def test_what_nobody_knows_is_told_in_gits_words():
    assert explanation(Finished(1, b"", "warning: odd\nfatal: odd thing\n"), 60, 100) == ("git failed with exit code 1: odd thing", "")
    assert explanation(Finished(-11, b"", ""), 60, 100) == ("git failed with exit code -11", "")


def test_time_and_size_are_told():
    assert explanation(Finished(-9, b"", "", timed_out=True), 1.5, 100)[0] == "git took longer than 1.5 seconds"
    assert explanation(Finished(-9, b"", "", truncated=True), 1.5, 1_000)[0] == "git printed more than 1,000 bytes"


def test_a_terminals_control_characters_do_not_pass():
    assert relevant_line("fatal: \x1b[31mred\x07") == " [31mred "
