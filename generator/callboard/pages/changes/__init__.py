"""Pages about the past and about the sources: what changed when, and how fresh everything is."""
