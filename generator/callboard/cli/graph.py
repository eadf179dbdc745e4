"""``callboard graph``: the saved state of a portal → relations of its entities as DOT or SVG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.model.data_classes import dataclass

if TYPE_CHECKING:
    from callboard.catalog.graph import Catalog
    from callboard.model.ref import EntityRef

_FILE = click.Path(dir_okay=False, path_type=Path)
_KINDS = ("component", "api", "resource")
"""What is drawn where no entity and no kind is named."""


@dataclass(frozen=True, slots=True)
class GraphOptions:
    """The options of the command, by their names; their help texts document them."""

    refs: tuple[str, ...]
    config: Path
    kinds: tuple[str, ...]
    steps: int
    form: str
    output: Path | None


@click.command("graph")
@click.argument("refs", nargs=-1, metavar="[REF]...")
@click.option("--config", type=_FILE, default=Path("sources.yaml"), show_default=True, help="The portal's configuration.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Without REF: only this kind. Repeatable. "
              "Default: components, APIs and resources.")  # fmt: skip
@click.option("--steps", type=click.IntRange(0, 100), default=1, show_default=True,
              help="With REF: how far to follow dependencies and dependents.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["dot", "svg"]), default="dot", show_default=True,
              help="Graphviz' language, or a drawing.")  # fmt: skip
@click.option("--output", type=_FILE, metavar="FILE", help="The file to write. Default: standard output.")
def command(**values: Any) -> None:
    """Write the relations of entities as a graph in Graphviz' language DOT, or as a drawing (SVG).

    REF is a reference such as component:orders: the graph has it, what it depends on, and what depends on it. Without REF, it has the whole
    catalog. It is read from the data of the last build, without network. Entities are grouped by system, and link to their pages where
    portal.url is set.
    """
    import os

    from callboard.cli.score_state import saved_portal
    from callboard.diagrams.dot import MOST_DRAWN, as_dot, as_svg
    from callboard.io.store import write_atomically
    from callboard.model.errors import CallboardError
    from callboard.plugins.portal_settings import read_settings

    options = GraphOptions(**values)
    settings = read_settings(options.config, os.environ)
    catalog = saved_portal(settings).data.resolved.catalog
    chosen = _chosen(catalog, options)
    if options.form == "svg" and len(chosen) > MOST_DRAWN:
        message = f"A drawing has at most {MOST_DRAWN} boxes, and the graph has more: {len(chosen):,}."
        raise CallboardError(message, "Name an entity or a kind, follow fewer --steps, or take --format dot.")
    text = as_dot(catalog, chosen, settings.portal.url)
    text = as_svg(text) if options.form == "svg" else text
    if options.output:
        write_atomically(options.output, text.encode())
    else:
        click.echo(text.rstrip("\n"))


def _chosen(catalog: Catalog, options: GraphOptions) -> tuple[EntityRef, ...]:
    """The entities of the graph. Raises ``SettingsError`` for a reference or kind that the portal does not have."""
    from callboard.cli.score_formats import reference_of
    from callboard.diagrams.dot import around
    from callboard.model.errors import SettingsError
    from callboard.model.ref import parse_ref

    known = {str(ref) for ref in catalog.entities}
    if options.refs:
        return around(catalog, [parse_ref(reference_of(text, known.__contains__)).canonical() for text in options.refs], options.steps)
    kinds = {name.lower() for name in options.kinds} or {*_KINDS}
    for name in sorted(kinds):
        if catalog.kinds.get(name) is None:
            raise SettingsError(f"There is no kind {name}.", f"The kinds are {', '.join(sorted(catalog.kinds.by_name))}.")
    return tuple(entity.ref for entity in catalog.of_kind(*kinds))
