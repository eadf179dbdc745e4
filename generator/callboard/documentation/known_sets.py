"""A complete set with what it was made of ↔ a file beside its pages: a set of which nothing has changed is not read again."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from callboard.documentation.asked_tree import Asked
from callboard.documentation.decisions import DecisionRecord
from callboard.documentation.model import DocumentationSet, DocumentPage, SetKind
from callboard.documentation.navigation import SetNavigation
from callboard.io.checked_lines import read_checked, write_checked
from callboard.model.problem import Problem

_PURPOSE = b"known set 2"
KNOWN_END = ".set"


class KnownSet(msgspec.Struct, frozen=True, array_like=True):
    """A set as it was completed, without its pages."""

    options: str
    """Digest of program and settings that it was made by."""
    asked: Asked
    keys: tuple[tuple[str, str], ...]
    """Path and key of each page."""
    digest: str
    kind: SetKind
    title: str
    docs_folder: str
    navigation: SetNavigation
    repository_paths: Mapping[str, str]
    redirects: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: Mapping[str, str]
    sizes: Mapping[str, tuple[int, int]]
    left_out: Mapping[str, str]
    bytes: int
    decisions: tuple[DecisionRecord, ...]

    @classmethod
    def of(cls, made: DocumentationSet, options: str, asked: Asked) -> KnownSet:
        """The set as it is saved."""
        keys = tuple((path, page.key) for path, page in made.pages.items())
        return cls(
            options, asked, keys, made.digest, made.kind, made.title, made.docs_folder, made.navigation, made.repository_paths,
            made.redirects, made.problems, made.files, made.sizes, made.left_out, made.bytes, made.decisions,
        )  # fmt: skip

    def completed(self, empty: DocumentationSet, pages: Mapping[str, DocumentPage], revision: str) -> DocumentationSet | None:
        """The set with its pages by key, of a tree at this revision; None if one is missing. ``empty`` has its reference and place."""
        if any(key not in pages for _, key in self.keys):
            return None
        problems = (_at_revision(each, revision) for each in self.problems)
        return replace(
            empty, kind=self.kind, title=self.title, docs_folder=self.docs_folder, navigation=self.navigation,
            pages={pages[key].path: pages[key] for _, key in self.keys}, digest=self.digest, repository_paths=self.repository_paths,
            redirects=self.redirects, problems=tuple(problems), files=self.files, sizes=self.sizes,
            left_out=self.left_out, bytes=self.bytes, decisions=self.decisions,
        )  # fmt: skip


def _at_revision(problem: Problem, revision: str) -> Problem:
    if problem.origin is None or problem.origin.revision == revision:
        return problem
    return replace(problem, origin=replace(problem.origin, revision=revision))


_decoder = msgspec.msgpack.Decoder(KnownSet)


def read_known_set(pack: Path) -> KnownSet | None:
    """The set beside the file with its pages; None if it is missing, damaged or of another format."""
    content = read_checked(pack.with_suffix(KNOWN_END), _PURPOSE)
    try:
        return None if content is None else _decoder.decode(content)
    except msgspec.MsgspecError:
        return None


def write_known_set(pack: Path, known: KnownSet) -> None:
    """Save a set; a full or read-only disk is not an error."""
    with contextlib.suppress(OSError):
        write_checked(pack.with_suffix(KNOWN_END), msgspec.msgpack.encode(known), _PURPOSE)
