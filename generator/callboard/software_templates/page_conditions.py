"""``when`` of a template's pages and answers → the pages that are asked, as Backstage's form skips others and drops their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callboard.software_templates.engine import TemplateEngine
from callboard.software_templates.parameters import ParameterPage, property_names, with_defaults


class PageConditions:
    """Evaluates conditions with Backstage's engine, which is started by the first one."""

    def __init__(self, hosts: Mapping[str, str]) -> None:
        self._hosts = hosts
        self._engine: TemplateEngine | None = None

    def close(self) -> None:
        """End the engine."""
        if self._engine is not None:
            self._engine.close()

    def asked(self, pages: Sequence[ParameterPage], answers: Mapping[str, Any]) -> tuple[ParameterPage, ...]:
        """The pages whose condition holds for the answers to those before. Raises ``TemplateEngineError``."""
        shown: list[ParameterPage] = []
        for page in pages:
            if page.when is None or self._holds(page.when, _answered(pages, shown, answers)):
                shown.append(page)
        return tuple(shown)

    def kept(self, pages: Sequence[ParameterPage], answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers without those that only belong to pages that are not asked."""
        return _answered(pages, self.asked(pages, answers), answers, with_default_values=False)

    def _holds(self, condition: Any, parameters: Mapping[str, Any]) -> bool:
        if not isinstance(condition, str):
            return condition is not False
        if self._engine is None:
            self._engine = TemplateEngine(self._hosts)
        self._engine.use(
            {"parameters": parameters, "steps": {}, "user": {}, "secrets": {}, "environment": {"parameters": {}, "secrets": {}}}
        )
        return self._engine.render(condition).is_true


def _answered(
    pages: Sequence[ParameterPage], shown: Sequence[ParameterPage], answers: Mapping[str, Any], *, with_default_values: bool = True
) -> dict[str, Any]:  # fmt: skip
    """The answers to the shown pages, with defaults if ``with_default_values``; names of no page stay."""
    others = {name for page in pages if page not in shown for name in property_names(page.schema)}
    others -= {name for page in shown for name in property_names(page.schema)}
    kept = {name: value for name, value in answers.items() if name not in others}
    return with_defaults(shown, kept) if with_default_values else kept
