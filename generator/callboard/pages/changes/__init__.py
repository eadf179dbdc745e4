"""Change log and freshness of sources → pages about changes and data quality, and feeds."""
