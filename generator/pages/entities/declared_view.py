"""Parts of ``entity.html`` that say what the descriptor itself holds: definition, spec, form, steps, targets, raw text."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """An API's definition."""

    label: str
    """``OpenAPI, 8,420 lines``."""
    code: Markup
    """Highlighted; perhaps only its beginning."""
    cut: str
    """Says how much is left out; empty for nothing."""
    file: str
    """File name beside the page, for download; empty where there is no text."""
    is_open: bool
    """Short enough to be shown at once."""


@dataclass(frozen=True, slots=True)
class SpecNode:
    """A line of a spec that we know nothing about."""

    key: str
    value: str
    children: tuple[SpecNode, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a template."""

    name: str
    title: str
    type: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A page of a template's form."""

    title: str
    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a template."""

    name: str
    action: str


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a Location points at."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class RawView:
    """The descriptor as its author wrote it, secrets masked."""

    summary: str
    """File name."""
    note: str
    """``48 lines, 1 secret masked``."""
    text: str
    cut: str
    """Says how much is left out; empty for nothing."""
    url: str
    """The file at its host; empty where unknown."""
