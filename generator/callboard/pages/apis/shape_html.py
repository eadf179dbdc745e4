"""Shapes, fields and payloads of a reference → HTML, made once for each type; a fifth of the time that templates would take.

Addresses of types differ between the pages of a reference: the HTML has numbers in their place, which ``at`` replaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Literal

from markupsafe import Markup

from callboard.api_reference.model import AllowedValue, NamedType, Payload, ShapeField, ValueShape

PayloadSide = Literal["", "request", "response"]
_ADDRESS = re.compile("\0([0-9]+)\0")
_HOW = {"allOf": "all_of", "anyOf": "any_of"}
_PLAIN_WORDS = {"nothing": "nothing_allowed", "invalid": "shape_invalid", "cut": "shape_cut"}
MAX_INSIDE = 8_000
"""Characters of HTML of a type inside of a payload; of a larger one its fields are listed there, and its own section has all of it."""
MAX_LISTED = 300_000
"""Characters of HTML of one list of fields, values or alternatives; what is left is counted. No known definition has as many."""
SHORT_FIELDS = 40
"""Fields of a large type that are listed inside of a payload."""
SHORT_LETTERS = 80
"""Letters of a description beside the status of an answer."""
_ELSE = {"object": "<code>object</code>", "tuple": "<code>array</code>"}


class _Labels(dict[str, str]):
    """Labels with their signs escaped, when they are asked for: a reference needs forty of several hundred."""

    def __init__(self, source: Mapping[str, str]) -> None:
        super().__init__()
        self.source = source

    def __missing__(self, key: str) -> str:
        made = self[key] = escape(self.source[key])
        return made


class ShapeHtml:
    """Makes the HTML of one reference's shapes, and keeps that of shapes which stand at several places."""

    def __init__(self, types: Mapping[str, NamedType], labels: Mapping[str, str]) -> None:
        self.source = labels
        self.labels = _Labels(labels)
        self.types = types
        self.keys = tuple(types)
        self.numbers = {key: number for number, key in enumerate(self.keys)}
        self.insides: dict[tuple[str, PayloadSide], str] = {}
        """What is inside of a named type, by its key and the side that sends it."""
        self.details: dict[int, str] = {}
        """By the identity of a shape, which ``types`` and their reference keep alive."""
        self.names: dict[str, str] = {}
        self.shorts: dict[str, tuple[str, bool]] = {}
        """Beginnings of descriptions."""

    def short(self, description: Markup) -> tuple[str, bool]:
        """The beginning of a description without markup, and whether that is all: the same ones stand at many answers."""
        found = self.shorts.get(description)
        if found is None:
            text = description.striptags()
            beginning = text if len(text) <= SHORT_LETTERS else f"{text[: SHORT_LETTERS - 1].rstrip()}…"
            found = self.shorts[description] = (beginning, beginning is text)
        return found

    def at(self, html: str, href: Mapping[str, str]) -> Markup:
        """The HTML with the addresses as seen from one page."""
        return Markup(_ADDRESS.sub(lambda match: escape(href[self.keys[int(match[1])]]), html))  # noqa: S704  # all texts are escaped

    def left_out(self, source: str) -> Markup:
        """The sentence in place of what is too long for a page, with a link to the source."""
        link = f'<a href="{escape(source)}">{self.labels["definition_source"]}</a>'
        return Markup(f'<p class="cb-muted">{self.labels["too_long_for_page"]} {link}</p>')  # noqa: S704  # labels and the address are escaped

    def words(self, shape: ValueShape) -> str:
        """The type in a few words, with links to named types."""
        t, kind = self.labels, shape.kind
        if kind == "reference":
            found = self._link(shape.target)
        elif kind == "list":
            inner = shape.items
            words = "…" if inner and inner.kind == "tuple" else self.words(inner) if inner else t["anything"]
            found = t["list_of"] + (f"({words})" if inner and inner.is_nullable else words)
        elif kind in {"union", "combination"}:
            found = t[_HOW.get(shape.how, "one_of")]
        elif kind == "unknown":
            found = f'<code class="cb-deadlink">{_text(shape.words)}</code> ({t["not_in_definition"]})'
        elif kind in _PLAIN_WORDS:
            found = t[_PLAIN_WORDS[kind]]
        elif shape.words:
            found = f"<code>{self._name(shape.words)}</code>"
        else:
            found = _ELSE.get(kind) or t["anything"]
        return f"{found} {t['nullable']}" if shape.is_nullable else found

    def detail(self, shape: ValueShape) -> str:
        """Description, limits, values and what is inside."""
        found = self.details.get(id(shape))
        if found is None:
            found = self.details[id(shape)] = "".join(self._parts(shape))
        return found

    def _parts(self, shape: ValueShape) -> Iterable[str]:
        yield from self._said(shape)
        yield self.inside(shape)

    def _said(self, shape: ValueShape) -> Iterable[str]:
        t = self.labels
        if shape.deprecated:
            yield f' <span class="cb-badge cb-badge--warn">{t["deprecated_word"]}</span>{_reason(shape.deprecated)}'
        if shape.is_read_only:
            yield f' <span class="cb-badge">{t["read_only"]}</span>'
        if shape.is_write_only:
            yield f' <span class="cb-badge">{t["write_only"]}</span>'
        if shape.description:
            yield f'<div class="cb-prose">{shape.description}</div>'
        if shape.allowed:
            yield self._allowed(shape.allowed)
        if shape.default or shape.limits or shape.examples or shape.conditions:
            yield self._limits(shape)

    def _limits(self, shape: ValueShape) -> str:
        t = self.labels
        found = [f"<span>{t['default_value']} <code>{_text(shape.default)}</code></span>"] if shape.default else []
        for word, value in shape.limits:
            name = t[f"limit_{word}"] if f"limit_{word}" in t.source else f"<code>{_text(word)}</code>"
            found.append(f"<span>{name} <code>{_text(value)}</code></span>")
        for word, value in shape.conditions:
            found.append(f"<span><code>{_text(word)}</code> <code>{_text(value)}</code></span>")
        found += (f"<span>{t['examples_short']} <code>{_text(each)}</code></span>" for each in shape.examples)
        return f'<p class="cb-line">{"".join(found)}</p>'

    def _allowed(self, found: tuple[AllowedValue, ...]) -> str:
        t = self.labels
        if not any(each.description or each.deprecated for each in found):
            values = self._listed((f"<code>{_text(each.value)}</code>" for each in found), len(found), "span")
            return f'<p class="cb-line"><span>{t["allowed_values"]}</span>{values}</p>'
        badge = f' <span class="cb-badge cb-badge--warn">{t["deprecated_word"]}</span>'
        marks = (badge + _reason(each.deprecated) if each.deprecated else "" for each in found)
        rows = (
            f"<div><dt><code>{_text(each.value)}</code>{mark}</dt><dd>{each.description}</dd></div>"
            for each, mark in zip(found, marks, strict=True)
        )
        return f'<dl class="cb-allowed">{self._listed(rows, len(found), "dt")}</dl>'

    def _listed(self, rows: Iterable[str], count: int, tag: str) -> str:
        """The rows up to ``MAX_LISTED`` characters, then an element with the number of those that are left."""
        found: list[str] = []
        size = 0
        for row in rows:
            size += len(row)
            if found and size > MAX_LISTED:
                left = self.labels["more_in_source"].format(count - len(found))
                return f'{"".join(found)}<{tag} class="cb-muted">{left}</{tag}>'
            found.append(row)
        return "".join(found)

    def inside(self, shape: ValueShape) -> str:
        """Fields, items and alternatives of a shape."""
        t, found = self.labels, [self.fields(shape.fields)] if shape.fields else []
        items, additional = shape.items, shape.additional
        if items and items.kind != "reference" and _has_more(items):
            found.append(self.detail(items))
        if additional and additional.kind != "anything":
            name = f'<span class="cb-field__name"><em>{t["other_fields"]}</em></span>'
            words = f'<span class="cb-muted">{self.words(additional)}</span>'
            found.append(f'<ul class="cb-fields"><li>{name} {words}{self.detail(additional)}</li></ul>')
        if shape.variants:
            rows = self._listed(map(self._variant, shape.variants), len(shape.variants), "li")
            found.append(f'<ul class="cb-fields cb-variants">{rows}</ul>')
        if shape.discriminator:
            found.append(self._discriminator(shape))
        return "".join(found)

    def _variant(self, shape: ValueShape) -> str:
        title = f" <bdi>{_text(shape.title)}</bdi>" if shape.title else ""
        return f"<li><span>{self.words(shape)}{title}</span>{self.detail(shape)}</li>"

    def _discriminator(self, shape: ValueShape) -> str:
        head = f"<span>{self.labels['discriminated_by']}<code>{_text(shape.discriminator)}</code></span>"
        rows = (f"<span><code>{_text(value)}</code> → {self._link(key)}</span>" for value, key in shape.mapping)
        return f'<p class="cb-line">{head}{self._listed(rows, len(shape.mapping), "span")}</p>'

    def fields(self, found: Sequence[ShapeField]) -> str:
        """A list of fields."""
        return f'<ul class="cb-fields">{self._listed(map(self._field, found), len(found), "li")}</ul>'

    def _field(self, field: ShapeField) -> str:
        return f"<li>{self._head(field)}{self.detail(field.shape)}{self._arguments(field) if field.arguments else ''}</li>"

    def _head(self, field: ShapeField) -> str:
        """Name and type of a field."""
        t = self.labels
        number = f' <span class="cb-muted">= {_text(field.number)}</span>' if field.number else ""
        required = f", <strong>{t['required']}</strong>" if field.required else ""
        note = f", <code>{_text(field.note)}</code>" if field.note else ""
        head = f'<code class="cb-field__name"><bdi>{self._name(field.name)}</bdi></code>{number}'
        words = f'<span class="cb-muted">{self.words(field.shape)}{required}{note}</span>'
        return f"{head} {words}"

    def _arguments(self, field: ShapeField) -> str:
        head = f'{self.labels["arguments_word"]} <span class="cb-count">{len(field.arguments)}</span>'
        return f'<details class="cb-arguments"><summary>{head}</summary>{self.fields(field.arguments)}</details>'

    def payload(self, payload: Payload, inlined: Mapping[str, NamedType], side: PayloadSide = "") -> str:
        """One payload; a named type that it refers to is shown one level deep, if the page inlines it.

        Read-only fields are left out of requests, and write-only ones out of responses.
        """
        t, shape = self.labels, payload.shape
        name = f"<strong><bdi>{_text(payload.name)}</bdi></strong>" if payload.name else ""
        media = f"<code>{_text(payload.media)}</code>" if payload.media else ""
        bindings = (f"<span><code>{_text(word)}</code> <code>{_text(value)}</code></span>" for word, value in payload.bindings)
        parts = [f'<p class="cb-line">{name}<span>{self.words(shape)}</span>{media}{"".join(bindings)}</p>']
        if payload.description:
            parts.append(f'<div class="cb-prose">{payload.description}</div>')
        if payload.headers:
            parts.append(f"<h5>{t['response_headers']}</h5>{self.fields(payload.headers)}")
        target = shape.items.target if shape.kind == "list" and shape.items else shape.target
        parts.append(self._inside_of(target, side) if target in inlined else self._detail_on(shape, side))
        for title, value in payload.examples:
            summary = f"<summary>{t['examples_short']} {_text(title)}</summary>"
            pre = f'<pre class="cb-pre" tabindex="0"><code>{_text(value)}</code></pre>'
            parts.append(f'<details class="cb-example">{summary}{pre}</details>')
        return f'<div class="cb-payload">{"".join(parts)}</div>'

    def _detail_on(self, shape: ValueShape, side: PayloadSide) -> str:
        kept, note = self._on_side(shape, side)
        return self.detail(shape) if kept is shape else "".join(self._parts(kept)) + note

    def _inside_of(self, key: str, side: PayloadSide) -> str:
        kept, note = self._on_side(self.types[key].shape, side)
        known = (key, side if note else "")
        if known not in self.insides:
            whole = self.inside(kept)
            self.insides[known] = (whole if len(whole) <= MAX_INSIDE else self._in_short(key, kept)) + note
        return self.insides[known]

    def _on_side(self, shape: ValueShape, side: PayloadSide) -> tuple[ValueShape, str]:
        """The shape without the fields that this side does not send, and a line that names them; the shape itself if there are none."""
        hidden = (
            [each for each in shape.fields if (each.shape.is_read_only if side == "request" else each.shape.is_write_only)] if side else []
        )
        if not hidden:
            return shape, ""
        left_out = {id(each) for each in hidden}
        kept = replace(shape, fields=tuple(each for each in shape.fields if id(each) not in left_out))
        names = self._listed((f"<code><bdi>{self._name(each.name)}</bdi></code> " for each in hidden), len(hidden), "span").rstrip()
        return kept, f'<p class="cb-muted">{self.labels[f"not_in_{side}"]} {names}</p>'

    def _in_short(self, key: str, shape: ValueShape) -> str:
        """The first fields or alternatives of a large type without what is inside of them, and a link to all of it."""
        rows = "".join(map(self._row, shape.fields[:SHORT_FIELDS]))
        if len(rows) > MAX_INSIDE:
            rows = "".join(f"<li>{self._head(each)}</li>" for each in shape.fields[:SHORT_FIELDS])
        if not shape.fields:
            rows = "".join(f"<li>{self.words(each)}</li>" for each in shape.variants[:SHORT_FIELDS])
        listed = f'<ul class="cb-fields">{rows}</ul>' if rows else ""
        return f'{listed}<p class="cb-muted">{self.labels["in_short"]} {self._link(key)}</p>'

    def _row(self, field: ShapeField) -> str:
        """A field without what is inside of it."""
        return f"<li>{self._head(field)}{''.join(self._said(field.shape))}</li>"

    def _link(self, key: str) -> str:
        return f'<a href="\0{self.numbers[key]}\0"><code><bdi>{self._name(self.types[key].name)}</bdi></code></a>'

    def _name(self, name: str) -> str:
        """An escaped name: the same ones stand in a definition again and again."""
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = _text(name)
        return found


def _text(text: str) -> str:
    return escape(text).replace("\0", "")


def _reason(deprecated: str) -> str:
    return "" if deprecated == "yes" else f" {_text(deprecated)}"


def _has_more(items: ValueShape) -> bool:
    return bool(items.fields or items.variants or items.items or items.description or items.allowed or items.additional)
