"""TPL001 … TPL014: defects of software templates and their skeletons."""
