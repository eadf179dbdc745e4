"""``strings/<language>.yaml``, built in and of the portal → the labels of all pages, checked against the English ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.suggestions import nearest
from callboard.website.overlay_tables import OverlayTable, read_table
from callboard.website.rules import INVALID_LABEL, UNKNOWN_LABEL
from callboard.yaml.documents import read_one

ENGLISH = "en"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SINGULAR = "_1"
"""End of the key of the form for the number 1."""


@dataclass(frozen=True, slots=True)
class Labels(Mapping[str, str]):
    """The labels of a portal by key. Placeholders are those of ``str.format``: ``{}``, ``{:,}`` for a number, ``{1}``."""

    texts: Mapping[str, str]
    language: str = ENGLISH
    """The language of the labels, by the most specific file that exists: ``de-ch``, ``de``, ``en``."""

    def __getitem__(self, key: str) -> str:
        """The label. Raises ``KeyError`` for an unknown key."""
        return self.texts[key]

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self.texts)

    def __len__(self) -> int:
        """The number of labels."""
        return len(self.texts)

    def as_names(self) -> SimpleNamespace:
        """The labels as attributes for templates, where ``t.items`` must be a label and not the method of a dict."""
        return SimpleNamespace(**self.texts)


def read_labels(folders: tuple[Path, ...], root: Path, language: str, own_keys: Collection[str] = ()) -> tuple[Labels, tuple[Problem, ...]]:
    """The labels: ``<language>.yaml`` overrides that of its first part, which overrides ``en.yaml``.

    Args:
        folders: folders of templates; the last one is built in, and one before it is the portal's.
        root: the folder of ``sources.yaml``.
        language: such as ``de-CH``.
        own_keys: further keys, which the portal's own templates use.
    """
    english = builtin_labels(folders[-1])
    texts, spoken, problems = dict(english), ENGLISH, []
    for name in _languages(language):
        files = [folder / "strings" / f"{name}.yaml" for folder in reversed(folders)]
        for at, file in enumerate(files):
            if file.is_file():
                spoken = name
                if at or name != ENGLISH:
                    table = read_table(file, root, INVALID_LABEL)
                    _check(table, english, own_keys)
                    texts |= table.texts
                    problems += table.problems
    return Labels(texts, spoken), tuple(problems)


@lru_cache(maxsize=2)
def builtin_labels(folder: Path) -> Mapping[str, str]:
    """The English labels of ``folder``, the built-in templates."""
    table: Mapping[str, str] = read_one((folder / "strings" / f"{ENGLISH}.yaml").read_text("utf-8")).value
    return table


def placeholders(english: Mapping[str, str], key: str) -> tuple[str, ...]:
    """The formats of the values of a label, as the English forms have them: ``("{:,}", "{}")``."""
    base = key.removesuffix(_SINGULAR)
    forms = [english[form] for form in (base, f"{base}{_SINGULAR}", key) if form in english]
    specs: dict[int, str] = {}
    for text in forms:
        for index, spec in _fields(text):
            specs[index] = specs.get(index) or spec
    return tuple(f"{{:{specs[index]}}}" if specs.get(index) else "{}" for index in range(max(specs, default=-1) + 1))


def _languages(language: str) -> tuple[str, ...]:
    parts = [language.partition("-")[0].lower(), language.lower()] if _LANGUAGE.fullmatch(language) else []
    return tuple(dict.fromkeys((ENGLISH, *parts)))


def _check(table: OverlayTable, english: Mapping[str, str], own_keys: Collection[str]) -> None:
    """Reject entries with unknown keys and with placeholders that the English label does not have."""
    for key, text in tuple(table.texts.items()):
        if key in english or key.removesuffix(_SINGULAR) in english:
            expected = placeholders(english, key)
            if not _fits(text, expected):
                table.reject(key, f'"{key}" has other placeholders than the English label: {_expected(expected)}.', _hint(english, key))
        elif key not in own_keys:
            similar = nearest(key, english)
            hint = f'Did you mean "{similar}"?' if similar else "Remove the line, or use it in a template of the portal as `t.key`."
            table.reject(key, f'No page uses a label "{key}".', hint, UNKNOWN_LABEL, at_key=True)


def _expected(expected: tuple[str, ...]) -> str:
    if not expected:
        return "it has no placeholders"
    return f"it can have {' and '.join(expected)}, in this order or numbered from {{0}} on"


def _hint(english: Mapping[str, str], key: str) -> str:
    return f'The English label is "{english.get(key, english.get(key.removesuffix(_SINGULAR), ""))}".'


def _fits(text: str, expected: tuple[str, ...]) -> bool:
    """Whether the label can be formatted with these values, and asks for nothing but them."""
    try:
        if any(index >= len(expected) or spec not in {"", expected[index][2:-1]} for index, spec in _fields(text)):
            return False
        text.format(*(1234 if ":" in each else "value" for each in expected))
    except (ValueError, IndexError, KeyError):
        return False
    return True


def _fields(text: str) -> Iterator[tuple[int, str]]:
    """Index and format of each placeholder. Raises ``ValueError`` for one that is neither empty nor a number (``{name}``, ``{0.x}``)."""
    automatic = 0
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if conversion or (name and not (name.isascii() and name.isdigit())):
            raise ValueError(f"the placeholder {{{name}}} is not a number")
        yield (int(name) if name else automatic), spec or ""
        automatic += not name
