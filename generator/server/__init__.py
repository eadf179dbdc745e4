"""The preview: a site on loopback that follows its sources. For one person at one machine, never for the world."""
