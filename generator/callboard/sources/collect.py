"""The sources of ``sources.yaml`` → their trees, descriptors and failures; each is read in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from callboard.model.errors import CallboardError
from callboard.plugins import loader
from callboard.plugins.sources import Collected, Source, SourceContext, SourceFailure, joined
from callboard.settings.settings import Settings, SourceSettings

GROUP = "callboard.sources"
AT_ONCE = 4


def collect_all(settings: Settings, context: SourceContext) -> Collected:
    """The results of all sources, in the order of ``sources.yaml``.

    A source that fails, or whose plugin does, is a ``SourceFailure`` and does not affect the others. Messages of failures are redacted.
    """
    if not settings.sources:
        return Collected()
    redacting = replace(context, redactor=context.redactor.with_also(settings.redactor.secrets))
    with ThreadPoolExecutor(min(AT_ONCE, len(settings.sources))) as pool:
        return joined([*pool.map(lambda item: _collected(item, redacting), settings.sources)])


def _collected(item: SourceSettings, context: SourceContext) -> Collected:
    if item.failure:
        return _failed(item, context, item.failure, "Set it in the environment of the build.")
    try:
        source: Source = loader.load(GROUP)[item.type].load()(item, context)
        collected = source.collect()
        return replace(collected, tree_sources=(item.name,) * len(collected.trees))
    except CallboardError as error:
        return _failed(item, context, str(error), error.hint)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything, and must not stop the others
        return _failed(
            item, context, f"{type(error).__name__}: {error}", f'This is a bug in the source type "{item.type}"; please report it.'
        )


def _failed(item: SourceSettings, context: SourceContext, message: str, hint: str) -> Collected:
    redact = context.redactor.redact
    return Collected(failures=(SourceFailure(item.name, "", redact(message), redact(hint)),))
