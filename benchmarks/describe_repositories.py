"""A folder of git clones that have descriptors → what ``callboard describe`` writes against what their authors wrote: a table.

    python benchmarks/describe_repositories.py FOLDER [--details]

Each clone ``owner+name`` (bare, with a work tree, or with ``repo`` as its git folder) is read at HEAD without its descriptors.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections import Counter
from pathlib import Path

import yaml
from callboard.plugins.sources import TreeError
from callboard.sources.guesses.describing import described
from callboard.sources.guesses.evidence import RepositoryEvidence

DESCRIPTORS = ("catalog-info.yaml", "catalog-info.yml")
FIELDS = (
    "kind",
    "name",
    "title",
    "description",
    "type",
    "lifecycle",
    "owner",
    "project-slug",
    "techdocs-ref",
    "tags",
    "links",
    "providesApis",
)
ALIKE = 0.4
"""Share of common words from which two descriptions say the same."""


def git(folder, *arguments):
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=False)
    if done.returncode:
        raise TreeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout


def evidence(folder, name):
    paths = [path for path in git(folder, "ls-tree", "-r", "--name-only", "-z", "HEAD").decode("utf-8", "replace").split("\0") if path]

    def content(path, limit):
        found = git(folder, "show", f"HEAD:{path}")
        if len(found) > limit:
            raise TreeError("too large")
        return found

    kept = [path for path in paths if path.rpartition("/")[2] not in DESCRIPTORS]
    return RepositoryEvidence(name, annotation=("github.com/project-slug", name), paths=kept, content=content)


def written(folder):
    """The first component that the authors wrote, or the first document; None without a readable descriptor."""
    for path in DESCRIPTORS:
        try:
            documents = [each for each in yaml.safe_load_all(git(folder, "show", f"HEAD:{path}")) if isinstance(each, dict)]
        except (TreeError, yaml.YAMLError):
            continue
        documents = [each for each in documents if isinstance(each.get("metadata"), dict) and isinstance(each.get("spec"), dict)]
        if documents:
            return next((each for each in documents if each.get("kind") == "Component"), documents[0])
    return None


def of_author(document):
    metadata, spec = document["metadata"], document["spec"]
    annotations = metadata.get("annotations") or {}
    return {
        "kind": document.get("kind"), "name": metadata.get("name"), "title": metadata.get("title"), "description": metadata.get("description"),
        "type": spec.get("type"), "lifecycle": spec.get("lifecycle"), "owner": spec.get("owner"),
        "project-slug": annotations.get("github.com/project-slug"), "techdocs-ref": annotations.get("backstage.io/techdocs-ref"),
        "tags": metadata.get("tags") or [], "links": [each.get("url") for each in metadata.get("links") or []],
        "providesApis": spec.get("providesApis") or [],
    }  # fmt: skip


def of_guess(guess):
    values = {key: each.value for key, each in guess.fields.items()}
    annotations = {key: each.value for key, each in guess.annotations.items()}
    return {
        **values, "kind": "Component", "name": guess.name.value, "project-slug": annotations.get("github.com/project-slug"),
        "techdocs-ref": annotations.get("backstage.io/techdocs-ref"), "tags": values.get("tags", []),
        "links": [each.value["url"] for each in guess.links], "providesApis": [api.name for api in guess.apis],
    }  # fmt: skip


def plain(field, value):
    text = str(value).strip().lower()
    if field == "owner":
        return text.removeprefix("group:").removeprefix("default/")
    return text.rstrip("/").removesuffix(".") if field in {"links", "techdocs-ref"} else text


def is_same(field, ours, theirs):
    if field == "description":
        first, second = (set(re.findall(r"\w{3,}", str(each).lower())) for each in (ours, theirs))
        return len(first & second) >= ALIKE * max(1, min(len(first), len(second)))
    return plain(field, ours) == plain(field, theirs)


def compared(ours, theirs):
    """``(field, verdict)``: right, wrong, missing (the author has it) or more (only we have it); each item of a list by itself."""
    for field in FIELDS:
        mine, its = ours.get(field), theirs.get(field)
        if isinstance(its, list) or isinstance(mine, list):
            left, right = ({plain(field, each) for each in value or []} for value in (mine, its))
            for verdict, count in (("right", left & right), ("more", left - right), ("missing", right - left)):
                yield from ((field, verdict) for _ in count)
        elif mine and its:
            yield field, "right" if is_same(field, mine, its) else "wrong"
        elif mine or its:
            yield field, "more" if mine else "missing"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--details", action="store_true", help="print both values of each field that is wrong or missing")
    parser.add_argument("--most", type=int, default=50, help="repositories that are compared")
    options = parser.parse_args()
    counts, repositories = Counter(), 0
    for each in sorted(options.folder.iterdir()):
        folder = each / "repo" if (each / "repo").is_dir() else each
        document = written(folder) if each.is_dir() else None
        if document is None or repositories == options.most:
            continue
        repositories += 1
        theirs, ours = of_author(document), of_guess(described(evidence(folder, each.name.replace("+", "/"))))
        counts.update(compared(ours, theirs))
        if options.details:
            for field, verdict in dict.fromkeys(compared(ours, theirs)):
                if verdict in {"wrong", "missing"} and field not in {"tags", "links"}:
                    print(f"{each.name} {field} {verdict}: {ours.get(field)!r} / {theirs.get(field)!r}")
    print(f"{repositories} repositories\n\n| field | right | wrong | missing | only ours |\n|---|---|---|---|---|")
    for field in FIELDS:
        print(f"| {field} | " + " | ".join(str(counts[field, verdict]) for verdict in ("right", "wrong", "missing", "more")) + " |")


if __name__ == "__main__":
    main()
