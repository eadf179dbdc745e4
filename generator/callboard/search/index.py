"""Texts of the site's pages → the index below ``search/`` of the site, of which only files with changed terms or sections are written."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import msgspec

from callboard.incremental.fingerprint import code_digest
from callboard.io.checked_lines import read_checked, with_digest
from callboard.io.site_folder.staging import Staging
from callboard.io.store import write_atomically
from callboard.pages.page import SearchText
from callboard.search import document_file, documents, first_letters
from callboard.search.blocks import block_bits, block_files, order_of
from callboard.search.document_file import DocumentFile, IndexedPage, Known, Spool
from callboard.search.documents import PER_GROUP, SearchDocument
from callboard.search.english import stem
from callboard.search.kept_files import KeptFiles
from callboard.search.places import PagePlace, places_of
from callboard.search.shard_names import MOST_NAMES, by_utf_16, name_parts, part_files
from callboard.search.shards import Shard, plans, row_size, shard_path, shards
from callboard.search.term_cells import Cell, lines_of, update
from callboard.search.term_file import Line, TermChanges
from callboard.search.terms import as_written
from callboard.settings.settings import SearchSettings

TIERS = ("h", "t")
"""Terms of titles, and of texts."""
MOST_REMOVED = 4
"""If more than this part of the documents changed (a quarter), all terms are made again: what is removed is kept in memory."""
INDEX_PATH = "search/index.json"
_STATE, _PARTS = b"search index 1", b"search parts 1"
_FORMAT = 3
"""Incremented whenever the files of the site change for the same documents."""


class SearchIndex:
    """The index of one site.

    Args:
        cache: folder with the documents and terms of the last build.
        settings: how words are read.
        staging: where the files are added.
    """

    def __init__(self, cache: Path, settings: SearchSettings, staging: Staging) -> None:
        self._cache, self._settings, self._staging = cache, settings, staging
        self._stemmed: Callable[[str], str] = stem if settings.stemming == "english" else as_written
        self._made = Spool()
        self.is_new = False
        """Whether ``put`` made the index again."""

    def document(self, path: str, text: SearchText) -> SearchDocument:
        """The document of a page."""
        return documents.document(path, text, self._stemmed)

    def add(self, made: Iterable[SearchDocument]) -> None:
        """Keep documents that were made together with their pages."""
        self._made.add(made)

    def put(self, digests: Mapping[str, str], text_of: Callable[[str], SearchText]) -> None:
        """Add the index's files to the site.

        Args:
            digests: digests of the pages' texts by path.
            text_of: returns the text of a page, for one whose document is not cached.
        """
        key = self._key(digests)
        state = self._state()
        files_before = state.pop("files", ())  # many, and not needed below
        if state.get("key") == key and self._staging.keep_all(*map(tuple, files_before)):
            return
        del files_before
        old = state if state.get("made_with") == self._made_with() and self._are_intact(state) else {}
        if not old:
            shutil.rmtree(self._cache, ignore_errors=True)
        self._cache.mkdir(parents=True, exist_ok=True)
        parts = self._parts() if old else {"files": {}, "cells": {tier: [] for tier in TIERS}}
        of, cells = self._update(digests, text_of, {tier: [Cell(*row) for row in rows] for tier, rows in parts["cells"].items()})
        files = KeptFiles(self._staging, parts["files"])
        self._put_all(files, of, cells)
        self.is_new = True
        write_atomically(self._caches()[-1], with_digest(msgspec.json.encode({"files": files.parts, "cells": cells}), _PARTS))
        made = {"key": key, "made_with": self._made_with(), "files": files.files, "caches": self._digests()}
        write_atomically(self._cache / "state.json", with_digest(msgspec.json.encode(made), _STATE))

    def end(self) -> None:
        """Remove temporary files."""
        self._made.close()

    def _made_with(self) -> str:
        return f"{code_digest()} {_FORMAT} {self._settings.stemming}"

    def _key(self, digests: Mapping[str, str]) -> str:
        inputs = (self._made_with(), self._settings.synonyms, sorted(digests.items()))
        return hashlib.sha256(repr(inputs).encode("utf-8", "replace")).hexdigest()[:32]

    def _state(self) -> dict[str, Any]:
        content = read_checked(self._cache / "state.json", _STATE)
        state: dict[str, Any] = msgspec.json.decode(content) if content else {}
        return state

    def _parts(self) -> dict[str, Any]:
        """The parts of the last build with their files, and the cells of its terms; the cached files are those of the last build."""
        parts: dict[str, Any] = msgspec.json.decode(read_checked(self._caches()[-1], _PARTS) or b"{}")
        return parts

    def _caches(self) -> tuple[Path, ...]:
        return (self._cache / "documents.tsv", *(self._cache / f"terms-{tier}.tsv" for tier in TIERS), self._cache / "parts.json")

    def _digests(self) -> list[str]:
        return [_file_digest(file) for file in self._caches()]

    def _are_intact(self, state: Mapping[str, Any]) -> bool:
        """Whether the cached files are those of the last build."""
        try:
            return bool(self._digests() == state["caches"])
        except OSError:
            return False

    def _update(
        self, digests: Mapping[str, str], text_of: Callable[[str], SearchText], cells: Mapping[str, Sequence[Cell]]
    ) -> tuple[DocumentFile, dict[str, list[Cell]]]:
        """Bring documents and terms of the cache up to date; returns the documents, and the cells of the terms."""
        old, places = DocumentFile(self._caches()[0]), places_of(digests)
        digests = {path: digests[path] for path in digests if path in places}
        changes = {tier: TermChanges(self._cache) for tier in TIERS}
        try:
            same = {path for path, known in old.known.items() if digests.get(path) == known.digest and places[path] == known.place}
            gone = [path for path in old.known if path not in same]
            if MOST_REMOVED * len(gone) > len(old.known):
                same, cells, gone = set(), dict.fromkeys(TIERS, ()), []
            for path in gone:
                _change(changes, old.page(path), TermChanges.remove)
            known = document_file.write(self._caches()[0], self._lines(old, same, digests, places, text_of, changes))
            files = dict(zip(TIERS, self._caches()[1:-1], strict=True))
            new = {tier: update(file, cells[tier], changes[tier], partial(row_size, tier)) for tier, file in files.items()}
            return DocumentFile(self._caches()[0], known), new
        finally:
            old.close()
            for each in changes.values():
                each.close()

    def _lines(
        self, old: DocumentFile, same: set[str], digests: Mapping[str, str], places: Mapping[str, PagePlace],
        text_of: Callable[[str], SearchText], changes: Mapping[str, TermChanges],
    ) -> Iterator[tuple[str, Known, bytes]]:  # fmt: skip
        """The lines of the new documents, in their order; what is new is added to ``changes``."""
        order = {path: old.known[path].order if path in same else order_of(places[path]) for path in digests}
        for _, path in sorted((order[path], path) for path in digests):
            if path in same:
                yield path, old.known[path], old.line(old.known[path])
                continue
            page = IndexedPage(order[path], places[path], digests[path], self._document(old, path, digests[path], text_of))
            _change(changes, page, TermChanges.add)
            yield path, page.known, page.line

    def _document(self, old: DocumentFile, path: str, digest: str, text_of: Callable[[str], SearchText]) -> SearchDocument:
        if made := self._made.find(path):
            return made
        if path in old.known and old.known[path].digest == digest:
            return old.page(path).document
        return self.document(path, text_of(path))

    def _put_all(self, files: KeptFiles, of: DocumentFile, cells: Mapping[str, Sequence[Cell]]) -> None:
        """Add the site's files."""
        sections = sum(known.sections for known in of.known.values())
        bits = block_bits(sections)
        for number, group in groupby(of.known.items(), key=lambda each: each[1].order >> (32 - bits)):
            pages = [*group]
            made_of = ("block", bits, [(path, *known.place, known.digest) for path, known in pages])
            files.put(made_of, partial(_block_files, number, of, [path for path, _ in pages]))
        of.close()
        tiers = {tier: self._put_shards(tier, files, cells[tier]) for tier in TIERS}
        tiers[first_letters.TIER] = self._put_rests(files, cells["h"])
        about = {
            "format": _FORMAT, "sections": _rounded(sections), "bits": bits, "group": PER_GROUP, "stemming": self._settings.stemming,
            "synonyms": self._settings.synonyms, **{tier: _put_names(tier, files, names) for tier, names in tiers.items()},
        }  # fmt: skip
        content = json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()
        files.put(about, lambda: [(INDEX_PATH, "", content)])

    def _put_shards(self, tier: str, files: KeptFiles, cells: Sequence[Cell]) -> list[str]:
        """Add the shards of a tier; returns their names."""
        names = []
        with self._caches()[1 + TIERS.index(tier)].open("rb") as terms:
            for plan in plans(cells):
                made = partial(_shard_files, tier, partial(shards, tier, plan), terms, plan.cells)
                names += files.put((tier, plan.name, [cell.digest for cell in plan.cells]), made)
        return names

    def _put_rests(self, files: KeptFiles, cells: Sequence[Cell]) -> list[str]:
        """Add the shards of the words of titles without their first letters; returns their names."""
        names, tier = [], first_letters.TIER
        with self._caches()[1].open("rb") as terms:
            for beginning, of in first_letters.rest_plans(cells):
                made = partial(_shard_files, tier, partial(first_letters.rest_shards, beginning), terms, of)
                names += files.put((tier, beginning, [cell.digest for cell in of]), made)
        return names


