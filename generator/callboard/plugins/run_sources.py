"""The sources of ``sources.yaml`` → their trees, descriptors and failures; each is read in parallel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callboard.io.threads import InterruptibleThreads
from callboard.model.errors import FOREIGN_EXCEPTIONS, CallboardError
from callboard.plugins import loader
from callboard.plugins.containment.contained_source import collect_contained
from callboard.plugins.containment.plugin_process import interruptible, is_contained
from callboard.plugins.guarded_tree import GuardedTree
from callboard.plugins.sources import Collected, Source, SourceContext, SourceFailure, merge_collected
from callboard.plugins.unhandled import UnhandledPluginError, unhandled
from callboard.settings.settings import Settings, SourceSettings
from callboard.settings.variables import SET_VARIABLE

GROUP = "callboard.sources"
AT_ONCE = 4


def collect_all(settings: Settings, context: SourceContext) -> Collected:
    """The results of all sources, in the order of ``sources.yaml``.

    A source that fails, or whose plugin does, is a ``SourceFailure`` and does not affect the others. Messages of failures are redacted.
    """
    if not settings.sources:
        return Collected()
    redacting = replace(context, redactor=context.redactor.with_also(settings.redactor.secrets))
    with InterruptibleThreads(min(AT_ONCE, len(settings.sources))) as pool, interruptible():
        return merge_collected([*pool.map(lambda item: _collected(item, redacting), settings.sources)])


def _collected(item: SourceSettings, context: SourceContext) -> Collected:
    if item.failure:
        return _failed(item, context, item.failure, SET_VARIABLE)
    try:
        plugin = loader.load(GROUP)[item.type]
        if is_contained(plugin):
            return _guarded(collect_contained(plugin, item, context), item, context)
        source: Source = plugin.load()(item, context)
        collected = source.collect()
        return replace(collected, tree_sources=(item.name,) * len(collected.trees))
    except UnhandledPluginError as error:
        return Collected(failures=(SourceFailure(item.name, "", str(error), error.hint, traceback=error.traceback),))
    except CallboardError as error:
        return _failed(item, context, str(error), error.hint)
    except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything, and must not stop the others
        explained = unhandled(GROUP, item.type, error, context.redactor.redact)
        return Collected(failures=(SourceFailure(item.name, "", str(explained), explained.hint, traceback=explained.traceback),))


def _guarded(collected: Collected, item: SourceSettings, context: SourceContext) -> Collected:
    """The result of an installed plugin: its trees guarded against its exceptions, its words without secrets."""

    def explain(error: BaseException) -> UnhandledPluginError:
        return error if isinstance(error, UnhandledPluginError) else unhandled(GROUP, item.type, error, context.redactor.redact)

    trees = {id(tree): tree for tree in (*collected.trees, *(file.tree for file in collected.files))}
    guarded = {key: GuardedTree(tree, item.name, explain) for key, tree in trees.items()}
    return replace(
        collected,
        trees=tuple(guarded[id(tree)] for tree in collected.trees),
        files=tuple(replace(file, source=item.name, tree=guarded[id(file.tree)]) for file in collected.files),
        failures=tuple(_of_item(failure, item, context.redactor.redact) for failure in collected.failures),
        tree_sources=(item.name,) * len(collected.trees),
    )


def _of_item(failure: SourceFailure, item: SourceSettings, redact: Callable[[str], str]) -> SourceFailure:
    return replace(failure, source=item.name, message=redact(failure.message), hint=redact(failure.hint), traceback="")


def _failed(item: SourceSettings, context: SourceContext, message: str, hint: str) -> Collected:
    redact = context.redactor.redact
    return Collected(failures=(SourceFailure(item.name, "", redact(message), redact(hint)),))
