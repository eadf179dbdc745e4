"""The pages of a template → a neutral model of its form: fields, groups, lists, and parts that are shown under a condition.

Every parameter has a field. What this portal does not know (the fields of a company's own plugins) is a field for text with a note.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.software_templates.parameters import ParameterPage, is_secret

MAX_DEPTH = 8
MAX_FIELDS = 400
MAX_CHOICES = 500
_INPUT_TYPES = {"email": "email", "uri": "url", "date": "date", "time": "time", "date-time": "datetime-local"}
_ENTITY_FIELDS = {"OwnerPicker": ("Group", "User"), "MyGroupsPicker": ("Group",), "EntityPicker": (), "OwnedEntityPicker": (),
                  "MultiEntityPicker": ()}  # fmt: skip
_TEXT_FIELDS = frozenset({"EntityNamePicker", "RepoBranchPicker", "RepoOwnerPicker", "Secret", "EntityTagsPicker"})


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A value to choose."""

    value: str
    """As JSON."""
    label: str
    """Empty: that of a yes or a no in the portal's language."""


@dataclass(frozen=True, slots=True)
class PickerFilter:
    """One alternative of which entities a picker offers; empty parts restrict nothing."""

    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterField:
    """One parameter."""

    name: str
    kind: str
    """``text``, ``textarea``, ``number``, ``choice``, ``radio``, ``boolean``, ``checkboxes``, ``entity``, ``repository``, ``secret``,
    ``hidden``, ``list``, ``group`` or ``json``."""
    title: str
    help: str = ""
    default: str = ""
    """As JSON; empty without one."""
    is_required: bool = False
    has_focus: bool = False
    placeholder: str = ""
    rows: int = 0
    input_type: str = "text"
    is_number: bool = False
    step: str = "any"
    minimum: str = ""
    maximum: str = ""
    choices: tuple[FormChoice, ...] = ()
    filters: tuple[PickerFilter, ...] = ()
    hosts: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    note: str = ""
    """The name of a field that this portal does not know, or ``json`` for a value that is typed as JSON; empty for others."""
    item: ParameterField | None = None
    """Of a list."""
    part: FormPart | None = None
    """Of a group."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """Fields of one mapping that are asked for together."""

    fields: tuple[ParameterField, ...]
    parts: tuple[FormPart, ...] = ()
    """Further fields of the same mapping, each under a condition."""
    condition: str = ""
    """A JSON Schema, as JSON, for the answers of the mapping; empty: always."""
    required: tuple[str, ...] = ()
    """Names that this part requires, beside those of its own fields."""
    choices: tuple[str, ...] = ()
    """Titles of its parts, of which one is chosen; empty: each has its own condition."""


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page."""

    title: str
    description: str
    part: FormPart
    when: str = ""
    """The condition of the page, as JSON; empty without one."""


def form_of(pages: Sequence[ParameterPage]) -> tuple[FormPage, ...]:
    """The form."""
    return tuple(FormPage(page.title, page.description, _FormReader(page.schema).part(page.schema, 0), _when(page)) for page in pages)


def _when(page: ParameterPage) -> str:
    return "" if page.when is None else _json(page.when)


def fields_of(part: FormPart) -> Iterator[ParameterField]:
    """All fields of a part, with those of its conditions, groups and lists."""
    for field in part.fields:
        yield field
        if field.item:
            yield from fields_of(FormPart((field.item,)))
        if field.part:
            yield from fields_of(field.part)
    for each in part.parts:
        yield from fields_of(each)


