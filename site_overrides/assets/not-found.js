// not-found.js: a page that does not exist. Redirects to the entity whose path differs only in case, and from a page of a reference to the reference; else offers a search for the last segment of the URL.
import { BASE, bdi, el, icon, to } from "./elements.js";
import { find, prepare } from "./search-core.js";
import { loadNames } from "./names.js";
import { words } from "./words.js";

const root = document.querySelector("[data-not-found]");
if (root) start();

function decoded(text) { try { return decodeURIComponent(text); } catch { return text; } }

async function start() {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : location.pathname.slice(1);
  const steps = path.split("/").filter((step) => step && step !== "index.html").map(decoded), last = steps.at(-1) ?? "";
  if (last) root.prepend(el("a", { class: "cb-button cb-button--primary", href: `${to("search/")}?q=${encodeURIComponent(last)}` }, icon("search"), bdi(words.searchFor(last.slice(0, 80)))));
  const names = await loadNames().catch(() => null);
  if (!names || !last) return;
  const small = `${steps.map((step) => step.toLowerCase()).join("/")}/`, same = names.byPath(small);
  // Redirects only to pages in the index: no redirect loop, and no redirect to another site.
  if (same && to(names.pathOf(same)) !== location.pathname) { location.replace(to(names.pathOf(same)) + location.search + location.hash); return; }
  const api = steps[4] === "reference" && steps.length === 6 && names.byPath(`${steps.slice(0, 4).join("/").toLowerCase()}/`);
  if (api) { location.replace(`${to(names.pathOf(api))}reference/${location.hash || `#${encodeURIComponent(last)}`}`); return; }
  const near = find(prepare(names.entries), last).slice(0, 5).map((hit) => names.entries[hit.i]);
  if (near.length) root.after(el("section", { class: "cb-near", "aria-labelledby": "near" }, el("div", { class: "cb-h2" }, el("h2", { id: "near" }, words.moved)),
    el("ul", { class: "cb-list cb-box" }, near.map((e) => el("li", { class: "cb-row" }, el("a", { class: `cb-ref cb-ref--strong i-${e.icon}`, href: to(names.pathOf(e)) }, bdi(e.title)), el("span", { class: "cb-row__end cb-muted" }, names.refOf(e)))))));
}
