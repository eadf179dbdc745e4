"""A number and a noun → ``1 problem`` or ``2,000 problems``, for all messages and labels."""

from __future__ import annotations

from collections.abc import Mapping


def counted(number: int, singular: str, plural: str = "") -> str:
    """The number with its noun or clause; ``plural`` is needed where the plural is not the singular with an ``s``."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def label_for(labels: Mapping[str, str], key: str, number: int, *rest: object) -> str:
    """The label ``key`` of ``templates/strings/`` with a number (``{:,}``) and further values; ``<key>_1`` is that for the number 1."""
    singular = labels.get(f"{key}_1") if number == 1 else None
    return (singular or labels[key]).format(number, *rest)
