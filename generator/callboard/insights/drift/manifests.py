"""Manifests and SBOMs in the folder of a component → the packages that it publishes and those that it uses directly."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.model.data_classes import dataclass

MAX_BYTES = 1_000_000
MAX_PACKAGES = 2000
NAMES = ("package.json", "pyproject.toml", "go.mod", "Cargo.toml", "composer.json", "bom.json", "sbom.cdx.json")
_PYTHON_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*+")
_GO_LINE = re.compile(r"^[ \t]*+(?:require\s++)?([a-z0-9][^\s/]*+/\S++)\s++v\S++", re.MULTILINE)
_GO_MODULE = re.compile(r"^module\s++(\S++)", re.MULTILINE)
_PURL = re.compile(r"pkg:([a-z]++)/([^@?#]++)")
_ECOSYSTEMS = {"npm": "npm", "pypi": "pypi", "golang": "go", "cargo": "cargo", "composer": "composer"}

PackageName = tuple[str, str]
"""Ecosystem and name, as they are compared."""


@dataclass(frozen=True, slots=True)
class PackageManifest:
    """What one file says."""

    publishes: PackageName | None
    uses: tuple[PackageName, ...]


def read_manifest(name: str, content: bytes) -> PackageManifest | None:
    """The manifest; None for a file that cannot be read. Packages that only development needs are left out."""
    try:
        text = content.decode("utf-8-sig")
        return _READERS[name](text)
    except (ValueError, KeyError, RecursionError, AttributeError, TypeError):
        return None


def _npm(text: str) -> PackageManifest:
    data = _mapping(json.loads(text))
    used = [*_mapping(data.get("dependencies")), *_mapping(data.get("peerDependencies"))]
    return _manifest("npm", data.get("name"), used)


def _composer(text: str) -> PackageManifest:
    data = _mapping(json.loads(text))
    return _manifest("composer", data.get("name"), _mapping(data.get("require")))


def _python(text: str) -> PackageManifest:
    data = tomllib.loads(text)
    project, poetry = _mapping(data.get("project")), _mapping(_mapping(data.get("tool")).get("poetry"))
    listed = project.get("dependencies")
    found = [_PYTHON_NAME.match(each) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    used = [match[0] for match in found if match] + list(_mapping(poetry.get("dependencies")))
    return _manifest("pypi", project.get("name") or poetry.get("name"), used)


def _cargo(text: str) -> PackageManifest:
    data = tomllib.loads(text)
    used = [str(_mapping(value).get("package") or name) for name, value in _mapping(data.get("dependencies")).items()]
    return _manifest("cargo", _mapping(data.get("package")).get("name"), used)


def _go(text: str) -> PackageManifest:
    module = _GO_MODULE.search(text)
    direct = "\n".join(line for line in text.splitlines() if "// indirect" not in line)
    return _manifest("go", module[1] if module else None, _GO_LINE.findall(direct))


def _cyclonedx(text: str) -> PackageManifest:
    """An SBOM in CycloneDX: the packages that the described component itself depends on."""
    data = _mapping(json.loads(text))
    root = _mapping(_mapping(data.get("metadata")).get("component"))
    by_ref = {each.get("bom-ref"): each.get("purl") for each in data.get("components", ()) if isinstance(each, Mapping)}
    edges = (_mapping(each) for each in data.get("dependencies", ()))
    direct = next((each.get("dependsOn") for each in edges if each.get("ref") == root.get("bom-ref")), None)
    names = (_of_purl(by_ref.get(ref)) for ref in (direct if isinstance(direct, list) else ())[:MAX_PACKAGES] if isinstance(ref, str))
    return PackageManifest(_of_purl(root.get("purl")), tuple(name for name in names if name))


_READERS = {
    "package.json": _npm, "pyproject.toml": _python, "go.mod": _go, "Cargo.toml": _cargo, "composer.json": _composer,
    "bom.json": _cyclonedx, "sbom.cdx.json": _cyclonedx,
}  # fmt: skip


def _of_purl(purl: Any) -> PackageName | None:
    found = _PURL.match(purl) if isinstance(purl, str) else None
    ecosystem = _ECOSYSTEMS.get(found[1]) if found else None
    return _package(ecosystem, found[2].replace("%40", "@")) if found and ecosystem else None


def _manifest(ecosystem: str, name: Any, used: Any) -> PackageManifest:
    listed = tuple(_names(ecosystem, used))[:MAX_PACKAGES]
    return PackageManifest(_package(ecosystem, name) if isinstance(name, str) and name else None, listed)


def _names(ecosystem: str, used: Any) -> Iterator[PackageName]:
    yield from (_package(ecosystem, each) for each in used if isinstance(each, str) and each)


def _package(ecosystem: str, name: str) -> PackageName:
    if ecosystem == "pypi":  # ``my_package`` and ``my-package`` are the same
        return ecosystem, re.sub(r"[-_.]++", "-", name).lower()
    return ecosystem, name


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
