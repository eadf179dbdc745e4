"""From trees to entities: discovery of descriptors, Locations, CODEOWNERS, and the cache of parsed entities."""
