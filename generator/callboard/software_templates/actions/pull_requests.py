"""Files of the new project and the address of a repository → a branch of it with these files, and a pull or merge request."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionError, ActionStep, OutsideChange, StepAction
from callboard.plugins.safe_paths import safe_path
from callboard.plugins.staged_files import StagedFiles, is_executable
from callboard.software_templates.actions.programs import ProgramRun
from callboard.software_templates.actions.publish import author
from callboard.software_templates.repo_urls import TargetRepository, target_repository

_TEXT = {"type": "string"}
_PROPERTIES = {
    "repoUrl": _TEXT, "branchName": _TEXT, "title": _TEXT, "description": _TEXT, "targetPath": _TEXT, "sourcePath": _TEXT,
    "targetBranchName": _TEXT, "draft": {"type": "boolean"}, "commitMessage": _TEXT, "filesToDelete": {"type": "array", "items": _TEXT},
    "reviewers": {"type": "array", "items": _TEXT}, "teamReviewers": {"type": "array", "items": _TEXT},
}  # fmt: skip


class OpenPullRequest(StepAction):
    """Opens a pull request at GitHub, or a merge request at GitLab."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["repoUrl", "branchName", "title"], "properties": _PROPERTIES}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Put the files into a work tree of the repository, and add the change."""
        given, services = step.input, step.services
        repository = target_repository(str(given["repoUrl"]), services.hosts)
        base, branch = str(given.get("targetBranchName") or ""), str(given["branchName"])
        folder = services.clone(repository.clone_url, base)
        services.git(folder, "check-ref-format", "--branch", branch)
        services.git(folder, "checkout", "--quiet", "-B", branch)
        files = StagedFiles(folder)
        for path in given.get("filesToDelete") or ():
            files.delete(path)
        _put(step, files)
        services.git(folder, "add", "--all", "--", ".")
        request = _PullRequest(step, repository, folder, branch, base)
        title = f"Open a pull request at {repository.owner}/{repository.name} on {repository.host}: {given['title']}"
        step.changes.append(OutsideChange(title, request.carry_out, request.by_hand(), folder))
        return {"remoteUrl": request.new_url(), "targetBranchName": base, "mergeRequestUrl": request.new_url(), "pullRequestNumber": None}


def _put(step: ActionStep, target: StagedFiles) -> None:
    """Copy the files; a link of the repository is never followed."""
    source, prefix = safe_path(str(step.input.get("sourcePath") or ".")), str(step.input.get("targetPath") or ".")
    for path in step.files.paths(source):
        place, name = step.files.root / path, f"{prefix}/{path.removeprefix(source).lstrip('/')}"
        if place.is_symlink():
            target.copy_link(name, str(place.readlink()))
        else:
            target.write(name, place.read_bytes(), is_executable=is_executable(place))


@dataclass(frozen=True, slots=True)
class _PullRequest:
    step: ActionStep
    repository: TargetRepository
    folder: Path
    branch: str
    base: str

    def new_url(self) -> str:
        """The page of the host on which the request can be opened."""
        if self.repository.type == "gitlab":
            return f"{self.repository.web_url}/-/merge_requests/new?merge_request%5Bsource_branch%5D={quote(self.branch, safe='')}"
        return f"{self.repository.web_url}/compare/{quote(self.base)}...{quote(self.branch)}?expand=1".replace("/compare/...", "/compare/")

    def carry_out(self) -> Mapping[str, Any]:
        """Commit, push the branch, open the request."""
        services, given = self.step.services, self.step.input
        if not services.git(self.folder, "status", "--porcelain"):
            raise ActionError("The pull request would change nothing.", "Check the template and the answers.")
        message = str(given.get("commitMessage") or given["title"])
        services.git(self.folder, *author(self.step), "commit", "--quiet", "--no-verify", "--message", message)
        services.git(self.folder, "push", "--quiet", "origin", f"HEAD:refs/heads/{self.branch}")
        tool = self.repository.tool
        if services.publishing in {"auto", "tool"} and tool and services.program(tool):
            url = services.run(self._open(), self.folder).splitlines()[-1:]
            return {"remoteUrl": url[0] if url else "", "mergeRequestUrl": url[0] if url else "", "targetBranchName": self.base}
        self.step.messages.append(f"The branch was pushed. Open the request: {self.new_url()}")
        return {"remoteUrl": self.new_url(), "mergeRequestUrl": self.new_url(), "targetBranchName": self.base}

    def _open(self) -> list[str]:
        repository, given = self.repository, self.step.input
        draft = ["--draft"] if given.get("draft") else []
        body, title = str(given.get("description") or ""), str(given["title"])
        if repository.tool == "glab":
            target = [f"--target-branch={self.base}"] if self.base else []
            return ["glab", "mr", "create", "--yes", f"--title={title}", f"--description={body}", f"--source-branch={self.branch}",
                    f"--repo={repository.web_url}", *target, *draft]  # fmt: skip
        base = [f"--base={self.base}"] if self.base else []
        reviewers = [f"--reviewer={name}" for name in given.get("reviewers") or ()]
        return ["gh", "pr", "create", f"--title={title}", f"--body={body}", f"--head={self.branch}",
                f"--repo={repository.host}/{repository.owner}/{repository.name}", *base, *draft, *reviewers]  # fmt: skip

    def by_hand(self) -> tuple[str, ...]:
        """The same as command lines, in a work tree of the repository with the files."""
        message = str(self.step.input.get("commitMessage") or self.step.input["title"])
        last = shlex.join(self._open()) if self.repository.tool else f"# open {self.new_url()}"
        return (
            shlex.join(["git", "switch", "--create", self.branch]), "git add --all", shlex.join(["git", "commit", "--message", message]),
            shlex.join(["git", "push", "origin", self.branch]), last,
        )  # fmt: skip


class DispatchWorkflow(StepAction):
    """Starts a workflow of GitHub Actions."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl", "workflowId", "branchOrTagName"],
        "properties": {"repoUrl": _TEXT, "workflowId": {"type": ["string", "number"]}, "branchOrTagName": _TEXT,
                       "workflowInputs": {"type": "object"}},
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the change; it needs gh."""
        given = step.input
        repository = target_repository(str(given["repoUrl"]), step.services.hosts)
        inputs = [f"--raw-field={key}={value}" for key, value in (given.get("workflowInputs") or {}).items()]
        command = ["gh", "workflow", "run", f"--repo={repository.host}/{repository.owner}/{repository.name}",
                   f"--ref={given['branchOrTagName']}", *inputs, "--", str(given["workflowId"])]  # fmt: skip
        ProgramRun(
            f"Start the workflow {given['workflowId']} of {repository.owner}/{repository.name} on {repository.host}", command
        ).add_to(step)
        return {}