class _FormReader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._count = 0

    def part(self, schema: Mapping[str, Any], depth: int, known: frozenset[str] = frozenset()) -> FormPart:
        """The fields of a mapping; ``known`` are names that have a field already."""
        properties = _mapping(schema.get("properties"))
        required = [name for name in _list(schema.get("required")) if isinstance(name, str)]
        fields = []
        for name in _ordered(properties, schema.get("ui:order")):
            prop = self._resolved(properties[name])
            if name in known and not _adds(prop):
                continue
            self._count += 1
            if self._count <= MAX_FIELDS:
                fields.append(replace(self.field(name, prop, depth), is_required=name in required))
        names = known | properties.keys()
        parts = tuple(self._conditional(schema, depth, frozenset(names))) if depth < MAX_DEPTH else ()
        return FormPart(tuple(fields), parts, required=tuple(name for name in required if name not in properties))

    def _conditional(self, schema: Mapping[str, Any], depth: int, known: frozenset[str]) -> Iterator[FormPart]:
        for name, then in _mapping(schema.get("dependencies")).items():
            if isinstance(then, list):
                yield FormPart((), (), _json({"required": [name]}), tuple(each for each in then if isinstance(each, str)))
            elif isinstance(then, Mapping):
                yield self._under({"required": [name]}, then, depth, known)
        for condition, each in _combined(schema, known):
            yield self._under(condition, each, depth, known)
        for key in ("oneOf", "anyOf"):
            branches = [each for each in _list(schema.get(key)) if isinstance(each, Mapping)]
            if _is_free_choice(branches, known):
                titles = tuple(_text(each.get("title")) or ", ".join(map(str, _mapping(each.get("properties")))) for each in branches)
                yield FormPart((), tuple(self._under(True, each, depth, known) for each in branches), choices=titles)  # noqa: FBT003 - a schema

    def _under(self, condition: Any, schema: Mapping[str, Any], depth: int, known: frozenset[str]) -> FormPart:
        return replace(self.part(self._resolved(schema), depth + 1, known), condition="" if condition is True else _json(condition))

    def field(self, name: str, prop: Mapping[str, Any], depth: int) -> ParameterField:
        """The field of one parameter."""
        options, widget = _mapping(prop.get("ui:options")), str(prop.get("ui:widget") or "")
        made = ParameterField(
            name, "text", _text(prop.get("title")) or name, _text(prop.get("ui:help")) or _text(prop.get("description")),
            _json(prop["default"]) if "default" in prop and prop["default"] is not None else "",
            has_focus=prop.get("ui:autofocus") is True, placeholder=_text(prop.get("ui:placeholder")),
        )  # fmt: skip
        if widget == "hidden":
            return replace(made, kind="hidden")
        if is_secret(prop):
            return replace(made, kind="secret", default="")
        if field := prop.get("ui:field"):
            return self._special(made, str(field), prop, options, depth)
        return self._plain(made, prop, widget, options, depth)

    def _special(self, made: ParameterField, field: str, prop: Mapping[str, Any], options: Mapping[str, Any], depth: int) -> ParameterField:
        if field in _ENTITY_FIELDS:
            picker = replace(made, kind="entity", filters=_filters(field, options))
            return self._as_list(made, picker) if field == "MultiEntityPicker" or _type(prop) == "array" else picker
        if field == "RepoUrlPicker":
            return replace(made, kind="repository", hosts=_texts(options.get("allowedHosts")), owners=_texts(options.get("allowedOwners")))
        if field == "EntityTagsPicker":
            return self._as_list(made, ParameterField("item", "text", made.title))
        if field in _TEXT_FIELDS:
            return made
        plain = self._plain(made, prop, "", options, depth)
        return replace(plain, note=field)

    def _as_list(self, made: ParameterField, item: ParameterField) -> ParameterField:
        return replace(made, kind="list", item=replace(item, name="item", default="", help=""))

    def _plain(self, made: ParameterField, prop: Mapping[str, Any], widget: str, options: Mapping[str, Any], depth: int) -> ParameterField:  # noqa: PLR0911 - one kind each
        kind = _type(prop)
        if choices := _choices(prop):
            return replace(made, kind="radio" if widget == "radio" else "choice", choices=choices)
        if kind == "boolean":
            return self._boolean(made, widget, _list(prop.get("enumNames")))
        if kind == "array":
            return self._array(made, prop, depth)
        if kind == "object" or "properties" in prop:
            is_group = "properties" in prop and depth < MAX_DEPTH
            return replace(made, kind="group", part=self.part(prop, depth + 1)) if is_group else _as_json(made)
        if kind in {"integer", "number"}:
            return replace(
                made, kind="number", is_number=True, input_type="number", step="1" if kind == "integer" else "any",
                minimum=_number(prop.get("minimum")), maximum=_number(prop.get("maximum")),
            )  # fmt: skip
        rows = options.get("rows") if isinstance(options.get("rows"), int) else 0
        if widget == "textarea" or (rows and rows > 1):
            return replace(made, kind="textarea", rows=min(max(rows or 4, 2), 30))
        return replace(made, input_type=_INPUT_TYPES.get(str(prop.get("format")), "text"))

    def _boolean(self, made: ParameterField, widget: str, names: list[Any]) -> ParameterField:
        if widget in {"radio", "select"}:
            yes, no, *_ = (*map(_text, names), "", "")
            choices = (FormChoice("true", yes), FormChoice("false", no))
            return replace(made, kind="radio" if widget == "radio" else "choice", choices=choices)
        return replace(made, kind="boolean")

    def _array(self, made: ParameterField, prop: Mapping[str, Any], depth: int) -> ParameterField:
        item = self._resolved(prop.get("items"))
        if choices := _choices(item):
            return replace(made, kind="checkboxes", choices=choices)
        if depth >= MAX_DEPTH or not item:
            return _as_json(made) if not item else self._as_list(made, ParameterField("item", "text", made.title))
        inner = self.field("item", item, depth + 1)
        return replace(made, kind="list", item=replace(inner, title=_text(item.get("title")) or made.title))

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        """A schema with its reference inside of the page replaced by what it names."""
        for _ in range(MAX_DEPTH):
            ref = _mapping(schema).get("$ref")
            if not isinstance(ref, str) or not ref.startswith("#/"):
                break
            target: Any = self._root
            for key in ref[2:].split("/"):
                target = _mapping(target).get(key.replace("~1", "/").replace("~0", "~"))
            schema = {**_mapping(target), **{key: value for key, value in schema.items() if key != "$ref"}}
        return _mapping(schema)


