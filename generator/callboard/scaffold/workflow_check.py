"""``sources.yaml`` and the workflow next to it → the secrets and extras that the workflow lacks; the same workflow with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.scaffold.install_line import installation
from callboard.scaffold.secrets import PortalNeeds, portal_needs
from callboard.scaffold.workflows import WORKFLOWS, Audience, Service, Steps, secret_line, workflow
from callboard.settings.loading import settings_text

_LARGEST = 1_000_000
_SCHEDULE = re.compile(r'^ *SCHEDULE: "\$\{\{ github\.event\.schedule \}\}"\n', re.MULTILINE)
_INSTALL = re.compile(r"(pip install (?:--[a-z-]+ [^ \n]+ )*+)'?([A-Za-z0-9._-]++)(\[[a-z0-9,-]*+\])?( @ git\+[^'\n]++|==[^ '\n]++)'?")
"""Options, package, extras, and the repository or the version."""


@dataclass(frozen=True, slots=True)
class WorkflowCheck:
    """What a portal needs, and what its workflow lacks."""

    file: Path
    """The workflow, which may not exist."""
    service: Service
    needs: PortalNeeds
    exists: bool
    missing_secrets: tuple[str, ...] = ()
    missing_extras: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    """Names that GitHub does not allow for secrets."""
    text: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the workflow exists and passes everything."""
        return self.exists and not (self.missing_secrets or self.missing_extras or self.reserved)

    def messages(self) -> Iterator[str]:
        """A line for each thing that is missing, with what to do."""
        for name in self.reserved:
            yield f"GitHub does not allow secrets whose names begin with GITHUB_ or ACTIONS_: rename {name} in sources.yaml."
        if not self.exists:
            yield f"There is no workflow {self.file}. Write it: callboard workflow --write"
            return
        for name in self.missing_secrets:
            yield f"{self.file} does not pass {name} to the step Build. Add this line to its env, or run: callboard workflow --write"
            yield f"  {secret_line(name).strip()}"
        for extra in self.missing_extras:
            yield f"{self.file} installs Callboard without the extra {extra}. Write callboard[{extra}], or run: callboard workflow --write"

    def as_data(self) -> Mapping[str, Any]:
        """The check, ready for JSON."""
        return {
            "workflow": self.file.as_posix(),
            "service": self.service,
            "exists": self.exists,
            "secrets": [{"name": used.name, "used_by": list(used.users)} for used in self.needs.variables],
            "extras": list(self.needs.extras),
            "missing_secrets": list(self.missing_secrets),
            "missing_extras": list(self.missing_extras),
            "reserved": list(self.reserved),
        }


def check_workflow(config: Path, service: Service | None = None) -> WorkflowCheck:
    """Compare the workflow next to a ``sources.yaml`` with what the portal needs.

    Raises ``SettingsError`` if ``sources.yaml`` cannot be read, ``CallboardError`` if the workflow cannot.
    """
    settings = settings_text(config)
    needs, found = portal_needs(settings, config), service or _service(config.parent)
    file = config.parent / WORKFLOWS[found]
    text = _text(file)
    if text is None:
        return WorkflowCheck(file, found, needs, exists=False, reserved=_reserved(needs, found))
    names = [used.name for used in needs.variables]
    is_github = found != "gitlab"
    return WorkflowCheck(
        file, found, needs, exists=True, text=text,
        missing_secrets=tuple(name for name in names if is_github and not _passes(text, name)),
        missing_extras=_missing_extras(text, needs.extras),
        reserved=_reserved(needs, found),
    )  # fmt: skip


def _reserved(needs: PortalNeeds, service: Service) -> tuple[str, ...]:
    return tuple(used.name for used in needs.variables if service != "gitlab" and used.is_reserved)


def complete_workflow(checked: WorkflowCheck) -> None:
    """Write the workflow with what it lacks. Raises ``CallboardError`` if its step Build or its line `pip install` is not as generated."""
    text = completed(checked) if checked.exists else _new(checked)
    checked.file.parent.mkdir(parents=True, exist_ok=True)
    checked.file.write_text(text, encoding="utf-8")


def completed(checked: WorkflowCheck) -> str:
    """The text of the workflow with the missing secrets and extras."""
    text = checked.text
    if checked.missing_secrets:
        lines = "".join(f"{secret_line(name)}\n" for name in checked.missing_secrets)
        text, number = _SCHEDULE.subn(lambda match: match[0] + lines, text, count=1)
        if not number:
            raise CallboardError(
                f"{checked.file} has no step Build as `callboard init` writes it.",
                "Add the lines that `callboard workflow` prints by hand.",
            )
    if checked.missing_extras:
        text, number = _INSTALL.subn(lambda match: _with_extras(match, checked.needs.extras), text, count=1)
        if not number:
            raise CallboardError(f"{checked.file} has no line `pip install callboard`.", "Add the extras by hand.")
    return text


def _with_extras(match: re.Match[str], extras: tuple[str, ...]) -> str:
    return f"{match[1]}'{match[2]}[{','.join(sorted({*_extras(match), *extras}))}]{match[4]}'"


def _extras(match: re.Match[str]) -> set[str]:
    return set(filter(None, (match[3] or "").strip("[]").split(",")))


def _missing_extras(text: str, extras: tuple[str, ...]) -> tuple[str, ...]:
    """The extras that the line `pip install` lacks; none if the workflow installs Callboard in another way."""
    match = _INSTALL.search(text)
    return tuple(extra for extra in extras if match and extra not in _extras(match))


def _new(checked: WorkflowCheck) -> str:
    secrets = tuple(used.name for used in checked.needs.variables)
    command = installation(extras=checked.needs.extras).command()
    audience: Audience = "public" if checked.needs.is_public else "internal"
    return workflow(checked.service, Steps(command, secrets=secrets, audience=audience))


def _passes(text: str, name: str) -> bool:
    """Whether a line of the workflow sets the variable."""
    return re.search(rf"^[^#\n]*\b{re.escape(name)}: ", text, re.MULTILINE) is not None


def _service(folder: Path) -> Service:
    """The service whose workflow exists; GitHub if none does."""
    if (folder / WORKFLOWS["gitlab"]).is_file() and not (folder / WORKFLOWS["github"]).is_file():
        return "gitlab"
    text = _text(folder / WORKFLOWS["github"]) or ""
    return "github-server" if "PAGES_BRANCH" in text else "github"


def _text(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST).decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CallboardError(f"{file} cannot be read: {error}.", "Check the path, its permissions and its encoding.") from error
