"""Formats of problems: one file each, in the table ``FORMATS``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from generator.linting.formats import github, gitlab, json_list, junit, sarif, text
from generator.linting.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({
    "text": text.render,
    "json": json_list.render,
    "github": github.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "gitlab": gitlab.render,
})  # fmt: skip
"""By the name that ``--format`` takes; each makes a text that ends with a line break."""
