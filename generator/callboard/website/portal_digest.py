"""Settings, the installed program and the portal's own files → one digest of everything that a build reads besides sources and tools."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from callboard.documentation.announcement_files import announcement_files
from callboard.incremental.fingerprint import canonical, code_digest
from callboard.plugins import loader
from callboard.plugins.containment.plugin_process import is_contained
from callboard.settings.settings import Settings
from callboard.website.portal_files import find_portal_files


def portal_digest(settings: Settings, output: Path) -> str:
    """The digest. Where a site is written is part of it. Raises ``OSError`` if a file cannot be read."""
    digest = hashlib.sha256(repr((code_digest(), _packages(), os.path.relpath(output, settings.root))).encode("utf-8", "backslashreplace"))
    values = (
        settings.portal, settings.sources, settings.data, settings.limits, [*settings.failures.items()],
        [(source.options, source.failure) for source in settings.sources], settings.sections,
    )  # fmt: skip
    digest.update(canonical(values).encode("utf-8", "backslashreplace"))
    if settings.kinds:
        from callboard.descriptors.portal_kinds import portal_kinds  # noqa: PLC0415 - few portals have kinds, and this takes 0.1 seconds

        digest.update(canonical(portal_kinds(settings)).encode("utf-8", "backslashreplace"))
    for file in _files(settings):
        content = file.read_bytes()
        digest.update(f"{os.path.relpath(file, settings.root)}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def _files(settings: Settings) -> Iterator[Path]:
    """``sources.yaml``, the logo, scorecards, announcements, the files of overlays and guides, built-in or not, and those of plugins."""
    yield settings.file
    if settings.portal.logo:
        yield settings.root / settings.portal.logo
    yield from (path for name in settings.scorecards if (path := settings.root / name).is_file())
    yield from announcement_files(settings)
    folders = [*find_portal_files(settings.root).folders, *_plugin_folders()]
    for folder in folders:
        found = folder.rglob("*") if folder.is_dir() else [folder]
        yield from sorted(path for path in found if path.is_file() and path.suffix != ".pyc")


def _packages() -> list[str]:
    """Names and versions of all installed packages, as the names of their metadata folders have them."""
    folders = (Path(entry) for entry in sys.path)
    return sorted({path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.suffix == ".dist-info"})


def _plugin_folders() -> Iterator[Path]:
    """The packages of plugins that are not part of Callboard: one that is installed for development has no new version for each edit."""
    plugins = (plugin for group in loader.GROUPS for plugin in loader.load(group).values() if is_contained(plugin))
    for name in sorted({plugin.target.partition(":")[0].partition(".")[0] for plugin in plugins}):
        spec = find_spec(name)
        found = [*(spec.submodule_search_locations or ())] or [spec.origin] if spec else []
        yield from (Path(place) for place in found if place)
