"""Entities of a catalog → diagrams as SVG: Graphviz computes the positions, ``drawing`` the markup."""
