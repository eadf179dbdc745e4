"""Numbers with their nouns: ``1 problem``, ``2,000 problems``. Texts that count are made here, so that none says ``1 problems``."""

from __future__ import annotations

from collections.abc import Mapping


def counted(number: int, thing: str, things: str = "") -> str:
    """The number with its noun; ``things`` is the plural that is not made with an ``s``, or a clause whose verb changes too."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def label_for(labels: Mapping[str, str], key: str, number: int, *rest: object) -> str:
    """A label of ``templates/strings/`` with a number in it (``{:,}``), and with what else it has room for; ``<key>_1`` for one."""
    one = labels.get(f"{key}_1") if number == 1 else None
    return (one or labels[key]).format(number, *rest)
