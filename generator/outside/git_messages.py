"""What git says when it fails, in words that tell how to mend it."""

from __future__ import annotations

import re

from generator.outside.process import Finished

KNOWN = (
    (
        r"could not read Username|Authentication failed|HTTP Basic: Access denied|could not read Password|401",
        "the host asks who we are",
        "Give a token that may read the repository (option token, as ${NAME}), and check that it has not expired.",
    ),
    (
        r"Permission denied \(",
        "the host refuses our ssh key",
        "Load a key that may read the repository into the ssh agent, or use an https:// URL with a token.",
    ),
    (
        r"Host key verification failed",
        "the ssh key of the host is not known here",
        "Add the host to ~/.ssh/known_hosts with ssh-keyscan.",
    ),
    (
        (
            r"Repository not found|does not appear to be a git repository|repository '.*' not found|"
            r"not found: did you run|error: 404|does not exist"
        ),
        "there is no such repository, or it is hidden from us",
        "Check the URL, and that the token may read the repository.",
    ),
    (
        r"error: 403|403 Forbidden",
        "the host forbids it",
        "Check what the token is allowed to read.",
    ),
    (
        r"Could not resolve host|Name or service not known",
        "the host's name is not known",
        "Check the URL, the network and the proxy.",
    ),
    (
        r"Connection refused|Failed to connect|Connection timed out|unable to connect",
        "the host does not answer",
        "Check the URL, the network and the proxy.",
    ),
    (
        r"SSL certificate|server certificate|certificate verify",
        "the host's certificate is not trusted",
        "Name the file of your certificate authority in SSL_CERT_FILE or GIT_SSL_CAINFO.",
    ),
    (
        r"transport '.*' not allowed",
        "this protocol is not allowed",
        "Use https://, ssh://, git:// or, for a folder on this machine, file://.",
    ),
    (
        r"No space left on device",
        "the disk is full",
        "Make room; .callboard/cache may be deleted.",
    ),
    (
        r"early EOF|unexpected disconnect|RPC failed|hung up|reset by peer",
        "the connection broke",
        "Run the build again; set depth for a very large repository.",
    ),
)
"""What git prints (a pattern), what that means, what to do."""


def explanation(finished: Finished, timeout: float, limit: int) -> tuple[str, str]:
    """What went wrong, with git's own words, and how to mend it (may be empty)."""
    if finished.timed_out:
        return f"git took longer than {timeout:g} seconds", "Set depth for a very large repository, or a longer timeout."
    if finished.truncated:
        return f"git printed more than {limit:,} bytes", "Name fewer files with include."
    for pattern, message, hint in KNOWN:
        telling = next((line for line in finished.stderr.splitlines() if re.search(pattern, line, re.IGNORECASE)), "")
        if telling:
            return f"{message} (git: {words(telling)})", hint
    said = words(finished.stderr)
    return f"git ended with code {finished.code}: {said}" if said else f"git ended with code {finished.code}", ""


def words(stderr: str) -> str:
    """The telling line of git's talk: the first fatal one, else an error, else the last; without control characters."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", stderr) if line.strip()]
    telling = [
        *(x for x in lines if x.startswith(("fatal:", "ERROR:", "remote: fatal"))),
        *(x for x in lines if x.startswith(("error:", "remote: "))),
        *lines[-1:],
    ]
    text = telling[0] if telling else ""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text.removeprefix("fatal: "))
