"""ENT012: a link has no URL, or one that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.descriptors.examined import Examined, Path, shown, type_hint, type_name
from generator.descriptors.formats import is_filled
from generator.descriptors.weburl import is_web_url
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT012",
    name="invalid-link",
    severity=Severity.ERROR,
    summary="A link has no URL, or one that cannot be used.",
    means="""Each link is a mapping with a `url` that has a scheme (`https://…`, `mailto:…`), and may have `title`, `icon` and
`type`, texts that are not empty.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  links:
    - url: wiki.example.com/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  links:
    - url: https://wiki.acme.example/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each link with a missing or bad part."""
    links = document.metadata().get("links")
    for number, link in enumerate(links if isinstance(links, list) else ()):
        path = ("metadata", "links", number)
        if isinstance(link, Mapping):
            yield from _parts(document, path, link)
        else:
            yield document.problem(RULE, f"A link must be a mapping, and is {type_name(link)}.", path, "Write - url: https://…")


def _parts(document: Examined, path: Path, link: Mapping[str, Any]) -> Iterator[Problem]:
    url = link.get("url")
    if "url" not in link:
        yield document.problem(RULE, "A link has no `url`.", path, "Add url: https://…")
    elif not isinstance(url, str) or not url:
        yield document.problem(RULE, f"A link's `url` must be a text, and is {type_name(url)}.", (*path, "url"), "Write url: https://…")
    elif not is_web_url(url):
        yield document.problem(RULE, f'"{shown(url)}" is no URL.', (*path, "url"), _url_hint(url))
    for name in ("title", "icon", "type"):
        part = link.get(name)
        if name in link and not (is_filled(part) if name != "type" else isinstance(part, str) and part):
            hint = type_hint(document, (*path, name), ["string"], part)
            yield document.problem(RULE, f"A link's `{name}` must be a text, and is {type_name(part)}.", (*path, name), hint)


def _url_hint(url: str) -> str:
    bare = url.strip().split("/")[0]
    return f"Write https://{shown(url)}" if "." in bare and " " not in bare else "Write a whole address, beginning with https://"
