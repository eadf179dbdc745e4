"""The address or path of a template → the template with a work tree of its repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

import click

from callboard.lint.check import resolve_paths
from callboard.lint.portal_reader import PortalReader
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import CallboardError, SourceError
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.urls import api_path
from callboard.software_templates.checkouts import Checkouts, inside
from callboard.software_templates.definition import definition_of
from callboard.software_templates.preparing import LocatedTemplate
from callboard.software_templates.published import PublishedTemplate, read_published, template_folder

_CONSEQUENCE = "Nothing was made."


@dataclass(slots=True)
class PortalEntityReader:
    """Entities of a portal by reference; nothing without a portal."""

    portal: str
    environ: Mapping[str, str]
    _known: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)

    def find(self, ref: str) -> Mapping[str, Any] | None:
        """The entity; None if the portal has none of that reference."""
        if ref not in self._known:
            self._known[ref] = self._read(ref)
        return self._known[ref]

    def _read(self, ref: str) -> Mapping[str, Any] | None:
        if not self.portal:
            return None
        try:
            found = read_portal_file(self.portal, api_path(parse_ref(ref).canonical()), self.environ)
        except (SourceError, RefError):
            return None
        return found if isinstance(found, Mapping) else None


def read_portal_file(portal: str, path: str, environ: Mapping[str, str]) -> Any:
    """A file of JSON of a portal. Raises ``CallboardError``."""
    reader = PortalReader(portal, environ, _CONSEQUENCE)
    try:
        return reader.read(path)
    finally:
        reader.close()


def published_template(address: str, environ: Mapping[str, str]) -> tuple[str, PublishedTemplate]:
    """The portal of ``PORTAL#namespace/name``, and what it says about the template. Raises ``CallboardError``."""
    portal, _, name = address.rpartition("#")
    ref = template_ref(name)
    return portal, read_published(read_portal_file(portal, f"{template_folder(ref)}template.json", environ), str(ref))


def template_ref(name: str) -> EntityRef:
    """The reference for ``namespace/name``. Raises ``click.UsageError``."""
    try:
        ref = parse_ref(name, default_kind="template").canonical()
    except RefError as error:
        raise click.UsageError(f"{name!r} is no template: {error}. Write PORTAL#namespace/name.") from None
    if ref.kind != "template":
        raise click.UsageError(f"{name!r} is no template.")
    return ref


def located_template(address: str, hosts: Mapping[str, str], checkouts: Checkouts, environ: Mapping[str, str]) -> LocatedTemplate:
    """The template at an address of a portal, or in a file. Raises ``CallboardError``."""
    if "#" not in address:
        return _in_file(Path(address), hosts, environ)
    portal, published = published_template(address, environ)
    found = at_revision(published, published.revision, checkouts, environ, portal)
    if found.definition.digest != published.digest:
        raise CallboardError(
            f"{published.ref} in {published.clone_url} at {published.revision[:12]} is not what the portal shows.",
            "Build the portal again.",
        )
    return found


def at_revision(
    published: PublishedTemplate, revision: str, checkouts: Checkouts, environ: Mapping[str, str], portal: str = ""
) -> LocatedTemplate:
    """The template in a clone of its repository at a revision. Raises ``CallboardError``."""
    root = checkouts.of(published.clone_url, revision)
    entity = _entity(inside(root, published.path), published.ref, environ)
    definition = definition_of(published.ref, entity.metadata, entity.spec, entity.api_version)
    return LocatedTemplate(definition, root, published.path, published.hosts, published.clone_url, revision, portal)


def _in_file(file: Path, hosts: Mapping[str, str], environ: Mapping[str, str]) -> LocatedTemplate:
    if not file.is_file():
        raise click.UsageError(f"There is no file {file}. Name a template's file, or PORTAL#namespace/name.")
    entity = _entity(file, "", environ)
    definition = definition_of(str(entity.ref), entity.metadata, entity.spec, entity.api_version)
    root = Path(entity.origin.tree)
    return LocatedTemplate(definition, root, entity.origin.path, hosts)


def _entity(file: Path, ref: str, environ: Mapping[str, str]) -> Entity:
    """The Template in a file: that of the reference, or the only one."""
    resolved = resolve_paths([file], environ)
    found = [entity for entity in resolved.catalog.entities.values() if entity.ref.kind == "template" and ref in {"", str(entity.ref)}]
    if len(found) == 1:
        return found[0]
    if found:
        raise CallboardError(f"{file.name} has {len(found)} templates.", "Name one of them by the address of a portal.")
    reasons = "; ".join(problem.message for problem in resolved.problems[:3])
    raise CallboardError(f"{file.name} has no usable template{f': {reasons}' if reasons else ''}.", "Check it with `callboard lint`.")
