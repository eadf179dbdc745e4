"""Kinds of fields that a type alone does not tell: percentages, ratings, versions, and numbers of which 1 is the worst."""

from typing import Annotated

Percent = Annotated[float, "percent"]
"""0 to 100."""
Rating = Annotated[str, "rating"]
"""A letter, ``A`` the best."""
Version = Annotated[str, "version"]
"""A version in the order of its ecosystem."""
WorstFirst = Annotated[int, "worst-first"]
"""A rank of which 1 is the worst."""
