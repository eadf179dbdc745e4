"""YAML 1.2 core as npm's ``yaml`` 2 reads it (Backstage's parser), on libyaml: a stream becomes documents that cannot spoil each other.

Differences from PyYAML's safe loader: ``yes``, ``on``, dates, ``12:30`` and ``1_000`` are strings, ``0o17`` is 15, ``010`` is 10,
``<<`` is an ordinary key, a duplicate key fails its document, an unknown tag keeps the value, keys become strings, aliases are bounded.
"""
