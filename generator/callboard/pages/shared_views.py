"""Entities, problems and places in files → the values that many views share: links, states, people, counts, problems."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from callboard.catalog import presentation
from callboard.catalog.graph import Catalog
from callboard.catalog.names import UNKNOWN_KIND_ICON
from callboard.descriptors.kinds import Kinds
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.place import problem_place
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, humanize
from callboard.model.tree import Trees, tree_of
from callboard.model.urls import entity_path
from callboard.pages.safe_text import display_name, text_of, web_url
from callboard.pages.severity import PROBLEM_STYLES

_LIFECYCLES = {
    "experimental": ("info", "experimental"),
    "alpha": ("info", "experimental"),
    "beta": ("info", "experimental"),
    "deprecated": ("warn", "deprecated"),
    "retired": ("warn", "deprecated"),
    "end-of-life": ("warn", "deprecated"),
}
"""Tone and icon of the lifecycles that are not ordinary."""


class EntityLink(NamedTuple):
    """A link to an entity's page, or the name of one that does not exist.

    A page has about thirty of them. Like other small views that pages have many of, they are tuples, of which keys of parts are made ten
    times as fast as of data classes.
    """

    name: str
    """Title, display name or name."""
    ref: str
    """The canonical reference."""
    kind: str
    """Canonical kind."""
    icon: str
    """Name of the kind's icon."""
    path: str
    """Below the site's root; empty where the catalog has no such entity."""
    is_elsewhere: bool = False
    """True if another catalog has the entity, and this portal does not read it."""

    def __repr__(self) -> str:
        """Without the names of fields, which takes longer: fingerprints are made of it."""
        return tuple.__repr__(self)


class WebLink(NamedTuple):
    """A link that leaves the portal."""

    text: str
    url: str
    """Checked: of an allowed scheme; empty if the descriptor has something else, which is then only shown."""
    icon: str
    note: str = ""
    """The rejected address, shown next to the text."""


@dataclass(frozen=True, slots=True)
class ChipLink:
    """A small link: a tag or a filter."""

    text: str
    path: str
    """Below the site's root."""


class StateView(NamedTuple):
    """A word with a tone and an icon of its own shape, so that color is never the only sign."""

    text: str
    tone: str
    """``none``, ``info``, ``good``, ``warn`` or ``bad``."""
    icon: str
    """Empty for an ordinary state."""


class TimeView(NamedTuple):
    """A point in time, written out; scripts show its age."""

    iso: str
    """In UTC."""
    text: str
    """In the portal's time zone: ``2026-11-22 04:00``."""

    def __repr__(self) -> str:
        """As that of ``EntityLink``."""
        return tuple.__repr__(self)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person in a list."""

    link: EntityLink
    initials: str
    """At most two letters, for the disc next to the name."""
    role: str
    """Empty for none."""
    mail: str
    """A checked e-mail address; empty if unknown or not for this audience."""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem, ready to be shown."""

    code: str
    code_path: str
    """The page about the code, below the site's root."""
    tone: str
    """``bad``, ``warn`` or ``info``."""
    icon: str
    label: str
    """Key of the severity's word in the labels."""
    message: Markup
    """Text between backticks is ``<code>``."""
    hint: Markup
    place: str
    """Repository, path, line and column: ``acme/payments/catalog-info.yaml:31:7``; empty without a place."""
    url: str
    """The host's editor at that line, or the file if its editor has no addresses of lines; empty if unknown."""
    subject: EntityLink | None
    """The entity that the problem is about; None for none."""


@dataclass(frozen=True, slots=True)
class CountView:
    """A number with its name."""

    number: int
    label: str
    """Plain text, such as a kind's plural."""
    icon: str
    path: str
    """The list of what is counted, below the site's root; empty for no link."""
    tone: str = ""
    """``bad`` if the number needs attention."""
    is_lower_bound: bool = False
    """True if there may be more, because a tool was not queried completely."""


