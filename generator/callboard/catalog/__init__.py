"""Entities merged and linked into one graph, and the questions that pages ask of it."""
