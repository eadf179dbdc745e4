"""Settings and a built site → an outcome for each target under ``publish:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import FOREIGN_EXCEPTIONS, CallboardError, PublishError, SettingsError
from callboard.plugins import loader
from callboard.plugins.containment.contained_publisher import publish_contained
from callboard.plugins.containment.plugin_process import interruptible, is_contained
from callboard.plugins.publishers import PublishContext, Published, Publisher, Site
from callboard.plugins.unhandled import UnhandledPluginError, unhandled
from callboard.settings.settings import Settings

GROUP = "callboard.publishers"


@dataclass(frozen=True, slots=True)
class PublishTarget:
    """One item of ``publish:``."""

    name: str
    """Its ``name``, or its type where it has none."""
    type: str
    options: Mapping[str, Any]
    failure: str = ""
    """Why it cannot be used, such as an environment variable that is not set; empty if it can."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of publishing to one target."""

    target: PublishTarget
    published: Published | None
    failure: PublishError | None = None
    traceback: str = ""
    """Traceback of an exception that the publisher did not handle, with secrets masked."""


def targets(settings: Settings, names: Sequence[str] = ()) -> tuple[PublishTarget, ...]:
    """All targets, or those with the given names, in the order of the file.

    Raises:
        SettingsError: the file has no target, or none with a given name.
    """
    configured = tuple(_target(item, index, settings) for index, item in enumerate(settings.sections.get("publish") or ()))
    if not configured:
        raise SettingsError(f"{settings.file} has no publish: targets.", "Add a section publish: with a type, such as folder.")
    for name in names:
        if all(target.name != name for target in configured):
            raise SettingsError(
                f'There is no publish target "{name}".', f"Known targets: {', '.join(target.name for target in configured)}."
            )
    return tuple(target for target in configured if not names or target.name in names)


def publish_all(chosen: Sequence[PublishTarget], site: Site, context: PublishContext) -> Iterator[Outcome]:
    """Publish to each target in turn; a failure of one does not stop the others."""
    table = loader.load(GROUP)
    for target in chosen:
        try:
            yield Outcome(target, _publish(target, table, site, context))
        except UnhandledPluginError as error:
            yield Outcome(target, None, PublishError(f"{error}.", error.hint), error.traceback)
        except (CallboardError, OSError) as error:
            redact, hint = context.redactor.redact, error.hint if isinstance(error, CallboardError) else "The next run continues."
            yield Outcome(target, None, PublishError(redact(str(error)), redact(hint)))
        except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything; the other targets must continue
            explained = unhandled(GROUP, target.type, error, context.redactor.redact, "publish")
            yield Outcome(target, None, PublishError(f"{explained}.", explained.hint), explained.traceback)


def _publish(target: PublishTarget, table: Mapping[str, loader.Plugin], site: Site, context: PublishContext) -> Published:
    if target.failure:
        raise PublishError(f"{target.failure[:1].upper()}{target.failure[1:]}.", "Set it where `callboard publish` runs.")
    plugin = table[target.type]
    if is_contained(plugin):
        with interruptible():
            return _redacted(publish_contained(plugin, target.options, context, site), context)
    publisher: Publisher = plugin.load()(target.options, context)
    return publisher.publish(site)


def _redacted(published: Published, context: PublishContext) -> Published:
    redact = context.redactor.redact
    return replace(published, where=redact(published.where), note=redact(published.note))


def _target(item: Mapping[str, Any], index: int, settings: Settings) -> PublishTarget:
    options = {key: value for key, value in item.items() if key not in {"name", "type"}}
    failures = [text for path, text in settings.failures.items() if path == f"publish[{index}]" or path.startswith(f"publish[{index}].")]
    return PublishTarget(item.get("name", item["type"]), item["type"], options, failures[0] if failures else "")
