// answers.js: the fields of a form → answers, and answers → fields. A scope is the part of the page that makes one mapping; fields in hidden
// parts give no answers.
import { holds } from "./check.js";

const parsed = (text) => { try { return JSON.parse(text); } catch { return undefined; } };
const shown = (field, scope) => {
  for (let at = field.parentElement; at && at !== scope; at = at.parentElement) if (at.hidden && "part" in at.dataset) return false;
  return true;
};

/** The fields of a scope, without those of scopes in it. */
export const fieldsOf = (scope) => [...scope.querySelectorAll("[data-field]")].filter((field) => {
  const outer = field.parentElement.closest("[data-scope], [data-items]");
  return outer === scope;
});
const partsOf = (scope) => [...scope.querySelectorAll("[data-part]")].filter((part) => part.parentElement.closest("[data-scope]") === scope);
const itemsOf = (field) => [...field.querySelector(":scope > [data-items]").children];
/** The one control of a simple field. */
export const controlOf = (field) => field.querySelector("input, select, textarea");

/** The choice between the parts of a place of which one is shown. */
const variantsOf = (place) => place.querySelector(":scope > .cb-form__field > [data-variants]");

/** Choose the parts that have fields of the answers. */
function chooseVariants(scope, answers) {
  for (const part of partsOf(scope).filter((each) => "variant" in each.dataset)) {
    const names = [...part.querySelectorAll("[data-field]")].map((field) => field.dataset.field);
    if (answers && names.some((name) => Object.hasOwn(answers, name))) variantsOf(part.parentElement).value = part.dataset.variant;
  }
}

/** The answers of a scope, after its conditional parts were shown and hidden by them. */
export function read(scope) {
  let values = {}, before = null;
  for (let round = 0; round < 8 && before !== JSON.stringify(values); round++) {
    before = JSON.stringify(values);
    values = {};
    for (const field of fieldsOf(scope)) {
      if (!shown(field, scope)) continue;
      const value = valueOf(field);
      if (value !== undefined) values[field.dataset.field] = value;
    }
    for (const part of partsOf(scope)) part.hidden = "variant" in part.dataset ? variantsOf(part.parentElement).value !== part.dataset.variant : Boolean(part.dataset.when) && !holds(parsed(part.dataset.when) ?? true, values);
  }
  return values;
}

/** The answer of a field; undefined for none. */
function valueOf(field) {
  const kind = field.dataset.kind, control = controlOf(field);
  if (kind === "hidden") return parsed(field.dataset.default ?? "");
  if (kind === "group") { const inner = read(field); return Object.keys(inner).length || "needed" in field.dataset ? inner : undefined; }
  if (kind === "list") {
    const inner = itemsOf(field).map((item) => read(item).item).filter((value) => value !== undefined);
    return inner.length || "needed" in field.dataset ? inner : undefined;
  }
  if (kind === "radio") return parsed(field.querySelector("input:checked")?.value ?? "");
  if (kind === "checkboxes") {
    const chosen = [...field.querySelectorAll("input:checked")].map((box) => parsed(box.value));
    return chosen.length || "touched" in field.dataset || "needed" in field.dataset ? chosen : undefined;
  }
  if (kind === "boolean") return control.checked || "touched" in field.dataset || field.dataset.default !== undefined ? control.checked : undefined;
  if (kind === "repository") return repository(field);
  if (control.value === "") return control.validity?.badInput ? "?" : undefined;
  if (kind === "choice") return parsed(control.value);
  if (kind === "json") return parsed(control.value) ?? control.value;
  return "number" in field.dataset ? Number(control.value) : control.value;
}

function repository(field) {
  const part = (name) => field.querySelector(`[data-repository="${name}"]`).value.trim();
  if (!part("owner") && !part("repo")) return undefined;
  const encoded = (text) => encodeURIComponent(text).replaceAll("%2F", "/");
  return `${part("host")}?owner=${encoded(part("owner"))}&repo=${encoded(part("repo"))}`;
}

/** Fill a scope with answers; what has none gets its default. */
export function fill(scope, answers) {
  chooseVariants(scope, answers);
  for (const field of fieldsOf(scope)) {
    const name = field.dataset.field, value = answers && Object.hasOwn(answers, name) ? answers[name] : parsed(field.dataset.default ?? "");
    if (value !== undefined || field.dataset.kind === "group") put(field, value);
  }
}

function put(field, value) {
  const kind = field.dataset.kind, control = controlOf(field);
  if (kind === "hidden" || kind === "secret") return;
  if (kind === "group") fill(field, value);
  else if (kind === "list") {
    field.querySelector(":scope > [data-items]").replaceChildren();
    for (const each of Array.isArray(value) ? value : []) fill(add(field), { item: each });
  } else if (kind === "radio") for (const box of field.querySelectorAll("input")) box.checked = box.value === JSON.stringify(value);
  else if (kind === "checkboxes") for (const box of field.querySelectorAll("input")) box.checked = Array.isArray(value) && value.some((each) => JSON.stringify(each) === box.value);
  else if (kind === "boolean") control.checked = value === true;
  else if (kind === "repository") putRepository(field, String(value));
  else control.value = kind === "choice" || kind === "json" || typeof value === "object" ? JSON.stringify(value) : String(value);
}

function putRepository(field, text) {
  const [host, query = ""] = text.split("?"), given = new URLSearchParams(query);
  for (const [name, value] of [["host", host], ["owner", given.get("owner") ?? given.get("project")], ["repo", given.get("repo")]]) {
    const control = field.querySelector(`[data-repository="${name}"]`);
    if (value && (name !== "host" || [...control.options].some((option) => option.value === value))) control.value = value;
  }
}

let numbers = 0;
/** Add an empty entry to a list; gives it. */
export function add(field) {
  const item = field.querySelector(":scope > template").content.firstElementChild.cloneNode(true), number = String(++numbers);
  renumber(item, number);
  field.querySelector(":scope > [data-items]").append(item);
  return item;
}

function renumber(root, number) {
  for (const each of [root, ...root.querySelectorAll("*")]) {
    for (const name of ["id", "for", "name", "list", "aria-describedby"]) {
      const value = each.getAttribute(name);
      if (value?.includes("__N__")) each.setAttribute(name, value.replaceAll("-__N__", `-n${number}`));
    }
    if (each.tagName === "TEMPLATE") renumber(each.content.firstElementChild, `${number}-__N__`);
  }
}

/** The field at a path of an error; the nearest one that is there. */
export function fieldAt(scope, path) {
  const [name, ...rest] = path, field = fieldsOf(scope).find((each) => each.dataset.field === String(name) && shown(each, scope));
  if (!field || !rest.length) return field ?? null;
  if (field.dataset.kind === "group") return fieldAt(field, rest) ?? field;
  if (field.dataset.kind !== "list") return field;
  const item = itemsOf(field)[rest[0]];
  return (item && fieldAt(item, ["item", ...rest.slice(1)])) ?? field;
}
