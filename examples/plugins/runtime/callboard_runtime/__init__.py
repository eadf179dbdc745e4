"""A check of scorecards: the runtime of a component still gets security fixes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from callboard.plugins.checks import Check, CheckedEntity, CheckResult, json_resource


class SupportedRuntime(Check):
    """The runtime in an annotation still gets security fixes."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard_runtime", "options.json")

    def judge(self, entity: CheckedEntity) -> CheckResult:
        annotations = entity.metadata.get("annotations") or {}
        runtime = str(annotations.get(self.options["annotation"], ""))
        if not runtime:
            return CheckResult(passes=False, found=f"no annotation {self.options['annotation']}")
        end = self.options["ends"].get(runtime)
        if end is None:
            return CheckResult(passes=None, found=f"the end of {runtime} is not known")
        last = date.fromisoformat(str(end))
        return CheckResult(passes=entity.now is None or entity.now.date() <= last, found=f"{runtime} is supported until {last}")
