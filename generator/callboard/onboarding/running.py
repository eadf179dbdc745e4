"""Repositories and what should be done with them → outcomes, one after the other, until a host or the limit says stop."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from pathlib import Path

from callboard.io.http.errors import HttpError
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError, SourceError
from callboard.onboarding.applying import RepositoryChange
from callboard.onboarding.change_host import FILE_BYTES
from callboard.onboarding.descriptions import DescribedRepository, describe, proposal
from callboard.onboarding.hosts import HostOfRepository, PortalHosts
from callboard.onboarding.opening import failure, propose
from callboard.onboarding.proposal import ProposalOutcome
from callboard.onboarding.targets import DescribedTarget, hosted_target, local_target, origin_of
from callboard.sources.guesses.describing import DESCRIPTOR

MADE = frozenset({"opened", "updated"})


@dataclass(slots=True)
class Budget:
    """How many requests one run may open or update."""

    most: int
    stopped: str = ""
    """Why nothing more is tried; empty while work goes on."""
    used: int = field(default=0)

    def reason(self) -> str:
        """Why the next repository has to wait; empty where it has not."""
        return self.stopped or (f"the limit of {self.most:,} in one run is reached (--limit)" if self.used >= self.most else "")

    def count(self, outcome: ProposalOutcome) -> ProposalOutcome:
        """Count what was made."""
        self.used += outcome.result in MADE
        return outcome


@dataclass(frozen=True, slots=True)
class Step:
    """One repository of a run."""

    name: str
    description: DescribedRepository | None = None
    """None where nothing is written."""
    outcome: ProposalOutcome | None = None
    """None in a dry run for a repository that would get a descriptor."""


def describe_all(
    repositories: Iterable[str],
    hosts: PortalHosts,
    act: Callable[[DescribedTarget, DescribedRepository], ProposalOutcome | None],
    budget: Budget,
) -> Iterator[Step]:
    """Each repository with its descriptor; ``act`` writes or proposes it, or does nothing. A repository that fails stops no other."""
    for name in repositories:
        if reason := budget.reason():
            yield Step(name, outcome=ProposalOutcome(name, "later", reason))
            continue
        try:
            target = target_of(name, hosts)
            if target.reason:
                yield Step(target.name, outcome=ProposalOutcome(target.name, "skipped", target.reason))
                continue
            description = describe(target.evidence)
            yield Step(target.name, description, act(target, description))
        except HttpError as error:
            yield Step(name, outcome=_failed(name, hosts, error, budget))
        except CallboardError as error:
            yield Step(name, outcome=ProposalOutcome(name, "failed", f"{error}. {error.hint}".strip()))


def target_of(name: str, hosts: PortalHosts) -> DescribedTarget:
    """The folder or hosted repository of a name. Raises ``SourceError``."""
    if Path(name).is_dir():
        return local_target(Path(name), origin_of(Path(name)))
    found = hosts.find(name)
    return hosted_target(found.host, found.name)


def _failed(name: str, hosts: PortalHosts, error: HttpError, budget: Budget) -> ProposalOutcome:
    """The outcome of a refused repository; after a rate limit, nothing more is tried."""
    if error.kind == "rate-limited":
        budget.stopped = f"{error}. {error.hint}".strip()
        return ProposalOutcome(name, "later", budget.stopped)
    return failure(hosts.find(name).host, name, error)


def write_new(target: DescribedTarget, description: DescribedRepository) -> ProposalOutcome:
    """Write the file into a local folder; an existing file is never changed."""
    if target.folder is None:
        return ProposalOutcome(target.name, "skipped", "it is no local folder; use --pull-request")
    try:
        with (target.folder / DESCRIPTOR).open("x", encoding="utf-8", newline="\n") as file:
            file.write(description.text)
    except OSError as error:
        return ProposalOutcome(target.name, "failed", f"{target.folder / DESCRIPTOR}: {error.strerror}")
    return ProposalOutcome(target.name, "written", str(target.folder / DESCRIPTOR))


def proposer(hosts: PortalHosts, budget: Budget, portal: str) -> Callable[[DescribedTarget, DescribedRepository], ProposalOutcome]:
    """A function that proposes a descriptor to a repository; a clone's is proposed to the repository that it comes from."""

    def act(target: DescribedTarget, description: DescribedRepository) -> ProposalOutcome:
        host, repository = target.host, target.repository
        if (host is None or repository is None) and target.folder is not None:
            found = _origin_host(target.folder, hosts)
            host, repository = found.host, found.host.repository(found.name)
        if host is None or repository is None:
            raise SourceError(f"{target.name} is on no host", "")
        return budget.count(propose(host, repository, proposal(description, portal)))

    return act


def _origin_host(folder: Path, hosts: PortalHosts) -> HostOfRepository:
    origin = origin_of(folder)
    if not origin:
        raise SourceError(f"{folder} has no remote repository named origin", "Name the repository by its address.")
    return hosts.find(origin)


def apply_all(changes: Iterable[RepositoryChange], hosts: PortalHosts, budget: Budget) -> Iterator[ProposalOutcome]:
    """Propose each change to its repository."""
    for change in changes:
        if reason := budget.reason():
            yield ProposalOutcome(change.repository, "later", reason)
            continue
        try:
            found = hosts.find(change.repository)
            repository = found.host.repository(found.name)
            yield budget.count(propose(found.host, repository, change.proposal))
        except HttpError as error:
            yield _failed(change.repository, hosts, error, budget)
        except CallboardError as error:
            yield ProposalOutcome(change.repository, "failed", f"{error}. {error.hint}".strip())


def difference(change: RepositoryChange, hosts: PortalHosts) -> str:
    """What a change would do to the file as it is now, as a unified diff. Raises ``SourceError``."""
    path, folder = change.proposal.path, Path(change.repository)
    if folder.is_dir():
        file = folder / path
        before = file.read_bytes()[:FILE_BYTES].decode("utf-8", "replace") if file.is_file() else ""
    else:
        found = hosts.find(change.repository)
        repository = found.host.repository(found.name)
        current = found.host.file(repository, repository.default_branch, path)
        before = current.content.decode("utf-8", "replace") if current else ""
    lines = difflib.unified_diff(before.splitlines(), change.proposal.content.splitlines(), f"a/{path}", f"b/{path}", lineterm="")
    return "\n".join(lines)


def write_change(change: RepositoryChange) -> ProposalOutcome:
    """Write the changed file into a local folder; links are not followed out of it."""
    folder = Path(change.repository)
    if not folder.is_dir():
        return ProposalOutcome(change.repository, "skipped", "it is no local folder; use --pull-request")
    root = Path(os.path.realpath(folder))
    file = Path(os.path.realpath(root / change.proposal.path))
    if not file.is_relative_to(root):
        return ProposalOutcome(change.repository, "failed", f"{change.proposal.path} leads out of the folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(change.proposal.content, "utf-8", newline="\n")
    return ProposalOutcome(change.repository, "written", str(folder / change.proposal.path))
