"""The evidence of repositories → texts of their descriptors, proposals, and lines that explain them."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.lint.texts import check_text
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem, Severity
from callboard.onboarding.proposal import Proposal
from callboard.sources.guesses.describing import DESCRIPTOR, DescriptorGuess, described
from callboard.sources.guesses.evidence import Guess, RepositoryEvidence
from callboard.sources.guesses.writing import descriptor_lines

TITLE = "Describe this repository for the developer portal"
_VALUE = 100
"""Characters of a value in a list."""


@dataclass(frozen=True, slots=True)
class DescribedRepository:
    """A descriptor for one repository."""

    guess: DescriptorGuess
    text: str
    problems: tuple[Problem, ...]
    """Of ``callboard lint``: what people must add."""

    @property
    def errors(self) -> tuple[str, ...]:
        """Messages of what lint requires."""
        return tuple(dict.fromkeys(problem.message for problem in self.problems if problem.severity is Severity.ERROR))


def describe(evidence: RepositoryEvidence) -> DescribedRepository:
    """The descriptor of a repository."""
    guess = described(evidence)
    text = descriptor_lines(guess)
    definitions = {api.path: evidence.text(api.path) for api in guess.apis}
    return DescribedRepository(guess, text, check_text(DESCRIPTOR, text, definitions))


def rows(guess: DescriptorGuess) -> Iterator[tuple[str, str, str]]:
    """``(field, value, evidence)`` of each guess."""
    yield from (_row(key, each) for key, each in (("name", guess.name), *guess.fields.items()))
    yield from (_row(key, each) for key, each in guess.annotations.items())
    yield from (_row("link", Guess(each.value["url"], each.evidence)) for each in guess.links)
    yield from (("API", f"{api.name} ({api.type})", api.path) for api in guess.apis)


def _row(key: str, guess: Guess) -> tuple[str, str, str]:
    value = ", ".join(guess.value) if isinstance(guess.value, list) else str(guess.value)
    return key, value if len(value) <= _VALUE else f"{value[: _VALUE - 1]}…", guess.evidence


def proposal(description: DescribedRepository, portal: str) -> Proposal:
    """The pull request; ``portal`` is its address, empty where it has none."""
    guess = description.guess
    to = f"[developer portal](<{portal}>)" if portal else "developer portal"
    lines = [
        f"This adds `{DESCRIPTOR}`, from which the {to} makes a page for this repository.",
        "",
        "Its values are guesses. Please correct what is wrong, and remove the comments:",
        "",
        *(f"- {key}: {code(value)}" + (f", from {code(evidence)}" if evidence else "") for key, value, evidence in rows(guess)),
    ]
    if guess.unknown:
        lines += ["", "Please add what could not be guessed:", "", *(f"- {key} ({reason})" for key, reason in guess.unknown.items())]
    lines += ["", "Close this request to decline it: it will not be opened again."]
    return Proposal(DESCRIPTOR, description.text, TITLE, "\n".join(lines))


def code(text: str) -> str:
    """A text as inline code, so that it notifies nobody and is no Markdown."""
    plain = "".join(c if c.isprintable() else " " for c in text).replace("`", "'").strip()
    return f"`{plain or '-'}`"
