"""The ``http-json`` integration: any tool that answers JSON, described by a URL and JMESPath expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError

from callboard.io.http.auth import bearer, header
from callboard.io.http.client import Client, client_for
from callboard.io.http.errors import HttpError
from callboard.model.errors import SourceError
from callboard.model.facts.words import FactError
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import (
    DeclaredFamily,
    FactBatch,
    IntegrationContext,
    IntegrationSettings,
    Target,
    by_annotation,
    options_schema,
)
from callboard.plugins.integrations.collector import FactCollector
from callboard.plugins.integrations.decode import fields_of, value_of

AT_ONCE = 8
ITEMS = 2_000
"""Of one answer; a tool that sends more is cut and counts as incomplete."""
ABOUT = ("key", "environment", "link", "observed_at")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
KNOWN = frozenset({"id", "name", "namespace", "kind"})
NOT_THERE = 404


class HttpJsonIntegration:
    """Facts from any tool that answers JSON over HTTP."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("http-json")
    title: ClassVar[str] = "HTTP"
    declares: ClassVar[tuple[DeclaredFamily, ...]] = ()

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._options = settings.options
        self._context = context
        self._found = FactCollector(settings.name)
        self._family = str(self._options["family"])
        self._path = str(self._options.get("path", "/"))
        self._query = {name: str(value) for name, value in self._options.get("query", {}).items()}
        self._each = any(PLACEHOLDER.search(text) for text in (self._path, *self._query.values()))
        self._items = _compiled("items", self._options.get("items", "@"))
        self._match = _compiled("match", self._options["match"]) if "match" in self._options else None
        self._fields = {name: _compiled(f"fields.{name}", text) for name, text in self._options["fields"].items()}
        self._check()

    @property
    def families(self) -> tuple[str, ...]:
        """The one that the options name."""
        return (self._family,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The one that the options name, if they name any."""
        return (str(self._options["annotation"]),) if "annotation" in self._options else ()

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """One request for each entity, or one for all. Raises ``HttpError`` where the one for all fails."""
        known = self._known(subjects)
        client = client_for(
            self._context, str(self._options["url"]).rstrip("/"), self._credential(), per_second=float(self._options.get("per_second", 0))
        )
        if self._each:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda pair: self._one(client, *pair), known.items()))
        else:
            self._all(client, known)
        self._found.asking(client.traffic)
        return self._found.done()

    def _known(self, subjects: Sequence[Target]) -> Mapping[str, tuple[Target, ...]]:
        if self.annotations:
            return by_annotation(subjects, *self.annotations)
        kinds = frozenset(str(kind).lower() for kind in self._options.get("kinds", ("component",)))
        return {str(one.ref): (one,) for one in subjects if one.ref.kind in kinds}

    def _credential(self) -> Any:
        token, name = str(self._options.get("token", "")), self._options.get("header")
        return header(str(name), token) if name else bearer(token)

    def _one(self, client: Client, known_as: str, subjects: tuple[Target, ...]) -> None:
        """What the tool says of one entity; that it does not know it is said as a problem."""
        ref = subjects[0].ref
        values = {"id": known_as if self.annotations else ref.name, "name": ref.name, "namespace": ref.namespace, "kind": ref.kind}
        path = PLACEHOLDER.sub(lambda found: _segment(values[found.group(1)]), self._path)
        query = {name: PLACEHOLDER.sub(lambda found: values[found.group(1)], text) for name, text in self._query.items()}
        self._found.measured(subjects, self._family)
        try:
            for index, item in enumerate(self._paged(client, path, query, subjects)):
                self._fact(subjects, item, f"{known_as}/{index}")
        except HttpError as error:
            if error.status == NOT_THERE and self.annotations:
                self._found.unknown(subjects, self.annotations[0], f"`{self._found.source}` knows nothing called `{known_as[:80]}`.")
            self._found.failed(error, known_as[:80], subjects, self._family)

    def _all(self, client: Client, known: Mapping[str, tuple[Target, ...]]) -> None:
        """One listing of everything; who is not in it has nothing."""
        everyone = [subject for those in known.values() for subject in those]
        self._found.measured(everyone, self._family)
        for index, item in enumerate(self._paged(client, self._path, self._query, everyone)):
            name = self._match.search(item) if self._match else None
            subjects = known.get(str(name)) or known.get(f"component:default/{name}") or ()
            self._fact(subjects, item, str(index))

    def _paged(self, client: Client, path: str, query: Mapping[str, str], subjects: Sequence[Target]) -> Iterator[Any]:
        """The items of all pages; a listing goes on where its host says so (``Link: rel="next"``). Raises ``HttpError``."""
        for answer in client.pages(path, query):
            yield from self._listed(answer.json(), subjects)

    def _listed(self, answer: Any, subjects: Sequence[Target]) -> Sequence[Any]:
        try:
            found = self._items.search(answer)
        except JMESPathError as error:
            self._found.failed(SourceError(f"items finds nothing in the answer: {error}"), "", subjects, self._family)
            return ()
        listed = found if isinstance(found, list) else [] if found is None else [found]
        if len(listed) > ITEMS:
            self._found.measured(subjects, self._family, complete=False)
        return listed[:ITEMS]

    def _fact(self, subjects: Sequence[Target], item: Any, otherwise: str) -> None:
        """A fact of one item; a field that is not there is left out."""
        now = self._context.now
        try:
            told = {name: found for name, path in self._fields.items() if (found := path.search(item)) is not None}
            key, environment, link = (parsing.text(told.get(name)) for name in ("key", "environment", "link"))
            observed = parsing.moment(told["observed_at"], now) if "observed_at" in told else None
        except (JMESPathError, FactError) as error:
            for subject in subjects:
                self._found.odd(subject, self._family, otherwise, str(error))
            return
        value = {name: found for name, found in told.items() if name not in ABOUT}
        key = key or parsing.text(value.get("id") or otherwise)
        self._found.add(
            subjects, self._family, key, lambda: value_of(self._family, value, now), environment=environment, url=link, observed_at=observed
        )

    def _check(self) -> None:
        """What a schema cannot say. Raises ``SourceError``."""
        strange = set(PLACEHOLDER.findall(" ".join((self._path, *self._query.values())))) - KNOWN
        if strange:
            raise SourceError(f"there is no placeholder {{{min(strange)}}}", f"Known are {', '.join(sorted(KNOWN))}.")
        fields = {*fields_of(self._family), *ABOUT}
        if odd := sorted(set(self._fields) - fields):
            raise SourceError(f'the family {self._family} has no field "{odd[0]}"', f"It has {', '.join(sorted(fields))}.")
        if not self._each and self._match is None:
            raise SourceError("path names no entity and match is missing", "Write {id} into path, or say in match whom an item is about.")


def _segment(value: str) -> str:
    """A value as one segment of a path: neither a slash nor dots lead anywhere else."""
    return quote(value, safe="") if value.strip(".") else value.replace(".", "%2E")


def _compiled(option: str, text: Any) -> Any:
    try:
        return jmespath.compile(str(text))
    except JMESPathError as error:
        raise SourceError(f"{option} is no JMESPath: {error}", "See jmespath.org.") from None
