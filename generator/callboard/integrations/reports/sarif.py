"""A SARIF 2.1.0 file → its findings: results that fail and are neither suppressed nor gone (``baselineState``)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

from callboard.integrations.reports.findings import Incomplete, ReportFinding, ReportItem, by_score, without_quoted_secrets
from callboard.integrations.reports.json_file import json_object, rows
from callboard.plugins.integrations import (
    FactError,
    FactSeverity,
    Vulnerability,
    count_at,
    objects_at,
    parse_number,
    string_at,
    url_at,
    value_at,
)

LEVELS = {"error": FactSeverity.HIGH, "warning": FactSeverity.MEDIUM, "note": FactSeverity.LOW, "none": FactSeverity.LOW}
"""Severities of results without a score, by level (3.27.10)."""
KINDS = ("fail", "review", "open")
"""Kinds of results that are shown (3.27.9); ``review`` and ``open`` are undecided, so their severity is unknown."""
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\([^()]{0,300}\)")
"""A link to a related location in a message (3.11.6)."""
_ARGUMENT = re.compile(r"\{(\d{1,2})\}")
_WORKSPACE = re.compile(r"^(?:/home/runner/work/[^/]+/[^/]+|/github/workspace|/builds/[^/]+/[^/]+)/")
"""Where GitHub Actions and GitLab CI check a repository out."""


def sarif(content: bytes) -> Iterator[ReportItem]:
    """The findings of a SARIF file. Raises ``FactError`` for another format."""
    data = json_object(content)
    if not isinstance(data.get("runs"), list):
        raise FactError("it is not a SARIF file (runs)")
    keys: Counter[str] = Counter()
    if not data["runs"]:
        yield Incomplete("has no run of a tool")
    for run in rows(data, "runs"):
        if isinstance(run, Incomplete):
            yield run
        else:
            yield from _Run(run, keys).items()


class _Run:
    """One run: a tool, its rules by component, and its results."""

    def __init__(self, run: Mapping[str, Any], keys: Counter[str]) -> None:
        self._run = run
        self._keys = keys
        self._tool = string_at(run, "tool", "driver", "name")
        self._components = [value_at(run, "tool", "driver"), *objects_at(run, "tool", "extensions")]
        self._rules = [_listed(component, "rules") for component in self._components]
        self._ids: list[dict[str, Mapping[str, Any]]] = [{string_at(rule, "id"): rule for rule in reversed(rules)} for rules in self._rules]
        self._by_id: Mapping[str, Mapping[str, Any]] = {name: rule for ids in reversed(self._ids) for name, rule in ids.items()}
        listed = [*enumerate(self._components)]
        self._numbers = {
            (key, string_at(one, key).lower()): n for key in ("guid", "name") for n, one in reversed(listed) if value_at(one, key)
        }
        self._guids: Mapping[str, Mapping[str, Any]] = {string_at(rule, "guid").lower(): rule for rules in self._rules for rule in rules}
        self._levels = {
            string_at(override, "descriptor", "id"): string_at(override, "configuration", "level")
            for invocation in objects_at(run, "invocations")
            for override in objects_at(invocation, "ruleConfigurationOverrides")
        }

    def items(self) -> Iterator[ReportItem]:
        for invocation in objects_at(self._run, "invocations"):
            if invocation.get("executionSuccessful") is False:
                yield Incomplete(f"reports that {self._tool or 'the tool'} failed{_why(invocation)}")
            elif any(note.get("level") == "error" for note in objects_at(invocation, "toolExecutionNotifications")):
                yield Incomplete(f"reports errors of {self._tool or 'the tool'}{_why(invocation)}")  # 3.58.6: results may be missing
        if not isinstance(self._run.get("results"), list):
            yield Incomplete(f"has no results of {self._tool or 'the tool'}")
        for result in rows(self._run, "results"):
            if isinstance(result, Incomplete):
                yield result
            elif _is_shown(result):
                yield self._finding(result)

    def _finding(self, result: Mapping[str, Any]) -> ReportFinding:
        rule = self._rule(result)
        rule_id = string_at(result, "ruleId") or string_at(result, "rule", "id") or string_at(rule, "id") or string_at(rule, "name")
        severity, uri, line = self._severity(result, rule, rule_id), *self._place(result)
        title = self._title(result, rule, rule_id)
        fingerprints = value_at(result, "fingerprints") or value_at(result, "partialFingerprints")
        identity = [uri, title, fingerprints]  # no line, which changes with the code; Semgrep has equal fingerprints without a login
        digest = hashlib.sha256(repr(identity).encode("utf-8", "replace")).hexdigest()[:12]
        key = f"{self._tool[:30]}/{rule_id[:60]}/{digest}"
        self._keys[key] += 1
        number = self._keys[key]
        place = f"{uri}:{line}" if line else uri
        word = "" if severity is not FactSeverity.UNKNOWN or result.get("kind", "fail") != "fail" else string_at(result, "level")[:60]
        make = partial(Vulnerability, rule_id[:100] or "?", severity, title, place=place, severity_word=word)
        return ReportFinding(f"{key}-{number}" if number > 1 else key, make, url_at(rule, "helpUri"), severity.rank)

    def _rule(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """The rule by index in its component, if the index and the id agree, else by id; ``R1/sub`` has the rule ``R1`` (3.27.5-7)."""
        reference, rule_id = value_at(result, "rule"), string_at(result, "ruleId") or string_at(result, "rule", "id")
        index = count_at(reference, "index")
        index = count_at(result, "ruleIndex") if index is None else index
        component = self._component(value_at(reference, "toolComponent"))
        rules = self._rules[component] if component < len(self._rules) else []
        if index is not None and index < len(rules):
            found_id = string_at(rules[index], "id")
            if not rule_id or rule_id == found_id or rule_id.startswith(f"{found_id}/"):
                return rules[index]
        guid = string_at(reference, "guid").lower()
        return self._guids[guid] if guid and guid in self._guids else self._rule_by_id(rule_id, component)

    def _component(self, reference: Any) -> int:
        """The number of the component that a reference (3.54) names by index, guid or name; the driver's without one."""
        if (index := count_at(reference, "index")) is not None:
            return index + 1
        names = ((key, string_at(reference, key).lower()) for key in ("guid", "name"))
        return next((self._numbers[name] for name in names if name in self._numbers), 0)

    def _rule_by_id(self, rule_id: str, component: int) -> Mapping[str, Any]:
        """The rule of the component with this id or the beginning of it; if there is none, that of another component."""
        first = self._ids[component : component + 1]
        for name in (rule_id.rsplit("/", n)[0] for n in range(rule_id.count("/") + 1)):
            for rules in [*first, self._by_id]:
                if name and (found := rules.get(name)) is not None:
                    return found
        return {}

    def _severity(self, result: Mapping[str, Any], rule: Mapping[str, Any], rule_id: str) -> FactSeverity:
        if result.get("kind", "fail") != "fail":
            return FactSeverity.UNKNOWN
        for owner in (result, rule):
            score = value_at(owner, "properties", "security-severity")
            try:
                if score is not None:
                    return by_score(parse_number(score))
            except FactError:
                continue
        level = string_at(result, "level") or self._levels.get(string_at(rule, "id") or rule_id, "")
        return LEVELS.get(level or string_at(rule, "defaultConfiguration", "level") or "warning", FactSeverity.UNKNOWN)

    def _title(self, result: Mapping[str, Any], rule: Mapping[str, Any], rule_id: str) -> str:
        """The message, else the rule's description; without the secret that it may quote."""
        text = string_at(result, "message", "text") or self._looked_up(value_at(result, "message"), rule)
        text = text or string_at(result, "message", "markdown") or string_at(rule, "shortDescription", "text") or string_at(rule, "name")
        arguments = value_at(result, "message", "arguments")
        if isinstance(arguments, list):
            text = _ARGUMENT.sub(lambda match: _argument(arguments, int(match[1]), match[0]), text)
        tags = value_at(rule, "properties", "tags")
        about = (rule_id, string_at(rule, "name"), " ".join(map(str, tags[:20])) if isinstance(tags, list) else "")
        return without_quoted_secrets(_LINK.sub(r"\1", text), *about)[:200]

    def _looked_up(self, message: Any, rule: Mapping[str, Any]) -> str:
        """The text of a message that has only an id (3.11.7)."""
        message_id = string_at(message, "id")
        strings = (value_at(rule, "messageStrings"), *(value_at(one, "globalMessageStrings") for one in self._components))
        return next((text for each in strings if (text := string_at(each, message_id, "text"))), "") if message_id else ""

    def _place(self, result: Mapping[str, Any]) -> tuple[str, str]:
        """File and line of the first location; the file relative to the repository where the report says what its root is."""
        location = value_at(next(iter(objects_at(result, "locations")), {}), "physicalLocation")
        artifact, line = value_at(location, "artifactLocation"), count_at(location, "region", "startLine")
        index = count_at(artifact, "index")
        artifacts = _listed(self._run, "artifacts")
        uri = string_at(artifact, "uri")
        if not uri and index is not None and index < len(artifacts):
            uri = string_at(artifacts[index], "location", "uri")
        for base in (value_at(self._run, "originalUriBaseIds") or {}).values() if uri.startswith("file:") else ():
            root = string_at(base, "uri")
            uri = uri.removeprefix(root) if root.endswith("/") and root != "file:///" else uri
        path = unquote(uri.removeprefix("file://"))
        return _WORKSPACE.sub("", path).removeprefix("./")[:300], str(line) if line else ""


def _is_shown(result: Mapping[str, Any]) -> bool:
    """A suppression counts if it is accepted, which is also what one without a status is (3.27.23)."""
    statuses = [one.get("status") or "accepted" for one in objects_at(result, "suppressions")]
    is_suppressed = bool(statuses) and all(status == "accepted" for status in statuses)
    return not is_suppressed and result.get("baselineState") != "absent" and result.get("kind", "fail") in KINDS


def _why(invocation: Mapping[str, Any]) -> str:
    notes = (*objects_at(invocation, "toolExecutionNotifications"), *objects_at(invocation, "toolConfigurationNotifications"))
    text = string_at(invocation, "exitCodeDescription") or next(
        (found for one in notes if (found := string_at(one, "message", "text"))), ""
    )
    return f": {without_quoted_secrets(text)[:200]}" if text else ""


def _argument(arguments: Sequence[Any], number: int, written: str) -> str:
    return str(arguments[number])[:200] if number < len(arguments) else written


def _listed(value: Any, name: str) -> list[Mapping[str, Any]]:
    """The items of a list by index: one that is not an object is an empty one, so that the others keep their places."""
    found = value_at(value, name)
    return [item if isinstance(item, Mapping) else {} for item in found] if isinstance(found, list) else []
