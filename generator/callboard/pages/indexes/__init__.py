"""Pages about many entities: home, the catalog, teams, systems, domains, APIs, problems, search."""
