"""Documentation sets → their pages, the pages about all sets, and sections of entity pages."""
