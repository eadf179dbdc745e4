"""One HTTP client for all connectors: bounded in time, size, pages and requests; credentials stay with their host."""
