"""Frozen values that every floor shares. No I/O, standard library only."""
