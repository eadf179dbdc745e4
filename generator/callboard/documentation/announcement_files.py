"""The portal's folder of announcements → its files."""

from __future__ import annotations

from pathlib import Path

from callboard.settings.settings import Settings


def announcement_files(settings: Settings) -> list[Path]:
    """The Markdown files of the folder but its README, sorted by name; none if there is no such folder."""
    folder = settings.root / settings.announcements
    if not folder.is_dir() or not folder.resolve().is_relative_to(settings.root.resolve()):
        return []
    return sorted(path for path in folder.glob("*.md") if path.stem.lower() != "readme" and path.is_file())
