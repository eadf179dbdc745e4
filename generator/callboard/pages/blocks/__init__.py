"""Blocks in Markdown about the catalog → tables, figures and graphs."""
