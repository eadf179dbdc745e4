"""The operations of two references → pairs of the same operation, and findings about parameters, payloads, answers and authentication."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from callboard.api_changes.findings import Direction
from callboard.api_changes.pairs import ComparedPlace, TypePairs
from callboard.api_changes.shapes import ShapeComparison
from callboard.api_reference.model import ApiAnswer, Entry, Payload, Reference, ShapeField, ValueShape
from callboard.model.data_classes import dataclass

_PARAMETER = re.compile(r"\{[^{}]{0,200}\}")
_SUCCESS = re.compile(r"2..", re.IGNORECASE)
_TURNED: Mapping[Direction, Direction] = {"request": "response", "response": "request"}
_NO_BINDINGS = frozenset({"", "operationId", "externalDocs", "google.api.http"})
_IN_ADDRESS = frozenset({"path", "channel"})
OPEN = "none"


def label(entry: Entry) -> str:
    """What an operation is called in findings: ``POST /orders``."""
    return f"{'webhook ' if entry.is_webhook else ''}{entry.verb} {entry.address}"


def operation_key(entry: Entry) -> tuple[str, str, bool]:
    """The same for the same operation: names of parameters in the path do not count."""
    return entry.verb, _PARAMETER.sub("{}", entry.address), entry.is_webhook


def matched_operations(before: Reference, after: Reference) -> tuple[list[tuple[Entry, Entry]], list[Entry], list[Entry]]:
    """Pairs of the same operation, those that are gone and those that are new."""
    old = {operation_key(each): each for each in before.entries}
    new = {operation_key(each): each for each in after.entries}
    same = [(each, new[key]) for key, each in old.items() if key in new]
    gone = [each for key, each in old.items() if key not in new]
    return same, gone, [each for key, each in new.items() if key not in old]


@dataclass(frozen=True, slots=True)
class OperationComparison:
    """Compares one operation in two versions."""

    pairs: TypePairs
    place: ComparedPlace
    is_turned: bool = False
    """Whether the API is the one that sends the request: in webhooks and callbacks."""

    def compare(self, old: Entry, new: Entry) -> None:
        """Note all changes of the operation."""
        renamed = dict(zip(_PARAMETER.findall(old.address), _PARAMETER.findall(new.address), strict=False))
        self._parameters(old, new, {before.strip("{}"): after.strip("{}") for before, after in renamed.items()})
        self._inputs(old, new)
        self._answers(old.outputs, new.outputs)
        self._words(old, new)
        self._auth(old, new)
        self._callbacks(old.callbacks, new.callbacks)

    @property
    def request(self) -> Direction:
        """The direction of what the operation takes."""
        return "response" if self.is_turned else "request"

    @property
    def response(self) -> Direction:
        """The direction of what it gives."""
        return _TURNED[self.request]

    def _shapes(self, direction: Direction) -> ShapeComparison:
        return ShapeComparison(self.pairs, self.place, direction)

    def _parameters(self, old: Entry, new: Entry, renamed: Mapping[str, str]) -> None:
        before = {
            (where, renamed.get(f.name, f.name) if where in _IN_ADDRESS else f.name): f for where, found in old.parameters for f in found
        }
        after = {(where, each.name): each for where, found in new.parameters for each in found}
        for key, field in before.items():
            part = f"{key[0]} {key[1]}"
            if key not in after:
                self.place.add("parameter-removed", self.request, part)
            else:
                self._parameter(field, after[key], part)
        for key, field in after.items():
            if key not in before:
                rule = "parameter-added-required" if field.required else "parameter-added-optional"
                self.place.add(rule, self.request, f"{key[0]} {key[1]}")

    def _parameter(self, old: ShapeField, new: ShapeField, part: str) -> None:
        if old.required != new.required:
            self.place.add("parameter-became-required" if new.required else "parameter-became-optional", self.request, part)
        if old.style != new.style:
            self.place.add("parameter-style-changed", self.request, part, f"{old.style or 'default'} → {new.style or 'default'}")
        if old.shape.default != new.shape.default:
            detail = f"{old.shape.default or 'none'} → {new.shape.default or 'none'}"
            self.place.add("parameter-default-changed", self.request, part, detail)
        self._shapes(self.request).compare(_without_default(old.shape), _without_default(new.shape), part)

    def _inputs(self, old: Entry, new: Entry) -> None:
        if old.inputs and not new.inputs:
            self.place.add("request-body-removed", self.request, "request body")
        elif new.inputs and not old.inputs:
            rule = "request-body-added-required" if new.is_input_required else "request-body-added-optional"
            self.place.add(rule, self.request, "request body")
        elif new.inputs:
            if old.is_input_required != new.is_input_required:
                rule = "request-body-became-required" if new.is_input_required else "request-body-became-optional"
                self.place.add(rule, self.request, "request body")
            self._payloads(old.inputs, new.inputs, "request body ", self.request)

    def _payloads(self, old: tuple[Payload, ...], new: tuple[Payload, ...], part: str, direction: Direction) -> None:
        before, after = _by_media(old), _by_media(new)
        if len(before) == len(after) == 1 and not (set(before) & set(after)):
            ((media, one),), ((other_media, other),) = before.items(), after.items()
            if media.partition(" ")[0] and other_media.partition(" ")[0] and not (one.name or other.name):
                self.place.add("media-type-removed", direction, part.strip(), media)
                self.place.add("media-type-added", direction, part.strip(), other_media)
            self._payload(one, other, part, direction)
            return
        is_message = any(each.name for each in (*old, *new))
        compared: set[tuple[int, int]] = set()
        for media, payload in before.items():
            if media not in after:
                self.place.add("message-removed" if is_message else "media-type-removed", direction, part.strip(), media)
            elif (id(payload), id(after[media])) not in compared:
                compared.add((id(payload), id(after[media])))
                self._payload(payload, after[media], part, direction)
        for media in after:
            if media not in before:
                self.place.add("message-added" if is_message else "media-type-added", direction, part.strip(), media)

    def _payload(self, old: Payload, new: Payload, part: str, direction: Direction) -> None:
        if old.name and new.name and old.name != new.name:
            self.place.add("message-name-changed", direction, part.strip(), f"{old.name} → {new.name}")
        if old.name and old.media != new.media:
            self.place.add("media-type-removed", direction, part.strip(), f"{old.media or 'none'} → {new.media or 'none'}")
        self._bindings(old.bindings, new.bindings, part, direction)
        self._headers(old.headers, new.headers, f"{part}header ", direction)
        self._shapes(direction).compare(old.shape, new.shape, part)

    def _bindings(self, old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...], part: str, direction: Direction) -> None:
        before, after = dict(old), dict(new)
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                rule = "correlation-changed" if key == "correlationId" else "binding-changed"
                detail = f"{key}: {before.get(key, 'none')} → {after.get(key, 'none')}"
                self.place.add(rule, direction, part.strip(), detail)

    def _answers(self, old: tuple[ApiAnswer, ...], new: tuple[ApiAnswer, ...]) -> None:
        before, after = {each.case: each for each in old}, {each.case: each for each in new}
        for case, answer in before.items():
            part = f"{case} " if case else ""
            direction = self.request if case == "reply" and self.is_turned else self.response
            if case in after:
                self._headers(answer.headers, after[case].headers, f"{part}header ", direction)
                if answer.payloads and after[case].payloads:
                    self._payloads(answer.payloads, after[case].payloads, part, direction)
                elif answer.payloads:
                    self.place.add("media-type-removed", direction, part.strip(), ", ".join(each.media for each in answer.payloads))
            elif case == "reply":
                self.place.add("reply-removed", direction)
            else:
                rule = "success-status-removed" if _SUCCESS.fullmatch(case) else "status-removed"
                self.place.add(rule, direction, part.strip())
        for case in after:
            if case not in before and case:
                self.place.add("status-added", self.response, case)

    def _headers(self, old: Iterable[ShapeField], new: Iterable[ShapeField], part: str, direction: Direction) -> None:
        before, after = {each.name.lower(): each for each in old}, {each.name.lower(): each for each in new}
        for name, header in before.items():
            if name not in after:
                word = "required" if header.required else "optional"
                self.place.add(f"header-removed-{word}", direction, f"{part}{header.name}")
                continue
            if header.required != after[name].required:
                rule = "header-became-required" if after[name].required else "header-became-optional"
                self.place.add(rule, direction, f"{part}{header.name}")
            self._shapes(direction).compare(header.shape, after[name].shape, f"{part}{header.name}")
        for name, header in after.items():
            if name not in before:
                word = "required" if header.required else "optional"
                self.place.add(f"header-added-{word}", direction, f"{part}{header.name}")

    def _words(self, old: Entry, new: Entry) -> None:
        if old.streaming != new.streaming:
            self.place.add("streaming-changed", self.request, "", f"{old.streaming or 'none'} → {new.streaming or 'none'}")
        if bool(old.deprecated) != bool(new.deprecated):
            rule = "operation-deprecated" if new.deprecated else "operation-no-longer-deprecated"
            sunset = f"removal on {new.sunset}" if new.sunset else new.deprecated.removeprefix("yes")
            self.place.add(rule, self.request, "", sunset if new.deprecated else "")
        if old.sunset and new.deprecated and (not new.sunset or new.sunset < old.sunset):
            self.place.add("sunset-earlier", self.request, "", f"{old.sunset} → {new.sunset or 'none'}")
        before, after = dict(old.notes), dict(new.notes)
        if before.get("operationId") and before.get("operationId") != after.get("operationId"):
            detail = f"{before['operationId']} → {after.get('operationId', 'none')}"
            self.place.add("operation-id-changed", self.request, "", detail)
        self._bindings(_bindings_of(old), _bindings_of(new), "", self.request)

    def _auth(self, old: Entry, new: Entry) -> None:
        before, after = _alternatives(old), _alternatives(new)
        if before == after or before & after:
            return
        if OPEN in before:
            self.place.add("security-added", self.request, "", " or ".join(sorted(after)))
        elif OPEN in after:
            self.place.add("security-removed", self.request)
        else:
            schemes = [frozenset(each.partition(" (")[0] for each in side) for side in (before, after)]
            rule = "security-scope-added" if schemes[0] & schemes[1] else "security-changed"
            self.place.add(rule, self.request, "", f"{' or '.join(sorted(before))} → {' or '.join(sorted(after))}")

    def _callbacks(self, old: tuple[Entry, ...], new: tuple[Entry, ...]) -> None:
        before, after = {operation_key(each): each for each in old}, {operation_key(each): each for each in new}
        turned = OperationComparison(self.pairs, self.place, not self.is_turned)
        for key, entry in before.items():
            if key not in after:
                self.place.add("callback-removed", self.request, f"callback {entry.verb} {entry.address}")
            else:
                turned.compare(entry, after[key])


def _bindings_of(entry: Entry) -> tuple[tuple[str, str], ...]:
    """The notes of an operation that say how messages are carried."""
    return tuple((key, value) for key, value in entry.notes if key not in _NO_BINDINGS)


def _alternatives(entry: Entry) -> frozenset[str]:
    return frozenset(entry.auth) if entry.auth else frozenset({OPEN})


def _by_media(payloads: tuple[Payload, ...]) -> dict[str, Payload]:
    """Payloads by media type, or by the name of their message."""
    return {media: each for each in payloads for media in ([each.name] if each.name else each.media.split(", "))}


def _without_default(shape: ValueShape) -> ValueShape:
    return replace(shape, default="") if shape.default else shape
