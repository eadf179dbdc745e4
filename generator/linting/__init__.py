"""Pure: renderings of problems (text, JSON) and the catalogue of rules."""
