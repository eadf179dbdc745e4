"""From `sources.yaml` to `Settings`; secrets from the environment; redaction."""
