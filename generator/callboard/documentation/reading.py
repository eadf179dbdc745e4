"""A folder of a repository → the source of a documentation set: configuration, files, navigation and texts, within bounds."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from functools import partial
from hashlib import blake2b
from typing import Any

from callboard.documentation import rules
from callboard.documentation.configuration import LARGEST, ConfigurationError, SetConfiguration, read_configuration
from callboard.documentation.conversion import SetSource
from callboard.documentation.decision_files import IN_SET, MOST_DECISIONS, DecisionFiles, usual_folder
from callboard.documentation.excluding import Patterns
from callboard.documentation.file_names import has_address, literal
from callboard.documentation.files import MARKDOWN, SetFiles
from callboard.documentation.links import line_of
from callboard.documentation.model import SetKind
from callboard.documentation.monorepo import IncludedSet, Inclusion
from callboard.documentation.navigation import SetNavigation, navigation_of
from callboard.documentation.redirects import wrong_redirects
from callboard.documentation.snippets import LARGEST as LARGEST_SNIPPET
from callboard.documentation.snippets import Snippets, appended_snippets
from callboard.documentation.start_pages import READMES, named_images, start_page
from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.errors import TreeError
from callboard.model.problem import Rule
from callboard.model.tree import Tree
from callboard.plugins.sources.paths import normal_path
from callboard.redaction.masking import masked
from callboard.settings.settings import DocsSettings

CONFIGURATIONS = ("mkdocs.yml", "mkdocs.yaml")
CHANGE_LOG = "CHANGELOG.md"
_MOST_UPPER_CASE = 20
"""Files with endings such as ``.MD`` that are reported."""
_MOST_WRONG = 20
_MOST_FILES = 10_000
"""Files of a documentation folder that are listed."""


@dataclass(frozen=True, slots=True)
class SetFinding:
    """Something wrong with the files of a set."""

    rule: Rule
    path: str
    """In the tree."""
    message: str
    hint: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class ReadSet:
    """A set as it was read."""

    kind: SetKind
    source: SetSource
    docs_folder: str
    elsewhere: dict[str, str]
    """Paths in the tree of included files, by path in the set."""
    findings: tuple[SetFinding, ...]
    decisions: str | None = None
    """Folder of its decision records, below the documentation folder; empty for that itself, None for none."""

    @property
    def size(self) -> int:
        """Characters of all texts."""
        return sum(map(len, self.source.texts.values()))


@dataclass(slots=True)
class SetReader:
    """Reads the sets of one portal.

    Args:
        bounds: the section ``docs`` of the settings.
        kinds: kinds of entities.
    """

    bounds: DocsSettings
    kinds: frozenset[str]
    is_left_out: Callable[[str], bool] = lambda _: False
    """Whether a path of the tree is left out."""
    is_public: bool = False
    """Whether e-mail addresses are masked like secrets."""
    _findings: list[SetFinding] = field(default_factory=list)
    _written: str = ""
    """The text of the set's configuration."""

    def read(self, tree: Tree, folder: str, decisions: str | None = None) -> ReadSet:
        """The set in a folder of a tree, with the decision records in the folder ``decisions``; None for a usual one, if there is any.

        What cannot be read is a finding; raises ``SourceError`` if the network fails.
        """
        self._findings, self._written = [], ""
        found = [path for name in CONFIGURATIONS for path in _glob(tree, posixpath.join(folder, name))]
        configuration = self._configuration(tree, found[0]) if found else SetConfiguration()
        docs = self._docs_folder(configuration, folder, found[0] if found else "")
        paths = self._paths(tree, docs, configuration)
        if not found and not any(path.endswith(MARKDOWN) for path in paths):
            return self._read_readme(tree, folder, self._decisions(tree, folder, folder, decisions))
        inclusion = Inclusion(lambda path: self._included(tree, path), lambda pattern: _matching(tree, pattern))
        nav = inclusion.expanded(configuration.nav, folder) if "include" in repr(configuration.nav) else configuration.nav
        for written, reason in inclusion.failed:
            self._find(rules.MISSING_PAGE, found[0] if found else docs, f"`{written[:200]}` is not included: {reason}.",
                       "Name an mkdocs.yml of this repository.")  # fmt: skip
        nav = self._with_change_log(tree, folder, paths, nav, inclusion.elsewhere)
        records = self._decisions(tree, folder, docs, decisions)
        nav = records.in_navigation(nav)
        start = start_page(tree, folder, docs, paths, nav, self.is_left_out)
        elsewhere = {**inclusion.elsewhere, **records.elsewhere, **start}
        files = SetFiles((*paths, *elsewhere), docs, elsewhere)
        navigation = navigation_of(nav, files) if nav else _with_change_log_last(navigation_of(nav, files))
        intended = self._matching(configuration.not_in_nav, docs, navigation.outside)
        navigation = replace(navigation, intended=tuple(sorted(intended)))
        if not paths and configuration.docs_dir != SetConfiguration().docs_dir:
            self._find(rules.UNREADABLE_SET, found[0], f"`docs_dir` names `{docs[:200]}`, which has no files.",
                       "Name a folder of this repository.", needle=configuration.docs_dir)  # fmt: skip
        source = SetSource(replace(configuration, nav=nav), files, navigation, {}, self.kinds)
        self._check_navigation(source, found[0] if found else "")
        kind = SetKind.MKDOCS if found else SetKind.FOLDER
        return self._with_texts(tree, folder, ReadSet(kind, source, docs, elsewhere, (), records.folder))

    def read_decisions(self, tree: Tree, folder: str) -> ReadSet:
        """The set of an entity that has decision records and no other documentation."""
        self._findings, self._written = [], ""
        files = SetFiles(self._paths(tree, folder, SetConfiguration()), folder)
        source = SetSource(SetConfiguration(), files, navigation_of(None, files), {}, self.kinds)
        kind = SetKind.FOLDER if files.pages else SetKind.NONE
        return self._with_texts(tree, folder, ReadSet(kind, source, folder, {}, (), ""))

    def _decisions(self, tree: Tree, folder: str, docs: str, written: str | None) -> DecisionFiles:
        """The files of decision records, of which those outside of the documentation folder are put into the set."""
        there = written if written is not None else usual_folder(tree, folder)
        if there is None:
            return DecisionFiles()
        inside = there == docs or not docs or there.startswith(f"{docs}/")
        if inside:
            return DecisionFiles(there[len(docs) + 1 :] if docs and there != docs else "" if there == docs else there)
        found = [path for path in _matching(tree, f"{literal(there)}/**" if there else "*.md") if not self.is_left_out(path)]
        start = len(there) + 1 if there else 0
        return DecisionFiles(IN_SET, {f"{IN_SET}/{path[start:]}": path for path in found[:MOST_DECISIONS] if has_address(path)})

    def _with_change_log(self, tree: Tree, folder: str, paths: Sequence[str], nav: Any, elsewhere: dict[str, str]) -> Any:
        """The navigation with the change log next to the documentation as its last page, if the set has none of its own."""
        there = posixpath.join(folder, CHANGE_LOG)
        if any(path.lower().endswith("changelog.md") for path in paths) or self.is_left_out(there) or not _glob(tree, there):
            return nav
        elsewhere[CHANGE_LOG] = there
        return [*nav, CHANGE_LOG] if isinstance(nav, list) else nav

    def _configuration(self, tree: Tree, path: str) -> SetConfiguration:
        try:
            content = tree.read(path, LARGEST)
            configuration = read_configuration(content, partial(_inherited, tree), posixpath.dirname(path))
        except (ConfigurationError, TreeError) as error:
            self._find(
                rules.UNREADABLE_SET, path, f"The file cannot be used: {error}.", "The folder is shown without it; correct the file."
            )
            return SetConfiguration()
        self._written = self._written or content.decode("utf-8", "replace")
        if configuration.ignored:
            names = ", ".join(f"`{name}`" for name in configuration.ignored[:20])
            hint = "Remove them, or accept that their effect is missing in the portal."
            self._find(rules.UNUSED_SETTING, path, f"These have no effect in the portal: {names}.", hint)
        return configuration

    def _docs_folder(self, configuration: SetConfiguration, folder: str, path: str) -> str:
        try:
            docs = normal_path(posixpath.join(folder, configuration.docs_dir))
        except TreeError as error:
            self._find(rules.UNREADABLE_SET, path, f"`docs_dir` cannot be used: {error}.", "Name a folder of this repository.")
            docs = posixpath.join(folder, "docs")
        return "" if docs == "." else docs

    def _paths(self, tree: Tree, docs: str, configuration: SetConfiguration) -> Sequence[str]:
        """The files below the documentation folder that are not left out."""
        start = len(docs) + 1 if docs else 0
        found = _matching(tree, f"{literal(docs)}/**" if docs else "**")
        if len(found) > _MOST_FILES:
            message = f"The documentation folder has more than {_MOST_FILES:,} files; the first ones are listed."
            self._find(rules.PAGE_AS_TEXT, docs, message, "Divide the set.")
        inside = [path[start:] for path in found[:_MOST_FILES] if not self.is_left_out(path)]
        excluded = self._matching(configuration.excluded, docs, inside)
        kept = [path for path in inside if path not in excluded]
        odd = [path for path in kept if not has_address(path)]
        if odd:
            message = f"{counted(len(odd), 'file has a name', 'files have names')} that no address can have; the first is {odd[0]!r:.200}."
            self._find(rules.PAGE_AS_TEXT, docs, message, "Use shorter names, without control characters and without `index.html`.")
        for path in [path for path in kept if not path.endswith(MARKDOWN) and path.lower().endswith(MARKDOWN)][:_MOST_UPPER_CASE]:
            self._find(rules.PAGE_AS_TEXT, posixpath.join(docs, path), "The file is no page of the set: its ending is not in lower case.",
                       "Rename it, such as to `.md`; MkDocs shows no such file as a page either.")  # fmt: skip
        return [path for path in kept if path not in odd] if odd else kept

    def _matching(self, patterns: Sequence[str], docs: str, paths: Sequence[str]) -> frozenset[str]:
        """The paths that match one of the patterns; patterns that are none are reported."""
        matches = Patterns(patterns)
        found = frozenset(path for path in paths if matches(path))
        for line in matches.wrong[:_MOST_WRONG]:
            self._find(rules.UNUSED_SETTING, docs, f"`{line[:200]}` is no pattern of files.", "Correct it in the mkdocs.yml.")
        if matches.is_used_up:
            self._find(rules.PAGE_AS_TEXT, docs, "Comparing files with patterns of the mkdocs.yml takes too long; the rest is left out.",
                       "Write fewer and simpler patterns.")  # fmt: skip
        return found

    def _included(self, tree: Tree, path: str) -> IncludedSet | None:
        if not _glob(tree, path):
            return None
        configuration = self._configuration(tree, path)
        docs = self._docs_folder(configuration, posixpath.dirname(path), path)
        return IncludedSet(configuration, docs, self._paths(tree, docs, configuration))

    def _read_readme(self, tree: Tree, folder: str, records: DecisionFiles) -> ReadSet:
        found = next((path for name in READMES for path in _glob(tree, posixpath.join(folder, name))), "")
        if not found or self.is_left_out(found):
            source = SetSource(SetConfiguration(), SetFiles((), folder), navigation_of(None, SetFiles(())), {}, self.kinds)
            return ReadSet(SetKind.NONE, source, folder, {}, tuple(self._findings))
        start = len(folder) + 1 if folder else 0
        text = _text(tree, found, self.bounds.page_bytes) or ""
        named = [path for path in named_images(text) if has_address(path) and _glob(tree, posixpath.join(folder, path))]
        below = f"{literal(posixpath.join(folder, records.folder))}/**" if records.folder and not records.elsewhere else ""
        own = [path[start:] for path in _matching(tree, below)[:MOST_DECISIONS] if not self.is_left_out(path)] if below else []
        files = SetFiles((found[start:], *named, *own, *records.elsewhere), folder, records.elsewhere, is_complete=False)
        source = SetSource(SetConfiguration(), files, navigation_of(None, files), {}, self.kinds)
        return self._with_texts(tree, folder, ReadSet(SetKind.README, source, folder, dict(records.elsewhere), (), records.folder))

    def _check_navigation(self, source: SetSource, path: str) -> None:
        for name in source.navigation.missing[:50]:
            self._find(rules.MISSING_PAGE, path, f"The navigation names `{name[:200]}`, which is no page of the set.",
                       "Correct the name, or remove it from `nav`.", needle=name)  # fmt: skip
        for hidden, shown in [*source.files.hidden.items()][:50]:
            message = f"`{hidden[:200]}` is not shown: `{shown.path[:200]}` has the same address `{shown.url[:200]}`."
            self._find(rules.MISSING_PAGE, source.files.repository_path(hidden), message, "Rename one of them, or make one page of both.")

        for old, reason in [*wrong_redirects(dict(source.configuration.redirects), lambda name: source.files.find(name) is not None)][:50]:
            self._find(rules.MISSING_PAGE, path, f"The redirect of `{old[:200]}` has no effect: {reason}.",
                       "Correct `redirect_maps` in the mkdocs.yml.", needle=old)  # fmt: skip

    def _with_texts(self, tree: Tree, folder: str, read: ReadSet) -> ReadSet:
        """The set with the texts of its pages, as many as its bounds allow."""
        source, texts, written = read.source, dict[str, str](), dict[str, str]()
        pages = [page.path for page in source.files.pages]
        ordered = [*dict.fromkeys((*source.navigation.order(), *pages))]
        tree.fetch([source.files.repository_path(path) for path in ordered[: self.bounds.set_pages]])
        snippets = Snippets(lambda path: self._snippet(tree, folder, read, path))
        appended = appended_snippets(source.configuration.appended)
        left = self.bounds.set_bytes
        for path, text in self._texts(tree, source.files, ordered):
            expanded = snippets.expanded(text + appended if appended else text)
            left -= max(len(text), len(expanded))
            if left < 0:
                self._too_much(read.docs_folder, f"more than {self.bounds.set_bytes:,} bytes")
                break
            texts[path] = expanded
            if expanded is not text:
                written[path] = text
            self._missing_snippets(snippets, source.files.repository_path(path))
        complete = replace(source, texts=texts, written=written, largest_page=self.bounds.page_bytes, is_public=self.is_public)
        return replace(read, source=complete, findings=tuple(self._findings))

    def _texts(self, tree: Tree, files: SetFiles, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
        if len(paths) > self.bounds.set_pages:
            self._too_much(files.repository_path(paths[0]), f"more than {counted(self.bounds.set_pages, 'page')}")
        for path in paths[: self.bounds.set_pages]:
            there = files.repository_path(path)
            text = _text(tree, there, 4 * self.bounds.page_bytes)
            if text is None:
                limit = 4 * self.bounds.page_bytes
                self._find(rules.PAGE_AS_TEXT, there, f"The page cannot be read, or has more than {limit:,} bytes; it is left out.",
                           "Divide the page.")  # fmt: skip
                continue
            if "\ufffd" in text and not _is_utf8(tree, there, 4 * self.bounds.page_bytes):
                self._find(rules.PAGE_AS_TEXT, there, "The file is not in UTF-8; letters that cannot be read are shown as \ufffd.",
                           "Save it in UTF-8; MkDocs does not read it either.")  # fmt: skip
            yield path, text

    def _snippet(self, tree: Tree, folder: str, read: ReadSet, path: str) -> str | None:
        """The text of a snippet, looked for below the folders that the configuration names, then below that of the pages."""
        for base in (*(posixpath.join(folder, each) for each in read.source.configuration.snippet_folders), read.docs_folder):
            there = posixpath.normpath(posixpath.join(base, path))
            if not there.startswith(("../", "/")) and not self.is_left_out(there) and _glob(tree, there):
                text = _text(tree, there, LARGEST_SNIPPET)
                return None if text is None else masked(text, is_public=self.is_public).text
        return None

    def _missing_snippets(self, snippets: Snippets, path: str) -> None:
        for name, line in snippets.missing[:20]:
            self._find(rules.BROKEN_LINK, path, f"The snippet `{name[:200]}` cannot be put in.",
                       f"Name a file of this repository of at most {LARGEST_SNIPPET:,} bytes.", line=line)  # fmt: skip
        snippets.missing.clear()

    def _too_much(self, path: str, reason: str) -> None:
        self._find(
            rules.PAGE_AS_TEXT, path, f"The set has {reason}; the rest is left out.", "Divide the set, or raise the limit in `docs`."
        )

    def _find(self, rule: Rule, path: str, message: str, hint: str, line: int = 0, needle: str = "") -> None:
        """Add a finding; ``needle`` is a text of the configuration, whose line is that of the finding."""
        self._findings.append(SetFinding(rule, path, message, hint, line or (line_of(self._written, needle) if needle else 0)))


def _inherited(tree: Tree, written: str, folder: str) -> tuple[bytes, str]:
    """The file that ``INHERIT`` names, and its folder. Raises ``ConfigurationError``."""
    try:
        path = normal_path(posixpath.join(folder, written))
        return tree.read(path, LARGEST), posixpath.dirname(path)
    except TreeError as error:
        raise ConfigurationError(f"it cannot be read: {error}") from error


def _with_change_log_last(navigation: SetNavigation) -> SetNavigation:
    """A navigation that is made from the files, in which the change log follows the pages of the documentation."""
    others = tuple(item for item in navigation.items if item.path != CHANGE_LOG)
    return replace(navigation, items=(*others, *(item for item in navigation.items if item.path == CHANGE_LOG)))


def set_digest(read: ReadSet, program: str) -> str:
    """Digest of everything that the pages of a set are converted from, except the text of each page."""
    source = read.source
    parts = (
        program, sorted(source.kinds), source.configuration.extensions, [*source.files.by_path], source.largest_page, read.docs_folder,
        read.elsewhere, read.kind, sorted(source.navigation.titles().items()), source.is_public,
    )  # fmt: skip
    return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def page_key(digest: str, source: SetSource, path: str) -> str:
    """Digest of everything that a page is converted from; ``digest`` is that of its set."""
    text = source.texts[path].encode("utf-8", "backslashreplace")
    return blake2b(digest.encode() + b"\0" + path.encode("utf-8", "backslashreplace") + b"\0" + text, digest_size=16).hexdigest()


def _glob(tree: Tree, path: str) -> Sequence[str]:
    return _matching(tree, literal(path))


def _matching(tree: Tree, pattern: str) -> Sequence[str]:
    try:
        return tree.glob(pattern)
    except TreeError:
        return ()


def _is_utf8(tree: Tree, path: str, limit: int) -> bool:
    try:
        tree.read(path, limit).decode()
    except UnicodeDecodeError:
        return False
    except TreeError:
        return True
    return True


def _text(tree: Tree, path: str, limit: int) -> str | None:
    try:
        return tree.read(path, limit).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except TreeError:
        return None
