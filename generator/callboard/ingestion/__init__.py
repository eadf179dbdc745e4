"""Trees of sources → entities and problems: discovery of descriptors, Locations, CODEOWNERS, and the cache of parsed entities."""
