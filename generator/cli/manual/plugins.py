"""The page about plugins: what can be plugged in, and what is built in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.cli.manual.tables import code, table
from generator.plugins import Plugin

_INTRODUCTION = """# Plugins

A plugin is a Python package with an entry point in one of the groups below; install it beside Callboard, and its type can be written in
`sources.yaml`. The built-in ones stand in the same table. `callboard plugins` lists what is plugged in, with package and version; two
packages that bring one type are an error.

```toml
[project.entry-points."callboard.sources"]
perforce = "acme_perforce:PerforceSource"
```"""
_WHAT = {
    "callboard.sources": "places where descriptors live",
    "callboard.integrations": "operational tools that know facts about entities",
    "callboard.checks": "rules over the catalog",
    "callboard.api_formats": "formats of API definitions",
    "callboard.publishers": "places where the site goes",
}


def plugins_page(groups: Sequence[str], tables: Mapping[str, Sequence[Plugin]]) -> str:
    """The groups, and the types that Callboard itself brings."""
    rows = [(code(group), _WHAT.get(group, ""), ", ".join(code(p.type) for p in tables[group]) or "none yet") for group in groups]
    parts = [_INTRODUCTION, "## Groups", table(("Group", "What they are", "Built in"), rows)]
    for group in groups:
        if tables[group]:
            lines = [(code(p.type), p.description, code(p.target)) for p in tables[group]]
            parts += [f"## Built into `{group}`", table(("Type", "What it does", "Class"), lines)]
    return "\n\n".join(parts) + "\n"
