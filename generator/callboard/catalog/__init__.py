"""Entities of all sources → one linked graph, problems of its rules, and queries for pages."""
