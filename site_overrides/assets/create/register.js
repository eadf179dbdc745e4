// register.js: the form for a descriptor, a new one or that of an entity: guesses of its repository, checks in place, the file as it will be, and where to put it.
import { to } from "../elements.js";
import { loadNames, shortRef } from "../names.js";
import { published } from "./register-editing.js";
import { edited } from "./register-edit.js";
import { errorsOf, yamlOf } from "./register-core.js";

const LONGEST = 8000, PICKED = 2000, LISTS = ["providesApis", "consumesApis", "dependsOn"], PLAIN = ["name", "namespace", "title", "description"];
const form = document.querySelector("[data-register]"), messages = JSON.parse(form.dataset.messages), hosts = JSON.parse(form.dataset.hosts);
const at = (id) => document.getElementById(id), one = (selector) => form.querySelector(selector), touched = new Set();
let rules = null, evidence = {}, names = null, editing = null;

const rowsOf = (field) => [...at(field).querySelectorAll("[data-items] > li")];
const partsOf = (row) => Object.fromEntries([...row.querySelectorAll("[data-part]")].map((input) => [input.dataset.part, input.value.trim()]));
/** The rows of a list that have a value, and their elements. */
function filled(field) {
  const found = rowsOf(field).map((row) => ({ row, parts: partsOf(row) })).filter(({ parts }) => Object.values(parts).some(Boolean));
  return { rows: found.map(({ row }) => row), items: found.map(({ parts }) => ("value" in parts && Object.keys(parts).length === 1 ? parts.value : parts)) };
}

function read() {
  const kind = at("kind").value, values = { kind, spec: {} }, fields = rules.kinds[kind];
  for (const name of PLAIN) values[name] = at(name).value.trim();
  for (const name of ["tags", "links", "annotations"]) values[name] = filled(name).items;
  for (const name of Object.keys(fields)) if (at(name)) values.spec[name] = LISTS.includes(name) ? filled(name).items : at(name).value.trim();
  return values;
}

/** The control that an error is about, and the field whose message says it. */
function placeOf(path) {
  const [, list, number] = /^(?:metadata|spec)\.(\w+)\[(\d+)\]/u.exec(path) ?? [];
  if (list) return { field: list, control: filled(list).rows[number]?.querySelector("[data-part]") };
  if (path.startsWith("metadata.annotations.")) {
    const key = path.slice("metadata.annotations.".length), { rows, items } = filled("annotations");
    return { field: "annotations", control: rows[items.findIndex((item) => item.key === key)]?.querySelector("[data-part]") };
  }
  const field = path.split(".")[1];
  return { field, control: at(field) };
}

const nameOf = (field) => (at(field).querySelector?.("legend") ?? form.querySelector(`label[for="${field}"]`)).textContent;
const said = (error) => messages[error.key].replace("{}", error.value);

/** Show what is wrong: beside fields that somebody was in, and all of it above the file. */
function mark(errors) {
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  for (const each of form.querySelectorAll("[data-error]")) { each.hidden = true; each.textContent = ""; }
  const list = one("[data-problems]");
  list.replaceChildren();
  for (const error of errors) {
    const { field, control } = placeOf(error.field), place = one(`[data-error="${field}"]`), text = said(error);
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `#${field}`;
    link.textContent = `${nameOf(field)} ${text}`;
    link.addEventListener("click", (e) => { e.preventDefault(); (control ?? at(field)).focus(); });
    item.append(link);
    list.append(item);
    if (!touched.has(field)) continue;
    control?.setAttribute("aria-invalid", "true");
    place.hidden = false;
    place.textContent = [place.textContent, text].filter(Boolean).join("; ");
  }
  one("[data-state]").textContent = errors.length ? messages.not_ready.replace("{}", errors.length) : messages.ready;
}

