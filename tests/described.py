"""Whether a request is in a vendor's description: validators of OpenAPI do not mind parameters that nobody knows."""

import functools
import re


def undescribed_parts(description, method, path, query):
    """What of a request the description does not know: the path, or names of parameters."""
    for template, item in description["paths"].items():
        if _pattern(template).fullmatch(path) and method.lower() in item:
            known = {p.get("name") for p in _parameters(description, item, item[method.lower()]) if p.get("in") == "query"}
            return sorted(set(query) - known)
    return [path]


def _pattern(template):
    """The last name of a path may hold slashes (``contents/{path}``)."""
    parts = re.split(r"(\{[^}]+\})", template.replace("(-/)", ""))
    return re.compile("".join((".+" if part == "{path}" else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts))


def _parameters(description, item, operation):
    for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
        target = parameter
        while "$ref" in target:
            names = target["$ref"].removeprefix("#/").split("/")
            target = functools.reduce(lambda value, name: value[name], names, description)
        yield target
