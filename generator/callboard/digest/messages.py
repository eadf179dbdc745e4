"""A digest → Markdown, the JSON of a Slack message or of a Teams card, or a mail. Texts of the catalog are escaped for each."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from callboard.digest.news import Digest, DigestLine

LARGEST_CARD = 28_000
"""Bytes that Teams accepts of a card, as JSON."""
_SIGNS = {"bad": "🔴", "warn": "🟠", "good": "🟢"}
_WORDS = {"bad": "!", "warn": "!", "good": "+"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()~|])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def as_markdown(digest: Digest) -> str:
    """A heading and a list of links."""
    lines = [f"- {_SIGNS.get(line.tone, '·')} [{_escaped(line.text)}](<{_address(line.url)}>)" for line in digest.lines]
    note = [f"\n{digest.note}"] if digest.note else []
    return "\n".join([f"**[{_escaped(heading(digest))}](<{_address(digest.url)}>)**", "", *lines, *note])


def heading(digest: Digest) -> str:
    """``Checkout: 5 changes since 2026-11-23``."""
    return f"{digest.title}: {digest.count:,} {'change' if digest.count == 1 else 'changes'} since {digest.since:%Y-%m-%d}"


def as_slack(digest: Digest) -> str:
    """A message of Slack's incoming webhooks, within the largest size."""
    return _fitting(digest, _slack)


def as_teams(digest: Digest) -> str:
    """A message with an adaptive card, within the largest size."""
    return _fitting(digest, _teams)


def as_mail(digest: Digest, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """A mail in plain text."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["From"], mail["To"] = _plain(heading(digest)), sender, ", ".join(recipients)
    parts = [f"{_WORDS.get(line.tone, '-')} {_plain(line.text)}\n  {_address(line.url)}" for line in digest.lines]
    mail.set_content("\n".join([_plain(heading(digest)), "", *parts, "", *([digest.note] if digest.note else []), _address(digest.url)]))
    return mail


def _fitting(digest: Digest, make: Any) -> str:
    """The JSON of a message; of one that is too large, whole lines are left out from the end, and their number is said."""
    lines = list(digest.lines)
    while True:
        left = len(digest.lines) - len(lines)
        shown = [*lines, DigestLine(f"{left:,} lines left out", digest.url, "none")] if left else lines
        text = json.dumps(make(digest, shown), ensure_ascii=False)
        if len(text.encode()) <= LARGEST_CARD or not lines:
            return text
        lines.pop()


def _slack(digest: Digest, lines: Sequence[DigestLine]) -> dict[str, Any]:
    head = f"*<{_address(digest.url)}|{_slack_text(heading(digest))}>*"
    texts = [head, *(f"{_SIGNS.get(line.tone, '·')} <{_address(line.url)}|{_slack_text(line.text)}>" for line in lines)]
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
    if digest.note:
        blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": digest.note}]})
    return {"text": _slack_text(heading(digest)), "blocks": blocks}


def _teams(digest: Digest, lines: Sequence[DigestLine]) -> dict[str, Any]:
    def block(text: str, **more: Any) -> dict[str, Any]:
        return {"type": "TextBlock", "wrap": True, "text": text, **more}

    body = [block(f"[{_escaped(heading(digest))}]({_address(digest.url)})", weight="Bolder", size="Medium")]
    body += [block(f"{_SIGNS.get(line.tone, '·')} [{_escaped(line.text)}]({_address(line.url)})", spacing="Small") for line in lines]
    body += [block(digest.note, isSubtle=True)] if digest.note else []
    schema = "http://adaptivecards.io/schemas/adaptive-card.json"
    card = {"$schema": schema, "type": "AdaptiveCard", "version": "1.4", "body": body, "msteams": {"width": "Full"}}
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _plain(text))


def _slack_text(text: str) -> str:
    return _plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")


def _address(url: str) -> str:
    return re.sub(r"[\s<>|()\"]", lambda found: f"%{ord(found[0]):02X}", url)
