"""A source of another package, its settings and a context → what it collected, with trees that its process reads."""

from __future__ import annotations

from callboard.io.process import allowed
from callboard.model.errors import PluginError, TreeError
from callboard.model.tree import DescriptorFile
from callboard.plugins.containment.messages import CollectedMessage, Creation, TreeCall, TreeResult
from callboard.plugins.containment.plugin_process import (
    PASSED_ON,
    CallLimits,
    PluginProcess,
    description_of,
    process_of,
    secrets_in,
    variables_for,
)
from callboard.plugins.containment.remote_tree import RemoteTree, tree_of_head
from callboard.plugins.loader import Plugin
from callboard.plugins.sources.base import Collected, SourceContext, SourceTraffic
from callboard.plugins.unhandled import UnhandledPluginError
from callboard.settings.settings import SourceSettings


def collect_contained(plugin: Plugin, item: SourceSettings, context: SourceContext, limits: CallLimits | None = None) -> Collected:
    """Create the source in its process and collect. The process lives as long as one of the trees that it reads.

    Raises ``CallboardError`` for whatever goes wrong.
    """
    variables = variables_for(description_of(plugin), context.environ)
    creation = Creation(
        item.name, item.type, dict(item.options), str(context.root), str(context.cache), allowed(context.environ, PASSED_ON), variables,
        secrets_in(item.options, context.redactor), readable_by=item.readable_by, http=context.http,
    )  # fmt: skip
    with process_of(plugin, context.redactor.with_also(variables.values()), limits) as process:
        process.call("create", creation, type(None), process.limits.create_seconds, "was created")
        return _collected(process, process.call("collect", None, CollectedMessage, process.limits.call_seconds, "collected"))


def _collected(process: PluginProcess, message: CollectedMessage) -> Collected:
    def call(tree_call: TreeCall) -> TreeResult:
        is_fetch = tree_call.method == "fetch"
        seconds = process.limits.call_seconds if is_fetch else process.limits.read_seconds
        try:
            return process.call("tree", tree_call, TreeResult, seconds, "fetched files" if is_fetch else "read a file")
        except UnhandledPluginError:
            raise
        except PluginError as error:  # its process is gone, which was reported when that happened
            raise TreeError(str(error), error.hint) from None

    trees = tuple(tree_of_head(head, number, call) for number, head in enumerate(message.trees))
    process.take_output()
    if not any(isinstance(tree, RemoteTree) for tree in trees):
        process.stop()
    files = tuple(DescriptorFile(f.source, trees[f.tree], f.path, f.via_locations, f.record) for f in message.files)
    traffic = tuple(SourceTraffic(source, each) for source, each in zip(message.traffic, process.traffic, strict=False))
    return Collected(
        trees[: message.listed], files, message.problems, message.failures, undescribed=message.undescribed,
        repositories=message.repositories, traffic=traffic,
    )  # fmt: skip
