"""Pages of API references, and the list of operations on the pages of entities."""
