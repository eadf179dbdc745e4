"""A proposal and a repository on a host → a pull request, or the reason why there is none; a run may be repeated at any time."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.io.http.errors import HttpError
from callboard.onboarding.change_host import BranchChange, ChangeHost, ChangeRequest, HostedFile, HostedRepository
from callboard.onboarding.proposal import Proposal, ProposalOutcome, digest, marked

DENIED = frozenset({401, 403, 404})
"""Statuses of a change that the token may not make: hosts hide from it what it may not see."""


def propose(host: ChangeHost, repository: HostedRepository, proposal: Proposal) -> ProposalOutcome:
    """Open or update the request of a proposal. Raises ``HttpError`` with ``rate-limited``: then no other repository should be tried."""
    try:
        if reason := _reason(repository, proposal):
            return ProposalOutcome(repository.name, "skipped", reason)
        requests = host.requests(repository, proposal.branch)
        return _reason_against(host, repository, proposal, requests) or _opened(host, repository, proposal, requests)
    except HttpError as error:
        if error.kind == "rate-limited":
            raise
        return failure(host, repository.name, error)


def failure(host: ChangeHost, name: str, error: HttpError) -> ProposalOutcome:
    """The outcome of a repository that the host refused."""
    if error.status in DENIED:
        return ProposalOutcome(name, "denied", f"the host refused: {error}. {host.needs}")
    return ProposalOutcome(name, "failed", f"{error} {error.hint}".strip())


def _reason(repository: HostedRepository, proposal: Proposal) -> str:
    """Why nothing is ever proposed to a repository; empty for no reason."""
    reasons = (
        (repository.is_archived, "it is archived"),
        (repository.is_fork and proposal.is_new, "it is a fork"),
        (not repository.default_branch, "it is empty"),
    )
    return next((reason for is_so, reason in reasons if is_so), "")


def _reason_against(
    host: ChangeHost, repository: HostedRepository, proposal: Proposal, requests: Sequence[ChangeRequest]
) -> ProposalOutcome | None:
    """Why this is not proposed; None where nothing speaks against it."""
    by_state = {request.state: request for request in reversed(requests)}
    if "closed" in by_state and "open" not in by_state:
        message = f"this {host.noun} was closed without being merged; it is not proposed again"
        return ProposalOutcome(repository.name, "declined", message, by_state["closed"].url)
    current = host.file(repository, repository.default_branch, proposal.path)
    if reason := _conflict(host, repository, proposal, current):
        return ProposalOutcome(repository.name, "exists", reason)
    if proposal.is_new and "merged" in by_state and "open" not in by_state:
        message = f"a first {host.noun} was merged, and the file was removed later"
        return ProposalOutcome(repository.name, "declined", message, by_state["merged"].url)
    if repository.may_write is False:
        return ProposalOutcome(repository.name, "denied", f"the token may not push to it. {host.needs}")
    return None


def _conflict(host: ChangeHost, repository: HostedRepository, proposal: Proposal, current: HostedFile | None) -> str:
    """What is in the way on the default branch; empty for nothing."""
    if proposal.is_new:
        return f"it has {proposal.path} already" if current else ""
    if current and digest(current.content) == digest(proposal.content.encode()):
        return f"{proposal.path} has this content already"
    if proposal.revision:
        before = host.file(repository, proposal.revision, proposal.path)
        if (before.content if before else None) != (current.content if current else None):
            return f"{proposal.path} was changed after {proposal.revision[:12]}; make the change again from its current content"
    return ""


def _opened(host: ChangeHost, repository: HostedRepository, proposal: Proposal, requests: Sequence[ChangeRequest]) -> ProposalOutcome:
    existing = next((request for request in requests if request.state == "open"), None)
    head = host.head(repository, proposal.branch)
    on_branch = host.file(repository, proposal.branch, proposal.path) if head else None
    is_done = on_branch is not None and digest(on_branch.content) == digest(proposal.content.encode())
    if existing:
        return _updated(host, repository, proposal, existing, on_branch, is_done=is_done)
    if head and not is_done and not _is_untouched(host, repository, proposal, on_branch):
        return ProposalOutcome(
            repository.name, "exists", f"the branch {proposal.branch} has another {proposal.path}; delete the branch first"
        )
    if not is_done:
        _commit(host, repository, proposal, on_branch, is_new_branch=not head)
    opened = host.open(repository, proposal.branch, proposal.title, proposal.marked_body)
    return ProposalOutcome(repository.name, "opened", f"{host.noun} opened", opened.url)


def _is_untouched(host: ChangeHost, repository: HostedRepository, proposal: Proposal, on_branch: HostedFile | None) -> bool:
    """Whether a branch without a request, such as an interrupted run leaves, has the file as the default branch has it."""
    base = host.file(repository, repository.default_branch, proposal.path)
    return (on_branch.content if on_branch else None) == (base.content if base else None)


def _updated(
    host: ChangeHost,
    repository: HostedRepository,
    proposal: Proposal,
    request: ChangeRequest,
    on_branch: HostedFile | None,
    *,
    is_done: bool,
) -> ProposalOutcome:
    """Update the file of an open request, unless somebody else changed it."""
    if is_done:
        return ProposalOutcome(repository.name, "left", f"the {host.noun} is open already", request.url)
    if on_branch is None or digest(on_branch.content) != marked(request.body):
        return ProposalOutcome(
            repository.name, "left", f"the {host.noun} is open, and its file was changed by others; it stays as it is", request.url
        )
    _commit(host, repository, proposal, on_branch, is_new_branch=False)
    host.update(repository, request, proposal.marked_body)
    return ProposalOutcome(repository.name, "updated", f"the open {host.noun} has the new content", request.url)


def _commit(
    host: ChangeHost, repository: HostedRepository, proposal: Proposal, on_branch: HostedFile | None, *, is_new_branch: bool
) -> None:
    base_commit = host.head(repository, repository.default_branch)
    replaced = on_branch or (host.file(repository, repository.default_branch, proposal.path) if is_new_branch else None)
    change = BranchChange(
        proposal.branch, proposal.path, proposal.content, proposal.title, repository.default_branch, base_commit, is_new_branch, replaced
    )
    host.commit(repository, change)
