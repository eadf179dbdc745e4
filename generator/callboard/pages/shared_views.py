"""Values that many views share: links to entities, to the web and to lines of files, as the templates show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from markupsafe import Markup, escape

from callboard.catalog import presentation
from callboard.catalog.graph import Catalog
from callboard.descriptors.kinds import Kinds
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, humanize
from callboard.model.tree import Trees, tree_of
from callboard.model.urls import entity_path
from callboard.pages.safe_text import display_name, text_of, web_url
from callboard.pages.severity import PROBLEM_STYLES

UNKNOWN_KIND_ICON = "entity"


@dataclass(frozen=True, slots=True, repr=False)
class EntityLink:
    """A link to an entity's page, or the name of one that does not exist."""

    name: str
    """What people read: title, display name or name."""
    ref: str
    """The canonical reference."""
    kind: str
    """Canonical kind."""
    icon: str
    """Name of the kind's icon."""
    path: str
    """Below the site's root; empty where the catalog has no such entity."""

    def __repr__(self) -> str:
        """All of it, quicker than a dataclass does: views are known by their ``repr``, and hold a hundred of these."""
        return repr((self.name, self.ref, self.kind, self.icon, self.path))

    def __hash__(self) -> int:
        """Links are few for each reference."""
        return hash(self.ref)


@dataclass(frozen=True, slots=True)
class WebLink:
    """A link that leaves the portal."""

    text: str
    url: str
    """Checked: ``http``, ``https`` or ``mailto``; empty where the descriptor gave something else, which is then only shown."""
    icon: str
    note: str = ""
    """The refused address, shown beside the text."""


@dataclass(frozen=True, slots=True)
class ChipLink:
    """Something small to follow: a tag, a filter."""

    text: str
    path: str
    """Below the site's root."""


@dataclass(frozen=True, slots=True)
class StateView:
    """A word with a tone and an icon of its own shape, so that colour is never alone."""

    text: str
    tone: str
    """``none``, ``info``, ``good``, ``warn`` or ``bad``."""
    icon: str
    """Empty for the ordinary state, which needs none."""


@dataclass(frozen=True, slots=True)
class TimeView:
    """A point in time, written out; scripts show its age."""

    iso: str
    """In UTC."""
    text: str
    """In the portal's time zone: ``2026-11-22 04:00``."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person in a list."""

    link: EntityLink
    initials: str
    """At most two letters, for the disc beside the name."""
    role: str
    """Empty where nobody wrote one."""
    mail: str
    """A checked address; empty where unknown or not for this audience."""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem, as people read it."""

    code: str
    code_path: str
    """The page about this code, below the site's root."""
    tone: str
    """``bad``, ``warn`` or ``info``."""
    icon: str
    label: str
    """Key of the severity's word in the labels."""
    message: Markup
    """Plain words; what stands between backticks is ``<code>``."""
    hint: Markup
    file: str
    """File name with line and column: ``catalog-info.yaml:31:7``; empty where there is no place."""
    place: str
    """The same with the whole path."""
    url: str
    """Opens the host's editor at that line, or the file where the editor knows no lines; empty where nobody knows such an address."""
    subject: EntityLink | None
    """The entity that it is about."""


@dataclass(frozen=True, slots=True)
class CountView:
    """A number with its name."""

    number: int
    label: str
    """Plain text, such as a kind's plural."""
    icon: str
    path: str
    """What it counts, below the site's root; empty for no link."""
    tone: str = ""
    """``bad`` where the number asks for somebody."""


@dataclass(frozen=True, slots=True)
class EntityLinks:
    """Makes each entity's link once and remembers it: hubs are linked from thousands of pages."""

    catalog: Catalog
    memo: dict[EntityRef, EntityLink] = field(default_factory=dict)

    def to(self, ref: EntityRef) -> EntityLink:
        """The link to an entity, existing or not."""
        link = self.memo.get(ref)
        if link is None:
            link = self.memo[ref] = _link(self.catalog, ref)
        return link

    def all(self, refs: tuple[EntityRef, ...]) -> tuple[EntityLink, ...]:
        """Links to all of these, in their order."""
        return tuple(self.to(ref) for ref in refs)


