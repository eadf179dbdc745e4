"""A plugin installed for one test: a module and the metadata of its package on the import path, as ``pip`` leaves them."""

import importlib
import sys
from contextlib import contextmanager

import callboard.integrations.file
import callboard.integrations.http_json.connector  # noqa: F401 - their schemas list the families that are installed when they are imported
from callboard.history.facts import families as events
from callboard.plugins import loader
from callboard.plugins.installed_families import installed_families


@contextmanager
def installed(folder, module, code, entry_points, package=None, version="1.0", files=None):
    """``entry_points``: a name and ``module:attribute`` by group; ``files``: resources of the module's package by path."""
    package = package or module.replace("_", "-")
    home, metadata = folder / module, folder / f"{module}-{version}.dist-info"
    home.mkdir(parents=True)
    metadata.mkdir()
    (home / "__init__.py").write_text(code)
    for path, text in (files or {}).items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    lines = (f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items()) for group, points in entry_points.items())
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    sys.path.insert(0, str(folder))
    forget()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(module, None)
        forget()


def forget():
    """Have the packages looked up again; installed ones are read once per process."""
    importlib.invalidate_caches()
    loader._installed_plugins.cache_clear()
    installed_families.cache_clear()
    events.all_families.cache_clear()
    events.event_kinds.cache_clear()
