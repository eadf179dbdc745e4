"""Printable reports about a team or the whole: levels, moves, campaigns, delivery figures and incidents on one page each."""
