"""Workflows → the actions that they use, with their inputs. Run as a program, by hand: the table of what each action uses itself.

``python tests/publish/actions_in_use.py [MIRROR]`` reads each action at its commit, from its repository or from ``MIRROR/OWNER+NAME/repo``,
and writes ``tests/data/actions.json``. It needs the network, so no test and no check runs it.
"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml
from callboard.scaffold.new_portal import ScaffoldOptions, portal_files
from callboard.scaffold.workflows import WORKFLOWS

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests/data/actions.json"
_USES = re.compile(r"uses: (\S+)(?: # (v\S+))?")


@dataclass(frozen=True)
class Use:
    """One step of a workflow that uses an action."""

    action: str
    version: str
    inputs: frozenset[str]


def texts():
    """The texts of this repository's workflows and action, and of the workflows that a new portal gets, by name."""
    found = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")}
    found["action.yml"] = (ROOT / "action.yml").read_text("utf-8")
    generated = {service: portal_files(ScaffoldOptions("Acme", service=service))[path] for service, path in WORKFLOWS.items()}
    return found | {f"init --ci {service}": text for service, text in generated.items() if service.startswith("github")}


def uses(text):
    """The uses in a text."""
    versions = dict(_USES.findall(text))
    data = yaml.safe_load(text)
    steps = [step for job in data.get("jobs", {"": data.get("runs", {})}).values() for step in job.get("steps", ())]
    return [Use(step["uses"], versions[step["uses"]], frozenset(step.get("with", ()))) for step in steps if "uses" in step]


def described(action, mirror):
    """What the ``action.yml`` of an action at its commit says: how it runs, its inputs, and the actions that it uses."""
    path, _, commit = action.partition("@")
    owner, name, *folder = path.split("/")
    text = _show(f"{owner}/{name}", commit, "/".join((*folder, "action.yml")), mirror)
    data = yaml.safe_load(text)
    return {
        "using": data["runs"]["using"],
        "inputs": sorted(data.get("inputs", {})),
        "uses": [step["uses"] for step in data["runs"].get("steps", ()) if "uses" in step],
    }


def _show(repository, commit, path, mirror):
    if mirror:
        return _git(Path(mirror) / repository.replace("/", "+") / "repo", "show", f"{commit}:{path}")
    with tempfile.TemporaryDirectory() as folder:
        _git(folder, "init", "--quiet")
        _git(folder, "fetch", "--quiet", "--depth", "1", f"https://github.com/{repository}", commit)
        return _git(folder, "show", f"FETCH_HEAD:{path}")


def _git(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def refresh(mirror):
    """Write the table. An action that cannot be read is listed with the reason, so that a reader sees what is not known."""
    waiting, found, unread = {use.action for text in texts().values() for use in uses(text)}, {}, {}
    while waiting:
        action = waiting.pop()
        try:
            found[action] = described(action, mirror)
        except (subprocess.CalledProcessError, OSError) as error:
            unread[action] = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
        else:
            waiting |= {nested for nested in found[action]["uses"] if nested not in found and not nested.startswith("./")}
    TABLE.write_text(json.dumps({"actions": dict(sorted(found.items())), "unread": unread}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh(sys.argv[1] if len(sys.argv) > 1 else None)
