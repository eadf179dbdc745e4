"""The portal's words in its language; English fills what a language does not say."""

from __future__ import annotations

import re
from types import SimpleNamespace

import yaml

from generator.website.portal_files import PortalFiles

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_strings(files: PortalFiles, language: str) -> dict[str, str]:
    """Labels by key: ``strings/<language>.yaml`` over ``strings/<its first part>.yaml`` over ``strings/en.yaml``."""
    languages = ["en"]
    if _LANGUAGE.fullmatch(language):
        languages += [language.partition("-")[0].lower(), language.lower()]
    labels: dict[str, str] = {}
    for name in dict.fromkeys(languages):
        for folder in reversed(files.templates):
            path = folder / "strings" / f"{name}.yaml"
            table = yaml.load(path.read_bytes(), yaml.BaseLoader) if path.is_file() else None  # noqa: S506 - makes text only
            labels |= {str(key): str(text) for key, text in (table or {}).items()}
    return labels


def as_names(labels: dict[str, str]) -> SimpleNamespace:
    """For templates: ``t.items`` is a label there, and not the method of a dict."""
    return SimpleNamespace(**labels)
