"""The text of descriptor files → checked entities and problems, without I/O."""
