"""The data of ``sources.yaml`` as it is written → a problem for each secret in it that is not an environment variable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem
from callboard.redaction.secrets import find_secrets
from callboard.settings.document import SettingsDocument
from callboard.settings.rules import LITERAL_SECRET
from callboard.settings.variables import VARIABLE

_SECRET_KEYS = re.compile(
    r"(?:.*_)?(?:token|password|passwd|passphrase|secret|secret_key|private_key|api_key|application_key|app_key|routing_key)"
)
_SECRET_HEADERS = re.compile(r"authorization|proxy-authorization|cookie|.*(?:token|secret|password|api-?key)", re.IGNORECASE)
_LONGEST = 100_000
"""Characters of a value that are searched."""


def literal_secret_problems(document: SettingsDocument) -> Iterator[Problem]:
    """Report values that look like a secret, and literal values of keys that expect one. The values are not quoted."""
    for path, text in _strings(document.data, ()):
        literal = VARIABLE.sub("", text)
        kinds = [secret.kind for secret in find_secrets(literal[:_LONGEST])]
        if kinds:
            reason = f"contains a literal secret ({kinds[0]})"
        elif _is_secret(path) and text.strip() and not VARIABLE.search(text):
            reason = "is a literal secret"
        else:
            continue
        message = (
            f'"{dotted(path)}" {reason}; write ${{NAME}}, set the environment variable NAME, and revoke the secret if it was committed'
        )
        yield document.problem(path, message, LITERAL_SECRET)


def _is_secret(path: FieldPath) -> bool:
    """Whether the value at a path is expected to be a secret: by the name of its key, or as a header of requests."""
    names = [part for part in path if isinstance(part, str)]
    if len(names) > 1 and names[-2] == "headers":
        return _SECRET_HEADERS.fullmatch(names[-1]) is not None
    return bool(names) and _SECRET_KEYS.fullmatch(names[-1]) is not None


def _strings(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, index))
