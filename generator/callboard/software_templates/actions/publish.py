"""Files of the new project and the address of a repository → a new repository with one commit, pushed with the person's own rights."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionError, ActionStep, OutsideChange, StepAction
from callboard.plugins.safe_paths import safe_path
from callboard.software_templates.actions.programs import ProgramRun
from callboard.software_templates.repo_urls import TargetRepository, target_repository

_TEXT = {"type": "string"}
_DONE = {
    "repoUrl", "description", "defaultBranch", "repoVisibility", "visibility", "sourcePath", "gitCommitMessage", "gitAuthorName",
    "gitAuthorEmail", "allowedHosts", "token", "allowedOwners", "access",
}  # fmt: skip
"""Inputs that are done, or mean nothing here; others are listed for the person."""
_VISIBILITIES = {"private": "--private", "public": "--public", "internal": "--internal"}


class PublishRepository(StepAction):
    """Creates a repository and pushes the files."""

    creates: ClassVar[bool] = True

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["repoUrl"],
        "properties": {
            "repoUrl": _TEXT, "description": _TEXT, "defaultBranch": _TEXT, "sourcePath": _TEXT, "gitCommitMessage": _TEXT,
            "repoVisibility": {"enum": [*_VISIBILITIES]}, "gitAuthorName": _TEXT, "gitAuthorEmail": _TEXT,
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Copy the files, and add the change; its outputs are the addresses that the repository will have."""
        repository = target_repository(str(step.input["repoUrl"]), step.services.hosts)
        folder, given = step.services.temporary_folder(), step.input
        copy_files(step, str(given.get("sourcePath") or "."), folder)
        publication = _Publication(step, repository, folder, str(given.get("defaultBranch") or "main"), self.creates)
        name = f"{repository.owner}/{repository.name} on {repository.host}"
        title = f"Create the repository {name} and push {_count(folder)} files"
        title = title if self.creates else f"Push {_count(folder)} files to {name}"
        step.changes.append(OutsideChange(title, publication.carry_out, publication.by_hand(), folder))
        if rest := sorted(key for key in given if key not in _DONE):
            step.messages.append(f"To be set on the host by hand: {', '.join(rest)}")
        return publication.outputs()


class PushRepository(PublishRepository):
    """Pushes the files to a repository that an earlier step created."""

    creates: ClassVar[bool] = False


class CreateRepository(StepAction):
    """Creates an empty repository at GitHub."""

    schema: ClassVar[Mapping[str, Any]] = PublishRepository.schema

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the change."""
        repository = target_repository(str(step.input["repoUrl"]), step.services.hosts)
        publication = _Publication(step, repository, step.files.root, "main", creates=True)
        title = f"Create the repository {repository.owner}/{repository.name} on {repository.host}"
        ProgramRun(title, publication.create_command(), _host_variables(repository)).add_to(step)
        return publication.outputs()


@dataclass(frozen=True, slots=True)
class _Publication:
    step: ActionStep
    repository: TargetRepository
    folder: Path
    branch: str
    creates: bool

    def outputs(self) -> Mapping[str, Any]:
        """The addresses."""
        return {"remoteUrl": self.repository.clone_url, "repoContentsUrl": self.repository.contents_url(self.branch)}

    def carry_out(self) -> Mapping[str, Any]:
        """Commit, create the repository, push."""
        services, repository = self.step.services, self.repository
        commit = first_commit(self.step, self.folder, self.branch)
        tool = repository.tool
        if not self.creates:
            pass
        elif services.publishing == "tool" or (services.publishing == "auto" and tool and services.program(tool)):
            services.run(self.create_command(), self.folder, _host_variables(repository))
        elif services.publishing == "auto" and repository.type != "gitlab":  # GitLab creates a project when it is pushed to
            raise ActionError(
                f"The repository was not created: {tool or 'a program for ' + repository.host} is not installed.",
                "Create it by hand and run the command again with --publish git, or use --publish print.",
            )
        services.git(self.folder, "remote", "add", "--", "origin", repository.clone_url)
        services.git(self.folder, "push", "--quiet", "--set-upstream", "origin", f"refs/heads/{self.branch}")
        return {**self.outputs(), "commitHash": commit}

    def create_command(self) -> list[str]:
        """The command of the host's program. Raises ``ActionError`` if there is none."""
        repository, given = self.repository, self.step.input
        visibility = _VISIBILITIES[str(given.get("repoVisibility") or "private")]
        if not repository.tool:
            raise ActionError(f"There is no program for repositories at {repository.host}.", "Use --publish git or --publish print.")
        description = [f"--description={given['description']}"] if given.get("description") else []
        return [repository.tool, "repo", "create", visibility, *description, "--", f"{repository.owner}/{repository.name}"]

    def by_hand(self) -> tuple[str, ...]:
        """The same as command lines, in the folder of the files."""
        repository, message = self.repository, _message(self.step)
        create = [shlex.join(self.create_command())] if repository.tool else [f"# create the repository {repository.web_url}"]
        create = create if self.creates else []
        commit = shlex.join(["git", "commit", "--message", message])
        return (
            shlex.join(["git", "init", "--initial-branch", self.branch]), "git add --all", commit, *create,
            shlex.join(["git", "remote", "add", "origin", repository.clone_url]),
            shlex.join(["git", "push", "--set-upstream", "origin", self.branch]),
        )  # fmt: skip


def first_commit(step: ActionStep, folder: Path, branch: str) -> str:
    """Make a repository of the folder, with one commit of all files; its id."""
    git = step.services.git
    git(folder, "check-ref-format", "--branch", branch)
    git(folder, "init", "--quiet", "--initial-branch", branch)
    git(folder, "add", "--all", "--", ".")
    git(folder, *author(step), "commit", "--quiet", "--no-verify", "--message", _message(step))
    return git(folder, "rev-parse", "HEAD")


def author(step: ActionStep) -> list[str]:
    """Settings of git for the author that the template names; none if it names none."""
    names = (("gitAuthorName", "user.name"), ("gitAuthorEmail", "user.email"))
    return [part for key, name in names if step.input.get(key) for part in ("-c", f"{name}={step.input[key]}")]


def copy_files(step: ActionStep, source: str, target: Path) -> None:
    """Copy the files below a folder of the new project, links as links."""
    start = step.files.root / safe_path(source)
    if start.is_dir():
        shutil.copytree(start, target, symlinks=True, dirs_exist_ok=True)
    elif step.files.exists(source):
        raise ActionError(f"The sourcePath {source} is not a folder.", "Correct the template.")


def _message(step: ActionStep) -> str:
    return str(step.input.get("gitCommitMessage") or "Initial commit")


def _count(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if not path.is_dir())


def _host_variables(repository: TargetRepository) -> Mapping[str, str]:
    return {"GH_HOST": repository.host} if repository.tool == "gh" else {"GITLAB_HOST": repository.host}
