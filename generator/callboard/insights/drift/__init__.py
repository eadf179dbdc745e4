"""A catalog and what is known from elsewhere → differences of descriptors, with evidence and patches."""
