"""Entities of a catalog → diagrams as SVG: ``layered`` computes the positions, ``drawing`` the markup."""
