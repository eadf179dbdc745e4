"""Styles and what they are for: no class of the style sheets is without a template, a script or a module that names it."""

import re
from pathlib import Path

from callboard.diagrams.drawing import BOX_WIDTHS

ROOT = Path(__file__).parents[2]
STYLES = sorted((ROOT / "site_overrides/assets").glob("*.css"))
NAMERS = [
    *(ROOT / "templates").rglob("*.*"),
    *(ROOT / "site_overrides").rglob("*.html"),
    *(ROOT / "site_overrides").rglob("*.js"),
    *(ROOT / "generator").rglob("*.py"),
    *(ROOT / "generator").rglob("*.js"),
]
CLASS = re.compile(r"\.(cb-[A-Za-z0-9_-]+)")
WRITTEN = re.compile(r"cb-[A-Za-z0-9_-]+")


def classes_without_use():
    """Classes that nobody names: neither in full, nor as a beginning such as ``cb-state--`` with the rest, a word somewhere, filled in."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in NAMERS)
    named = set(WRITTEN.findall(text))
    begun = {name for name in named if name.endswith("--")} | {f"{name}--" for name in re.findall(r"(cb-[a-z_-]+)\{", text)}
    words = set(re.findall(r"[\"'`]([a-z0-9]+)[\"'`]", text)) | {str(number) for number in (*range(101), *BOX_WIDTHS)}

    def is_named(name):
        beginning, dashes, rest = name.rpartition("--")
        return name in named or (beginning + dashes in begun and rest in words)

    return sorted(name for style in STYLES for name in set(CLASS.findall(style.read_text(encoding="utf-8"))) if not is_named(name))


def test_no_class_is_styled_that_nothing_names():
    assert classes_without_use() == []
