// form.js: the form of a template: conditions, lists, pickers, checks in place, and the review with the files that it makes.
import { el, memory } from "../elements.js";
import { loadNames, shortRef } from "../names.js";
import { add, controlOf, fieldAt, fieldsOf, fill, read } from "./answers.js";
import { errorsOf } from "./check.js";
import { commandLine, hostRun } from "./command.js";

const PICKED = 2000, WAIT = 5000, LATER = 250;
const form = document.querySelector("[data-template]"), pages = [...form.querySelectorAll("[data-page]")], review = form.querySelector("[data-review]");
const messages = JSON.parse(form.dataset.messages), summary = form.querySelector("[data-summary]"), key = `template:${form.dataset.template}`;
let template = null, conditions = null, at = 0, worker = null, waiting = 0, requests = 0;

const parts = [...pages, review];
const secretNames = () => [...form.querySelectorAll('[data-kind="secret"]')].map((field) => field.dataset.field);
/** Which pages are asked: those whose condition holds for the answers to the pages before. */
function asked() {
  const all = {};
  return pages.map((page) => {
    const isAsked = !page.dataset.pageWhen || !conditions || conditions(JSON.parse(page.dataset.pageWhen), all);
    if (isAsked) Object.assign(all, read(page));
    return isAsked;
  });
}

/** The answers of all pages that are asked; secrets, without which the command is written, are left out on demand. */
function answers(withSecrets) {
  const isAsked = asked(), all = Object.assign({}, ...pages.filter((_, i) => isAsked[i]).map(read));
  if (!withSecrets) for (const name of secretNames()) delete all[name];
  return all;
}

/** The next page that is asked, forwards or backwards; the review is the last. */
function following(from, step) {
  const isAsked = asked();
  let to = from + step;
  while (to > 0 && to < pages.length && !isAsked[to]) to += step;
  return to;
}

function show(number, focus = true) {
  at = number;
  const isAsked = asked();
  form.querySelectorAll("[data-go]").forEach((each, i) => { each.parentElement.hidden = isAsked[i] === false; });
  parts.forEach((each, i) => { each.hidden = i !== number; });
  form.querySelectorAll("[data-go]").forEach((each, i) => (i === number ? each.setAttribute("aria-current", "step") : each.removeAttribute("aria-current")));
  summary.hidden = true;
  if (number === pages.length) shown();
  if (focus) parts[number].querySelector("h2").focus();
}

/** The errors of a page, which may require answers of other pages: those are missing only at the end. */
function errors(number) {
  const values = answers(true), schema = template?.parameters?.[number] ?? (number === 0 && !Array.isArray(template?.parameters) ? template?.parameters : {}) ?? {};
  const elsewhere = (error) => number < pages.length - 1 && error.key === "required" && pages.some((page, i) => i > number && fieldAt(page, error.path));
  return errorsOf(schema, values).map((error) => ({ ...error, field: fieldAt(pages[number], error.path) })).filter((error) => error.field || !elsewhere(error));
}

const textOf = (error) => (messages[`error_${error.key}`] ?? messages.error_other).replace("{}", error.value ?? "");
const titleOf = (field) => (field.querySelector("legend") ?? field.querySelector("label"))?.firstChild?.textContent.trim() || field.dataset.field;

/** The title of a parameter of any page; its name if it has no field. */
function called(name) {
  const field = pages.map((page) => fieldAt(page, [name])).find(Boolean);
  return field && field.dataset.kind !== "hidden" ? titleOf(field) : name;
}

function mark(page, found) {
  for (const place of page.querySelectorAll(".cb-form__error")) place.hidden = true;
  for (const each of page.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  for (const error of found) {
    const place = error.field?.querySelector(".cb-form__error");
    if (!place) continue;
    place.textContent = `${titleOf(error.field)} ${textOf(error)}`;
    place.hidden = false;
    for (const control of error.field.querySelectorAll("input, select, textarea")) control.setAttribute("aria-invalid", "true");
  }
}

/** Check a page; its errors are marked, listed and focused. */
function check(number) {
  const found = errors(number);
  mark(pages[number], found);
  summary.hidden = !found.length;
  if (!found.length) return true;
  summary.querySelector("ul").replaceChildren(...found.map((error) => {
    const target = error.field && (controlOf(error.field) ?? error.field), text = error.field ? `${titleOf(error.field)} ${textOf(error)}` : textOf(error);
    return el("li", {}, target ? el("a", { href: `#${target.id || error.field.id}`, onclick: (e) => { e.preventDefault(); target.focus(); } }, text) : text);
  }));
  summary.focus();
  return false;
}

/** Go to a page, past those that are right. */
function go(number) {
  const isAsked = asked();
  for (let i = 0; i < number; i++) {
    if (isAsked[i] && errors(i).length) { show(i, false); check(i); return; }
  }
  show(number);
}

function changed() {
  for (const page of pages) read(page);
  if (!memory.set) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => memory.set(key, answers(false)), LATER);
}

function shown() {
  const all = answers(false), list = el("dl", { class: "cb-form__answers" });
  for (const [name, value] of Object.entries(all)) list.append(el("dt", {}, el("bdi", {}, called(name))), el("dd", {}, el("bdi", {}, typeof value === "string" ? value : JSON.stringify(value))));
  form.querySelector("[data-answers]").replaceChildren(list);
  form.querySelector("[data-secrets]").hidden = !secretNames().length;
  form.querySelector("[data-download]").href = `data:application/json;charset=utf-8,${encodeURIComponent(`${JSON.stringify(all, null, 2)}\n`)}`;
  command();
  preview(all);
}

