"""Templates → ``/create/``, and for each template its form and ``template.json``."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from callboard.markdown.rendering import first_sentence
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.published_json import published_json
from callboard.model.urls import entity_path
from callboard.pages.create.context import CREATE, CreateContext, repositories_made
from callboard.pages.page import Page
from callboard.pages.safe_text import description_of, text_of
from callboard.pages.shared_views import EntityLink
from callboard.redaction.masking import masked_values
from callboard.software_templates.form import FormPage, ParameterField, fields_of, form_of
from callboard.software_templates.parameters import pages_of
from callboard.software_templates.preview import preview_of
from callboard.software_templates.published import template_folder
from callboard.software_templates.sandbox import BROWSER_FILES, script

SENTENCE = 200
MESSAGES = (
    "error_required", "error_pattern", "error_minLength", "error_maxLength", "error_minimum", "error_maximum", "error_minItems",
    "error_maxItems", "error_uniqueItems", "error_type", "error_enum", "error_json", "error_other", "preview_wait", "preview_none",
    "preview_failed",
)  # fmt: skip
"""Labels of the form's script, without their prefix ``create_``."""
MAX_TAGS = 12
ENGINE_FOLDER = "assets/templates/"
"""Where the engine for previews is in the site."""


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """A template on ``/create/``."""

    title: str
    path: str
    ref: str
    sentence: str
    type: str
    owner: EntityLink | None
    tags: tuple[str, ...]
    makes: tuple[str, ...]
    """Labels of what it makes."""
    steps: int
    """Pages of its form."""


@dataclass(frozen=True, slots=True)
class CreateGroup:
    """The templates of one type."""

    type: str
    cards: tuple[TemplateCard, ...]


@dataclass(frozen=True, slots=True)
class CreateIndexView:
    """``/create/``."""

    groups: tuple[CreateGroup, ...]
    count: int
    owners: tuple[tuple[str, str], ...]
    """Reference and name of each owner, for the filter."""
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplateFormView:
    """The form of a template."""

    card: TemplateCard
    description: str
    entity_path: str
    form: tuple[FormPage, ...]
    unknown: tuple[str, ...]
    """Names of fields of a company that this portal does not know."""
    has_address: bool
    """Whether the portal knows from where the template can be cloned."""
    words: str
    """What stands after ``callboard new``, as a list in JSON."""
    command: str
    """The command without answers, for POSIX shells."""
    name: str
    """``namespace/name``."""
    install: str
    """The package that ``uvx --from`` installs."""
    hosts: tuple[str, ...]
    messages: str
    """The labels that the form's script shows, as JSON."""

    def filters(self, field: ParameterField) -> str:
        """The alternatives of which entities a picker offers, as JSON."""
        return json.dumps([{"kinds": each.kinds, "types": each.types, "tags": each.tags} for each in field.filters], separators=(",", ":"))


def plan(context: CreateContext) -> Iterator[Page]:
    """The page about all templates, and one for each."""
    labels = context.labels
    yield Page(CREATE, "create.html", "wide", CREATE, labels["create"], partial(index_view, context), labels["create_text"])
    for entity in context.templates:
        card = _card(context, entity)
        files = tuple(_files(context, entity))  # made here: what a forked process reads of a tree would be missing in the state
        yield Page(
            card.path, "template.html", "wide", CREATE, card.title, partial(form_view, context, entity), card.sentence,
            files=partial(iter, files),
        )  # fmt: skip


def engine_files(context: CreateContext) -> Iterator[tuple[str, bytes]]:
    """The engine for previews; nothing for a portal without templates."""
    if context.templates:
        yield from ((f"{ENGINE_FOLDER}{name}", script(name).encode()) for name in BROWSER_FILES)


def index_view(context: CreateContext) -> CreateIndexView:
    """The view of ``/create/``."""
    cards = [_card(context, entity) for entity in context.templates]
    types = sorted({card.type for card in cards}, key=lambda name: (not name, name))
    groups = tuple(CreateGroup(name, tuple(sorted((c for c in cards if c.type == name), key=lambda c: c.title.lower()))) for name in types)
    owners = {card.owner.ref: card.owner.name for card in cards if card.owner}
    tags = sorted({tag for card in cards for tag in card.tags})
    return CreateIndexView(groups, len(cards), tuple(sorted(owners.items(), key=lambda pair: pair[1].lower())), tuple(tags))


def form_view(context: CreateContext, entity: Entity) -> TemplateFormView:
    """The view of a template's form."""
    form = form_of(pages_of(masked_values(entity.spec.get("parameters") or [], is_public=context.is_public)))
    published = context.published(entity)
    has_address = bool(published.clone_url and published.revision)
    notes = [field.note for page in form for field in fields_of(page.part) if field.note not in {"", "json"}]
    base = context.settings.portal.url.rstrip("/")
    name = f"{entity.ref.namespace}/{entity.ref.name}"
    hosts = [word for host, type_ in context.hosts.items() for word in ("--host", f"{host}={type_}")]
    words = [f"{base or '.'}#{name}"] if has_address else [entity.origin.path, *hosts]
    install = context.settings.create.install or "callboard[new]"
    return TemplateFormView(
        _card(context, entity), description_of(entity), entity_path(entity.ref), form, tuple(dict.fromkeys(notes)),
        has_address, json.dumps(words, ensure_ascii=False), shlex.join(["uvx", "--from", install, "callboard", "new", *words]), name,
        install, tuple(context.hosts),
        json.dumps({key: context.labels[f"create_{key}"] for key in MESSAGES}, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def _card(context: CreateContext, entity: Entity) -> TemplateCard:
    tags = entity.metadata.get("tags")
    made = tuple(context.labels[f"create_makes_{key}"] for key in repositories_made(entity.spec))
    return TemplateCard(
        text_of(entity.metadata.get("title"), 120) or entity.ref.name, template_folder(entity.ref), str(entity.ref),
        first_sentence(description_of(entity), SENTENCE), text_of(entity.spec.get("type"), 60), context.owner_of(entity.ref),
        tuple(tag for tag in tags if isinstance(tag, str))[:MAX_TAGS] if isinstance(tags, list) else (),
        made, len(pages_of(entity.spec.get("parameters") or [])),
    )  # fmt: skip


def _files(context: CreateContext, entity: Entity) -> Iterator[tuple[str, bytes]]:
    """What the command and the form's script read. Secrets are masked."""
    content: Mapping[str, Any] = {
        **context.published(entity).as_json(),
        "preview": preview_of(entity.spec, context.tree(entity), entity.origin.path),
        **context.run(entity),
    }
    yield f"{template_folder(entity.ref)}template.json", published_json(_plain(masked_values(content, is_public=context.is_public)))


def _plain(value: Any) -> Any:
    """The value without numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))) else value  # noqa: PLR0124 - NaN
