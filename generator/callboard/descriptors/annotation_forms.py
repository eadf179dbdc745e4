"""A well-known annotation and its value → whether the value has the form that the tool expects, and the right form where it is clear."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from callboard.descriptors.formats import is_web_url
from callboard.model.data_classes import dataclass

LONGEST = 2_000
"""Longer values are not checked."""
_ANNOTATIONS = Path(__file__).parent.parent / "schemas" / "annotations.json"
_TEMPLATE = re.compile(r"\{\{|\{%|<[a-z][^<>]*>")
"""A value that is filled in later, or that a rule about values to fill in reports."""
_SCP = re.compile(r"[\w.-]+@[\w.-]+:(?!//)(?P<path>.+)")
_PART = r"[^\s/:?#@]+"
_SELECTOR = re.compile(r"!?[\w./-]+|[\w./-]+\s*(?:=|==|!=)\s*[\w./:-]*|[\w./-]+\s+(?:in|notin)\s+\([^()]*\)")
_COMMA = re.compile(r",(?![^(]*\))")
_CIRCLE_HOSTS = {"gh": "github", "bb": "bitbucket"}


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a value."""

    expected: str
    """For a message: ``organization/repository``."""
    is_valid: Callable[[str], bool]
    suggestion: Callable[[str], str] = lambda _: ""
    """The value in the right form, as far as the wrong one tells it; anything invalid counts as none."""


def form_of(key: str) -> Form | None:
    """The form of the values of a well-known annotation; None for any other annotation, and where every string is right."""
    return _FORMS.get(forms_by_key().get(key, ""))


@lru_cache(maxsize=1)
def forms_by_key() -> Mapping[str, str]:
    """Names of forms by key of the annotation."""
    known = json.loads(_ANNOTATIONS.read_text("utf-8"))
    return {key: annotation["form"] for key, annotation in known.items() if "form" in annotation}


@lru_cache(maxsize=1)
def known_keys() -> frozenset[str]:
    """The keys of all well-known annotations."""
    return frozenset(json.loads(_ANNOTATIONS.read_text("utf-8")))


def is_checked(value: str) -> bool:
    """Whether a value can be checked: it is not filled in later, and not too long."""
    return len(value) <= LONGEST and not _TEMPLATE.search(value)


def suggested(form: Form, value: str) -> str:
    """The value in the right form; an empty string where that is not clear."""
    for candidate in (value.strip(), form.suggestion(value.strip())):
        if candidate and candidate != value and len(candidate) <= LONGEST and form.is_valid(candidate):
            return candidate
    return ""


@dataclass(frozen=True, slots=True)
class WholePattern:
    """Whether a value matches an expression as a whole."""

    pattern: str

    def __call__(self, value: str) -> bool:
        """Whether it does."""
        return re.fullmatch(self.pattern, value) is not None


def _matches(pattern: str) -> Callable[[str], bool]:
    return WholePattern(pattern)


@dataclass(frozen=True, slots=True)
class ItemsPattern:
    """Whether each item of a list matches an expression as a whole, without the spaces around it."""

    items: str
    separator: str = ","
    """The expression between two items."""

    def __call__(self, value: str) -> bool:
        """Whether all do."""
        return all(re.fullmatch(self.items, item.strip()) for item in re.split(self.separator, value))


def _all_items(pattern: str) -> Callable[[str], bool]:
    """A list, separated by commas, of items of this form."""
    return ItemsPattern(pattern)


