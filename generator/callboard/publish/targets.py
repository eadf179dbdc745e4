"""Publishing to all places that ``sources.yaml`` names under ``publish:``, or to some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callboard.model.errors import CallboardError, PublishError, SettingsError
from callboard.plugins import loader
from callboard.plugins.publishers import PublishContext, Published, Publisher, Site
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
    """Why it cannot be used: an unset variable."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How publishing to one place ended."""

    target: PublishTarget
    published: Published | None
    failure: PublishError | None = None


def targets(settings: Settings, names: Sequence[str] = ()) -> tuple[PublishTarget, ...]:
    """The places, all or those of these names, in the order of the file.

    Raises:
        SettingsError: there is none, or none of a name.
    """
    found = tuple(_target(item, index, settings) for index, item in enumerate(settings.sections.get("publish") or ()))
    if not found:
        raise SettingsError(f"{settings.file} names no place to publish to.", "Add a section publish: with a type, such as folder.")
    for name in names:
        if all(target.name != name for target in found):
            raise SettingsError(f'No place is named "{name}".', f"Known: {', '.join(target.name for target in found)}.")
    return tuple(target for target in found if not names or target.name in names)


def publish_all(wanted: Sequence[PublishTarget], site: Site, context: PublishContext) -> Iterator[Outcome]:
    """Publish to each place in turn; one that fails does not hinder the others."""
    table = loader.load(GROUP)
    for target in wanted:
        try:
            yield Outcome(target, _publish(target, table, site, context))
        except (CallboardError, OSError) as error:
            redact, hint = context.redactor.redact, error.hint if isinstance(error, CallboardError) else "The next run goes on."
            yield Outcome(target, None, PublishError(redact(str(error)), redact(hint)))


def _publish(target: PublishTarget, table: Mapping[str, loader.Plugin], site: Site, context: PublishContext) -> Published:
    if target.failure:
        raise PublishError(f"{target.failure[:1].upper()}{target.failure[1:]}.", "Set it where `callboard publish` runs.")
    publisher: Publisher = table[target.type].load()(target.options, context)
    return publisher.publish(site)


def _target(item: Mapping[str, Any], index: int, settings: Settings) -> PublishTarget:
    options = {key: value for key, value in item.items() if key not in {"name", "type"}}
    failures = [text for path, text in settings.failures.items() if path == f"publish[{index}]" or path.startswith(f"publish[{index}].")]
    return PublishTarget(item.get("name", item["type"]), item["type"], options, failures[0] if failures else "")
