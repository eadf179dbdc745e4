"""Configuration of tools, manifests and topics of a repository → annotations, links and tags of its descriptor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from callboard.plugins.sources import usable_tag
from callboard.sources.guesses.evidence import Guess, RepositoryEvidence

SONAR_KEY = re.compile(r"^\s{0,20}sonar\.projectKey\s{0,5}=\s{0,5}([\w.:-]{1,200})\s{0,20}$", re.MULTILINE)
WEB = re.compile(r"https?://[^\s\"'<>]{3,500}")
LANGUAGES = {
    ".py": "python", ".go": "go", ".java": "java", ".kt": "kotlin", ".scala": "scala", ".ts": "typescript", ".tsx": "typescript",
    ".js": "javascript", ".jsx": "javascript", ".rb": "ruby", ".rs": "rust", ".cs": "csharp", ".php": "php", ".swift": "swift",
    ".tf": "terraform", ".c": "c", ".cc": "c++", ".cpp": "c++", ".ex": "elixir",
    ".clj": "clojure", ".dart": "dart", ".groovy": "groovy", ".vue": "vue",
}  # fmt: skip
MOST_TAGS = 8
DECISIONS = re.compile(r"((?:docs?/)?(?:adrs?|decisions|architecture/decisions|architecture-decisions))/\d{3,4}-[^/]+\.md")


def found_annotations(evidence: RepositoryEvidence) -> Iterator[tuple[str, Guess]]:
    """Annotations by key."""
    key, value = evidence.annotation
    if key and value:
        yield key, Guess(value, "")
    if path := evidence.first("mkdocs.yml", "mkdocs.yaml"):
        yield "backstage.io/techdocs-ref", Guess("dir:.", path)
    if folder := next((match[1] for path in evidence.own_paths if (match := DECISIONS.fullmatch(path))), ""):
        yield "backstage.io/adr-location", Guess(folder, f"{folder}/")
    path = evidence.first("sonar-project.properties", ".sonarcloud.properties")
    if path and (match := SONAR_KEY.search(evidence.text(path))):
        yield "sonarqube.org/project-key", Guess(match[1], f"sonar.projectKey in {path}")
    if key == "github.com/project-slug" and (path := evidence.first(".circleci/config.yml")):
        yield "circleci.com/project-slug", Guess(f"github/{value}", path)


def found_links(evidence: RepositoryEvidence) -> Iterator[Guess]:
    """Links: mappings with ``url`` and ``title``; each address once, none to the repository itself."""
    seen: set[str] = set()
    for url, title, place in _addresses(evidence):
        address = url.rstrip("/")
        if WEB.fullmatch(url) and address.lower() not in seen and not _is_repository(address, evidence):
            seen.add(address.lower())
            yield Guess({"url": url, "title": title}, place)


def _addresses(evidence: RepositoryEvidence) -> Iterator[tuple[str, str, str]]:
    yield evidence.homepage, "Website", "the website on the host"
    yield str(evidence.package.get("homepage", "")), "Website", "homepage in package.json"
    urls: Any = evidence.at(evidence.pyproject, "project", "urls")
    for name, url in urls.items() if isinstance(urls, Mapping) else ():
        if str(name).lower() in {"documentation", "docs"}:
            yield str(url), "Documentation", "project.urls in pyproject.toml"
        elif str(name).lower() in {"homepage", "home"}:
            yield str(url), "Website", "project.urls in pyproject.toml"
    yield str(evidence.at(evidence.cargo, "package", "documentation") or ""), "Documentation", "documentation in Cargo.toml"


def _is_repository(address: str, evidence: RepositoryEvidence) -> bool:
    return f"/{evidence.name.lower()}" in address.lower().partition("#")[0]


def found_tags(evidence: RepositoryEvidence) -> Guess | None:
    """Topics of the host, and the language of most files; None for neither."""
    topics = [tag for topic in evidence.topics if (tag := usable_tag(topic))]
    language, place = _language(evidence)
    found = [*dict.fromkeys([*topics, *([language] if language else [])])][:MOST_TAGS]
    places = [*(["topics on the host"] if topics else []), *([place] if language else [])]
    return Guess(found, " and ".join(places)) if found else None


def _language(evidence: RepositoryEvidence) -> tuple[str, str]:
    """The main language as a tag, with where it comes from; empty where there is none."""
    if evidence.languages:
        return usable_tag(evidence.languages[0][0].replace("#", "sharp")), "the main language on the host"
    counts: dict[str, int] = {}
    for path in evidence.own_paths:
        if name := LANGUAGES.get(PurePosixPath(path).suffix):
            counts[name] = counts.get(name, 0) + 1
    best = max(counts, key=lambda name: counts[name], default="")
    return best, "the endings of most files" if best else ""
