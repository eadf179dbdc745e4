"""A synthetic organisation and what its tools report, for benchmarks and tests alike."""
