// table-row.js: one row of the catalog, the same as templates/catalog.html writes it. A row is filled again and again with other entities:
// only what differs is touched.
import { bdi, el, icon, to } from "./elements.js";
import { words } from "./words.js";

const STATES = { experimental: ["info", "experimental"], alpha: ["info", "experimental"], beta: ["info", "experimental"], deprecated: ["warn", "deprecated"], retired: ["warn", "deprecated"], "end-of-life": ["warn", "deprecated"] };
const SEVERITY = [null, ["info", "info"], ["warn", "warn"], ["bad", "bad"]];

const cell = (key) => el("td", { "data-label": words.facet[key], "data-col": key });
const prototype = el("tr", {},
  el("th", { scope: "row" }, el("span", { class: "cb-cell" }, icon("docs"), el("span", { class: "cb-cell__text" }, el("span", { class: "cb-cell__name" }, el("a", {}, el("bdi"))), el("small")))),
  cell("type"), cell("owner"), cell("lifecycle"), cell("system"), cell("problems"));
const dash = el("span", { class: "cb-muted", "aria-label": words.empty, role: "img" }, "–");
const bad = (text, title = "", label = "") => el("span", { class: "cb-state cb-state--bad", title }, icon("no-owner", label), bdi(text));

/** Makes rows; `sentence(i)` is the first sentence of an entity's description. */
export function rowMaker(names, sentence) {
  const { raw } = names, paths = new Map();
  const path = (ref) => { if (!paths.has(ref)) { const e = names.byRef(ref); paths.set(ref, e ? to(names.pathOf(e)) : ""); } return paths.get(ref); };
  const quiet = (ref) => (path(ref) ? el("a", { class: "cb-plain", href: path(ref), title: ref }, bdi(names.called(ref))) : el("span", { title: ref }, bdi(names.called(ref))));
  const parts = [
    [(e) => e.type, (e) => bdi(e.type)],
    [(e) => (raw.ownerState[e.i] ? `${raw.ownerState[e.i]} ${e.owner}` : e.owner), owner],
    [(e) => e.lifecycle, lifecycle],
    [(e) => e.system, (e) => quiet(e.system)],
  ];
  function owner(e) {
    const state = raw.ownerState[e.i];
    return state === 0 ? quiet(e.owner) : state === 1 ? bad(words.noOwner) : bad(names.called(e.owner), e.owner, state === 2 ? words.notInCatalog : words.wrongOwner);
  }
  function lifecycle(e) {
    const [tone, shape] = STATES[e.lifecycle.toLowerCase()] ?? ["none", ""];
    return el("span", { class: `cb-state cb-state--${tone}` }, shape ? icon(shape) : null, bdi(e.lifecycle));
  }
  const flagOf = (e) => (raw.severity[e.i] ? `${raw.severity[e.i]} ${raw.problems[e.i]} ${names.pathOf(e)}` : "");
  const problems = (e, href) => {
    const [tone, shape] = SEVERITY[raw.severity[e.i]];
    return el("a", { class: `cb-state cb-state--${tone}`, href: `${href}#problems`, "aria-label": words.problems(raw.problems[e.i]) }, icon(shape), String(raw.problems[e.i]));
  };

  return (given) => {
    const row = given ?? prototype.cloneNode(true), [head, ...cells] = row.children, [, text] = head.firstChild.children, [name, small] = text.children, link = name.firstChild;
    const shown = cells.map(() => undefined);
    let kind = -1, code = name.children[1] ?? null;
    /** What a cell shows is known by `key`; the same key needs no change. An empty one is a dash. */
    function put(at, key, made) {
      if (shown[at] === key) return;
      shown[at] = key;
      const now = key ? made() : dash.cloneNode(true), old = cells[at].firstChild;
      if (!old || now.className !== old.className || now.localName !== old.localName || old.children.length !== now.children.length || now.querySelector("svg")) { cells[at].replaceChildren(now); return; }
      for (const name of ["href", "title"]) if (now.hasAttribute(name)) old.setAttribute(name, now.getAttribute(name));
      write(now.localName === "bdi" ? old : old.querySelector("bdi") ?? old, now.textContent);
    }
    function fill(e) {
      const href = to(names.pathOf(e)), byName = differs(e) ? e.name : "", said = sentence(e.i) || "\u00a0";
      if (raw.kind[e.i] !== kind) { kind = raw.kind[e.i]; head.firstChild.firstChild.replaceWith(icon(raw.kinds[kind].icon, words.kind(raw.kinds[kind].name))); }
      link.setAttribute("href", href);
      write(link.firstChild, e.title);
      if (byName && !code) name.append(code = el("code", {}, byName)); else if (byName) write(code, byName); else { code?.remove(); code = null; }
      write(small, said);
      parts.forEach(([key, make], at) => put(at, key(e), () => make(e)));
      const flag = flagOf(e);
      if (shown[4] !== flag) { shown[4] = flag; cells[4].replaceChildren(...(flag ? [problems(e, href)] : [])); }
    }
    /** The page's own row shows this entity already: later changes touch only what differs. */
    function took(e) {
      if (link.pathname !== to(names.pathOf(e))) return;
      kind = raw.kind[e.i];
      parts.forEach(([key], at) => { shown[at] = key(e); });
      shown[4] = flagOf(e);
    }
    return { row, fill, took };
  };
}

/** Changes the existing text node where there is one, which is cheaper than a new node. */
function write(element, text) {
  const old = element.firstChild;
  if (old?.nodeType !== Node.TEXT_NODE || old.nextSibling) element.textContent = text; else if (old.data !== text) old.data = text;
}

/** True if the title differs from the name by more than separators, so that both are shown. */
const differs = (e) => e.title !== e.name && e.title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") !== e.name.toLowerCase().replace(/[^a-z0-9]/gu, "");
