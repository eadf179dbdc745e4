"""Catalog and settings → the templates with what their pages and files need: addresses, hosts, and what they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.tree import Tree, tree_of
from callboard.pages.context import PageContext, shared_values
from callboard.pages.create.host_runs import host_run
from callboard.plugins.sources import host_software, parse_remote
from callboard.software_templates.definition import digest_of
from callboard.software_templates.published import PublishedTemplate
from callboard.sources.addresses import repository_address

CREATE = "create/"
"""Path of the page about all templates."""
_SOFTWARE = {"bitbucket": "bitbucketCloud", "bitbucket-server": "bitbucketServer"}
_OPTIONS = frozenset({"github", "gitlab", "gitea", "azure", *_SOFTWARE})
"""Types of sources, and values of their option ``host``, that name the software of a host."""


@dataclass(frozen=True)
class CreateContext(PageContext):
    """The context of all pages about templates."""

    @cached_property
    def templates(self) -> Sequence[Entity]:
        """All templates that have a form: those of the current version."""
        found = (entity for ref, entity in self.catalog.entities.items() if ref.kind == "template")
        return sorted((entity for entity in found if isinstance(entity.spec.get("steps"), list)), key=lambda entity: entity.ref)

    @cached_property
    def hosts(self) -> Mapping[str, str]:
        """The hosts of the repositories that the sources read, each with its type."""
        types = {source.name: str(source.options.get("host") or source.type) for source in self.settings.sources}
        found: dict[str, str] = {}
        for (source, _), tree in self.trees.items():
            for address in (tree.id, tree.view_url("x")):
                remote = parse_remote(address) if address.startswith(("https://", "http://")) else None
                if remote and remote.host:
                    software = host_software(remote) or (types[source] if types.get(source) in _OPTIONS else "")
                    found.setdefault(remote.host, _SOFTWARE.get(software, software))
        return {host: type_ for host, type_ in sorted(found.items()) if type_}

    def tree(self, entity: Entity) -> Tree | None:
        """The tree that has a template's file."""
        return tree_of(self.trees, entity.origin)

    def run(self, entity: Entity) -> Mapping[str, Any]:
        """The key ``run`` of a template's file; nothing where its host cannot run it."""
        found = host_run(self.tree(entity), self.published(entity).clone_url, self.hosts)
        return {"run": found} if found else {}

    def published(self, entity: Entity) -> PublishedTemplate:
        """What ``callboard new`` reads of a template; without an address if its source is a folder that is in no clone."""
        origin, tree = entity.origin, self.tree(entity)
        address, prefix = repository_address(tree) if tree else ("", "")
        title = entity.metadata.get("title")
        return PublishedTemplate(
            str(entity.ref), title if isinstance(title, str) else "", f"{address}.git" if address and "/_git/" not in address else address,
            origin.revision, prefix + origin.path, self.hosts, digest_of(entity.spec), entity.spec.get("parameters"),
        )  # fmt: skip


def create_context(page: PageContext) -> CreateContext:
    """The context."""
    return CreateContext(**shared_values(page))


def repositories_made(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of what the steps make: ``repository``, ``request``, ``workflow``; ``files`` if nothing of these."""
    actions = [step.get("action") for step in spec.get("steps", []) if isinstance(step, Mapping)]
    names = [action for action in actions if isinstance(action, str)]
    found = {
        "repository": any(name.startswith("publish:") and name.count(":") == 1 for name in names),
        "request": any(name.endswith((":pull-request", ":merge-request")) for name in names),
        "workflow": any(name in {"github:actions:dispatch", "gitlab:pipeline:trigger"} for name in names),
    }
    return tuple(key for key, is_made in found.items() if is_made) or ("files",)
