"""A diagram as a value: who stands in it and what leads where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.model.ref import EntityRef

NodeId = EntityRef | str
EdgeKind = Literal["depends", "api", "part", "owns", "member"]
State = Literal["", "root", "missing", "more", "outside"]


@dataclass(frozen=True, slots=True)
class Node:
    """One box."""

    id: NodeId
    """The entity, or a text for boxes that are none (``more:left``); unique in its graph."""
    label: str
    """First line; cut to the box when drawn."""
    sub: str
    """Second line, small: ``service · team-checkout``."""
    icon: str
    """Logical name of an icon."""
    path: str
    """Where it leads, below the site's root; empty for nowhere."""
    state: State = ""
    """``root``: the page's own. ``missing``: dangling. ``more``: stands for several. ``outside``: not part of what is mapped."""


@dataclass(frozen=True, slots=True)
class Edge:
    """``tail`` needs (or is part of, or leads to) ``head``."""

    tail: NodeId
    head: NodeId
    kind: EdgeKind
    """``api``: through an API (dashed). ``owns`` and ``member``: lines without an arrow."""


@dataclass(frozen=True, slots=True)
class Graph:
    """What ``drawing.draw`` draws, from left to right."""

    title: str
    """What it shows, in one sentence for those who do not see it."""
    nodes: tuple[Node, ...]
    """In the order in which people should meet them; ids are unique."""
    edges: tuple[Edge, ...]
    """Between nodes of this graph; others are not drawn."""
    columns: int = 0
    """At most so many columns; 0: as many as the longest way needs."""

    @property
    def is_worth_drawing(self) -> bool:
        """A box alone says nothing that the page does not say."""
        return len(self.nodes) > 1
