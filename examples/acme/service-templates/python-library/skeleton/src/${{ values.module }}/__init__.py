"""${{ values.name }}."""


def name() -> str:
    """The name of the library."""
    return "${{ values.name }}"
