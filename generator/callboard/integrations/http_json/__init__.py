"""The ``http-json`` integration: any tool with a JSON API."""
