"""The APIs of a list → what the list can be filtered by: type, tag, provider, deprecated operations, and quality of the definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from callboard.model.data_classes import dataclass
from callboard.model.facts.api_quality import ApiQuality
from callboard.model.facts.enumerations import Tone
from callboard.pages.safe_text import text_of

MAX_OPTIONS = 200
"""Tags, and providers, that can be chosen: the most frequent ones."""
MAX_TAGS = 10
"""Tags of one API."""
_QUALITIES = {Tone.WARN: "definitions_with_faults", Tone.NONE: "definitions_with_gaps", Tone.GOOD: "definitions_complete"}


@dataclass(frozen=True, slots=True)
class FilterOption:
    """One choice."""

    token: str
    """Stands in the rows that have it."""
    text: str


@dataclass(frozen=True, slots=True)
class ApiFilter:
    """One list of choices."""

    name: str
    """In the address of the page: ``tag``."""
    label: str
    options: tuple[FilterOption, ...]


@dataclass(slots=True)
class ApiFilters:
    """Collects what the rows have; ``tokens`` gives a row its marks, ``filters`` the lists."""

    labels: Mapping[str, str]
    found: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def tokens(self, api_type: str, providers: Iterable[str], quality: ApiQuality | None) -> str:
        """The marks of one API, with spaces between them."""
        values = [("type", api_type or self.labels["without_type"]), *(("provider", each) for each in providers)]
        if quality is not None:
            values += (("tag", text_of(each, 60)) for each in quality.tags[:MAX_TAGS])
            values.append(("deprecated", self.labels["with_deprecated" if quality.deprecated else "without_deprecated"]))
            values.append(("quality", self.labels[_QUALITIES[quality.tone]]))
        else:
            values.append(("quality", self.labels["without_definition"]))
        return " ".join(dict.fromkeys(self._token(name, text) for name, text in values if text))

    def _token(self, name: str, text: str) -> str:
        self.found.setdefault(name, Counter())[text] += 1
        return f"{name[0]}{self.numbers.setdefault((name, text), len(self.numbers))}"

    def filters(self) -> Sequence[ApiFilter]:
        """The lists with at least two choices."""
        names = [name for name in ("type", "tag", "provider", "deprecated", "quality") if len(self.found.get(name, ())) > 1]
        return tuple(ApiFilter(name, self.labels[f"filter_by_{name}"], self._options(name)) for name in names)

    def _options(self, name: str) -> tuple[FilterOption, ...]:
        kept = sorted(text for text, _ in self.found[name].most_common(MAX_OPTIONS))
        return tuple(FilterOption(f"{name[0]}{self.numbers[name, text]}", text) for text in kept)