@dataclass(frozen=True, slots=True)
class EntityLinks:
    """Makes the link to each entity once: some are linked from thousands of pages."""

    catalog: Catalog
    memo: dict[EntityRef, EntityLink] = field(default_factory=dict)

    def to(self, ref: EntityRef) -> EntityLink:
        """The link to an entity, existing or not."""
        link = self.memo.get(ref)
        if link is None:
            link = self.memo[ref] = _link(self.catalog, ref)
        return link

    def all(self, refs: tuple[EntityRef, ...]) -> tuple[EntityLink, ...]:
        """The links to these entities, in their order."""
        return tuple(map(self.to, refs))


def _link(catalog: Catalog, ref: EntityRef) -> EntityLink:
    entity = catalog.get(ref)
    icon = kind_icon(catalog.kinds, ref.kind)
    if entity is None:
        return EntityLink(humanize(ref, default_kind=ref.kind), str(ref), ref.kind, icon, "", catalog.exists(ref))
    return EntityLink(display_name(entity), str(ref), ref.kind, icon, entity_path(ref))


def kind_icon(kinds: Kinds, kind: str) -> str:
    """The kind's icon; one for all unknown kinds."""
    known = kinds.get(kind)
    return known.icon if known else UNKNOWN_KIND_ICON


def catalog_path(**facets: str) -> str:
    """Path of the catalog table with these filters: ``catalog/?tag=java``."""
    query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in facets.items())
    return f"catalog/?{query}" if query else "catalog/"


def lifecycle_of(entity: Entity) -> StateView | None:
    """The lifecycle; ``production`` has no tone because it is the usual state. None if the entity declares none."""
    text = text_of(presentation.lifecycle_of(entity), 80)
    return StateView(text, *_LIFECYCLES.get(text.lower(), ("none", ""))) if text else None


def problem_code_path(code: str) -> str:
    """Path of the page about a problem code."""
    return f"problems/{code.lower()}/"


def problem_view(problem: Problem, links: EntityLinks, trees: Trees) -> ProblemView:
    """The view of a problem."""
    style = PROBLEM_STYLES[problem.severity]
    return ProblemView(
        code=problem.code,
        code_path=problem_code_path(problem.code),
        tone=style.tone,
        icon=style.icon,
        label=problem.severity.value,
        message=with_code(problem.message),
        hint=with_code(problem.hint),
        place=problem_place(problem),
        url=fix_url(problem.origin, _line(problem), trees) if problem.origin else "",
        subject=links.to(problem.subject) if problem.subject else None,
    )


@lru_cache(2_048)
def with_code(text: str) -> Markup:
    """Escaped text in which each pair of backticks becomes ``<code>``; a single backtick stays."""
    parts = str(escape(text)).split("`")
    if len(parts) < 3:  # noqa: PLR2004 - a pair splits the text into three parts
        return escape(text)
    rest = parts[-2:] if len(parts) % 2 == 0 else parts[-1:]
    pairs = parts[: -len(rest)]
    html = "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(pairs))
    return Markup(html + "`".join(rest))  # noqa: S704 - escaped above


def _line(problem: Problem) -> int | None:
    return problem.span.line if problem.span else None


def line_url(origin: Origin, line: int | None, trees: Trees) -> str:
    """Web address of the origin's file at that line (the document's first if None); empty if unknown."""
    tree = tree_of(trees, origin)
    if tree is None:
        return ""
    return web_url(tree.view_url(origin.path, line or origin.line or None)) or web_url(tree.edit_url(origin.path))


def fix_url(origin: Origin, line: int | None, trees: Trees) -> str:
    """The host's editor at that line if it has addresses of lines, else the file at that line; empty if unknown.

    The editors of GitHub and GitLab (``/edit/`` in both) put the cursor at ``#L31``; those of the others ignore it.
    """
    editor = edit_url(origin, trees).partition("#")[0]
    at = line or origin.line
    return (f"{editor}#L{at}" if at else editor) if "/edit/" in editor else line_url(origin, line, trees)


def edit_url(origin: Origin, trees: Trees) -> str:
    """Web address for editing the origin's file; empty if unknown."""
    tree = tree_of(trees, origin)
    return web_url(tree.edit_url(origin.path)) if tree else ""
