"""What a repository says of its age → its lifecycle; None where it does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callboard.sources.guesses.evidence import Guess, RepositoryEvidence
from callboard.sources.guesses.texts import readme_of

README_LINES = 40
_DEPRECATED = re.compile(
    r"\b(?:this (?:repo(?:sitory)?|project|library|package|plugin|service) (?:is|has been) (?:now )?(?:deprecated|archived|retired)"
    r"|no longer (?:maintained|supported))\b|^[\W_]{0,10}deprecated\b",
    re.IGNORECASE,
)
_EXPERIMENTAL = re.compile(
    r"\b(?:experimental|proof[- ]of[- ]concept|work in progress|under heavy development|not (?:yet )?(?:production|ready for production)"
    r"|alpha (?:version|stage|software))\b",
    re.IGNORECASE,
)
_VERSION = re.compile(r"v?(\d{1,6})\.\d{1,6}")
_POM_VERSION = re.compile(r"</artifactId>\s{0,200}<version>([\d.]{1,30})")


def lifecycle(evidence: RepositoryEvidence) -> Guess | None:
    """``deprecated``, ``experimental`` or ``production``."""
    if evidence.is_archived:
        return Guess("deprecated", "the host: archived")
    if topic := next((topic for topic in evidence.topics if topic in {"deprecated", "experimental"}), ""):
        return Guess(topic, "a topic on the host")
    path = readme_of(evidence)
    for value, pattern in (("deprecated", _DEPRECATED), ("experimental", _EXPERIMENTAL)):
        for number, line in evidence.lines(path, README_LINES) if path else ():
            if match := pattern.search(line):
                return Guess(value, f'"{match[0]}" in {path} line {number}')
    return next(_released(evidence), None) or _deployed(evidence)


def _released(evidence: RepositoryEvidence) -> Iterator[Guess]:
    """``production`` from version 1 on."""
    for version, place in _versions(evidence):
        match = _VERSION.match(version)
        if match and int(match[1]) >= 1:
            yield Guess("production", f"version {match[0]} in {place}")


def _versions(evidence: RepositoryEvidence) -> Iterator[tuple[str, str]]:
    yield evidence.release, "the latest release on the host"
    yield str(evidence.package.get("version", "")), "package.json"
    for keys in (("project", "version"), ("tool", "poetry", "version")):
        yield str(evidence.at(evidence.pyproject, *keys) or ""), "pyproject.toml"
    yield str(evidence.at(evidence.cargo, "package", "version") or ""), "Cargo.toml"
    if match := _POM_VERSION.search(evidence.text("pom.xml") if evidence.has("pom.xml") else ""):
        yield match[1], "pom.xml"
    for path in ("CHANGELOG.md", "CHANGELOG.rst", "CHANGES.md", "HISTORY.rst"):
        for number, line in evidence.lines(path, 60) if evidence.has(path) else ():
            if match := re.search(r"(?:^|[\s\[v#])(\d{1,4}\.\d{1,4}\.\d{1,4})\b", line):
                yield match[1], f"{path} line {number}"
                break


def _deployed(evidence: RepositoryEvidence) -> Guess | None:
    """``production`` where workflows release or deploy it."""
    workflows = (p for p in evidence.own_paths if p.startswith(".github/workflows/"))
    path = next((p for p in workflows if re.search(r"(?:release|publish|deploy)[^/]{0,60}\.ya?ml$", p, re.IGNORECASE)), "")
    return Guess("production", f"{path} releases it") if path else None
