"""The ``azure-devops`` source: Azure DevOps Services and Server."""
