"""Directories and hosts on loopback → requests, seconds and memory of one collection of each source.

    python benchmarks/directories.py [USERS [GROUPS [REPOSITORIES]]]

The answers are those of the fakes of the tests; the seconds include the time in which these make their answers.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "sources")]

DIRECTORIES = ("entra", "okta", "keycloak", "scim")
HOSTS = ("azure-devops", "bitbucket-cloud", "bitbucket-datacenter")


def serve(type_: str, sizes: tuple[int, int, int], pipe: Connection) -> None:
    """Serve the fake of a vendor; each message is answered with the number of requests since the last one, the last message is empty."""
    from faulty import Server  # noqa: PLC0415 - after the path is set

    with Server(fake(type_, sizes)) as server:
        pipe.send(server.url)
        while pipe.recv():
            pipe.send(len(server.requests))
            server.requests.clear()


def fake(type_: str, sizes: tuple[int, int, int]) -> object:
    """The fake of a vendor with so many users, groups or repositories; each user is in two groups."""
    import test_directories  # noqa: PLC0415 - as above
    import test_other_hosts  # noqa: PLC0415
    from fake_directories import Company  # noqa: PLC0415

    users, groups, repositories = sizes
    if type_ in DIRECTORIES:
        members: dict[str, list[str]] = {f"team-{n}": [] for n in range(groups)}
        for n in range(users):
            for group in (n % groups, (n * 7 + 1) % groups):
                members[f"team-{group}"].append(f"person{n}")
        return test_directories.FAKES[type_](Company({f"person{n}": {} for n in range(users)}, members))
    from company import descriptor  # noqa: PLC0415

    return test_other_hosts.FAKES[type_]({f"p{n}": {"catalog-info.yaml": descriptor(f"p{n}")} for n in range(repositories)})


def collect(type_: str, url: str, folder: Path) -> tuple[int, float, float, int]:
    """Number of descriptors of one collection, its seconds, its seconds of CPU time, and by how many MB it made this process larger."""
    import test_directories  # noqa: PLC0415 - as above
    import test_other_hosts  # noqa: PLC0415
    from company import context, settings  # noqa: PLC0415

    from callboard.plugins import loader  # noqa: PLC0415

    options = {**test_directories.OPTIONS, **test_other_hosts.OPTIONS}[type_]
    unlimited = {"requests": 100_000} if type_ == "bitbucket-cloud" else {}
    source = loader.load("callboard.sources")[type_].load()
    given = {"url": f"{url}/scim/v2" if type_ == "scim" else url, "token": "secret", **options, **unlimited}
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the most memory counts from here: importing the fakes needs more
    began, worked = time.monotonic(), time.process_time()
    collected = source(settings(type_, **given), context(folder)).collect()
    return len(collected.files), time.monotonic() - began, time.process_time() - worked, memory("VmHWM") - before


def memory(which: str) -> int:
    """The memory that this process has (``VmRSS``), or the most that it had (``VmHWM``), in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition(f"{which}:")[2].split()[0]) // 1024


def measure(type_: str, sizes: tuple[int, int, int]) -> None:
    """Print a line for a first and a second collection; the second one finds the caches of the first."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(type_, sizes, theirs))
    server.start()
    url = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        for night in ("first", "second"):
            files, seconds, worked, megabytes = collect(type_, url, Path(folder))
            ours.send(night)
            found = f"{type_:22} {night:7} {files:7,} descriptors {ours.recv():7,} requests"
            print(f"{found} {seconds:7.1f} s {worked:7.1f} s CPU {megabytes:+6,} MB", flush=True)
    ours.send("")
    server.join()


def main() -> None:
    """Measure each source in a process of its own, so that the memory is its own."""
    given = [int(argument) for argument in sys.argv[1:4]]
    sizes = (*given, *(10_000, 1_000, 5_000)[len(given) :])
    for type_ in (*DIRECTORIES, *HOSTS):
        one = multiprocessing.get_context("spawn").Process(target=measure, args=(type_, sizes))
        one.start()
        one.join()


if __name__ == "__main__":
    main()