def _block_files(number: int, of: DocumentFile, paths: list[str]) -> Iterator[tuple[str, str, bytes]]:
    return block_files(number, of.shown(paths))


def _shard_files(
    tier: str, made: Callable[[Iterator[Line]], Iterable[Shard]], terms: IO[bytes], cells: Sequence[Cell]
) -> Iterator[tuple[str, str, bytes]]:
    for shard in made(lines_of(terms, cells)):
        yield shard_path(tier, shard.name), shard.name, shard.content


def _put_names(tier: str, files: KeptFiles, names: list[str]) -> dict[str, list[str]]:
    """What the overview has of the shards of a tier: their names; or, if they are many, the parts of their names that are in files."""
    if len(names) <= MOST_NAMES:
        return {"names": sorted(names, key=by_utf_16), "parts": []}
    parts = name_parts(names)
    for part in parts:
        files.put((tier, "names", part), partial(part_files, tier, [part]))
    return {"names": [], "parts": [beginning for beginning, _ in parts]}


def _change(
    changes: Mapping[str, TermChanges], page: IndexedPage, how: Callable[[TermChanges, PagePlace, dict[str, list[int]]], None]
) -> None:
    """Add the terms of a page to the changes, or remove them."""
    for tier, terms in zip(TIERS, msgspec.json.decode(page.document.terms), strict=True):
        how(changes[tier], page.place, terms)


def _file_digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _rounded(count: int) -> int:
    """A number of sections to two digits: it only weighs terms, and should not change with each of them."""
    unit = int("1" + "0" * max(0, len(str(count)) - 2))
    return count // unit * unit
