"""Two builds → changes: comparison of summaries and facts, formats for people, and the state that a build loads and saves."""
