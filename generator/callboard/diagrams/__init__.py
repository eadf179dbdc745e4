"""Graphs to SVG: Graphviz places, we draw."""
