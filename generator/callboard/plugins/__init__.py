"""The contracts of plugins, and the loader that finds plugins by type."""
