"""A command line of a host's program → a change that is carried out with it, or a line for the person where that cannot be."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionStep, OutsideChange

MASK = "***"


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One run of a program with the person's own rights."""

    title: str
    """An imperative clause."""
    command: Sequence[str]
    """Without a shell; ``{file}`` in a word stands for the path of a temporary file with ``content``."""
    environ: Mapping[str, str] | None = None
    content: str = ""
    file_name: str = "input.json"

    def add_to(self, step: ActionStep) -> None:
        """Add the change; where the program is not installed or not wanted, say what to do by hand."""
        services, program = step.services, self.command[0]
        is_possible = services.publishing in {"auto", "tool"} and services.program(program)
        if not is_possible and services.publishing not in {"print", "none"}:
            reason = f"{program} is not installed" if services.publishing != "git" else "--publish git"
            step.messages.extend((f"To do by hand ({reason}): {self.title}", *(f"  {line}" for line in self.by_hand(step))))
            return
        step.changes.append(OutsideChange(self.title, lambda: self._carry_out(step), self.by_hand(step)))

    def _carry_out(self, step: ActionStep) -> Mapping[str, Any]:
        folder = step.services.temporary_folder()
        file = folder / self.file_name
        file.write_text(self.content, "utf-8")
        step.services.run([word.replace("{file}", str(file)) for word in self.command], folder, self.environ)
        return {}

    def by_hand(self, step: ActionStep) -> tuple[str, ...]:
        """The same as command lines, without secrets."""
        line = shlex.join([word.replace("{file}", "-") for word in self.command])
        text = f"{shlex.join(['printf', '%s', self.content])} | {line}" if self.content else line
        for secret in sorted(step.secrets.values(), key=len, reverse=True):
            for written in {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
                text = text.replace(written, MASK) if written else text
        return (text,)
