"""The built-in actions of templates; ``plugins/loader.py`` has their names."""
