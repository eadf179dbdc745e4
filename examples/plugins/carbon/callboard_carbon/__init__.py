"""Carbon emissions for Callboard: a family of facts, and the integration that fills it."""
