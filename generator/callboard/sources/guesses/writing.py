"""A guessed descriptor → YAML text in which each guess and each missing field has a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from callboard.sources.guesses.definitions import DescribedApi
from callboard.sources.guesses.describing import ASKED, DescriptorGuess
from callboard.sources.guesses.evidence import Guess

HEAD = (
    '# Written by `callboard describe`. Each line with "guess" says where its value comes from: correct it, then remove the comment.',
    "# Fields: https://backstage.io/docs/features/software-catalog/descriptor-format",
)
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*+(?: [A-Za-z0-9_./@-]++)*+")
"""A string that needs no quotes in any version of YAML, unless it is one of ``RESERVED``."""
RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"})
_EVIDENCE = 160
"""Characters of a comment about evidence."""


def descriptor_lines(guess: DescriptorGuess) -> str:
    """The text of the file."""
    return "\n".join([*HEAD, *_component(guess), *(line for api in guess.apis for line in _api(api, guess)), ""])


def _component(guess: DescriptorGuess) -> Iterator[str]:
    yield from ("apiVersion: backstage.io/v1alpha1", "kind: Component", "metadata:", _line("  name", guess.name))
    yield from (_line(f"  {key}", guess.fields[key]) for key in ("title", "description") if key in guess.fields)
    yield from _annotations(guess.annotations)
    if tags := guess.fields.get("tags"):
        yield f"  tags:{_comment(tags)}"
        yield from (f"    - {yaml_scalar(tag)}" for tag in tags.value)
    if guess.links:
        yield "  links:"
        for link in guess.links:
            yield f"    - url: {yaml_scalar(link.value['url'])}{_comment(link)}"
            yield f"      title: {yaml_scalar(link.value['title'])}"
    yield "spec:"
    yield from _spec(guess, ("type", "lifecycle", "owner"))
    if guess.apis:
        yield "  providesApis:"
        yield from (f"    - {yaml_scalar(api.name)}{_comment(Guess(api.name, api.path))}" for api in guess.apis)


def _spec(guess: DescriptorGuess, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        if key in guess.fields:
            yield _line(f"  {key}", guess.fields[key])
        else:
            yield f"  # {key}: unknown ({guess.unknown[key]}); {ASKED[key]}"


def _annotations(found: Mapping[str, Guess]) -> Iterator[str]:
    if found:
        yield "  annotations:"
        yield from (_line(f"    {key}", guess) for key, guess in found.items())


def _api(api: DescribedApi, guess: DescriptorGuess) -> Iterator[str]:
    yield from ("---", "apiVersion: backstage.io/v1alpha1", "kind: API", "metadata:")
    yield from (f"  name: {yaml_scalar(api.name)}", "spec:")
    yield _line("  type", Guess(api.type, api.path))
    yield from _spec(guess, ("lifecycle", "owner"))
    yield from ("  definition:", f"    $text: {yaml_scalar(f'./{api.path}')}")


def _line(key: str, guess: Guess) -> str:
    return f"{key}: {yaml_scalar(str(guess.value))}{_comment(guess)}"


def _comment(guess: Guess) -> str:
    """The evidence in one line, whatever the names of files are; nothing for a fact."""
    words = " ".join("".join(c if c.isprintable() else "?" for c in guess.evidence).split())
    return f"  # guess: from {words[:_EVIDENCE]}" if words else ""


def yaml_scalar(value: str) -> str:
    """A string as a value on one line of YAML, in quotes where some version of YAML could read it as something else."""
    if PLAIN.fullmatch(value) and value.lower() not in RESERVED:
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())
