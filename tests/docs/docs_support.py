"""Settings of the manual, checked as a build checks them."""

import re

import yaml
from callboard.plugins.portal_settings import read_settings
from callboard.settings.invalid import InvalidSettingsError

VARIABLE = re.compile(r"\$\{(\w+)\}")


def settings_problems(text, folder):
    """Messages about ``text`` as sources.yaml in ``folder``. What is missing in a part of it is added, with the files that it names."""
    given = yaml.safe_load(text)
    missing = {"version": 1, "sources": [{"name": "repositories", "type": "files", "path": "."}]}
    whole = {**{key: value for key, value in missing.items() if key not in given}, **given}
    for path in (*whole.get("kinds", ()), *whole.get("scorecards", ()), whole.get("portal", {}).get("logo")):
        if path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text("properties: {}\nx-callboard: {kind: Book}\n")
    file = folder / "sources.yaml"
    file.write_text(yaml.safe_dump(whole, sort_keys=False))
    try:
        read_settings(file, dict.fromkeys(VARIABLE.findall(text), "x" * 20), plugins_must_load=True)
    except InvalidSettingsError as error:
        return [problem.message for problem in error.problems]
    return []
