"""Commands that are killed (SIGKILL) at random moments: state, site and what is published stay whole, and the next run goes on.

    python benchmarks/kills.py --moments 50 --seed 5

Each moment edits one of two portals (the example; a synthetic organisation of which a part lies in git) and kills a `build`, a `collect`
or a `publish` to a folder or a git branch. After the kill no process of it may live on, the state must be readable, and each file of the
site and of the published places must be the one before or the one that a run nobody kills leaves. Then the same command runs again, and
all that comes after it: the outcome must be, byte for byte, that of the portal which nobody killed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callboard.io.store import Store
from callboard.state import files as state_files
from callboard.state.change_log import read_changes
from synthetic.organisation import write

FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
PLACES = "\npublish:\n  - {name: folder, type: folder, path: public}\n  - {name: branch, type: git, url: remote.git}\n"
SYNTHETIC = """version: 1
portal: {name: Night 0, url: 'https://portal.acme.example/'}
sources:
  - {name: all, type: files, path: organisation/repositories, repositories: '*'}
  - {name: shared, type: git, url: 'FOLDER/shared'}
"""
WEIGHTS = {"build": 5, "collect": 2, "folder": 2, "branch": 2}
"""How often each command is killed; the last two are the places of ``publish``."""
MARKERS = {".callboard-site", ".callboard-commit", ".nojekyll"}
PATIENCE = 10.0
"""Seconds in which the processes of a killed command must have ended."""
Files = dict[str, str]
"""Digests by path."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A folder with ``sources.yaml``, and what is edited in it."""

    folder: Path
    descriptors: Path
    shared: Path | None = None
    """A git repository that is one of its sources."""

    def run(self, what: str, day: int) -> None:
        """A command that nobody kills."""
        subprocess.run(command(what, day), cwd=self.folder, check=True)

    def outcome(self) -> dict[str, Files]:
        """The site and both published places."""
        return {"site": contents(self.folder / "site"), "folder": contents(self.folder / "public"), "branch": branch(self.folder)}


def command(what: str, day: int) -> list[str]:
    """The arguments of one of our commands."""
    arguments = {"build": ["build", "-q", "--accept-loss"], "collect": ["collect", "--accept-loss"]}.get(what, ["publish", "-q", what])
    return [sys.executable, "-m", "callboard", *arguments, "--now", (FIRST + timedelta(days=day)).isoformat()]


def contents(folder: Path) -> Files:
    """The files of a site, without our own marks in it."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] not in MARKERS)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def branch(folder: Path) -> Files:
    """The files at the tip of the published branch."""
    git = ["git", "--git-dir", str(folder / "remote.git")]
    subprocess.run([*git, "fsck", "--no-dangling"], check=True, capture_output=True)
    if subprocess.run([*git, "rev-parse", "-q", "--verify", "gh-pages"], check=False, capture_output=True).returncode:
        return {}
    with tempfile.TemporaryDirectory() as out:
        packed = subprocess.run([*git, "archive", "gh-pages"], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", out], check=True, input=packed)
        return contents(Path(out))


def example(folder: Path) -> Portal:
    """The example portal of this repository, with its guides and facts."""
    for part in ("examples", "docs"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "sources.yaml").write_text((ROOT / "sources.yaml").read_text() + PLACES)
    return _with_remote(Portal(folder, folder / "examples/acme"))


def synthetic(folder: Path) -> Portal:
    """Files of 400 entities, and 40 more in git."""
    write(folder / "organisation", 400)
    shared = folder.with_name(f"{folder.name}-shared")
    write(shared, 40, seed=8)
    subprocess.run(["git", "init", "-q", "-b", "main", str(shared)], check=True)
    commit(shared)
    (folder / "sources.yaml").write_text(SYNTHETIC.replace("FOLDER/shared", f"file://{shared}") + PLACES)
    return _with_remote(Portal(folder, folder / "organisation/repositories", shared))


def _with_remote(portal: Portal) -> Portal:
    subprocess.run(["git", "init", "-q", "--bare", str(portal.folder / "remote.git")], check=True)
    return portal


def commit(folder: Path) -> None:
    """Everything that changed in a git repository."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run(
        [*git, "commit", "-q", "--allow-empty", "-m", "day"], check=True, env=os.environ | {"GIT_COMMITTER_DATE": FIRST.isoformat()}
    )


