"""The ``http`` source: URLs of descriptors → trees of their folders; files that they refer to are read from these and allowed folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit

from callboard.plugins.sources import (
    Anonymous,
    Client,
    Collected,
    DescriptorFile,
    HttpError,
    SourceContext,
    SourceError,
    SourceFailure,
    SourceSettings,
    SourceTraffic,
    TreeError,
    bearer,
    client_for,
    json_resource,
    merge_collected,
    url_origin,
)
from callboard.sources.addresses import web_folder_address
from callboard.sources.api_tree import ApiTree
from callboard.sources.generated import in_all_zones
from callboard.sources.hosts import Web, file_content

DESCRIPTOR_LIMIT = 2_000_000


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The files below one URL."""

    client: Client
    paths: Sequence[str]
    """Of the descriptors; HTTP has no listing of a folder."""
    ages: dict[str, datetime | None] = field(default_factory=dict)

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        answer = self.client.get(f"/{quote(path)}", accept="*/*", limit=limit)
        self.ages[path] = _time(answer.headers.get("last-modified", ""))
        return file_content(answer, path)

    def listing(self) -> Sequence[str]:
        """The paths of the descriptors."""
        return self.paths

    def changed(self, path: str) -> datetime | None:
        """The header ``Last-Modified``, for files that were read."""
        return self.ages.get(path)


class HttpSource:
    """Descriptors at URLs."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/http.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._token = str(self._options.get("token", ""))
        self._urls = [*dict.fromkeys(str(url) for url in self._options["urls"])]
        self._allowed: frozenset[str] = frozenset()
        """Folders that the option ``allow`` opens to all descriptors of this source."""
        self._context = context

    def collect(self) -> Collected:
        """A tree for each folder; a URL that cannot be read is a failure of its own. Raises ``HttpError``."""
        hosts = {url_origin(url) for url in self._urls}
        if self._token and len(hosts) > 1:
            raise SourceError("a token is for one host, and the URLs name several", "Configure a source for each host.")
        self._allowed = frozenset(_folder(str(url)) for url in self._options.get("allow", ()))
        by_folder: dict[str, list[str]] = {folder: [] for folder in self._allowed}
        for url in self._urls:
            by_folder.setdefault(_folder(url), []).append(unquote(urlsplit(url).path.rpartition("/")[2]))
        return merge_collected([self._tree(folder, paths, hosts) for folder, paths in sorted(by_folder.items())])

    def _tree(self, folder: str, paths: Sequence[str], hosts: set[tuple[str, str, int]]) -> Collected:
        credential = bearer(self._token) if url_origin(folder) in hosts else Anonymous()
        client = client_for(self._context, folder, credential)
        files = FolderFiles(client, sorted(paths))
        name = folder.partition("://")[2].rstrip("/")
        web = Web(view=f"{folder}{{path}}")
        tree = ApiTree(folder, name, "", (web_folder_address(folder),), web, files, is_listed=False, is_shared=folder in self._allowed)
        failures, files_read = [], []
        for path in files.paths:
            try:
                tree.read(path, DESCRIPTOR_LIMIT)
                files_read.append(DescriptorFile(self._name, tree, path))
            except TreeError as error:
                failures.append(self._failure(folder, path, error))
        trees = () if failures and not files_read else (tree,)
        return Collected(trees, tuple(files_read), failures=tuple(failures), traffic=(SourceTraffic(self._name, client.traffic),))

    def _failure(self, folder: str, path: str, error: TreeError) -> SourceFailure:
        redact = self._context.redactor.with_also([self._token]).redact
        hint = error.hint or "Correct the URL in sources.yaml."
        return SourceFailure(self._name, redact(f"{folder}{path}"), redact(str(error)), redact(hint), folder, path)


def _folder(url: str) -> str:
    """The folder of a URL, with its final slash. Raises ``HttpError``."""
    if "?" in url or "#" in url:
        raise HttpError("bad-url", "the URL of a descriptor must not contain ? or #", "Use a URL that ends with the name of the file.")
    url_origin(url)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


def _time(value: str) -> datetime | None:
    try:
        time = parsedate_to_datetime(value)
        return in_all_zones(time.replace(tzinfo=time.tzinfo or UTC))  # "-0000" is UTC without a known zone
    except (ValueError, TypeError, OverflowError):
        return None