def _link(catalog: Catalog, ref: EntityRef) -> EntityLink:
    entity = catalog.get(ref)
    icon = kind_icon(catalog.kinds, ref.kind)
    if entity is None:
        return EntityLink(humanize(ref, default_kind=ref.kind), str(ref), ref.kind, icon, "")
    return EntityLink(display_name(entity), str(ref), ref.kind, icon, entity_path(ref))


def kind_icon(kinds: Kinds, kind: str) -> str:
    """The kind's icon; one for all unknown kinds."""
    known = kinds.get(kind)
    return known.icon if known else UNKNOWN_KIND_ICON


def catalog_path(**facets: str) -> str:
    """The catalog table with these filters set: ``catalog/?tag=java``."""
    query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in facets.items())
    return f"catalog/?{query}" if query else "catalog/"


_LIFECYCLES = {
    "experimental": ("info", "experimental"),
    "alpha": ("info", "experimental"),
    "beta": ("info", "experimental"),
    "deprecated": ("warn", "deprecated"),
    "retired": ("warn", "deprecated"),
    "end-of-life": ("warn", "deprecated"),
}


def lifecycle_of(entity: Entity) -> StateView | None:
    """The lifecycle; ``production`` is plain text because it is the rule. None where there is none."""
    text = text_of(presentation.lifecycle_of(entity), 80)
    return StateView(text, *_LIFECYCLES.get(text.lower(), ("none", ""))) if text else None


def problem_code_path(code: str) -> str:
    """The page about a code."""
    return f"problems/{code.lower()}/"


def problem_view(problem: Problem, links: EntityLinks, trees: Trees) -> ProblemView:
    """A problem as the templates show it."""
    style = PROBLEM_STYLES[problem.severity]
    where = _position(problem)
    path = problem.origin.path if problem.origin else ""
    return ProblemView(
        code=problem.code,
        code_path=problem_code_path(problem.code),
        tone=style.tone,
        icon=style.icon,
        label=problem.severity.value,
        message=with_code(problem.message),
        hint=with_code(problem.hint),
        file=f"{path.rpartition('/')[2] if problem.subject else _in_repository(problem)}{where}" if path else "",
        place=f"{path}{where}" if path else "",
        url=fix_url(problem.origin, _line(problem), trees) if problem.origin else "",
        subject=links.to(problem.subject) if problem.subject else None,
    )


def _in_repository(problem: Problem) -> str:
    """Repository and path: a problem about no entity is found by its file alone."""
    return f"{problem.origin.repository}/{problem.origin.path}" if problem.origin else ""


def with_code(text: str) -> Markup:
    """Escaped text in which each pair of backticks makes ``<code>``; a single one stays."""
    parts = str(escape(text)).split("`")
    if len(parts) < 3:  # noqa: PLR2004 - a pair cuts into three
        return escape(text)
    rest = parts[-2:] if len(parts) % 2 == 0 else parts[-1:]
    pairs = parts[: -len(rest)]
    made = "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(pairs))
    return Markup(made + "`".join(rest))  # noqa: S704 - escaped above


def _position(problem: Problem) -> str:
    return f":{problem.span.line}:{problem.span.column}" if problem.span else ""


def _line(problem: Problem) -> int | None:
    return problem.span.line if problem.span else None


def line_url(origin: Origin, line: int | None, trees: Trees) -> str:
    """Where people read the origin's file on the web, at that line (the document's first if None); empty where unknown."""
    tree = tree_of(trees, origin)
    if tree is None:
        return ""
    return web_url(tree.view_url(origin.path, line or origin.line)) or web_url(tree.edit_url(origin.path))


def fix_url(origin: Origin, line: int | None, trees: Trees) -> str:
    """The host's editor at that line, where it knows lines; else the file at that line; empty where unknown.

    The editors of GitHub and GitLab (``/edit/`` in both) put the cursor at ``#L31``; those of Gitea, Bitbucket and Azure know no lines.
    """
    editor = edit_url(origin, trees).partition("#")[0]
    return f"{editor}#L{line or origin.line}" if "/edit/" in editor else line_url(origin, line, trees)


def edit_url(origin: Origin, trees: Trees) -> str:
    """Where people change the origin's file on the web; empty where unknown."""
    tree = tree_of(trees, origin)
    return web_url(tree.edit_url(origin.path)) if tree else ""