const quoted = (text) => (/^[\w./:@-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** An existing file: its editor, and the command with its path. */
function handEdited({ edit, base, path }) {
  one("[data-hand]").hidden = !edit;
  if (edit) one("[data-open]").href = edit;
  one("[data-note]").textContent = messages.edit_paste;
  commandOf(base, path);
}

function commandOf(base, path) {
  const place = path === "catalog-info.yaml" ? "" : ` --path ${quoted(path)}`;
  const command = `callboard describe --apply catalog-info.yaml --repository ${quoted(base || "REPOSITORY")}${place} --pull-request`;
  one("[data-command]").textContent = command;
  one("[data-copy-command]").dataset.copy = command;
}

function hand(text) {
  const address = at("repository").value.trim().replace(/\/+$/u, ""), branch = at("branch").value.trim() || "main";
  let url = null;
  try { url = new URL(address); } catch { /* not typed yet */ }
  if (url && !/^https?:$/u.test(url.protocol)) url = null;
  const name = url ? url.pathname.slice(1).replace(/\.git$/u, "") : "", runs = url ? hosts[url.host] ?? "" : "", base = url ? `${url.origin}/${name}` : "";
  const path = branch.split("/").map(encodeURIComponent).join("/"), value = `filename=catalog-info.yaml&value=${encodeURIComponent(text)}`;
  const pages = { github: [`${base}/new/${path}`, value], gitea: [`${base}/_new/${path}/`, value], gitlab: [`${base}/-/new/${path}`, null, "file_name=catalog-info.yaml"] };
  const [page, whole, only] = pages[runs] ?? [base, null, ""], link = whole && `${page}?${whole}`, fits = link && link.length <= LONGEST;
  one("[data-hand]").hidden = !name;
  if (name) one("[data-open]").href = fits ? link : `${page}${only ? `?${only}` : whole ? "?filename=catalog-info.yaml" : ""}`;
  one("[data-note]").textContent = fits ? "" : messages.too_long;
  commandOf(base, "catalog-info.yaml");
}

/** The text of the file: a new one, or the old one with the changed lines; and a note about it. */
function fileOf(values) {
  if (!editing) return [yamlOf(rules, values, evidence), ""];
  const kept = [...editing.unheld.map(nameOf), ...editing.others], note = kept.length ? messages.edit_others.replace("{}", kept.join(", ")) : "";
  const text = JSON.stringify(values) === JSON.stringify(editing.before) ? editing.text : edited(rules, editing.text, editing.before, values);
  if (text !== null) return [text, note];
  return kept.length || !editing.isPlain ? [editing.text, messages.edit_unsafe] : [yamlOf(rules, values), messages.edit_generated];
}

function draw() {
  const values = read(), fields = rules.kinds[values.kind], [body, note] = fileOf(values), text = (editing?.start ?? "") + body;
  for (const field of form.querySelectorAll("[data-text], [data-rows]")) {
    const name = field.dataset.text ?? field.dataset.rows;
    field.hidden = ![...PLAIN, "tags", "links", "annotations"].includes(name) && !fields[name];
  }
  for (const name of ["type", "lifecycle"]) at(`list-${name}`).replaceChildren(...(fields[name]?.examples ?? []).map((value) => new Option(value, value)));
  for (const each of form.querySelectorAll("[data-guess]")) {
    const found = evidence[each.dataset.guess] ?? Object.entries(evidence).filter(([key]) => key.startsWith(`${each.dataset.guess}.`)).map(([key, from]) => `${key.slice(each.dataset.guess.length + 1)}: ${from}`).join("; ");
    each.hidden = !found;
    each.textContent = found ? messages.guess.replace("{}", found) : "";
  }
  mark(errorsOf(rules, values).filter((error) => !editing?.unheld.includes(placeOf(error.field).field)));
  one("[data-kept]").hidden = !note;
  one("[data-kept]").textContent = note;
  one("[data-yaml]").textContent = text;
  const existing = editing ? null : names?.byRef(`${values.kind}:${values.namespace || "default"}/${values.name}`.toLowerCase());
  one("[data-exists]").hidden = !existing;
  if (existing) {
    one("[data-exists] a").href = to(names.pathOf(existing));
    one("[data-edit]").href = `?entity=${encodeURIComponent(names.refOf(existing))}`;
  }
  one("[data-copy-file]").dataset.copy = text;
  if (editing) handEdited(editing); else hand(text);
}

function addRow(field, parts = {}) {
  const row = at(field).querySelector("template").content.cloneNode(true).firstElementChild;
  for (const input of row.querySelectorAll("[data-part]")) input.value = parts[input.dataset.part] ?? "";
  at(field).querySelector("[data-items]").append(row);
  return row;
}

function fill({ values, evidence: known, url, software: runs, branch }) {
  const spec = values.spec ?? {};
  if ([...at("kind").options].some((option) => option.value === values.kind)) at("kind").value = values.kind;
  for (const name of PLAIN) at(name).value = values[name] ?? "";
  for (const [name, value] of Object.entries(spec)) if (typeof value === "string" && at(name)?.matches("input")) at(name).value = value;
  for (const tag of values.tags ?? []) addRow("tags", { value: tag });
  for (const name of ["links", "annotations"]) for (const each of values[name] ?? []) addRow(name, each);
  for (const name of LISTS) for (const value of spec[name] ?? []) addRow(name, { value });
  evidence = { ...known };
  if (url && runs) hosts[new URL(url).host] ??= runs;
  at("repository").value = url;
  at("branch").value = branch;
}

/** Somebody changed a value: it is no guess any more. */
function changed(target) {
  const field = target.closest("[data-rows]")?.dataset.rows ?? target.id;
  touched.add(field);
  delete evidence[field];
  for (const key of Object.keys(evidence)) if (key.startsWith(`${field}.`)) delete evidence[key];
  draw();
}

async function offer(input) {
  const list = at(input.getAttribute("list")), kinds = input.dataset.picks.split(",");
  if (list.childElementCount) return;
  const names = await loadNames(), own = kinds[0];
  const found = names.entries.filter((e) => kinds.includes(e.kind.toLowerCase())).slice(0, PICKED);
  list.replaceChildren(...found.map((e) => { const ref = names.refOf(e); return new Option(e.title, kinds.length < 2 || (own === "group" && ref.startsWith("group:")) ? shortRef(ref) : ref); }));
}

form.addEventListener("input", (e) => changed(e.target));
form.addEventListener("change", (e) => { if (e.target.id === "kind") draw(); });
form.addEventListener("focusout", (e) => { const field = e.target.closest("[data-rows]")?.dataset.rows ?? e.target.id; if (rules && e.target.matches("input, textarea") && field) { touched.add(field); mark(errorsOf(rules, read())); } });
form.addEventListener("focusin", (e) => { if (e.target.matches("[data-picks]")) offer(e.target).catch(() => {}); });
form.addEventListener("submit", (e) => e.preventDefault());
form.addEventListener("click", (e) => {
  const button = e.target.closest("button"), field = button?.closest("[data-rows]")?.dataset.rows;
  if (!field) return;
  if ("add" in button.dataset) addRow(field).querySelector("input").focus();
  else if ("remove" in button.dataset) { button.closest("li").remove(); at(field).querySelector("[data-add]").focus(); changed(at(field)); }
});

const told = document.querySelector("[data-editing]");
function tell(text, link = "") {
  at("content").textContent = told.lastElementChild.textContent;      // the page is about an entity that has a descriptor
  told.hidden = false;
  told.firstElementChild.textContent = text;
  told.lastElementChild.hidden = !link;
  if (link) told.lastElementChild.href = link;
}

/** Fill the form with the published descriptor of an entity, or say why it cannot be changed here. */
async function edit(ref) {
  const found = await published(ref, names, rules);
  if (found.reason) { tell(messages[`edit_${found.reason}`], found.edit); form.hidden = true; return; }
  fill({ values: found.values, evidence: {}, url: found.base, branch: found.branch });
  for (const name of ["kind", "name", "namespace", ...found.unheld, "repository", "branch"]) at(name).disabled = true;
  editing = { ...found, before: read() };
  tell(messages.edit_of.replace("{}", ref), found.edit);
}

async function start() {
  const asked = new URLSearchParams(location.search), name = asked.get("repository"), part = Number(asked.get("part") ?? 1);
  rules = await fetch(new URL("rules.json", location.href)).then((answer) => answer.json());
  if (name && Number.isInteger(part)) {
    const known = await fetch(new URL(`repositories-${part}.json`, location.href)).then((answer) => answer.json(), () => ({}));
    if (Object.hasOwn(known, name)) fill(known[name]);
  } else if (asked.has("entity")) {
    names = await loadNames();
    await edit(asked.get("entity"));
  }
  draw();
  form.dataset.ready = "";
  names = await loadNames().catch(() => null);
  draw();
  form.dataset.names = "";
}
start().catch(() => { if (rules && !("ready" in form.dataset)) tell(messages.edit_missing); one("[data-state]").textContent = messages.not_ready.replace("{}", "?"); });
