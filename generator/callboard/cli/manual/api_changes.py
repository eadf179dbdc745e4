"""The rules of ``callboard.api_changes.rules`` → the page of the manual that lists them."""

from __future__ import annotations

from callboard.api_changes.findings import Level
from callboard.api_changes.rules import RULES
from callboard.cli.manual.tables import code, table

_INTRODUCTION = """# Rules about changes of APIs

How `callboard api-diff` and builds judge a change. The level depends on who writes the value: in a **request** consumers do, in a
**response** the API does; in webhooks and callbacks it is the other way round. The names are those of `api_changes:` in `sources.yaml`: see
[Follow changes of APIs](../how-to/follow-api-changes.md).

- **breaking**: a consumer that worked may fail.
- **may break**: it depends on how strict the consumer or the API is.
- **planned**: a removal that was announced (`deprecated`, and the day in `x-sunset` has passed).
- **addition**, **none**: no consumer needs to do anything.
"""


def api_changes_page() -> str:
    """A table of all rules, in their order."""
    rows = [(code(name), rule.words, _word(rule.request), _word(rule.response)) for name, rule in RULES.items()]
    return f"{_INTRODUCTION}\n{table(('Rule', 'Meaning', 'Request', 'Response'), rows)}\n"


def _word(level: Level) -> str:
    return f"**{level}**" if level == "breaking" else level
