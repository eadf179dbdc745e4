"""An action of templates: a licence for the new project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from callboard.plugins.actions import ActionError, ActionStep, StepAction

TEXT = "Copyright {year} {holder}\n\nAll rights reserved. This project is for the use of {holder} only.\n"


class AddLicence(StepAction):
    """Writes the file LICENSE."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["holder", "year"],
        "properties": {"holder": {"type": "string"}, "year": {"type": "integer"}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        if step.files.exists("LICENSE"):
            raise ActionError("The project has a licence already.", "Remove the step, or the file of the skeleton.")
        step.files.write("LICENSE", TEXT.format(**step.input).encode())
        return {"path": "LICENSE"}
