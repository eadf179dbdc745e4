"""Catalog → pages about many entities: home, catalog, teams, systems, domains, APIs, problems."""
