"""The ``bitbucket-datacenter`` source: Bitbucket Data Center and Server."""
