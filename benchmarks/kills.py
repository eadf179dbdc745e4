"""Builds that are killed (SIGKILL) at random moments: the site and the state stay whole, and the next run goes on.

    python benchmarks/kills.py --moments 50 --seed 5

After each kill the state must be readable, every file of the site must be that of the build before or of the killed one, and the next
build must make the very site that a build nobody killed makes.
"""

import argparse
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from organisation import write

from generator.outside.store import Store
from generator.snapshot import state

FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)


def command(night: int, output: str) -> list[str]:
    at = (FIRST + timedelta(days=night)).isoformat()
    return [sys.executable, "-m", "generator", "build", "-q", "--accept-loss", "--output", output, "--now", at]


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.relative_to(folder).parts[0].startswith("."))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def edit(folder: Path, dice: random.Random) -> None:
    files = sorted((folder / "organisation").rglob("catalog-info.yaml"))
    for path in dice.sample(files, max(1, len(files) // 10)):
        path.write_text(path.read_text().replace("  name: ", f"  title: T{dice.randrange(999)}\n  name: ", 1))
    for path in dice.sample(files, 2):
        if len(files) > 40:
            path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    dice, folder = random.Random(given.seed), Path(tempfile.mkdtemp(prefix="kills-"))
    write(folder / "organisation", 300)
    (folder / "sources.yaml").write_text("version: 1\nsources:\n  - {name: all, type: files, path: organisation, repositories: '*'}\n")
    subprocess.run(command(0, "site"), cwd=folder, check=True)
    begun = time.perf_counter()
    subprocess.run(command(1, "site"), cwd=folder, check=True)
    length = time.perf_counter() - begun
    killed = finished = stopped = 0
    for moment in range(given.moments):
        edit(folder, dice)
        clean = folder.with_name(f"{folder.name}-clean")
        shutil.copytree(folder, clean)
        before = contents(folder / "site")
        process = subprocess.Popen(command(2 + moment, "site"), cwd=folder, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.15, 1.25) * length)
        process.send_signal(signal.SIGKILL)
        code = process.wait()
        killed, finished = killed + (code == -9), finished + (code == 0)
        subprocess.run(command(2 + moment, "site"), cwd=clean, check=True)
        wanted, there = contents(clean / "site"), contents(folder / "site")
        assert state.read(Store.beside(folder)) is not None
        assert all(digest in {before.get(path), wanted.get(path)} for path, digest in there.items()), "a file is neither old nor new"
        stopped += (
            0 < sum(there.get(path) != digest for path, digest in wanted.items()) < sum(before.get(p) != d for p, d in wanted.items())
        )
        subprocess.run(command(2 + moment, "site"), cwd=folder, check=True)
        other = dict(contents(folder / "site").items() ^ wanted.items())
        assert not other, f"moment {moment}: the next run did not make the same site: {sorted(other)[:5]}"
        shutil.rmtree(clean)
    print(
        f"seed {given.seed}: {given.moments} moments over {length:.1f} s builds: {killed} killed ({stopped} in the commit), {finished} had ended"
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
