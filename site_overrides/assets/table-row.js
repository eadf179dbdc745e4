// table-row.js: one row of the catalog, the same as templates/macros/catalog_row.html writes it.
import { bdi, el, icon, to } from "./elements.js";
import { words } from "./words.js";

const STATES = { experimental: ["info", "experimental"], alpha: ["info", "experimental"], beta: ["info", "experimental"], deprecated: ["warn", "deprecated"], retired: ["warn", "deprecated"], "end-of-life": ["warn", "deprecated"] };
const SEVERITY = [null, ["info", "info"], ["warn", "warn"], ["bad", "bad"]];

/** Makes rows; `sentence(i)` is the first sentence of an entity's description. */
export function rowMaker(names, sentence) {
  const { raw } = names;
  const pathOf = new Map(), link = (ref) => { if (!pathOf.has(ref)) { const e = names.byRef(ref); pathOf.set(ref, e ? to(names.pathOf(e)) : ""); } return pathOf.get(ref); };
  const dash = () => el("span", { class: "cb-muted", "aria-label": words.empty, role: "img" }, "–");
  const quiet = (ref) => (link(ref) ? el("a", { class: "cb-plain", href: link(ref), title: ref }, bdi(names.called(ref))) : el("span", { title: ref }, bdi(names.called(ref))));
  const bad = (text, title = "", label = "") => el("span", { class: "cb-state cb-state--bad", title }, icon("no-owner", label), bdi(text));
  const owner = (e) => [
    () => (e.owner ? quiet(e.owner) : dash()), () => bad(words.noOwner), () => bad(names.called(e.owner), e.owner, words.notInCatalog), () => bad(names.called(e.owner), e.owner, words.wrongOwner),
  ][raw.ownerState[e.i]]();
  const lifecycle = (e) => {
    const [tone, shape] = STATES[e.lifecycle.toLowerCase()] ?? ["none", ""];
    return e.lifecycle ? el("span", { class: `cb-state cb-state--${tone}` }, shape ? icon(shape) : null, bdi(e.lifecycle)) : dash();
  };
  const problems = (e) => {
    const state = SEVERITY[raw.severity[e.i]], n = raw.problems[e.i];
    return state ? el("a", { class: `cb-state cb-state--${state[0]}`, href: `${to(names.pathOf(e))}#problems`, "aria-label": words.problems(n) }, icon(state[1]), String(n)) : null;
  };
  const cell = (key, label, ...content) => el("td", { "data-label": label, "data-col": key }, ...content);
  return (e) => el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "cb-cell" }, icon(e.icon, raw.kinds[raw.kind[e.i]].name), el("span", { class: "cb-cell__text" },
      el("span", { class: "cb-cell__name" }, el("a", { href: to(names.pathOf(e)) }, bdi(e.title)), differs(e) ? el("code", {}, e.name) : null),
      el("small", {}, sentence(e.i) || "\u00a0")))),
    cell("type", words.facet.type, e.type ? bdi(e.type) : dash()), cell("owner", words.facet.owner, owner(e)), cell("lifecycle", words.facet.lifecycle, lifecycle(e)),
    cell("system", words.facet.system, e.system ? quiet(e.system) : dash()), cell("problems", words.facet.problems, problems(e)));
}

/** A title that says more than the name with other separators wants the name beside it. */
const differs = (e) => e.title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") !== e.name.toLowerCase().replace(/[^a-z0-9]/gu, "");
