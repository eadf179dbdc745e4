"""A reference and the kinds → why no entity anywhere can have it: an invalid name, or a word that is no kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from callboard.descriptors.formats import is_kind, is_name, is_namespace
from callboard.descriptors.kinds import Kinds, RelationField, builtin_kinds
from callboard.model.ref import EntityRef
from callboard.model.suggestions import nearest


class Impossible(NamedTuple):
    """Why a reference can have no target."""

    problem: str
    """A clause."""
    hint: str
    """A sentence."""


_SEVERAL = Impossible("this is several references in one string", "Write a list, with an item for each reference.")
_ADDRESS = Impossible("this is an e-mail address", "Write the name of a team, or `user:` and the name of the person's descriptor.")
_WORDS = {
    "app": "component", "application": "component", "bucket": "resource", "cluster": "resource", "db": "resource", "department": "group",
    "organization": "group", "person": "user", "queue": "resource", "repository": "component", "squad": "group", "topic": "resource",
    "tribe": "group",
}  # fmt: skip
"""Words that people write for a kind, in addition to the usual types of the kinds."""
_AMBIGUOUS = frozenset({"url", "file", "root", "product", "skill", "rule", "plugin"})
"""Usual types that may be kinds of a portal, or of several kinds."""
_INVISIBLE = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})
_CHARACTERS = "names have only letters, digits, `-`, `_` and `.`"


def reason(ref: EntityRef, kinds: Kinds) -> Impossible | None:
    """Why no repository can define the entity; None where one could, also with a kind that only its portal has."""
    return name_reason(ref) or _kind_reason(ref.kind, kinds)


def hint_for(why: Impossible, field: RelationField | None) -> str:
    """The hint of a reason, as it can be obeyed in that field; None for a field of an unknown kind."""
    if field is None:
        return why.hint
    if why == _SEVERAL and not field.many:
        return f"Write one reference: `{field.field}` is not a list."
    if why == _ADDRESS and field.type != "ownedBy":
        names = {"group": "the name of a team", "user": "the name of the person's descriptor"}
        return f"Write {names.get(field.default_kind or '', 'the name of an entity (`metadata.name`)')}."
    return why.hint


def name_reason(ref: EntityRef) -> Impossible | None:
    """Why the name or the namespace is that of no entity; None for valid ones."""
    if not is_name(ref.name):
        return _invalid_name(ref.name)
    if not is_namespace(ref.namespace):
        return Impossible(
            f"`{ref.namespace}` is not a valid namespace", "Write [kind:][namespace/]name; a namespace has only letters, digits and `-`."
        )
    return None


def _invalid_name(name: str) -> Impossible:
    odd = next((char for char in name if unicodedata.category(char) in _INVISIBLE and char != " "), "")
    if odd:
        what = f"U+{ord(odd):04X} ({unicodedata.name(odd, 'a control character').lower()})"
        return Impossible(f"the name contains the invisible character {what}", "Retype the name without it.")
    if is_name(name.strip()):
        return Impossible("the name begins or ends with a space", "Remove the space.")
    if "," in name:
        return _SEVERAL
    return _other_text(name)


def _other_text(name: str) -> Impossible:
    """Why the text that somebody wrote for a name is none: an address, a title."""
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", name):
        return _ADDRESS
    if name.startswith("@"):
        return Impossible("a name does not begin with `@`", f"Write the name without it: {name.lstrip('@').rpartition('/')[2]}.")
    if " " in name:
        return Impossible(f"a name has no spaces; {_CHARACTERS}", "Write the name of the entity (`metadata.name`), not its title.")
    return Impossible(_CHARACTERS, "Write the name of the entity (`metadata.name`).")


def _kind_reason(kind: str, kinds: Kinds) -> Impossible | None:
    if kinds.get(kind) is not None:
        return None
    if not is_kind(kind):
        return Impossible(f"`{kind}` is not a valid kind", "Write [kind:][namespace/]name.")
    meant = _words().get(kind) or nearest(kind, builtin_kinds().by_name)
    return Impossible(f"`{kind}` is not a kind", f"Write `{meant}:` in place of `{kind}:`.") if meant else None


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    """Kinds by words that are not kinds: the usual types of each kind (``database`` of a resource), and ``_WORDS``."""
    words = dict(_WORDS)
    for kind in builtin_kinds().by_name.values():
        words |= {word: kind.name.lower() for word in kind.spec_fields.get("type", {}).get("examples", ()) if word not in _AMBIGUOUS}
    return {**words, "service": "component", "website": "component", "library": "component"}
