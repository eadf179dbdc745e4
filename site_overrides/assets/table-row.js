// table-row.js: one row of the catalog, the same as templates/catalog.html writes it. Rows are copies of one prototype: making each part anew takes thrice as long.
import { bdi, el, icon, to } from "./elements.js";
import { words } from "./words.js";

const STATES = { experimental: ["info", "experimental"], alpha: ["info", "experimental"], beta: ["info", "experimental"], deprecated: ["warn", "deprecated"], retired: ["warn", "deprecated"], "end-of-life": ["warn", "deprecated"] };
const SEVERITY = [null, ["info", "info"], ["warn", "warn"], ["bad", "bad"]];

const cell = (key) => el("td", { "data-label": words.facet[key], "data-col": key });
const prototype = el("tr", {},
  el("th", { scope: "row" }, el("span", { class: "cb-cell" }, el("span", { class: "cb-cell__text" }, el("span", { class: "cb-cell__name" }, el("a", {}, el("bdi"))), el("small")))),
  cell("type"), cell("owner"), cell("lifecycle"), cell("system"), cell("problems"));
const dash = el("span", { class: "cb-muted", "aria-label": words.empty, role: "img" }, "–");
const bad = (text, title = "", label = "") => el("span", { class: "cb-state cb-state--bad", title }, icon("no-owner", label), bdi(text));

/** Makes rows; `sentence(i)` is the first sentence of an entity's description. */
export function rowMaker(names, sentence) {
  const { raw } = names, icons = raw.kinds.map((kind) => icon(kind.icon, kind.name)), paths = new Map();
  const path = (ref) => { if (!paths.has(ref)) { const e = names.byRef(ref); paths.set(ref, e ? to(names.pathOf(e)) : ""); } return paths.get(ref); };
  const quiet = (ref) => (path(ref) ? el("a", { class: "cb-plain", href: path(ref), title: ref }, bdi(names.called(ref))) : el("span", { title: ref }, bdi(names.called(ref))));
  const owner = (e) => {
    const state = raw.ownerState[e.i];
    if (!state) return e.owner ? quiet(e.owner) : dash.cloneNode(true);
    return state === 1 ? bad(words.noOwner) : bad(names.called(e.owner), e.owner, state === 2 ? words.notInCatalog : words.wrongOwner);
  };
  const lifecycle = (e) => {
    if (!e.lifecycle) return dash.cloneNode(true);
    const [tone, shape] = STATES[e.lifecycle.toLowerCase()] ?? ["none", ""];
    return el("span", { class: `cb-state cb-state--${tone}` }, shape ? icon(shape) : null, bdi(e.lifecycle));
  };
  return (e) => {
    const row = prototype.cloneNode(true), [head, type, owned, life, system, problems] = row.children, href = to(names.pathOf(e));
    const box = head.firstChild, [name, small] = box.firstChild.children, link = name.firstChild, state = SEVERITY[raw.severity[e.i]];
    box.prepend(icons[raw.kind[e.i]].cloneNode(true));
    link.setAttribute("href", href);
    link.firstChild.textContent = e.title;
    if (differs(e)) name.append(el("code", {}, e.name));
    small.textContent = sentence(e.i) || "\u00a0";
    type.append(e.type ? bdi(e.type) : dash.cloneNode(true));
    owned.append(owner(e));
    life.append(lifecycle(e));
    system.append(e.system ? quiet(e.system) : dash.cloneNode(true));
    if (state) problems.append(el("a", { class: `cb-state cb-state--${state[0]}`, href: `${href}#problems`, "aria-label": words.problems(raw.problems[e.i]) }, icon(state[1]), String(raw.problems[e.i])));
    return row;
  };
}

/** A title that says more than the name with other separators wants the name beside it. */
const differs = (e) => e.title !== e.name && e.title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") !== e.name.toLowerCase().replace(/[^a-z0-9]/gu, "");
