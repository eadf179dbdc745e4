"""YAML 1.2 core as npm's ``yaml`` 2 reads it (Backstage's parser), on libyaml: a stream becomes documents that cannot spoil each other.

Differences from PyYAML's safe loader: ``yes``, ``on``, dates, ``12:30`` and ``1_000`` are text, ``0o17`` is 15,
``010`` is 10, ``<<`` is an
ordinary key, a duplicate key fails its document, an unknown tag keeps the value, keys become text, aliases are bounded.
"""

from generator.yaml12.documents import Document, decode, read_documents, read_one
from generator.yaml12.positions import compose, find, find_key, node_at
from generator.yaml12.trouble import Extent, YamlTrouble
from generator.yaml12.values import plain_value

__all__ = [
    "Document", "Extent", "YamlTrouble", "compose", "decode", "find", "find_key", "node_at", "plain_value", "read_documents", "read_one",
]  # fmt: skip
