"""Pure: text in, checked entities and problems out."""
