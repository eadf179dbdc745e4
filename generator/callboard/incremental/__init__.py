"""Dependency tracking, fingerprints and kept pages: what need not be made again. Generic: pages are told what they may read."""
