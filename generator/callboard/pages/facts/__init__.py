"""Facts → panels of entity pages, and pages about all entities."""
