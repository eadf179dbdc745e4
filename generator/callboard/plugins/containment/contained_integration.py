"""An integration of another package, its settings and a context → a connector whose code runs in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.io.process import allowed
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree
from callboard.plugins.containment.errors import raised_error
from callboard.plugins.containment.messages import (
    ConnectorHead,
    Creation,
    FactBatchMessage,
    FactMessage,
    MessageError,
    Question,
    Reply,
    TargetMessage,
    TreeCall,
    decode,
    encode,
    raw,
)
from callboard.plugins.containment.plugin_process import (
    PASSED_ON,
    CallLimits,
    PluginProcess,
    description_of,
    process_of,
    secrets_in,
    variables_for,
)
from callboard.plugins.containment.remote_tree import head_of, result_of
from callboard.plugins.installed_families import value_type
from callboard.plugins.integrations.base import (
    FactBatch,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    IntegrationTraffic,
    Target,
)
from callboard.plugins.integrations.collector import unusable_fact
from callboard.plugins.loader import Plugin

NOT_SENT = "Report it to the authors of the plugin."


class ContainedIntegration:
    """A connector, created in its process. Implements ``Integration``."""

    def __init__(self, plugin: Plugin, item: IntegrationSettings, context: IntegrationContext, limits: CallLimits | None = None) -> None:
        """Raises ``CallboardError`` for whatever goes wrong."""
        variables = variables_for(description_of(plugin), context.environ)
        creation = Creation(
            item.name, item.type, dict(item.options), str(context.root), str(context.cache), allowed(context.environ, PASSED_ON),
            variables, secrets_in(item.options, context.redactor), item.title, http=context.http, now=context.now,
        )  # fmt: skip
        with process_of(plugin, context.redactor.with_also(variables.values()), limits) as process:
            head = process.call("create", creation, ConnectorHead, process.limits.create_seconds, "was created")
        self.title, self.families, self.annotations = head.title, head.families, head.annotations
        self._item = item
        self._process: PluginProcess = process

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """As ``Integration.collect``; the process is ended. Raises ``CallboardError`` for whatever goes wrong."""
        trees = {id(target.tree): target.tree for target in targets if target.tree is not None}
        numbers = {key: number for number, key in enumerate(trees)}
        asked = Question(
            tuple(
                TargetMessage(t.ref, dict(t.annotations), t.title, t.owner, t.repository, numbers.get(id(t.tree), -1), t.folder)
                for t in targets
            ),
            tuple(head_of(tree, with_files=False) for tree in trees.values()),
        )
        answers = _TreeAnswers(tuple(trees.values()))
        try:
            message = self._process.call(
                "collect", asked, FactBatchMessage, self._process.limits.call_seconds, "collected", answers.respond
            )
        finally:
            self.close()
        return self._batch(message)

    def close(self) -> None:
        """End the process. May be called twice."""
        self._process.stop()

    def _batch(self, message: FactBatchMessage) -> FactBatch:
        facts, problems, incomplete = [], [], set()
        failures = [IntegrationFailure(self._item.name, "", f"a fact cannot be sent: {text}", NOT_SENT) for text in message.unusable]
        for content in message.facts:
            result = self._fact(content)
            if isinstance(result, Fact):
                facts.append(result)
            elif isinstance(result, Problem):
                problems.append(result)
                incomplete |= {(result.subject, result.field.split("/")[1])}
            else:
                failures.append(IntegrationFailure(self._item.name, "", result, NOT_SENT))
        measurements = (
            Measurement(m.subject, m.family, m.source, m.complete and (m.subject, m.family) not in incomplete, m.observed, m.since)
            for m in message.measurements
        )
        traffic = tuple(IntegrationTraffic(self._item.name, each) for each in self._process.traffic)
        return FactBatch(tuple(facts), tuple(measurements), (*message.problems, *problems), (*message.failures, *failures[:20]), traffic)

    def _fact(self, content: bytes) -> Fact | Problem | str:
        """The fact, or the problem that it is, or words for one whose entity is not known."""
        try:
            sent = decode(content, FactMessage)
        except MessageError as error:
            return self._misshapen(content, str(error))
        kind = value_type(sent.family)
        if kind is None:
            return f"it reports facts of the family {sent.family[:60]!r}, which is not installed"
        if sent.kind != f"{kind.__module__}:{kind.__qualname__}":
            return self._unusable(sent, f"its value has the class {sent.kind.rpartition(':')[2][:80]}, and not that of its family")
        try:
            value = decode(sent.value, kind)
            return Fact(sent.subject, sent.family, sent.key, value, self._item.name, sent.environment, sent.url, sent.observed_at)
        except (MessageError, ValueError) as error:
            return self._unusable(sent, str(error))

    def _misshapen(self, content: bytes, error: str) -> Problem | str:
        try:
            loose = decode(content, dict[str, object])
            subject = decode(encode(loose["subject"]), EntityRef)
        except (MessageError, KeyError):
            return f"a fact has a wrong type: {error}"
        return unusable_fact(self._item.name, subject, str(loose.get("family", "")), str(loose.get("key", "")), error, NOT_SENT)

    def _unusable(self, sent: FactMessage, error: str) -> Problem:
        return unusable_fact(self._item.name, sent.subject, sent.family, sent.key, error, NOT_SENT)


class _TreeAnswers:
    """Answers what a plugin reads in the repositories of its targets."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self._trees = trees

    def respond(self, question: bytes) -> bytes:
        """The result of a call of a tree, or what it raised."""
        try:
            return encode(Reply(raw(result_of(self._trees, decode(question, TreeCall)))))
        except Exception as error:  # noqa: BLE001 - it is the plugin's answer, and costs no other integration
            return encode(Reply(error=raised_error(error)))
