"""The YAML of a stranger's ``mkdocs.yml`` or front matter → values, where a tag only names something and work is bounded."""

from __future__ import annotations

from typing import Any

import yaml

_MOST_ALIASES = 50
"""Most aliases; a few lines of nested ones can name billions of values."""
_MOST_MERGED = 2_000
"""Most keys that come from other mappings (``<<``): nested ones double their number with each line."""


class AliasError(yaml.YAMLError):
    """The text uses more aliases or merged keys than a person writes."""


class _InertTag:
    """Stands for a value with a tag that is never resolved, such as ``!!python/name:x``."""


class _Loader(yaml.SafeLoader):
    """YAML as MkDocs reads it, where no tag imports, calls or reads the environment."""

    aliases = merged = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node; raises ``AliasError`` where too many aliases are used."""
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > _MOST_ALIASES:
                raise AliasError(f"it uses more than {_MOST_ALIASES} aliases")
        return super().compose_node(parent, index)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put in the keys of other mappings; raises ``AliasError`` where they are too many."""
        own = len(node.value)
        super().flatten_mapping(node)
        if len(node.value) > own + _MOST_MERGED:
            raise AliasError(f"it merges more than {_MOST_MERGED:,} keys")


def _inert(_: _Loader, __: str, ___: yaml.Node) -> _InertTag:
    return _InertTag()


def _default(loader: _Loader, node: yaml.Node) -> Any:
    """The last value of ``!ENV [NAME, value]``, which MkDocs uses where no variable is set; None without one. No variable is read."""
    names = loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else []
    return names[-1] if len(names) > 1 else None


_Loader.add_constructor("!ENV", _default)
_Loader.add_multi_constructor("!", _inert)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _inert)


def inert_yaml(text: str) -> Any:
    """The value. Raises ``yaml.YAMLError``, ``AliasError`` among them, ``ValueError`` or ``RecursionError``."""
    return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader whose other tags are inert
