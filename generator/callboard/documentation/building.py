"""The catalog and the connected repositories → the documentation of all entities, converted as far as anything has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from callboard.catalog.graph import Catalog
from callboard.documentation import rules
from callboard.documentation.announcements import read_announcements
from callboard.documentation.asked_tree import AskedTree, digest_of_options
from callboard.documentation.bounds import is_left_out
from callboard.documentation.conversion import PageResult, PageWork, converted_pages
from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.decisions import DecisionRecord, decision_records
from callboard.documentation.known_sets import KnownSet, read_known_set, write_known_set
from callboard.documentation.memory import DocumentationMemory, RememberedSet
from callboard.documentation.model import DocumentationSet, DocumentPage, SetKind, SetPlace
from callboard.documentation.navigation import NavItem, SetNavigation
from callboard.documentation.packs import KeptPages, pack_file, read_pack, remove_other_packs, write_pack
from callboard.documentation.places import NO_SET, SharedSet, place_of, place_of_decisions, shared_set
from callboard.documentation.portal import PortalDocumentation
from callboard.documentation.published_files import published_files
from callboard.documentation.reading import ReadSet, SetFinding, SetReader, page_key, set_digest
from callboard.documentation.redirects import lost_anchors
from callboard.ingestion.access import ConnectedTrees
from callboard.io.store import Store
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem, Span
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees, has_known_folders
from callboard.redaction.masking import masked
from callboard.settings.settings import Settings

_WINDOW = 8_000_000
"""Characters of texts that are in memory at a time."""
_MOST_FINDINGS = 100
"""Problems of one set, besides those of its links."""


def portal_documentation(
    catalog: Catalog, trees: Trees, settings: Settings, program: str, folder: Path | None = None, *, removes: bool = True,
    memory: DocumentationMemory | None = None,
) -> PortalDocumentation:  # fmt: skip
    """The documentation of all entities, with the problems of its links, and the announcements.

    ``program``: digest of this program; ``folder``: where converted pages are kept, if not in the portal's cache; ``removes``: whether
    those of other sets are removed from there, which is right only if all sources were read; ``memory``: what the last run of this process
    found out, of which only what a change affects is derived again. Raises ``SourceError`` if the network fails.
    """
    folder = folder or Store.beside(settings.root).cache / "documentation"
    connected = ConnectedTrees(trees, settings.sources)
    found = DocumentationBuilder(catalog, connected, settings, folder, program, memory).build()
    if removes:
        remove_other_packs(folder, (kept.file for kept in found.kept.values()))
    links = CrossLinks(found, catalog, trees)
    announcements = read_announcements(settings, catalog)
    return replace(found, problems=(*found.problems, *links.problems(), *announcements.problems), announcements=announcements)


@dataclass(slots=True)
class _Pending:
    """A set of which pages have to be converted."""

    entity: Entity
    place: SetPlace
    read: ReadSet
    digest: str
    kept: KeptPages
    keys: Mapping[str, str]
    """By path."""
    tree: AskedTree
    options: str
    """Digest of what it is made by."""


class DocumentationBuilder:
    """Reads and converts the documentation of a portal.

    Args:
        catalog: all entities.
        connected: the repositories.
        settings: the section ``docs``, and the audience.
        folder: where converted pages are kept.
        program: digest of the program, with which kept pages are thrown away.
        memory: the sets of the last run of this process; those of changed trees were dropped.
    """

    def __init__(
        self, catalog: Catalog, connected: ConnectedTrees, settings: Settings, folder: Path, program: str,
        memory: DocumentationMemory | None = None,
    ) -> None:  # fmt: skip
        self._memory = memory
        self._remembered: dict[EntityRef, RememberedSet] = {}
        """The sets that are as they were in memory."""
        self._used_options: dict[EntityRef, str] = {}
        self._catalog, self._connected, self._bounds, self._folder, self._program = catalog, connected, settings.docs, folder, program
        self._is_public = settings.portal.is_public
        self._portal_options = digest_of_options({
            "program": program, "bounds": settings.docs, "public": self._is_public, "kinds": sorted(catalog.kinds.by_name),
        })  # fmt: skip
        self._sets: dict[EntityRef, DocumentationSet] = {}
        self._shared: dict[EntityRef, SharedSet] = {}
        self._kept: dict[EntityRef, KeptPages] = {}
        self._problems: list[Problem] = []
        self._converted = 0

    def build(self) -> PortalDocumentation:
        """The documentation. Raises ``SourceError`` if the network fails."""
        waiting, size = list[_Pending](), 0
        places = [*self._places()]
        self._announce(places)
        for entity, place, decisions in places:
            pending = self._read(entity, place, decisions)
            if pending is not None:
                waiting.append(pending)
                size += pending.read.size
            if size > _WINDOW:
                self._convert(waiting)
                waiting, size = [], 0
        self._convert(waiting)
        self._add_changes()
        shared = {ref: each for ref, each in self._shared.items() if each.ref in self._sets}
        ordered = {ref: self._sets[ref] for ref in self._catalog.entities if ref in self._sets}
        found = PortalDocumentation(ordered, shared, self._kept, tuple(self._problems), self._converted)
        return found if self._memory is None else self._in_memory(found, self._memory)

    def _in_memory(self, found: PortalDocumentation, memory: DocumentationMemory) -> PortalDocumentation:
        """The documentation with what is known of its links, after all sets that have pages were put into the memory."""
        for ref, made in found.sets.items():
            if made.pages and ref not in self._remembered:
                self._remembered[ref] = RememberedSet(self._used_options[ref], self._tree(made.place), made, self._kept[ref])
        memory.keep(self._remembered, found.sets.keys())
        return replace(found, links=memory.links)

    def _places(self) -> Iterator[tuple[Entity, SetPlace, str | None]]:
        """The folder of each set, with the first entity that names it, and the folder of its decision records if that is written."""
        first: dict[SetPlace, EntityRef] = {}
        for ref, entity in self._catalog.entities.items():
            place = place_of(entity, self._connected)
            if isinstance(place, Problem):
                self._problems.append(place)
                self._sets[ref] = _empty_set(ref, SetPlace("", "", ""))
            elif place is not None and not is_left_out(self._bounds.exclude, entity, self._tree(place).repository):
                if place in first:
                    self._shared[ref] = SharedSet(first[place], "")
                    continue
                first[place] = ref
                yield entity, place, self._decisions(entity, place)
            if place is None and (records := self._decisions_place(entity)) is not None:
                yield entity, records, records.folder
            elif place is None and (shared := shared_set(entity)) is not None:
                self._shared[ref] = shared

    def _announce(self, places: Sequence[tuple[Entity, SetPlace, str | None]]) -> None:
        """Tell the trees which of their folders will be read, so that those on other machines ask for all of them at once."""
        folders: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for _, place, decisions in places:
            folders[place.source, place.tree] |= dict.fromkeys((place.folder, *([decisions] if decisions else [])))
        for key, names in folders.items():
            tree = self._connected.trees[key]
            if has_known_folders(tree):
                tree.expect_folders([*names])

    def _add_changes(self) -> None:
        """Add the last change of each page, and its author unless the portal is public; announced first, so that each is not a request."""
        read = {ref: made for ref, made in self._sets.items() if ref not in self._remembered}
        for made in read.values():
            if made.pages and has_known_folders(tree := self._tree(made.place)):
                tree.expect_changes([made.repository_path(path) for path in made.pages])
        for ref, made in read.items():
            if made.pages:
                tree = self._tree(made.place)
                changed = {path: at for path in made.pages if (at := tree.last_change(made.repository_path(path)))}
                self._sets[ref] = replace(made, changed=changed, authors=self._authors(tree, made, changed))

    def _authors(self, tree: Tree, made: DocumentationSet, changed: Mapping[str, datetime]) -> Mapping[str, str]:
        if self._is_public or not has_known_folders(tree):
            return {}
        return {path: author for path in changed if (author := masked(tree.last_author(made.repository_path(path)), is_public=False).text)}

    def _decisions(self, entity: Entity, place: SetPlace) -> str | None:
        """The folder that the annotation for decision records names, in the tree of the set."""
        found = self._decisions_place(entity)
        return found.folder if found is not None and (found.source, found.tree) == (place.source, place.tree) else None

    def _decisions_place(self, entity: Entity) -> SetPlace | None:
        found = place_of_decisions(entity, self._connected)
        if isinstance(found, Problem):
            self._problems.append(found)
            return None
        left_out = found is not None and is_left_out(self._bounds.exclude, entity, self._tree(found).repository)
        return None if left_out else found

    def _tree(self, place: SetPlace) -> Tree:
        return self._connected.trees[place.source, place.tree]

    def _read(self, entity: Entity, place: SetPlace, decisions: str | None) -> _Pending | None:
        """The set, if any of its pages has to be converted; a set that has not changed is complete."""
        options = self._used_options[entity.ref] = self._options(entity, place, decisions)
        if self._has_remembered(entity.ref, place, options):
            return None
        kept = read_pack(pack_file(self._folder, str(entity.ref)))
        if self._has_taken(kept, entity, place, options):
            return None
        tree = AskedTree(self._tree(place))
        reader = SetReader(
            self._bounds, frozenset(self._catalog.kinds.by_name),
            lambda path: is_left_out(self._bounds.exclude, entity, tree.repository, path), self._is_public,
        )  # fmt: skip
        is_only_decisions = decisions == place.folder and place_of(entity, self._connected) is None
        read = reader.read_decisions(tree, place.folder) if is_only_decisions else reader.read(tree, place.folder, decisions)
        shared = set_digest(read, self._program)
        keys = {path: page_key(shared, read.source, path) for path in read.source.texts}
        digest = blake2b(repr([*keys.items()]).encode(), digest_size=16).hexdigest()
        pending = _Pending(entity, place, read, digest, kept, keys, tree, options)
        if kept.digest == digest:
            self._complete(pending, kept)
            return None
        return pending

    def _options(self, entity: Entity, place: SetPlace, decisions: str | None) -> str:
        """Digest of everything besides files that a set is made by."""
        return digest_of_options({
            "portal": self._portal_options, "ref": entity.ref, "place": place, "decisions": decisions,
            "repository": self._tree(place).repository,
            "only decisions": decisions == place.folder and place_of(entity, self._connected) is None,
        })  # fmt: skip

    def _has_remembered(self, ref: EntityRef, place: SetPlace, options: str) -> bool:
        """Take the set that is in memory if its tree and settings are the same."""
        known = self._memory.sets.get(ref) if self._memory is not None else None
        if known is None or known.options != options or known.tree is not self._tree(place):
            return False
        self._remembered[ref] = known
        self._sets[ref], self._kept[ref] = known.made, known.kept
        self._problems += known.made.problems
        return True

    def _has_taken(self, kept: KeptPages, entity: Entity, place: SetPlace, options: str) -> bool:
        """Take the set of the last build if nothing that it was made of has changed; its files are not read then."""
        known = read_known_set(kept.file)
        tree = self._tree(place)
        if known is None or known.options != options or known.digest != kept.digest or not known.asked.has_same_answers(tree):
            return False
        made = known.completed(_empty_set(entity.ref, place), kept.pages, tree.revision)
        if made is None:
            return False
        self._sets[entity.ref], self._kept[entity.ref] = made, kept
        self._problems += made.problems
        return True

    def _convert(self, waiting: Sequence[_Pending]) -> None:
        """Complete these sets, one after the other, so that the HTML of only a few pages is in memory at a time."""
        work = [PageWork(each.read.source, path, key) for each in waiting for path, key in each.keys.items() if key not in each.kept.pages]
        with closing(converted_pages(work, self._bounds.page_seconds)) as results:
            for pending in waiting:
                pages = [self._page(pending, path, results) for path in pending.keys]
                # A set without pages is read again by each build, which asks its folder no more than a comparison with a file would.
                kept = write_pack(pending.kept.file, pending.digest, pages) if pages else KeptPages(pending.kept.file, pending.digest)
                self._complete(pending, kept)
        self._converted += len(work)

    def _page(self, pending: _Pending, path: str, results: Iterator[PageResult]) -> PageResult:
        """The page as it is kept, or the next one of ``results``."""
        key, kept = pending.keys[path], pending.kept
        if key not in kept.pages:
            return next(results)
        try:
            return PageResult(kept.pages[key], kept.html(kept.pages[key]))
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the page is converted again
            self._converted += 1
            return next(converted_pages([PageWork(pending.read.source, path, key)], self._bounds.page_seconds))

    def _complete(self, pending: _Pending, kept: KeptPages) -> None:
        ref, read, tree = pending.entity.ref, pending.read, pending.tree
        pages = {path: kept.pages[key] for path, key in pending.keys.items()}
        navigation = _with_titles(read.source.navigation, pages)
        made = DocumentationSet(
            ref, pending.place, read.kind, read.source.configuration.site_name, read.docs_folder, navigation, pages, pending.digest,
            read.elsewhere, dict(read.source.configuration.redirects), bytes=read.size,
            decisions=_decision_records(read),
        )  # fmt: skip
        named = dict.fromkeys(path for page in pages.values() for path in page.details.files)
        files = published_files(tree, named, made.repository_path, self._bounds, [page.url for page in pages.values()])
        findings = (*read.findings, *_as_text(made), *files.findings)
        problems = tuple(self._found(pending, tree, finding) for finding in findings[:_MOST_FINDINGS])
        self._sets[ref] = made = replace(made, problems=problems, files=files.published, left_out=files.left_out, sizes=files.sizes)
        self._kept[ref] = kept
        if pages and (asked := tree.asked()) is not None:
            write_known_set(kept.file, KnownSet.of(made, pending.options, asked))
        self._problems += problems

    def _found(self, pending: _Pending, tree: Tree, finding: SetFinding) -> Problem:
        span = Span.at(finding.line, 1) if finding.line else None
        origin = Origin(pending.place.source, tree.id, tree.repository, tree.revision, finding.path, 0, finding.line or 1)
        return finding.rule.problem(
            finding.message, origin=origin, span=span, subject=pending.entity.ref, hint=finding.hint, field=finding.message[:200]
        )


def _decision_records(read: ReadSet) -> tuple[DecisionRecord, ...]:
    if read.decisions is None:
        return ()
    return decision_records({path: read.source.text(path) for path in read.source.texts}, read.decisions)


def _as_text(made: DocumentationSet) -> Iterator[SetFinding]:
    """The pages that are shown as text, and a set without any page."""
    for page in made.pages.values():
        if page.as_text:
            message = f"The page is shown as plain text: it {page.as_text}."
            yield SetFinding(rules.PAGE_AS_TEXT, made.repository_path(page.path), message, "Shorten or divide the page.")
        for note in page.details.notes:
            yield SetFinding(rules.UNDRAWN_DIAGRAM, made.repository_path(page.path), f"{note.message}.", "Correct its text.", note.line)
        for each in page.details.removed:
            what = f"`{each.name}=`" if each.name.startswith("on") else f"`<{each.name}>`"
            message = f"The page has the {'attribute' if each.name.startswith('on') else 'element'} {what}, which {each.outcome}."
            yield SetFinding(rules.REMOVED_MARKUP, made.repository_path(page.path), message, each.hint, each.line)
    for old, target in lost_anchors(made.redirects, made.pages.get):
        message = f"The redirect of `{old[:200]}` leads to `{target[:200]}`, a heading that does not exist; it opens the page."
        yield SetFinding(rules.MISSING_PAGE, made.docs_folder, message, "Correct `redirect_maps` in the mkdocs.yml.")
    if not made.pages:
        place = made.docs_folder or "the repository's own folder"
        hint = "Add a Markdown file, an mkdocs.yml, a folder docs or a README.md there, or correct `docs_dir`."
        yield SetFinding(rules.UNREADABLE_SET, made.place.folder, f"{NO_SET} {place}.", hint)


def _with_titles(navigation: SetNavigation, pages: Mapping[str, DocumentPage]) -> SetNavigation:
    """The navigation with the titles of pages where it has none, and without pages that could not be read."""
    outside = tuple(path for path in navigation.outside if path in pages)
    return replace(navigation, items=tuple(_filled(navigation.items, pages)), outside=outside)


def _filled(items: Sequence[NavItem], pages: Mapping[str, DocumentPage]) -> Iterator[NavItem]:
    for item in items:
        if item.path:
            page = pages.get(item.path)
            if page is not None:
                yield replace(item, title=item.title or page.title)
        elif item.url:
            yield item
        elif children := tuple(_filled(item.children, pages)):
            yield replace(item, children=children)


def _empty_set(ref: EntityRef, place: SetPlace) -> DocumentationSet:
    return DocumentationSet(ref, place, SetKind.NONE, "", "", SetNavigation(()), {})
