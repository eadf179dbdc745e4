"""The public API for families of facts: one value in an entry point of the group ``callboard.families`` brings all layers of a family.

A plugin may import these names; anything else may change without notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from importlib.resources import files

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import FactSeverity, RunState, Tone
from callboard.model.facts.events import EventKind, FactDelta, FactEvent
from callboard.model.facts.fact import Fact
from callboard.model.facts.validation import FactError, Validated
from callboard.model.facts.value import FactValue
from callboard.model.ref import EntityRef

__all__ = [
    "EntityRef",
    "EventKind",
    "Fact",
    "FactDelta",
    "FactError",
    "FactEvent",
    "FactSeverity",
    "FactValue",
    "Family",
    "FamilyIndexPage",
    "PackageTemplate",
    "RunState",
    "Tone",
    "Validated",
]


@dataclass(frozen=True, slots=True)
class PackageTemplate:
    """A Jinja template that is a resource of the plugin's package.

    It renders ``facts``, in the order of the family: each has ``value`` (the value itself), ``key``, ``environment``, ``url`` (checked;
    empty if a page may not link to it) and ``subject``, the entity (with ``name``, and ``path`` below the site's root). ``up`` leads from
    the page to the site's root. Values are escaped automatically.
    """

    package: str
    """Name of the module: ``callboard_flags``."""
    path: str
    """Path of the file in the module: ``templates/panel.html``."""

    def read(self) -> str:
        """The source of the template. Raises ``OSError``, ``ModuleNotFoundError`` or ``ValueError`` if it cannot be read."""
        return files(self.package).joinpath(self.path).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class FamilyIndexPage:
    """The page about all facts of a family, at ``health/<name of the family>/``."""

    title: str
    text: str = ""
    """One sentence below the title."""
    template: PackageTemplate | None = None
    """None lists the facts with their fields."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of facts that a plugin brings: its values, its parts of pages, and its events.

    The value's class decides what is open and urgent, in which order facts are listed, how they are judged, and whether a public site shows
    them (see ``FactValue``); pages, counts and events use these decisions.
    """

    name: str
    """Kebab case, such as ``feature-flag``; equal to the name of the entry point."""
    title: str
    """Heading of the panel."""
    value_type: type[FactValue]
    """Class of the values: a frozen dataclass that extends ``FactValue``. The integrations ``file`` and ``http-json`` fill its fields by
    name."""
    description: str = ""
    """One sentence for ``callboard plugins``."""
    icon: str = "integration"
    """Name of an icon in ``icons.yaml``, or of one of Material Design Icons: ``cash``."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Labels of the fields that panels without a template list, by name and in this order; empty for all fields, each with its name."""
    panel: PackageTemplate | None = None
    """Template of the panel on an entity's page; None lists the fields."""
    has_rollup: bool = True
    """Whether systems, domains and groups show a panel about their members, and ``/health/`` one about all entities."""
    rollup: PackageTemplate | None = None
    """Template of that panel; None lists the facts with their fields."""
    index: FamilyIndexPage | None = None
    """The page about all entities; None for none."""
    urgent_title: str = ""
    """Name of the number of urgent facts on ``/health/`` and the home page: ``Budgets exceeded``; empty for no number."""
    no_facts: str = ""
    """Text of a panel if the tools were queried and have no facts; empty for a common one."""
    kinds: Mapping[str, EventKind] = field(default_factory=dict)
    """Kinds of events, each with a name that starts with the family's: ``feature-flag-changed``."""
    events: Callable[[FactDelta], Iterable[FactEvent]] | None = None
    """Finds the events of one entity's facts in two builds; None for a family without events."""
