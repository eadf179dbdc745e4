"""Facts of two builds → events, one file a family."""
