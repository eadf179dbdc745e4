"""Manifests and README of a repository → a title and a description of one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from callboard.sources.guesses.evidence import Guess, RepositoryEvidence

READMES = ("README.md", "readme.md", "Readme.md", "README.rst", "README", "README.txt", "README.adoc", "docs/README.md", "docs/index.md")
README_LINES = 200
SHORTEST = 15
"""Characters of a paragraph that describes something."""
LONGEST = 300
"""Characters of a description that are kept."""
LONGEST_TITLE = 60
_POM_DESCRIPTION = re.compile(r"<description>\s*+([^<]{1,1000})</description>")
_OF_OTHERS = ("parent", "dependencies", "dependencyManagement", "build")
"""Elements of a POM whose descriptions are not the project's."""
_SETUP_DESCRIPTION = re.compile(r"""^\s{0,20}description\s?=\s?["']?([^"'\n]{1,500})""", re.MULTILINE)
_MARKS = re.compile(r"!?\[([^\]\[]{0,200})\]\([^()\s]{0,500}(?:\s\"[^\"]{0,100}\")?\)|<[^<>]{1,300}>|[`*_]{1,3}(?=\S)|(?<=\S)[`*_]{1,3}")
_NOT_TEXT = re.compile(r"^(?:[#=\-~*+|>!\[<`:.]|\d+\.|\s{4})")
_NOTICE = re.compile(r"\b(?:deprecated|deprecate|maintained|archived|unsupported|migrated|moved to)\b", re.IGNORECASE)
"""A paragraph about the state of the repository, not about what it is."""
_SENTENCE = re.compile(r"(?<=[.!?])\s")


def readme_of(evidence: RepositoryEvidence) -> str:
    """Path of the README; empty where there is none."""
    return evidence.first(*READMES) if evidence.is_listed else "README.md"


def description(evidence: RepositoryEvidence) -> Guess | None:
    """The host's description, else that of a manifest, else the first paragraph of the README; None where nothing describes it."""
    return next((Guess(_cut(text), place) for text, place in _descriptions(evidence) if text), None)


def _descriptions(evidence: RepositoryEvidence) -> Iterator[tuple[str, str]]:
    yield _plain(evidence.description), "the description on the host"
    if not evidence.is_listed and evidence.description:
        return
    yield _plain(evidence.package.get("description")), "description in package.json"
    for keys in (("project", "description"), ("tool", "poetry", "description")):
        yield _plain(evidence.at(evidence.pyproject, *keys)), "description in pyproject.toml"
    yield _plain(evidence.at(evidence.cargo, "package", "description")), "description in Cargo.toml"
    for path, pattern in (("pom.xml", _POM_DESCRIPTION), ("setup.cfg", _SETUP_DESCRIPTION), ("setup.py", _SETUP_DESCRIPTION)):
        text = evidence.text(path) if evidence.is_listed and evidence.has(path) else ""
        match = pattern.search(_without_elements(text, _OF_OTHERS) if path == "pom.xml" else text)
        yield _plain(match[1] if match else ""), f"description in {path}"
    for name in ("action.yml", "action.yaml"):
        yield _plain(_of_action(evidence, name)), f"description in {name}"
    text, line = _first_paragraph(evidence, readme_of(evidence))
    yield text if len(text) >= SHORTEST else "", f"{readme_of(evidence)} line {line}"


def _without_elements(text: str, names: Sequence[str]) -> str:
    """A text of XML without the elements of these names."""
    for name in names:
        kept, start = list[str](), 0
        while (opens := text.find(f"<{name}>", start)) >= 0 and (closes := text.find(f"</{name}>", opens)) >= 0:
            kept.append(text[start:opens])
            start = closes + len(name) + 3
        text = "".join((*kept, text[start:]))
    return text


def _of_action(evidence: RepositoryEvidence, path: str) -> str:
    lines = (text for _, text in evidence.lines(path, 30)) if evidence.has(path) else iter(())
    return next((line.partition(":")[2].strip().strip("'\"") for line in lines if line.startswith("description:")), "")


def _first_paragraph(evidence: RepositoryEvidence, path: str) -> tuple[str, int]:
    """The first paragraph of prose in a README, with its line; badges, headings, lists and code are no prose."""
    found: list[str] = []
    start, is_code = 0, False
    for number, line in evidence.lines(path, README_LINES) if path else ():
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        text = "" if is_code or _NOT_TEXT.match(line) else _plain(line)
        text = "" if _NOT_TEXT.match(text) or _NOTICE.search(text) else text
        if not text and found and len(" ".join(found)) >= SHORTEST:
            break
        if text:
            start = start if found else number
            found.append(text)
        elif not line.strip() or found:
            found.clear()
    return " ".join(found), start


def title(evidence: RepositoryEvidence) -> Guess | None:
    """The first heading of the README, where it writes the name of the repository for people; None for any other heading."""
    path, name = readme_of(evidence), evidence.name.rpartition("/")[2]
    for number, line in evidence.lines(path, 30) if path else ():
        if not line.startswith("# "):
            continue
        text = _plain(line[2:])
        is_name = _letters(text) == _letters(name) and text not in {name, name.lower()}
        return Guess(text, f"{path} line {number}") if is_name and len(text) <= LONGEST_TITLE else None
    return None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _plain(value: object) -> str:
    """One line of text without Markdown."""
    if not isinstance(value, str):
        return ""
    text = _MARKS.sub(lambda match: match[1] or "", value[:2_000])
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _cut(text: str) -> str:
    """Whole sentences up to ``LONGEST`` characters, or a part of the first one."""
    kept = ""
    for sentence in _SENTENCE.split(text):
        if len(kept) + len(sentence) + 1 > LONGEST:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or f"{text[: LONGEST - 1].rsplit(' ', 1)[0]}…"
