"""An error of a definition and its message → the message with what authors do about it, where the format's schema does not say so."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from callboard.settings.schema_messages import Message, SchemaError

_ADD_RESPONSE = "Add a response below its status code (200, 404), or below default."


def said_once(errors: Collection[SchemaError]) -> Iterator[SchemaError]:
    """The errors without a missing ``default`` of responses, where another one says that these are empty or have a wrong key."""
    for error in errors:
        is_default = error.keyword == "required" and error.details["property"] == "default" and error.path[-1:] == ("responses",)
        if not is_default or all(each is error or each.path != error.path for each in errors):
            yield error


def with_hint(error: SchemaError, message: Message) -> Message:
    """The message with a better hint; as it is where there is none."""
    hint = _hint(error, message)
    return message._replace(hint=hint) if hint else message


def _hint(error: SchemaError, message: Message) -> str:
    last = message.path[-1] if message.path else ""
    holder = message.path[-2] if len(message.path) > 1 else ""
    if message.at_key and holder == "paths" and not str(last).startswith("/"):
        return f"Begin the path with a slash: /{last}."
    if last == "responses" and error.keyword == "minProperties":
        return _ADD_RESPONSE
    if holder == "responses" and (message.at_key or error.keyword == "required"):
        return "Write a status code (200, 404), or default." if message.at_key else _ADD_RESPONSE
    if error.keyword == "oneOf" and isinstance(error.value, dict) and {"schema", "content"} <= error.value.keys():
        return "Keep either schema or content."
    return "Remove what stands there twice." if error.keyword == "uniqueItems" else ""
