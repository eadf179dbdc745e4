"""A portal's folder → its labels, icons, guides and templates, read and checked once for a build, and their problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.settings.document import read_document
from callboard.settings.invalid import portal_origin
from callboard.settings.settings import Portal
from callboard.website.guides import Guides, read_guides
from callboard.website.icons import read_icon_paths
from callboard.website.labels import ENGLISH, Labels, read_labels
from callboard.website.portal_files import PortalFiles, find_portal_files, guide_templates
from callboard.website.rules import MISSING_LANGUAGE
from callboard.website.template_check import check_templates, label_keys, read_templates

CONFIGURATION = "sources.yaml"


@dataclass(frozen=True, slots=True)
class Overlays:
    """A portal's own files, read and checked once for a build. What has an error is replaced by what is built in."""

    files: PortalFiles
    labels: Labels
    icons: Mapping[str, str]
    """Paths of icons in the theme's sets, by logical name."""
    guides: Guides
    broken: frozenset[Path] = frozenset()
    """Templates and overrides of the portal that have an error."""
    problems: tuple[Problem, ...] = ()


def read_overlays(root: Path, portal: Portal) -> Overlays:
    """Read and check the files of the portal whose ``sources.yaml`` lies in ``root``. Never raises: errors are problems."""
    files = find_portal_files(root)
    icons, icon_problems = read_icon_paths(files)
    sources, problems = read_templates(files, root)
    labels, label_problems = read_labels(files.templates, root, portal.language, label_keys(sources))
    problems += check_templates(sources, labels, icons, files)
    guides = read_guides(files.guides, root, guide_templates(files))
    broken = frozenset(root / problem.origin.path for problem in problems if problem.origin)
    every = (*_language_problems(root, portal.language, labels), *label_problems, *icon_problems, *problems, *guides.problems)
    return Overlays(files, labels, icons, guides, broken, every)


def _language_problems(root: Path, language: str, labels: Labels) -> Iterator[Problem]:
    """The problem of a language that no file has labels for."""
    if labels.language != ENGLISH or language.partition("-")[0].lower() == ENGLISH:
        return
    file = root / CONFIGURATION
    origin = portal_origin(file, root)
    span = read_document(file.read_text("utf-8-sig"), origin).value_span(("portal", "language")) if file.is_file() else None
    yield MISSING_LANGUAGE.problem(
        f'There are no labels in the language "{language}", so the site is in English.',
        origin=origin, span=span, field="portal.language",
        hint=f"Translate the labels in templates/strings/{language}.yaml, or remove the key language.",
    )  # fmt: skip
