"""References of Apache Thrift definitions."""

api_version = 1
