"""The catalog's API definitions → facts about their quality, beside those of integrations; unchanged definitions are not checked again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from pathlib import Path

import msgspec

from callboard.api_reference.paging import PLANS, SMALL, PagePlan, page_plan, plan_digest
from callboard.api_reference.quality.checking import quality_key, quality_of
from callboard.catalog.graph import Catalog
from callboard.io.checked_lines import checked, read_checked, with_digest
from callboard.io.store import write_atomically
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.api_quality import ApiQuality
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.fields import as_text
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.state.facts import CollectedFacts, with_own_facts

FAMILY = "api-quality"
SOURCE = "api-definitions"
"""In place of the name of an integration: the facts are made of the catalog itself."""
_INFO = IntegrationInfo(SOURCE, SOURCE, "API definitions", (FAMILY,), ())
_PURPOSE = b"api quality 1"
_DECODER = msgspec.json.Decoder(ApiQuality | None)
_KEY = 32
_PLANS = b"api pages 1"
_PLAN_DECODER = msgspec.json.Decoder(dict[str, PagePlan])


def with_definition_facts(facts: CollectedFacts, catalog: Catalog, now: datetime, cache: Path, *, is_public: bool) -> CollectedFacts:
    """The facts with those about the quality of all definitions that can be read; as they are without an API."""
    kept, plans = _KeptQualities(cache / "api-quality.jsonl"), _KeptPlans(cache / "api-pages.json")
    kept.load()
    plans.load()
    found = [*_facts(catalog, kept, is_public=is_public)]
    plans.save(_plans(catalog, is_public=is_public))
    kept.save()
    measured = (Measurement(fact.subject, FAMILY, SOURCE) for fact in found)
    return with_own_facts(facts, _INFO, found, measured, now)


def _facts(catalog: Catalog, kept: _KeptQualities, *, is_public: bool) -> Iterator[Fact]:
    for entity in catalog.of_kind("api"):
        text, api_type = entity.spec.get("definition"), entity.spec.get("type")
        if isinstance(text, str) and text.strip():
            value = kept.quality(text, api_type if isinstance(api_type, str) else "", is_public=is_public)
            if value is not None:
                yield _fact(entity, value)


def _plans(catalog: Catalog, *, is_public: bool) -> dict[str, PagePlan]:
    """The pages of large references by digest; only those of definitions that have changed are read."""
    found = {}
    for entity in catalog.of_kind("api"):
        text, api_type = entity.spec.get("definition"), as_text(entity.spec.get("type"))
        if isinstance(text, str) and len(text) > SMALL:
            found[plan_digest(text, api_type, is_public=is_public)] = page_plan(text, api_type, is_public=is_public)
    return found


@dataclass(frozen=True, slots=True)
class _KeptPlans:
    """Plans of large references, in a file that a build leaves for the next one."""

    file: Path

    def load(self) -> None:
        """Load what the last build left; nothing of a damaged file."""
        PLANS.clear()
        content = read_checked(self.file, _PLANS)
        with contextlib.suppress(ValueError, TypeError):
            PLANS.update(_PLAN_DECODER.decode(content) if content else {})

    def save(self, used: dict[str, PagePlan]) -> None:
        """Write what this build used; nothing for a portal without large definitions."""
        if used or self.file.exists():
            write_atomically(self.file, with_digest(msgspec.json.encode(used), _PLANS))


def _fact(entity: Entity, value: ApiQuality) -> Fact:
    return Fact(entity.ref, FAMILY, str(entity.ref), value, SOURCE)


@dataclass(slots=True)
class _KeptQualities:
    """Qualities by digest of the definition, in a file of lines that a build leaves for the next one."""

    file: Path
    entries: dict[str, bytes] = field(default_factory=dict)
    used: dict[str, bytes] = field(default_factory=dict)

    def load(self) -> None:
        """Load what the last build left; damaged lines are left out."""
        with contextlib.suppress(OSError):
            lines = (checked(line, _PURPOSE) for line in self.file.read_bytes().split(b"\n"))
            self.entries = {line[:_KEY].decode("ascii", "replace"): line[_KEY + 1 :] for line in lines if line}

    def quality(self, text: str, api_type: str, *, is_public: bool) -> ApiQuality | None:
        """The quality of a definition."""
        key = quality_key(text, api_type, is_public=is_public)
        if key in self.entries:
            with contextlib.suppress(ValueError, TypeError):
                value = _DECODER.decode(self.entries[key])
                self.used[key] = self.entries[key]
                return value
        value = quality_of(text, api_type, is_public=is_public)
        self.used[key] = msgspec.json.encode(value)
        return value

    def save(self) -> None:
        """Write what this build used; nothing for a portal without definitions."""
        if self.used != self.entries:
            lines = (with_digest(key.encode() + b" " + line, _PURPOSE) for key, line in self.used.items())
            write_atomically(self.file, b"\n".join(lines))
