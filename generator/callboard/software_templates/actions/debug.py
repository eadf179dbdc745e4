"""Inputs of debugging steps → lines for the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from callboard.plugins.actions import ActionStep, StepAction

_TEXT = {"type": "string"}
_LONGEST = 2_000
MAX_PATHS = 200


class LogMessage(StepAction):
    """Prints a message."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"message": _TEXT, "listWorkspace": {}, "extra": {"type": "object"}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Print the message, and the files if that was asked for."""
        if message := step.input.get("message"):
            step.messages.append(str(message)[:_LONGEST])
        if step.input.get("listWorkspace"):
            step.messages.extend(step.files.paths()[:MAX_PATHS])
        return {}


class Notify(StepAction):
    """Prints a notification: whoever runs the command is who it is for."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["title"],
        "properties": {"title": _TEXT, "info": _TEXT, "link": _TEXT},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Print it."""
        parts = [str(step.input[key])[:_LONGEST] for key in ("title", "info", "link") if step.input.get(key)]
        step.messages.append("Notification: " + ": ".join(parts))
        return {}


class Wait(StepAction):
    """Does nothing: a wait for systems that a template starts has no purpose before they are started."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {key: {"type": ["number", "string"]} for key in ("minutes", "seconds", "milliseconds")},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:  # noqa: ARG002 - the signature of actions
        """Nothing."""
        return {}
