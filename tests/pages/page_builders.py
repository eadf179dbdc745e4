"""A small portal in memory: documents in, entity pages out, rendered with the real templates."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import yaml
from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.diagrams.layout import Layouts
from callboard.model.entity import Entity, Origin
from callboard.model.ref import EntityRef
from callboard.pages.context import page_context
from callboard.pages.entities.context import entity_context
from callboard.pages.entities.plan import plan
from callboard.pages.site_data import ResolvedCatalog
from callboard.settings.settings import Portal, Settings
from callboard.website.overlays import read_overlays
from callboard.website.rendering import Renderer

KINDS = builtin_kinds()
LAYOUTS = Layouts()
RENDERER = Renderer(read_overlays(Path("/nowhere"), Portal()), Portal(), [kind.icon for kind in KINDS.by_name.values()])
VOID = {"br", "img", "hr", "rect", "use", "polygon", "input", "meta", "link", "line"}


@dataclass(frozen=True)
class HostTree:
    """A repository at a host that we know."""

    id: str = "tree"
    repository: str = "acme/shop"
    host: str = "https://github.com/acme/shop"
    revision: str = "0123456789abcdef"
    addresses: tuple[str, ...] = ()

    def view_url(self, path, line=None):
        return f"{self.host}/blob/main/{path}" + (f"#L{line}" if line else "") if self.host else ""

    def last_change(self, path):
        return datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    def edit_url(self, path):
        return f"{self.host}/edit/main/{path}" if self.host else ""


def entity_of(document, text=None, via=()):
    metadata = {"namespace": "default", **document["metadata"]}
    spec = document.get("spec") if isinstance(document.get("spec"), dict) else {}
    kind, name = document["kind"], document["metadata"]["name"]
    origin = Origin("here", "tree", "acme/shop", "0123456789abcdef", "apps/x/catalog-info.yaml", 0, 7, via)
    text = yaml.safe_dump(document, sort_keys=False) if text is None else text
    ref = EntityRef(kind.lower(), metadata["namespace"].lower(), name.lower())
    return Entity(ref, kind, "backstage.io/v1alpha1", metadata, spec, origin, "", text)


def documents(text):
    return [entity_of(document, chunk) for chunk in text.split("\n---\n") if (document := yaml.safe_load(chunk))]


def shared_context(catalog, problems=(), portal=None, tree=None, sources=()):
    """What all pages share, of a portal that is not on disk."""
    root, tree = Path("/nowhere"), tree or HostTree()
    settings = Settings(root, root / "sources.yaml", portal or Portal(), sources)
    resolved = ResolvedCatalog(catalog, tuple(problems), {("here", tree.id): tree}, (), 0, {})
    return page_context(resolved, settings, LAYOUTS, RENDERER.labels)


def context_of(entities, portal=None, tree=None, **added):
    catalog, problems = link(entities, KINDS)
    return entity_context(shared_context(catalog, problems, portal, tree), **added)


def page_of(entities, ref, **more):
    """View and HTML of one entity's page."""
    page = next(page for page in plan(context_of(entities, **more)) if page.ref == ref)
    view = page.view()
    return view, RENDERER.render(page, view)


class Outline(HTMLParser):
    """What a page is made of; fails on elements that do not close."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.headings, self.ids, self.attributes, self.texts = [], [], [], [], [], []
        self.feed(html)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag in VOID:  # a line of a diagram has a title inside
            return
        assert self.open, tag
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.texts.append(data)

    def links(self):
        return [value for name, value in self.attributes if name == "href"]

    def text(self):
        return " ".join(" ".join(self.texts).split())
