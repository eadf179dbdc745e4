"""A package, and the modules that define some of its names → its ``__getattr__``, which imports a name on first use (PEP 562)."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy_names(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """A ``__getattr__`` for ``package``; ``modules``: names by the module that defines them."""
    places = {name: module for module, names in modules.items() for name in names}

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(places[name])
        for other in modules[places[name]]:  # all: importing a module sets its own name in the package, which may be one of them
            setattr(sys.modules[package], other, getattr(module, other))
        return getattr(module, name)

    return get
