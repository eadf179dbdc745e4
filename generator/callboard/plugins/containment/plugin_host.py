"""Requests → replies, in the process of a plugin: the only place where code of plugins of other packages runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from callboard.io.http.limits import Counts, Traffic
from callboard.model.errors import PluginError, SourceError
from callboard.model.facts.fact import Fact
from callboard.model.tree import Tree
from callboard.plugins import loader
from callboard.plugins.containment.check_host import CheckMessage, check_replies, families_of
from callboard.plugins.containment.errors import allowed_error
from callboard.plugins.containment.messages import (
    CollectedMessage,
    ConnectorHead,
    Creation,
    Description,
    FactBatchMessage,
    FactMessage,
    FoundFile,
    MessageError,
    PluginEntry,
    Question,
    Reply,
    Request,
    SiteMessage,
    TreeCall,
    TreeResult,
    decode,
    encode,
    raw,
)
from callboard.plugins.containment.remote_tree import head_of, result_of, tree_of_head
from callboard.plugins.integrations.base import FactBatch, IntegrationContext, IntegrationSettings, Target
from callboard.plugins.publishers.base import PublishContext, Site
from callboard.plugins.sources.base import Collected, SourceContext
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import SourceSettings


class PluginHost:
    """One plugin, and at most one instance of it. ``ask`` sends a question to Callboard and returns the answer."""

    def __init__(self, ask: Callable[[bytes], bytes]) -> None:
        self._ask = ask
        self._class: Any = None
        self._group = ""
        self._instance: Any = None
        self._trees: Sequence[Tree] = ()
        self._traffic: Sequence[Traffic] = ()
        self._sent: tuple[Counts, ...] = ()
        self._operations: Mapping[str, Callable[[Any], Any]] = {
            "describe": lambda value: self._describe(decode(value, PluginEntry)),
            "create": lambda value: self._create(decode(value, Creation)),
            "collect": self._collect,
            "tree": lambda value: result_of(self._trees, decode(value, TreeCall)),
            "publish": lambda value: self._publish(decode(value, SiteMessage)),
            "check_families": lambda value: families_of(decode(value, PluginEntry)),
            "check": lambda value: check_replies(decode(value, CheckMessage), self._report),
        }

    def reply(self, request: Request) -> Reply:
        """The result of a request. Raises whatever the plugin raises."""
        known = self._operations.get(request.operation)
        result = known(request.value) if known else self._of_family(request)
        try:
            value = raw(result)
        except MessageError as error:
            raise PluginError(f"a returned value cannot be sent: {error}", "Report it to the authors of the plugin.") from error
        counts = tuple(each.counts for each in self._traffic)
        traffic, self._sent = () if counts == self._sent else counts, counts
        return Reply(value, traffic=traffic)

    def _describe(self, entry: PluginEntry) -> Description:
        plugin = loader.Plugin(entry.group, entry.type, entry.package, entry.version, entry.target)
        self._class, self._group = plugin.load(), entry.group
        described = loader.described(plugin)
        return Description(dict(plugin.schema()), described.description, tuple(getattr(self._class, "environment", ())))

    def _create(self, given: Creation) -> ConnectorHead | None:
        os.environ.update(given.variables)
        root, cache, redactor = Path(given.root), Path(given.cache), Redactor.of(given.secrets)
        environ = given.environ | given.variables
        if self._group == "callboard.publishers":
            now = given.now
            assert now is not None  # noqa: S101 - Callboard sends it to publishers and integrations
            self._instance = self._class(given.options, PublishContext(root, cache, now, given.portal, environ, redactor))
            return None
        if self._group == "callboard.sources":
            settings = SourceSettings(given.name, given.type, given.options, given.readable_by)
            self._instance = self._class(settings, SourceContext(root, cache, environ, redactor, http=given.http))
            return None
        assert given.now is not None  # noqa: S101 - as above
        item = IntegrationSettings(given.name, given.type, given.options, given.title)
        context = IntegrationContext(root, given.now, cache, environ, redactor, http=given.http)
        self._instance = self._class(item, context)
        return self._connector_head()

    def _connector_head(self) -> ConnectorHead:
        for name in ("families", "annotations"):
            if not isinstance(getattr(self._instance, name), tuple | list | frozenset | set):
                raise PluginError(f'"{name}" of the connector is not a tuple of strings', "Report it to the authors of the plugin.")
        return ConnectorHead(self._instance.title, tuple(self._instance.families), tuple(self._instance.annotations))

    def _collect(self, value: bytes) -> CollectedMessage | FactBatchMessage:
        if self._group == "callboard.sources":
            return self._collected(self._instance.collect())
        question = decode(value, Question)
        trees = [tree_of_head(head, number, self._call) for number, head in enumerate(question.trees)]
        targets = [
            Target(t.ref, t.annotations, t.title, t.owner, t.repository, trees[t.tree] if t.tree >= 0 else None, t.folder)
            for t in question.targets
        ]
        return self._fact_batch(self._instance.collect(targets))

    def _publish(self, message: SiteMessage) -> Any:
        return self._instance.publish(Site(Path(message.folder), message.files))

    def _of_family(self, request: Request) -> Any:
        from callboard.plugins.containment.family_host import family_result  # noqa: PLC0415 - it needs Jinja, and most plugins do not

        return family_result(request.operation, request.value, self._report)

    def _report(self, number: int) -> None:
        """Tell Callboard at which value this process is, before it may end there."""
        self._ask(encode(number))

    def _call(self, call: TreeCall) -> TreeResult:
        """A call of a tree that Callboard has."""
        reply = decode(self._ask(encode(call)), Reply)
        if reply.error is not None:
            raise allowed_error(reply.error) or SourceError(reply.error.message)
        return decode(reply.value, TreeResult)

    def _collected(self, collected: Any) -> CollectedMessage:
        if not isinstance(collected, Collected):
            raise PluginError(f'"collect" of the source returned a value of the class {type(collected).__name__}, not a Collected')
        trees = {id(tree): tree for tree in (*collected.trees, *(file.tree for file in collected.files))}
        self._trees = tuple(trees.values())
        listed = len({id(tree) for tree in collected.trees})
        self._traffic = [each.traffic for each in collected.traffic]
        numbers = {key: number for number, key in enumerate(trees)}
        files = (FoundFile(f.source, numbers[id(f.tree)], f.path, tuple(f.via_locations), f.record) for f in collected.files)
        return CollectedMessage(
            tuple(map(head_of, self._trees)), listed, tuple(files), tuple(collected.problems), tuple(collected.failures),
            tuple(collected.undescribed), tuple(collected.repositories), tuple(each.source for each in collected.traffic),
        )  # fmt: skip

    def _fact_batch(self, batch: Any) -> FactBatchMessage:
        if not isinstance(batch, FactBatch):
            raise PluginError(
                f'"collect" of the connector returned a value of the class {type(batch).__name__}, not a FactBatch',
                "Report it to the authors of the plugin.",
            )
        self._traffic = [each.traffic for each in batch.traffic]
        facts, unusable = [], []
        for fact in batch.facts:
            try:
                facts.append(raw(_fact_message(fact)))
            except MessageError as error:
                unusable.append(str(error))
        return FactBatchMessage(tuple(facts), tuple(batch.measurements), tuple(batch.problems), tuple(batch.failures), tuple(unusable[:1]))


def _fact_message(fact: Fact) -> FactMessage:
    kind = type(fact.value)
    name = f"{kind.__module__}:{kind.__qualname__}"
    return FactMessage(fact.subject, fact.family, fact.key, name, raw(fact.value), fact.environment, fact.url, fact.observed_at)
