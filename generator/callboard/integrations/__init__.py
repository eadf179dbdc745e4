"""Connectors: each queries one tool about entities of the catalog and translates its answers into facts of neutral families."""
