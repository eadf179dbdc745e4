"""The public contracts of plugins, and the loader that finds them by name."""