def _combined(schema: Mapping[str, Any], known: frozenset[str]) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Conditions (True: none) and the schemas that hold under them: ``allOf``, ``if``, ``oneOf`` and ``anyOf``."""
    pairs: list[tuple[Any, Any]] = [(True, each) for each in _list(schema.get("allOf"))]
    if "if" in schema:
        pairs += [(schema["if"], schema.get("then")), ({"not": schema["if"]}, schema.get("else"))]
    for key in ("oneOf", "anyOf"):
        branches = [each for each in _list(schema.get(key)) if isinstance(each, Mapping)]
        if not _is_free_choice(branches, known):
            pairs += [(_branch_condition(branch, known), branch) for branch in branches]
    return ((condition, each) for condition, each in pairs if isinstance(each, Mapping))


def _is_free_choice(branches: Sequence[Mapping[str, Any]], known: frozenset[str]) -> bool:
    """Whether no answer says which of the branches holds, so that the person has to choose."""
    asking = [each for each in branches if _mapping(each.get("properties"))]
    return len(asking) > 1 and len(asking) == len(branches) and all(_branch_condition(each, known) is True for each in branches)


def _branch_condition(branch: Mapping[str, Any], known: frozenset[str]) -> Any:
    """The condition of a branch: those parameters that are asked for without it have a value that the branch allows."""
    tested = {
        name: {key: prop[key] for key in ("const", "enum") if key in prop}
        for name, prop in _mapping(branch.get("properties")).items()
        if name in known and isinstance(prop, Mapping) and ("const" in prop or "enum" in prop)
    }
    return {"properties": tested, "required": [*tested]} if tested else True


def _adds(prop: Mapping[str, Any]) -> bool:
    """Whether a property of a branch asks for more than the value by which the branch is chosen."""
    return not ("const" in prop or "enum" in prop or not prop)


def _filters(field: str, options: Mapping[str, Any]) -> tuple[PickerFilter, ...]:
    given = options.get("catalogFilter")
    items = [item for item in (given if isinstance(given, list) else [given]) if isinstance(item, Mapping)]
    kinds = _texts(options.get("allowedKinds")) or _ENTITY_FIELDS[field]
    made = [PickerFilter(_texts(i.get("kind")) or kinds, _texts(i.get("spec.type")), _texts(i.get("metadata.tags"))) for i in items]
    return tuple(made) or (PickerFilter(kinds),)


def _choices(prop: Mapping[str, Any]) -> tuple[FormChoice, ...]:
    values = prop.get("enum")
    if isinstance(values, list):
        names = _list(prop.get("enumNames"))
        labels = [_text(name) or _shown(value) for name, value in zip([*names, *[""] * len(values)], values, strict=False)]
        return tuple(FormChoice(_json(value), label) for value, label in zip(values, labels, strict=False))[:MAX_CHOICES]
    for key in ("oneOf", "anyOf"):
        options = [each for each in _list(prop.get(key)) if isinstance(each, Mapping) and "const" in each]
        if options and len(options) == len(prop[key]):
            return tuple(FormChoice(_json(each["const"]), _text(each.get("title")) or _shown(each["const"])) for each in options)[
                :MAX_CHOICES
            ]
    return ()


def _type(prop: Mapping[str, Any]) -> str:
    kind = prop.get("type")
    kinds = [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str) and each != "null"]
    if kinds:
        return kinds[0]
    nested = [_type(each) for key in ("anyOf", "oneOf") for each in _list(prop.get(key)) if isinstance(each, Mapping)]
    return nested[0] if nested else "array" if "items" in prop else "string"


def _ordered(properties: Mapping[str, Any], order: Any) -> list[str]:
    """The names in the order of ``ui:order``, in which ``*`` stands for the others."""
    names = [name for name in properties if isinstance(name, str)]
    wanted = [name for name in _list(order) if isinstance(name, str)]
    if not wanted:
        return names
    rest = [name for name in names if name not in wanted]
    at = wanted.index("*") if "*" in wanted else len(wanted)
    chosen = [*wanted[:at], *rest, *wanted[at:]]
    return [name for name in dict.fromkeys(chosen) if name in properties]


def _as_json(made: ParameterField) -> ParameterField:
    return replace(made, kind="json", rows=4, note="json")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str) and item)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
