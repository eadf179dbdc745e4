"""The entry points of ``callboard.families`` in; the installed families, and the class of a family's values by its name, out."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callboard.io.worker_messages import THIS_PROCESS
from callboard.model.data_classes import dataclass
from callboard.model.errors import PluginError
from callboard.model.facts import FAMILIES
from callboard.model.facts.value import FactValue
from callboard.plugins import loader
from callboard.plugins.families import Family
from callboard.plugins.value_types import class_violations, field_names

if TYPE_CHECKING:
    from callboard.plugins.containment.family_process import FamilyProcess

GROUP = "callboard.families"
RESERVED = frozenset({"entities", "facts", "gate", "objective", "problem", "tool"})
"""Names that stand for other things where families are listed, or that begin other kinds of change."""
_ICON = re.compile(r"[a-z0-9][a-z0-9-]*")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class InstalledFamilies:
    """The families of all installed plugins."""

    families: Mapping[str, Family] = field(default_factory=dict)
    """By name, sorted."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Package and version that provide each of them."""
    processes: Mapping[str, FamilyProcess] = field(default_factory=dict)
    """The processes in which their code is called."""
    failures: Mapping[str, PluginError] = field(default_factory=dict)
    """Why others cannot be used, by name; their facts count as those of an unknown family."""


@cache
def installed_families() -> InstalledFamilies:
    """The families of plugins. A family that two packages provide is a failure; one that is built in stays that of Callboard."""
    usable: dict[str, Family] = {}
    packages: dict[str, str] = {}
    processes: dict[str, FamilyProcess] = {}
    failures: dict[str, PluginError] = {}
    for name, plugin in loader.load(GROUP).items():
        if plugin.package == loader.BUILT_IN_PACKAGE and plugin.conflict is None:
            continue
        try:
            process = None if plugin.conflict else _tried(plugin)
            with _undisturbed():
                usable[name] = _checked(plugin, usable)
            if process:
                processes[name] = process
            packages[name] = f"{plugin.package} {plugin.version}"
        except PluginError as error:
            failures[name] = error
    return InstalledFamilies(usable, packages, processes, failures)


def value_types() -> Mapping[str, type[FactValue]]:
    """The class of the values of each family, built-in ones first."""
    return {**FAMILIES, **{name: family.value_type for name, family in installed_families().families.items()}}


def value_type(family: str) -> type[FactValue] | None:
    """The class of the values of a family; None for a family that is neither built in nor installed."""
    kind = FAMILIES.get(family)
    if kind is None and (known := installed_families().families.get(family)):
        return known.value_type
    return kind


def _tried(plugin: loader.Plugin) -> FamilyProcess | None:
    """The process of a family, which has imported it: an import that ends or holds a process does so there. Raises ``PluginError``.

    None where this process is itself that of a plugin.
    """
    from callboard.plugins.containment.family_process import FamilyProcess  # noqa: PLC0415 - it needs the contracts, which need this module

    if THIS_PROCESS.is_worker:
        return None
    process = FamilyProcess(plugin)
    process.load()
    return process


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Without what an import does beside its work: printing, changing the folder or the environment."""
    folder, environ = Path.cwd(), dict(os.environ)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        os.chdir(folder)
        if dict(os.environ) != environ:
            os.environ.clear()
            os.environ.update(environ)


def _checked(plugin: loader.Plugin, others: Mapping[str, Family]) -> Family:
    """The family of an entry point. Raises ``PluginError`` if it violates the contract."""
    family = plugin.load()
    reason = next(_violations(plugin.type, family, others), "")
    if reason:
        raise PluginError(
            f'the family "{plugin.type}" of {plugin.package} {plugin.version} ({plugin.target}) cannot be used: {reason}',
            f"Update or uninstall the package {plugin.package}, or report this to its authors.",
        )
    checked: Family = family
    return checked


def _violations(name: str, family: Any, others: Mapping[str, Family]) -> Iterator[str]:
    if not isinstance(family, Family):
        yield f"it is a value of the class {type(family).__name__}, not a Family"
        return
    if family.name != name:
        yield f'its name is "{family.name}", and that of its entry point is "{name}"'
    if not _NAME.fullmatch(name) or name in RESERVED:
        yield "its name is reserved, or not in kebab case"
    yield from class_violations(family.value_type)
    unknown = [each for each in family.fields if each not in field_names(family.value_type)]
    if unknown:
        yield f'"fields" has {unknown[0]!r}, which is not a field of {family.value_type.__name__}'
    yield from _event_violations(family, {kind for other in others.values() for kind in other.kinds})
    odd = [icon for icon in (family.icon, *(kind.icon for kind in family.kinds.values())) if not _ICON.fullmatch(icon)]
    if odd:
        yield f"{odd[0]!r} is not the name of an icon"
    yield from _template_violations(family)


def _event_violations(family: Family, taken: set[str]) -> Iterator[str]:
    for kind in family.kinds:
        if not kind.startswith(f"{family.name}-") or kind in taken:
            yield f'the kind of event {kind!r} does not start with "{family.name}-", or another family has it'
    if bool(family.kinds) != (family.events is not None):
        yield '"kinds" and "events" belong together: one of them is missing'


def _template_violations(family: Family) -> Iterator[str]:
    index = family.index.template if family.index else None
    for template in (family.panel, family.rollup, index):
        if template is None:
            continue
        try:
            template.read()
        except (OSError, ImportError, ValueError, TypeError) as error:
            yield f"the template {template.path} of {template.package} cannot be read: {error}"