function command() {
  const shell = form.querySelector("[data-shell][aria-pressed=true]").dataset.shell, all = answers(false);
  const { line, isFile } = commandLine(form.dataset.install, JSON.parse(form.dataset.words), all, shell);
  showLine(form, "command", line);
  form.querySelector("[data-command-file]").hidden = !isFile;
  hostRuns(all, shell);
}

function showLine(place, name, line) {
  place.querySelector(`[data-${name}]`).textContent = line;
  place.querySelector(`[data-copy-${name}]`).dataset.copy = line;
}

/** What the template's host can do for people who cannot install; secrets cannot be given to it. */
function hostRuns(all, shell) {
  const place = form.querySelector("[data-run]"), run = template?.run;
  place.hidden = !run || secretNames().length > 0;
  if (place.hidden) return;
  const { link, isFilled, line } = hostRun(run, form.dataset.name, all, shell), anchor = place.querySelector("[data-run-link]");
  anchor.href = link;
  anchor.textContent = place.dataset[run.type];
  place.querySelector("[data-run-filled]").hidden = !isFilled;
  place.querySelector("[data-run-bare]").hidden = isFilled;
  showLine(place, "run-line", line);
}

/** Render the files in a worker, which is stopped if it does not answer. */
function preview(parameters) {
  const state = form.querySelector("[data-preview-state]"), list = form.querySelector("[data-files]"), descriptor = form.querySelector("[data-descriptor]");
  const said = (text) => { state.textContent = text; review.dataset.rendered = ""; };
  list.replaceChildren();
  descriptor.hidden = true;
  delete review.dataset.rendered;
  if (!template?.preview?.length) { said(messages.preview_none); return; }
  state.textContent = messages.preview_wait;
  const id = ++requests, stop = () => { worker?.terminate(); worker = null; };
  worker ??= new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const timer = setTimeout(() => { stop(); said(messages.preview_failed); }, WAIT);
  worker.onerror = () => { clearTimeout(timer); stop(); said(messages.preview_failed); };
  worker.onmessage = ({ data }) => {
    if (data.id !== id) return;
    clearTimeout(timer);
    if (data.error !== undefined) { said(messages.preview_failed); return; }
    list.replaceChildren(...data.paths.map((path) => el("li", {}, el("bdi", {}, path))));
    if (data.descriptor) { descriptor.querySelector("code").textContent = data.descriptor.text; descriptor.hidden = false; }
    said("");
  };
  worker.postMessage({ id, preview: template.preview, parameters, hosts: template.hosts });
}

/** The entities that a picker offers, filled in when it is focused. */
async function offer(input) {
  const list = document.getElementById(input.getAttribute("list"));
  if (!input.dataset.filters || list.childElementCount) return;
  const filters = JSON.parse(input.dataset.filters), names = await loadNames();
  const fits = (e, f) => (!f.kinds.length || f.kinds.some((kind) => kind.toLowerCase() === e.kind.toLowerCase())) && (!f.types.length || f.types.includes(e.type)) && (!f.tags.length || names.raw.tagged[e.i].some((t) => f.tags.includes(names.raw.tags[t])));
  const found = names.entries.filter((e) => filters.some((f) => fits(e, f))).slice(0, PICKED);
  list.replaceChildren(...found.map((e) => el("option", { value: names.refOf(e) }, e.title === e.name ? shortRef(names.refOf(e)) : e.title)));
}

form.addEventListener("input", (e) => { const field = e.target.closest("[data-field]"); if (field) field.dataset.touched = ""; changed(); });
form.addEventListener("change", changed);
form.addEventListener("focusin", (e) => { if (e.target.matches("input[list]")) offer(e.target).catch(() => {}); });
form.addEventListener("submit", (e) => { e.preventDefault(); if (at < pages.length && check(at)) show(following(at, 1)); });
form.addEventListener("click", (e) => {
  const target = e.target.closest("button");
  if (!target) return;
  if ("add" in target.dataset) { const item = add(target.closest("[data-field]")); fill(item, {}); controlOf(item)?.focus(); changed(); }
  else if ("remove" in target.dataset) { const list = target.closest("[data-items]"); target.closest("[data-scope]").remove(); list.parentElement.querySelector(":scope > [data-add]").focus(); changed(); }
  else if ("back" in target.dataset) show(following(at, -1));
  else if (target.dataset.go) go(Number(target.dataset.go));
  else if (target.dataset.shell) { form.querySelectorAll("[data-shell]").forEach((each) => each.setAttribute("aria-pressed", String(each === target))); command(); }
  else if ("clear" in target.dataset) { memory.set(key, null); form.reset(); for (const page of pages) fill(page, {}); changed(); show(0); }
});

const kept = memory.get(key);
for (const page of pages) { fill(page, kept); read(page); }
show(0, false);
/** Evaluates the conditions of pages with Backstage's engine. */
async function pageConditions(hosts) {
  const { ValueEngine, isTrue } = await import("../templates/engine.js"), values = new ValueEngine(hosts);
  return (condition, parameters) => {
    if (typeof condition !== "string") return condition !== false;
    values.use({ parameters, steps: {}, user: {}, secrets: {}, environment: { parameters: {}, secrets: {} } });
    try { return isTrue(values.render({ v: condition }).v); } catch { return true; }
  };
}

fetch(new URL("template.json", location.href)).then((answer) => answer.json()).then(async (found) => {
  template = found;
  if (pages.some((page) => page.dataset.pageWhen)) conditions = await pageConditions(found.hosts);
  show(at, false);
  form.dataset.ready = "";
}).catch(() => { form.dataset.ready = ""; });
