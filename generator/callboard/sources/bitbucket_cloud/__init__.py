"""The ``bitbucket-cloud`` source: Bitbucket Cloud."""
