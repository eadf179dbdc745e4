"""An operation → a command that calls it, to copy; words are quoted for the shell, so that a definition cannot add commands."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from callboard.api_reference.model import ApiServer, ShapeField
from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """What a request needs beside its parameters."""

    method: str
    path: str
    media: str
    """Media type of the body; empty for none."""
    headers: Sequence[str]
    query: Sequence[str]
    """Names of parameters with a key."""


def curl(sample: Sample, server: ApiServer | None, parameters: dict[str, tuple[ShapeField, ...]]) -> str:
    """A ``curl`` command with the required parameters; values to fill in are written as ``{name}``."""
    method, path, media, headers = sample.method, sample.path, sample.media, sample.headers
    names = [*(each.name for each in parameters.get("query", ()) if each.required), *sample.query]
    query = "&".join(f"{name}={{{name}}}" for name in names)
    base = server.url.rstrip("/") if server else "https://{host}"
    lines = [f"curl{'' if method == 'GET' else ' -X ' + shlex.quote(method)} {_quoted(base + path + ('?' + query if query else ''))}"]
    needed = [f"{each.name}: {{{each.name}}}" for each in parameters.get("header", ()) if each.required]
    lines += [f"-H {_quoted(each)}" for each in (*headers, *needed)]
    if media:
        lines += [f"-H {_quoted('Content-Type: ' + media)}", "-d @body.json" if "json" in media else "--data-binary @body"]
    return " \\\n  ".join(lines)


def grpcurl(address: str, has_fields: bool) -> str:  # noqa: FBT001  # one fact about the input
    """A ``grpcurl`` command for an rpc."""
    data = " -d '{}'" if has_fields else ""
    return f"grpcurl{data} {{host}}:443 {_quoted(address.lstrip('/'))}"


def _quoted(text: str) -> str:
    """One word of the shell; control characters are left out."""
    printable = text if text.isprintable() else "".join(each for each in text if each.isprintable())
    return "'" + printable.replace("'", "'\\''") + "'"
