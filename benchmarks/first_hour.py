"""A platform engineer's first hour, replayed: six git repositories over HTTP → the time of each step, from ``init`` to a change on the web.

``python benchmarks/first_hour.py`` needs git and no network. The steps are those of the manual, one after the other; a person takes longer,
because people read. What is not measured: the start of a CI runner, the installation there, and the deployment of a pages service.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from git_server import TOKEN, git, new_repository, served, with_token

CALLBOARD = (sys.executable, "-m", "callboard")
NAMES = ("checkout", "storefront", "ledger", "payments", "catalog", "platform")
DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}, description: The service {name} of the shop., annotations: {{acme.example/rota: {name}}}}}
spec: {{type: service, lifecycle: production, owner: team-shop, system: shop}}
"""
ORG = """---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-shop}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: team-shop}
"""
INTEGRATIONS = """integrations:
  - {name: activity, type: git}
  - {name: rota, type: pagerduty, token: "${PAGERDUTY_TOKEN}", url: "http://127.0.0.1:9"}
"""


class Hour:
    """The steps, with their seconds."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.portal = folder, url, folder / "portal"
        self.steps: list[tuple[float, float]] = []
        self.cpu = 0.0
        self.environ = {**os.environ, "PORTAL_TOKEN": TOKEN}

    def run(self, name: str, *command: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
        """Run a command in the portal's folder, and note its time. Ends the replay if it fails."""
        before = time.perf_counter()
        done = subprocess.run([*command], cwd=self.portal, env=self.environ, check=False, capture_output=True, text=True)
        self.note(name, time.perf_counter() - before)
        if done.returncode not in codes:
            sys.exit(f"{name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def note(self, name: str, seconds: float) -> None:
        """Print the time of a step, and the processor time of the commands that it ran."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu, self.cpu = used.ru_utime + used.ru_stime - self.cpu, used.ru_utime + used.ru_stime
        self.steps.append((seconds, cpu))
        print(f"{seconds:7.2f} s {cpu:7.2f} s processor  {name}", flush=True)

    def callboard(self, name: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
        return self.run(name, *CALLBOARD, *arguments, codes=codes)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.portal / path
        text = file.read_text("utf-8")
        if old not in text:
            sys.exit(f"{path} has no {old!r}")
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


def repositories(root: Path) -> None:
    """Six repositories, one of them with an error in its descriptor."""
    for name in NAMES:
        work = root / "work" / name
        work.mkdir(parents=True)
        bare = new_repository(root / "served", name)
        git(work, "clone", "--quiet", str(bare), ".")
        text = DESCRIPTOR.format(name=name) + (ORG if name == "platform" else "")
        (work / "catalog-info.yaml").write_text(text.replace("team-shop", "team-shpo", 1) if name == "ledger" else text)
        (work / "README.md").write_text(f"# {name}\n")
        git(work, "add", ".")
        git(work, "commit", "--quiet", "--message", "Describe the service")
        git(work, "push", "--quiet", "origin", "HEAD:main")


def set_up(hour: Hour) -> None:
    """From an empty folder to a published portal with facts."""
    first = f"{hour.url}/{NAMES[0]}.git"
    hour.callboard("init, without a build", "init", ".", "--name", "Acme", "--source", "git", "--location", first, "--no-build")
    others = "".join(f'\n      - "{hour.url}/{name}.git"' for name in NAMES)
    hour.edit("sources.yaml", f'    url: "{first}"', f"    urls:{others}")
    hour.edit("sources.yaml", "    # token: ${PORTAL_TOKEN}", "    token: ${PORTAL_TOKEN}")
    hour.callboard("first build: six clones", "build")
    linted = hour.callboard("lint of the portal", "lint", "--format", "json", codes=(0, 1))
    codes = [problem["code"] for problem in json.loads(linted.stdout)]
    if "REF001" not in codes:
        sys.exit(f"lint found {codes}")
    hour.edit("sources.yaml", '# integrations:\n#   - {name: pagerduty, type: pagerduty, token: "${PAGERDUTY_TOKEN}"}\n', INTEGRATIONS)
    lacks = hour.callboard("workflow: which secret is missing", "workflow", codes=(1,))
    if "does not pass PAGERDUTY_TOKEN" not in lacks.stdout:
        sys.exit(lacks.stdout)
    hour.callboard("workflow --write", "workflow", "--write")
    hour.callboard("build with facts, one integration down", "build")
    hour.edit("sources.yaml", "  # targets:\n", "  targets:\n    - {type: folder, path: www}\n")
    hour.callboard("publish to a folder", "publish")
    hour.callboard("build without changes", "build")


def change(hour: Hour, web: str) -> None:
    """A change of a descriptor, from its push to the moment at which the published folder serves it."""
    work = hour.folder / "work" / "checkout"
    for number in range(3):
        file = work / "catalog-info.yaml"
        mark = f"Sells things, edition {number}."
        file.write_text(DESCRIPTOR.format(name="checkout").replace("The service checkout of the shop.", mark))
        git(work, "commit", "--quiet", "--all", "--message", "Describe it anew")
        hour.cpu = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        before = time.perf_counter()
        git(work, "push", "--quiet", with_token(f"{hour.url}/checkout.git"), "HEAD:main")
        pushed = time.perf_counter()
        for command in (("build", "--quiet"), ("publish", "--quiet")):
            subprocess.run([*CALLBOARD, *command], cwd=hour.portal, env=hour.environ, check=True, capture_output=True)
        with urllib.request.urlopen(f"{web}/catalog/default/component/checkout/") as page:
            if mark not in page.read().decode():
                sys.exit("the change is not served")
        after = time.perf_counter()
        hour.note(f"git push ({pushed - before:.2f} s) until the change is served", after - before)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repositories(folder)
        (folder / "portal").mkdir()
        with served(folder / "served") as url:
            hour = Hour(folder, url)
            set_up(hour)
            handler = partial(_Quiet, directory=str(hour.portal / "www"))
            server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            Thread(target=server.serve_forever, daemon=True).start()
            change(hour, f"http://127.0.0.1:{server.server_port}")
            server.shutdown()
            server.server_close()
        seconds, cpu = (sum(column) for column in zip(*hour.steps, strict=True))
        print(f"{seconds:7.2f} s {cpu:7.2f} s processor  together")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    main()