def _path_of(value: str) -> str:
    """The path of a URL or of an address such as ``git@host:path``, without slashes around it and without ``.git``; else the value."""
    scp = _SCP.fullmatch(value)
    path = scp["path"] if scp else value
    if not scp and ("://" in value or re.match(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev)/", value)):
        path = _split_url(value)[1]
    return unquote(path).strip("/").removesuffix(".git")


def _split_url(value: str) -> tuple[str, str, Mapping[str, list[str]]]:
    """Host, path and query; empty ones for what is no URL."""
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        return parts.hostname or "", parts.path, parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        return "", "", {}


def _slug(value: str) -> str:
    return "/".join(_path_of(value).split("/")[:2])


def _team_slug(value: str) -> str:
    parts = _path_of(value).removeprefix("@").split("/")
    return f"{parts[1]}/{parts[3]}" if len(parts) > 3 and (parts[0], parts[2]) == ("orgs", "teams") else "/".join(parts[:2])  # noqa: PLR2004 - orgs/<organization>/teams/<team>


def _project_path(value: str) -> str:
    return re.split(r"/-(?:/|$)", _path_of(value), maxsplit=1)[0]


def _azure_repository(value: str) -> str:
    before, git, name = _path_of(value).partition("/_git/")
    return f"{before.rpartition('/')[2]}/{name.split('/')[0]}" if git else ""


def _last_of_path(value: str) -> str:
    return _path_of(value).removeprefix("@").rpartition("/")[2] if "://" in value or value.startswith("@") else ""


def _host(value: str) -> str:
    return _split_url(value)[0]


def _with_scheme(value: str) -> str:
    return f"https://{value}" if re.match(r"[\w-]+(?:\.[\w-]+)+(?:[:/]|$)", value) else ""


def _techdocs(value: str) -> str:
    head, colon, rest = value.partition(":")
    if value.lower() in {"dir", "url"}:
        return ""
    target = rest.strip() if colon and head.lower() in {"dir", "url", "file", "github", "gitlab"} else value
    return f"url:{target}" if is_web_url(target) and "://" in target else f"dir:{target}" if re.fullmatch(r"[\w./ -]+", target) else ""


def _is_url(value: str) -> bool:
    return value.startswith(("https://", "http://")) and is_web_url(value)


def _is_path(value: str) -> bool:
    return "://" not in value and value == value.strip("/ ")


def _is_techdocs(value: str) -> bool:
    kind, _, target = value.partition(":")
    if kind == "url":
        return is_web_url(target)
    return kind == "dir" and bool(target) and target == target.strip() and "://" not in target


def _source_location(value: str) -> str:
    target = re.sub(r"^(?:url|dir|file|github|gitlab):\s*(?=https?:|[\w-]+\.)", "", value, flags=re.IGNORECASE)
    target = target if "://" in target else _with_scheme(target)
    if not target or "?" in target or "#" in target:
        return f"url:{target}" if target else ""
    return f"url:{target.rstrip('/')}/"


def _is_source_location(value: str) -> bool:
    kind, _, target = value.partition(":")
    return (kind == "url" and _is_url(target)) or (kind == "file" and bool(target))


def _entity_ref(value: str) -> str:
    return f"component:{value}"


def _circle(value: str) -> str:
    parts = _path_of(value).removeprefix("pipelines/").split("/")
    parts = parts if len(parts) > 2 else ["github", *parts]  # noqa: PLR2004 - host, organization and project
    return "/".join([_CIRCLE_HOSTS.get(parts[0], parts[0]), *parts[1:3]])


def _jenkins(value: str) -> str:
    parts = _path_of(value).split("/")
    jobs = [parts[i + 1] for i in range(len(parts) - 1) if parts[i] == "job"]
    return "/".join(jobs) or _path_of(value)


def _sentry(value: str) -> str:
    host, path, _ = _split_url(value)
    parts = path.strip("/").split("/")
    if len(parts) > 1 and parts[0] in {"projects", "organizations"}:
        organization = host.removesuffix(".sentry.io") if host.endswith(".sentry.io") else ""
        return f"{organization}/{parts[1]}" if parts[0] == "projects" and organization else ""
    return "/".join(part.strip() for part in value.split("/"))


def _sonar(value: str) -> str:
    return next(iter(_split_url(value)[2].get("id", [])), "") if "://" in value else ""


def _jira(value: str) -> str:
    if "://" in value:
        match = re.search(r"/(?:browse|projects)/([A-Z][A-Z0-9_]+)", value)
        return match[1] if match else ""
    return re.sub(r"-\d+$", "", value)


def _selector(value: str) -> str:
    items = (re.split("[:=]", item) for item in re.split(r"[;,\n]", value.strip()))
    return ",".join(filter(None, ("=".join(part.strip() for part in item) for item in items)))


def _comma_list(value: str) -> str:
    return ",".join(part for part in re.split(r"[\s;,]+", value.strip("[]")) if part)


def _lower(value: str) -> str:
    return value.lower()


_FORMS: Mapping[str, Form] = {
    "slug": Form("`organization/repository`", _matches(rf"{_PART}/{_PART}(?<!\.git)"), _slug),
    "team": Form("`organization/team`", _matches(f"{_PART}/{_PART}"), _team_slug),
    "login": Form("the login name alone", _matches(r"[\w.-]+"), _last_of_path),
    "project-path": Form("the project with its groups, `group/project`", _matches(f"{_PART}(?:/{_PART})+"), _project_path),
    "number": Form("a number", _matches(r"\d+")),
    "host": Form("the name of a host, without `https://`", _matches(r"[\w.-]+(?::\d+)?"), _host),
    "url": Form("a URL that begins with `https://`", _is_url, _with_scheme),
    "techdocs-ref": Form("`dir:` and a folder, or `url:` and a URL", _is_techdocs, _techdocs),
    "source-location": Form("`url:` and the URL of a folder, with a final `/`", _is_source_location, _source_location),
    "entity": Form("a reference with its kind, `component:default/name`", _matches(r"[A-Za-z]\w*:(?:[\w-]+/)?[\w.-]+"), _entity_ref),
    "azure-repository": Form("`project/repository`", _matches(r"[^/:?#]*[^/:?#\s]/[^/:?#\s][^/:?#]*"), _azure_repository),
    "circle": Form("`github/organization/repository`", _matches(rf"[a-z]+/{_PART}/{_PART}"), _circle),
    "jenkins": Form("the name of the job with its folders, `folder/job`", _is_path, _jenkins),
    "sentry": Form("`organization/project`", _matches(f"(?:{_PART}/)?{_PART}"), _sentry),
    "sonar": Form("the key of the project", lambda value: "://" not in value and not re.search(r"\s", value), _sonar),
    "jira-key": Form("the key of the project, such as `SHOP`", _all_items(r"[A-Za-z]\w*"), _jira),
    "selector": Form("labels such as `app=orders,tier=api`", ItemsPattern(_SELECTOR.pattern, _COMMA.pattern), _selector),
    "comma-list": Form("a list separated by commas", _all_items(r"\S+"), _comma_list),
    "word": Form("a name or an id, without spaces", _matches(r"(?!.*://)[^\s?#]+"), _last_of_path),
    "guid": Form("an id of 32 hexadecimal digits with hyphens", _matches(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")),
    "coverage": Form("`scm-only` or `enabled`", _matches("scm-only|enabled"), _lower),
    "duration": Form("a duration such as `PT4H`", _matches(r"P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?"), str.upper),
}  # fmt: skip
"""By the name that ``schemas/annotations.json`` uses."""
