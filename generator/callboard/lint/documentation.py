"""A resolved catalog and its folders → the problems of the documentation of its entities, as authors can fix them before they merge."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from callboard.documentation.building import DocumentationBuilder, portal_documentation
from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.places import needs_portal
from callboard.documentation.portal import PortalDocumentation
from callboard.incremental.fingerprint import code_digest
from callboard.ingestion.access import ConnectedTrees
from callboard.io.store import Store
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.pages.site_data import ResolvedCatalog
from callboard.settings.settings import Settings
from callboard.website.guide_references import faults_of_set_blocks


def documentation_of_portal(resolved: ResolvedCatalog, settings: Settings) -> PortalDocumentation:
    """The documentation of a whole portal. Pages that a build has converted are taken from its cache, which is not made if there is none.

    Nothing is removed from that cache: what cannot be read here, such as a source without its token, the next build may need.

    Raises ``SourceError`` if the network fails.
    """
    cache = Store.beside(settings.root).cache
    if cache.is_dir():
        return portal_documentation(resolved.catalog, resolved.trees, settings, code_digest(), removes=False)
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        return portal_documentation(resolved.catalog, resolved.trees, settings, code_digest(), Path(folder))


def problems_of_sets(resolved: ResolvedCatalog, settings: Settings, known: Collection[EntityRef] | None) -> Iterator[Problem]:
    """What is wrong with the sets of a repository. ``known``: all entities of the portal; None if they are not known.

    Nothing is said about what another repository may have: an entity that is not known, pages of its documentation, a set at a URL.
    """
    connected = ConnectedTrees(resolved.trees, settings.sources)
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        found = DocumentationBuilder(resolved.catalog, connected, settings, Path(folder), code_digest()).build()
    kinds = resolved.catalog.kinds.by_name
    links = CrossLinks(found, resolved.catalog, resolved.trees, lambda ref: ref.kind in kinds if known is None else ref in known)
    for problem in (*found.problems, *links.problems(), *faults_of_set_blocks(found, resolved.trees)):
        entity = resolved.catalog.entities.get(problem.subject) if problem.subject else None
        if entity is None or not needs_portal(problem, entity):
            yield problem