def edit(portal: Portal, day: int, dice: random.Random) -> None:
    """One descriptor in ten changes, one breaks, one goes; now and then every page changes."""
    files = sorted(portal.descriptors.rglob("catalog-info.yaml"))
    for path in dice.sample(files, max(1, len(files) // 10)):
        text = re.sub(r"^  title: .*\n", "", path.read_text(), count=1, flags=re.MULTILINE)
        path.write_text(text.replace("  name: ", f"  title: T{dice.randrange(999)}\n  name: ", 1))
    broken = dice.choice(files)
    broken.write_text(f"{broken.read_text()}\n---\nspec: [\n")
    if len(files) > 20:
        dice.choice([file for file in files if file != broken]).unlink()
    if portal.shared:
        edit(Portal(portal.folder, portal.shared / "repositories"), 0, dice)
        commit(portal.shared)
    if day and dice.random() < 0.4:
        settings = portal.folder / "sources.yaml"
        settings.write_text(re.sub(r"(name: )(Day \d+|Acme developer portal)", rf"\1Day {day}", settings.read_text(), count=1))


def kill(portal: Portal, what: str, day: int, seconds: float) -> int:
    """Kill a command after so many seconds: the process itself, as the kernel does it when memory runs out. Its exit code."""
    process = subprocess.Popen(command(what, day), cwd=portal.folder, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    code, until = process.wait(), time.monotonic() + PATIENCE
    while left := members(process.pid):
        assert time.monotonic() < until, f"{what}: processes live on after the kill: {left}"
        time.sleep(0.02)
    return code


def members(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, own = stat.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if own == str(session) and state not in "ZX":
            found.append(int(stat.parent.name))
    return found


def moment(portal: Portal, day: int, length: dict[str, float], dice: random.Random) -> tuple[str, str]:
    """Edit, kill, look, go on, compare; what was killed, and how it was met."""
    what = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    edit(portal, day, dice)
    if what in {"folder", "branch"}:
        portal.run("build", day)
    before, clean = portal.outcome(), Portal(portal.folder.with_name(f"{portal.folder.name}-clean"), portal.descriptors)
    shutil.copytree(portal.folder, clean.folder, symlinks=True)
    code = kill(portal, what, day, dice.uniform(0.1, 1.2) * length[what])
    met = portal.outcome()
    clean.run(what, day)
    wanted = clean.outcome()
    assert state_files.read(Store.beside(portal.folder)) is not None
    read_changes(Store.beside(portal.folder).state, 24)
    for place, files in met.items():
        for path, digest in files.items():
            assert digest in {before[place].get(path), wanted[place].get(path)}, f"{what}: {place}/{path} is neither old nor new"
    assert met["branch"] in (before["branch"], wanted["branch"]), "the branch is neither old nor new"
    between = any(before[place] != met[place] != wanted[place] for place in met)
    for following in dict.fromkeys((what, "build", "folder", "branch")):
        portal.run(following, day)
        if following != what:
            clean.run(following, day)
    got, wanted = portal.outcome(), clean.outcome()
    for place in got:
        other = sorted(dict(got[place].items() ^ wanted[place].items()))
        assert not other, f"{what}: the next run did not make the same {place}: {other[:5]}"
    assert got["site"] == got["folder"] == got["branch"]
    shutil.rmtree(clean.folder)
    return what, "between old and new" if between else "had ended" if code == 0 else "killed before or after its commit"


def measured(portal: Portal) -> dict[str, float]:
    """Seconds of each command, when something has changed."""
    portal.run("build", 0)
    edit(portal, 0, random.Random(0))
    length = {}
    for what in ("collect", "build", "folder", "branch"):
        begun = time.perf_counter()
        portal.run(what, 0)
        length[what] = time.perf_counter() - begun
    return length


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    dice, place = random.Random(given.seed), Path(tempfile.mkdtemp(prefix="kills-"))
    portals = [example(place / "example"), synthetic(place / "synthetic")]
    lengths = [measured(portal) for portal in portals]
    print(
        *(f"{p.folder.name}: " + ", ".join(f"{n} {s:.1f} s" for n, s in of.items()) for p, of in zip(portals, lengths, strict=True)),
        sep="\n",
    )
    met: Counter[tuple[str, str]] = Counter()
    for number in range(given.moments):
        which = number % 2
        result = moment(portals[which], 1 + number, lengths[which], dice)
        met[result] += 1
        print(f"{number + 1}: {portals[which].folder.name}: {': '.join(result)}", flush=True)
    print(f"seed {given.seed}: {given.moments} moments, all whole")
    print(*(f"{count:3} {what}: {how}" for (what, how), count in sorted(met.items())), sep="\n")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
