"""A plugin's class and its options → what it returns, run once as a build runs it, without a portal."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema_rs

from callboard.io.site_folder.staging import Staging
from callboard.model.errors import SettingsError
from callboard.model.ref import parse_ref
from callboard.model.tree import Tree
from callboard.plugins.containment.contained_integration import ContainedIntegration
from callboard.plugins.containment.contained_publisher import publish_contained
from callboard.plugins.containment.contained_source import collect_contained
from callboard.plugins.integrations import FactBatch, Integration, IntegrationContext, IntegrationSettings, Target
from callboard.plugins.loader import Plugin
from callboard.plugins.publishers import Portal, PublishContext, Published, Publisher
from callboard.plugins.publishers.built_site import read_site
from callboard.plugins.run_integrations import check_connector, checked_batch
from callboard.plugins.sources import Collected, Redactor, Source, SourceContext, SourceSettings

NOW = datetime(2026, 5, 17, 3, tzinfo=UTC)
"""Time of a run, unless a test gives another one."""
SECRET_OPTION = re.compile("token|secret|password|key")
NAME = "test"
"""Name of the item in ``sources.yaml``."""


class FastClock:
    """A clock that never waits: ``sleep`` moves it on, so that retries and rate limits take no time."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        """Seconds of each sleep."""

    def monotonic(self) -> float:
        """Seconds since the first call of ``sleep``."""
        return sum(self.slept)

    def time(self) -> float:
        """Seconds since 1970."""
        return NOW.timestamp() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        """Continue at once, ``seconds`` later."""
        self.slept.append(seconds)

    def jitter(self) -> float:
        """A number from 0 to 1 by which the length of a wait varies."""
        return 0.5


def targets(annotations: Mapping[str, Mapping[str, str]], *, tree: Tree | None = None) -> tuple[Target, ...]:
    """Entities to ask a tool about: annotations by reference, such as ``{"component:default/shop": {"acme.com/id": "7"}}``.

    ``tree``: the repository of all of them, for an integration that reads files. Raises ``RefError``.
    """
    refs = ((parse_ref(written, default_kind="component").canonical(), given) for written, given in annotations.items())
    return tuple(Target(ref, dict(given), tree=tree) for ref, given in refs)


def collect_once(
    plugin: type[Integration], options: Mapping[str, Any], asked: Sequence[Target] = (), *, root: Path | None = None, now: datetime = NOW,
    contained: bool = False,
) -> FactBatch:  # fmt: skip
    """Run an integration: create it with the options, query it about the targets, and check what it returns as a build does.

    ``root``: the folder that relative paths start in; an empty one by default. Waits of its HTTP clients take no time.
    ``contained``: run it in a process of its own, as a build does; its clients then wait by the clock of the system.

    Raises ``SettingsError`` for options that do not match its schema, ``PluginError`` for a violation of the contract, and whatever the
    plugin raises.
    """
    _check_options(plugin, options)
    item, redactor = IntegrationSettings(NAME, NAME, options), _redactor(options)
    with ExitStack() as stack:
        folder = root or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        context = IntegrationContext(folder, now, folder / ".callboard/cache", {}, redactor, FastClock())
        kind: Any = partial(ContainedIntegration, _entry(plugin, "callboard.integrations")) if contained else plugin
        connector: Integration = kind(item, context)
        check_connector(connector)
        return checked_batch(item, connector, connector.collect(asked), asked, redactor)


def collect_source(plugin: type[Source], options: Mapping[str, Any], root: Path, *, contained: bool = False) -> Collected:
    """Run a source, with ``root`` as the folder that relative paths start in; its cache is ``root/.callboard/cache``.

    ``contained``: run it in a process of its own, as a build does, which also reads its trees.

    Raises ``SettingsError`` for options that do not match its schema, and whatever the plugin raises.
    """
    _check_options(plugin, options)
    redactor = _redactor(options)
    context = SourceContext(root, root / ".callboard/cache", {}, redactor, FastClock())
    item = SourceSettings(NAME, NAME, options)
    return collect_contained(_entry(plugin, "callboard.sources"), item, context) if contained else plugin(item, context).collect()


def descriptors_of(collected: Collected, *, limit: int = 2_000_000) -> Mapping[str, str]:
    """The texts of the descriptor files that a source found, by path; ``limit``: bytes of one file. Raises ``TreeError``.

    Of several records of one file, the last.
    """
    return {file.path: (file.record.text if file.record else file.tree.read(file.path, limit)).decode() for file in collected.files}


def publish_once(
    plugin: type[Publisher], options: Mapping[str, Any], files: Mapping[str, str | bytes], root: Path, *, portal: Portal | None = None,
    contained: bool = False,
) -> Published:  # fmt: skip
    """Write the files as a build writes a site, to ``root/site``, and publish that; relative paths of the options start in ``root``.

    Called again, it publishes the next site. ``contained``: run it in a process of its own, as ``callboard publish`` does.

    Raises ``SettingsError`` for options that do not match the schema, ``PublishError``, and whatever the plugin raises.
    """
    _check_options(plugin, options)
    staging = Staging(root / "site")
    for path, content in files.items():
        staging.put(path, content.encode() if isinstance(content, str) else content)
    staging.commit()
    context = PublishContext(root, root / ".callboard/cache", NOW, portal or Portal(), {}, _redactor(options))
    site = read_site(root / "site")
    if contained:
        return publish_contained(_entry(plugin, "callboard.publishers"), options, context, site)
    return plugin(options, context).publish(site)


def _entry(plugin: type, group: str) -> Plugin:
    """The entry point of a class, which must be one of a module that can be imported."""
    return Plugin(group, NAME, plugin.__module__.partition(".")[0], "test", f"{plugin.__module__}:{plugin.__qualname__}")


def _check_options(plugin: type[Integration | Source | Publisher], options: Mapping[str, Any]) -> None:
    error = next(iter(jsonschema_rs.validator_for(dict(plugin.schema)).iter_errors(dict(options))), None)
    if error is not None:
        place = ".".join(str(part) for part in error.instance_path)
        raise SettingsError(f"the options do not match the schema of {plugin.__name__}: {place + ': ' if place else ''}{error.message}")


def _redactor(options: Mapping[str, Any]) -> Redactor:
    """Masks the values of options that are named like secrets, as a build masks the values of environment variables."""
    return Redactor.of(value for name, value in options.items() if SECRET_OPTION.search(name) and isinstance(value, str))
