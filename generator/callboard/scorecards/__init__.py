"""Scorecards in YAML, a catalog and facts in; for each entity the result of each rule, its level or score, and why, out."""
