"""The command git: clones without contents, histories, pushes."""
