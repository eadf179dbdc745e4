"""A message → the webhook or mail server that the environment names. Addresses are secrets: no message has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from callboard.digest.messages import as_mail, as_slack, as_teams
from callboard.digest.news import Digest
from callboard.io.http.auth import Anonymous
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.io.mail import MailServer
from callboard.model.errors import CallboardError, SettingsError

WEBHOOKS = {"slack": "CALLBOARD_SLACK_WEBHOOK", "teams": "CALLBOARD_TEAMS_WEBHOOK"}
"""Environment variables with the addresses of incoming webhooks."""
SERVER, SENDER, RECIPIENTS = "CALLBOARD_SMTP_URL", "CALLBOARD_MAIL_FROM", "CALLBOARD_MAIL_TO"
_ONCE = ClientLimits(tries=1, request_seconds=30.0, trying_seconds=30.0, body_bytes=100_000)
"""A message is sent once: a second try could show it twice."""


def send(digest: Digest, to: str, environ: Mapping[str, str]) -> str:
    """Send a digest to ``slack``, ``teams`` or ``mail``; the place in words.

    Raises ``SettingsError`` for a missing variable, ``CallboardError`` if it was not accepted.
    """
    if to == "mail":
        return _mail(digest, environ)
    _post(_needed(WEBHOOKS[to], environ), as_slack(digest) if to == "slack" else as_teams(digest), environ)
    return f"the webhook in {WEBHOOKS[to]}"


def _mail(digest: Digest, environ: Mapping[str, str]) -> str:
    server = MailServer.of(_needed(SERVER, environ))
    recipients = [each.strip() for each in _needed(RECIPIENTS, environ).split(",") if each.strip()]
    server.send(as_mail(digest, _needed(SENDER, environ), recipients))
    return f"{len(recipients)} recipients"


def _needed(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"The environment variable {name} is not set.", "Set it from a secret, or use --print to see the message.")
    return value


def _post(url: str, text: str, environ: Mapping[str, str]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("The address of the webhook is not a URL.", "Copy it as the chat shows it: https://….")
    client = Client(f"{parts.scheme}://{parts.netloc}", Anonymous(), limits=_ONCE, environ=environ)
    try:
        client.post(parts.path + (f"?{parts.query}" if parts.query else ""), json.loads(text), accept="*/*")
    except HttpError as error:
        reason = f"HTTP {error.status}" if error.status else error.kind
        raise CallboardError(f"The webhook of {parts.hostname} did not take the message: {reason}.", "Nothing was sent.") from None
    finally:
        client.close()
