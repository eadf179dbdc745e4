"""A portal, or files and folders → their problems, with paths that can be opened from the working folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from callboard import __version__
from callboard.build_request import failure_messages
from callboard.catalog.suggestions import NameIndex
from callboard.descriptors.kinds import Kinds, builtin_kinds
from callboard.descriptors.placeholders import NO_SOURCE, NOT_PERMITTED
from callboard.descriptors.portal_kinds import portal_kinds, read_kinds
from callboard.descriptors.rules import envelope
from callboard.documentation.portal import PortalDocumentation
from callboard.history.build_state import BuildState
from callboard.ingestion import rules
from callboard.io.store import Store
from callboard.lint import path_arguments
from callboard.lint.documentation import documentation_of_portal, problems_of_sets
from callboard.lint.portal_files import portal_lines, with_portal_files
from callboard.lint.source_lines import SourceLines
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError
from callboard.model.problem import Problem, fingerprint
from callboard.model.ref import EntityRef
from callboard.pages.site_data import ResolvedCatalog
from callboard.pipeline import Workspace, collect, enrich, ingest, resolve
from callboard.plugins.integrations.base import IntegrationFailure
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.sources import SourceFailure
from callboard.settings.invalid import InvalidSettingsError
from callboard.settings.loading import read_kind_paths
from callboard.settings.settings import Limits, Settings, SourceSettings
from callboard.state.facts import CollectedFacts
from callboard.website.guide_links import dead_file_links
from callboard.website.guide_references import faults_of_texts
from callboard.website.overlays import read_overlays


@dataclass(frozen=True, slots=True)
class LintResult:
    """The result of a check."""

    problems: tuple[Problem, ...]
    """With paths relative to the working folder for files on this machine."""
    failures: tuple[str, ...]
    """Sources that could not be read, one sentence each."""
    sources: SourceLines
    """The files of the problems."""
    names: NameIndex
    """The names of all entities that references may name, for suggestions."""
    files: int
    """Number of descriptor files that were read."""
    documents: int
    """Number of documents that were checked."""
    skipped: Mapping[str, int]
    """Number of documents that were skipped, by reason."""
    kinds: Kinds
    portal_url: str = ""
    """URL of the portal with a final ``/``; empty if it is unknown."""
    is_invalid: bool = False
    """True if the configuration is invalid, so that nothing else was checked."""
    notes: tuple[str, ...] = ()
    """What was not checked although nothing is wrong with the descriptors: integrations that could not be queried, one sentence each."""
    all_failures: tuple[SourceFailure | IntegrationFailure, ...] = ()
    """Those of ``failures`` and ``notes``, with the tracebacks of plugins."""


def check_portal(file: Path, environ: Mapping[str, str], now: datetime | None = None, *, reads_documentation: bool = True) -> LintResult:
    """Check what a build checks: all sources, references, documentation, what integrations report, and the portal's own files.

    ``now`` is the time of the check, which integrations need; None to leave integrations out. Raises ``SettingsError``.
    """
    settings = read_settings(file, environ, plugins_must_load=True)
    work = Workspace(settings, environ, portal_kinds(settings))
    resolved = resolve(work, ingest(work, collect(work)))
    facts = CollectedFacts()
    if now is not None:
        facts = enrich(work, resolved, BuildState(Store.beside(settings.root), None, now, __version__, is_saved=False))
    overlays = read_overlays(settings.root, settings.portal)
    documentation, failed = _documentation(resolved, settings) if reads_documentation else (None, ())
    of_texts = faults_of_texts(overlays, resolved, documentation, settings)
    of_sets = documentation.problems if documentation else ()
    problems = (*resolved.problems, *facts.problems, *overlays.problems, *dead_file_links(overlays.guides), *of_texts, *of_sets)
    resolved = replace(resolved, problems=problems, trees=with_portal_files(resolved.trees, settings.root))
    result = _checked(resolved, settings.limits, NameIndex(resolved.catalog.entities), portal_url=settings.portal.url)
    failures = (*result.all_failures, *facts.failures)
    return replace(result, failures=(*result.failures, *failed), notes=failure_messages(facts.failures), all_failures=failures)


def check_paths(
    paths: Sequence[Path], environ: Mapping[str, str], *, external_refs: Collection[EntityRef] | None = None, portal_url: str = "",
    reads_documentation: bool = True,
) -> LintResult:  # fmt: skip
    """Check files and folders, without the rest of the portal. The documentation of entities is checked if folders are named.

    A reference that another repository might satisfy is not checked, unless ``external_refs`` has all references of the portal. Kinds are
    those of the nearest ``sources.yaml`` above the working folder; its sources are not read. Raises ``SettingsError``.
    """
    resolved = resolve_paths(paths, environ, external_refs)
    if reads_documentation and any(path.is_dir() for path in paths):
        of_sets = problems_of_sets(resolved, _settings_of_paths(), external_refs)
        resolved = replace(resolved, problems=(*resolved.problems, *of_sets))
    names = NameIndex(resolved.catalog.entities, external_refs or ())
    return _checked(resolved, Limits(), names, is_working_copy=True, portal_url=portal_url)


def resolve_paths(paths: Sequence[Path], environ: Mapping[str, str], external_refs: Collection[EntityRef] | None = None) -> ResolvedCatalog:
    """The catalog of files and folders, and its problems, without those that the whole portal may not have. Raises ``SettingsError``."""
    kinds = _kinds_around(environ)
    work = Workspace(_settings_of_paths(), environ, kinds)
    collected = path_arguments.collect(paths, environ)
    resolved = resolve(work, ingest(work, collected), is_complete=False, external_refs=external_refs)
    own_kinds = {ref.kind for ref in external_refs or ()} - kinds.by_name.keys()
    return replace(resolved, problems=tuple(problem for problem in resolved.problems if not _needs_portal(problem, own_kinds)))


def invalid_settings(error: InvalidSettingsError) -> LintResult:
    """The result for a portal whose configuration is invalid: its problems. No source was read."""
    sources = portal_lines(error.root)
    problems = tuple(sources.located(problem) for problem in error.problems)
    return LintResult(problems, (), sources, NameIndex(()), 0, 0, {}, builtin_kinds(), is_invalid=True)


def _settings_of_paths() -> Settings:
    here = Path.cwd()
    return Settings(here, here / "sources.yaml", sources=(SourceSettings(path_arguments.SOURCE, "files", {}),))


def _documentation(resolved: ResolvedCatalog, settings: Settings) -> tuple[PortalDocumentation | None, tuple[str, ...]]:
    """The documentation, or one sentence if a host could not be asked for it."""
    try:
        return documentation_of_portal(resolved, settings), ()
    except SourceError as error:
        return None, (f"The documentation was not checked: {error}",)


def _kinds_around(environ: Mapping[str, str]) -> Kinds:
    file = path_arguments.portal_file(Path.cwd())
    paths = read_kind_paths(file, environ) if file else ()
    return read_kinds([file.parent / path for path in paths], file.parent) if file and paths else builtin_kinds()


def _needs_portal(problem: Problem, own_kinds: Collection[str]) -> bool:
    """True if the problem may not exist in the whole portal: it is about a URL of another source, or a kind that the portal adds."""
    if problem.code == envelope.UNKNOWN_KIND.code:
        return problem.subject is not None and problem.subject.kind in own_kinds
    locations = {rules.LOCATION_SOURCE_UNKNOWN.code, rules.LOCATION_NOT_PERMITTED.code}
    return problem.code in locations or NO_SOURCE in problem.message or NOT_PERMITTED in problem.message


def _checked(resolved: ResolvedCatalog, limits: Limits, names: NameIndex, *, portal_url: str, is_working_copy: bool = False) -> LintResult:
    sources = SourceLines(resolved.trees, limits.descriptor_bytes, is_working_copy=is_working_copy)
    problems = tuple(sources.located(problem) for problem in resolved.problems)
    if is_working_copy:  # a fingerprint of the path that is shown does not depend on what else was checked
        problems = tuple(replace(problem, fingerprint=fingerprint(problem)) for problem in problems)
    failures = failure_messages(resolved.failures)
    kinds, failed = resolved.catalog.kinds, tuple(resolved.failures)
    return LintResult(
        problems, failures, sources, names, resolved.files, resolved.documents, resolved.skipped, kinds, portal_url, all_failures=failed
    )
