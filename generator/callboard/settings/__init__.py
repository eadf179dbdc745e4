"""``sources.yaml`` → ``Settings``, with errors that name positions and similar words."""
