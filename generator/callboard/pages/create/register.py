"""The catalog and the repositories without a descriptor → ``/create/register/``: a form for a descriptor, with its rules."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from callboard.descriptors.annotation_forms import known_keys
from callboard.descriptors.form_rules import FORM_KINDS, MARKED, WHOLE, form_rules
from callboard.io.git.remote import KNOWN_HOSTS
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem
from callboard.model.published_json import published_json
from callboard.model.urls import FORM_PATH
from callboard.pages.changes.undescribed import ROWS, ordered
from callboard.pages.create.context import CREATE, CreateContext
from callboard.pages.page import Page
from callboard.pages.safe_text import web_url
from callboard.plugins.sources import Repository, Undescribed, host_software, parse_remote
from callboard.plugins.yaml_text import read_yaml

PATH = FORM_PATH
MOST_ANNOTATIONS = 20
"""Annotations that are offered first: those that most entities have."""
MESSAGES = (
    "required", "name", "namespace", "tag", "link", "scheme", "annotation_key", "annotation", "reference", "reference_kind",
    "reference_unknown", "reference_other",
)  # fmt: skip
"""Labels of the form's script, without their prefix ``register_error_``; the others are those of ``WORDS``."""
WORDS = (
    "guess", "ready", "not_ready", "too_long", "edit_of", "edit_paste", "edit_others", "edit_generated", "edit_unsafe", "edit_missing",
    "edit_kind", "edit_several", "edit_cut", "edit_secret",
)  # fmt: skip
TEXTS = ("title", "description")
LISTS = ("providesApis", "consumesApis", "dependsOn")
_COMMENT = re.compile(r"^\s*(?:- )?(?P<key>[\w./-]{1,200}|\"[^\"]{1,200}\"):.*  # guess: from (?P<evidence>.{1,300})$")


@dataclass(frozen=True, slots=True)
class RegisterView:
    """The page."""

    kinds: tuple[str, ...]
    annotations: tuple[str, ...]
    """Keys, those that entities of this portal have first."""
    has_guesses: bool
    """Whether there are repositories without a descriptor."""
    hosts: str
    """JSON: software of each host that the sources read."""
    messages: str
    """JSON: the words of the script."""


def plan(
    context: CreateContext, undescribed: Sequence[Undescribed], repositories: Sequence[Repository], problems: Sequence[Problem]
) -> Iterator[Page]:
    """The page with its files. ``problems``: of all descriptors; documents without an entity are known by them."""
    files = partial(_files, context, undescribed, repositories, problems)
    view, labels = partial(register_view, context, has_guesses=bool(undescribed)), context.labels
    yield Page(PATH, "register.html", "wide", CREATE, labels["register"], view, labels["register_text"], files=files)


def register_view(context: CreateContext, *, has_guesses: bool) -> RegisterView:
    """The view."""
    labels = {key: context.labels[f"register_error_{key}"] for key in MESSAGES} | {key: context.labels[f"register_{key}"] for key in WORDS}
    used = Counter(key for entity in context.catalog.entities.values() for key in fields.annotations(entity))
    frequent = [key for key, _ in sorted(used.items(), key=lambda pair: (-pair[1], pair[0]))][:MOST_ANNOTATIONS]
    return RegisterView(
        tuple(form_rules(context.catalog.kinds)["kinds"]), tuple(dict.fromkeys([*frequent, *sorted(known_keys())])), has_guesses,
        json.dumps({**KNOWN_HOSTS, **context.hosts}), json.dumps(labels, ensure_ascii=False),
    )  # fmt: skip


def _files(
    context: CreateContext, undescribed: Sequence[Undescribed], repositories: Sequence[Repository], problems: Sequence[Problem]
) -> Iterator[tuple[str, bytes]]:
    """The rules, which descriptors are parts of files, and the guesses of each page of repositories without a descriptor."""
    yield f"{PATH}rules.json", published_json(form_rules(context.catalog.kinds))
    yield f"{PATH}files.json", published_json(parts_of_files(context, problems))
    branches = {(each.source, each.name): each.default_branch for each in repositories}
    types = {source.name: str(source.options.get("host") or source.type) for source in context.settings.sources}
    every = ordered(undescribed)
    for start in range(0, len(every), ROWS):
        found = {each.repository: _guesses(each, types, branches) for each in every[start : start + ROWS]}
        yield f"{PATH}repositories-{start // ROWS + 1}.json", published_json(found)


def parts_of_files(context: CreateContext, problems: Sequence[Problem]) -> dict[str, list[str]]:
    """Entities whose document is not their whole file (``parts``), and those whose file begins with a line ``---`` (``marked``)."""
    found = [each for each in context.catalog.entities.values() if each.ref.kind in FORM_KINDS]
    documents: dict[tuple[str, str, str], set[int]] = {}
    origins = [*(each.origin for each in context.catalog.entities.values()), *(each.origin for each in problems if each.origin)]
    for origin in origins:
        documents.setdefault(_file(origin), set()).add(origin.document)
    parts = [str(each.ref) for each in found if documents[_file(each.origin)] != {0} or each.origin.line not in WHOLE]
    return {"parts": sorted(parts), "marked": sorted(str(each.ref) for each in found if each.origin.line == MARKED)}


def _file(origin: Origin) -> tuple[str, str, str]:
    return origin.source, origin.tree, origin.path


def _guesses(each: Undescribed, types: Mapping[str, str], branches: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    remote = parse_remote(each.url)
    software = (host_software(remote) if remote else "") or types.get(each.source, "")
    values, evidence = values_of(each.suggestion_yaml)
    return {
        "url": web_url(each.url), "software": software, "branch": branches.get((each.source, each.repository)) or "main",
        "values": values, "evidence": evidence,
    }  # fmt: skip


def values_of(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the form in a starter descriptor, and the evidence of those that are guesses; empty for one that is unreadable."""
    first = re.split(r"^---\s*$", text, maxsplit=1, flags=re.MULTILINE)[0]
    try:
        value = read_yaml(first, "the starter descriptor", nodes=2_000)
    except CallboardError:
        return {}, {}
    metadata, spec = (_mapping(_mapping(value).get(key)) for key in ("metadata", "spec"))
    values: dict[str, Any] = {key: metadata[key] for key in ("name", "namespace", *TEXTS) if isinstance(metadata.get(key), str)}
    values["kind"] = str(_mapping(value).get("kind") or "Component")
    values["tags"] = [tag for tag in _list(metadata.get("tags")) if isinstance(tag, str)]
    links = (_mapping(link) for link in _list(metadata.get("links")))
    values["links"] = [{"url": str(link.get("url", "")), "title": str(link.get("title", ""))} for link in links]
    values["annotations"] = [{"key": key, "value": str(each)} for key, each in _mapping(metadata.get("annotations")).items()]
    values["spec"] = {key: each for key, each in spec.items() if isinstance(each, str) or (key in LISTS and isinstance(each, list))}
    return values, dict(_evidence(first, {each["key"] for each in values["annotations"]}))


def _evidence(text: str, annotations: set[str]) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if match := _COMMENT.match(line.replace("tags:  #", "tags: x  #")):
            key = match["key"].strip('"')
            yield f"annotations.{key}" if key in annotations else "links" if key == "url" else key, match["evidence"]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
