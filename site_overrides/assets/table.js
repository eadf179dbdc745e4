// table.js: the catalog's table. Takes over the page's own first rows; all state lives in the address; only visible rows are in the document.
import { find, fold, narrow, prepare, words as split } from "./search-core.js";
import { chosenIn, columnsOf, toggled, written } from "./facet-columns.js";
import { chosenChips, facetPanel } from "./facets.js";
import { loadDescriptions, loadNames } from "./names.js";
import { rowMaker } from "./table-row.js";
import { virtualRows } from "./virtual-rows.js";
import { words } from "./words.js";

const FACETS = ["type", "lifecycle", "owner", "problems", "system", "tag", "namespace"], CLOSED = ["system", "tag", "namespace"];
const root = document.querySelector("[data-catalog]");
if (root) start().catch(() => { root.removeAttribute("aria-busy"); });      // the plain list stays

async function start() {
  if (location.search) root.setAttribute("aria-busy", "true");
  const descriptions = loadDescriptions().catch(() => null), names = await loadNames();
  // Rows without their sentences would flicker where the page already shows them; a filtered address cannot wait for them.
  const early = location.search ? await Promise.race([descriptions, new Promise((go) => { setTimeout(go, 150, null); })]) : await descriptions;
  const table = catalogTable(names);
  if (early) table.describe(early);
  table.begin();
  if (!early) descriptions.then((late) => { if (late) { table.describe(late); table.draw(); } });
}

function catalogTable(names) {
  const $ = (s) => root.querySelector(s), { entries, raw } = names, columns = columnsOf(names);
  const query = $("[data-q]"), status = $("[data-status]"), chips = $("[data-chips]"), none = $("[data-none]"), wrap = $("[data-rows]");
  const tabs = [...root.querySelectorAll("[data-kind]")], heads = [...root.querySelectorAll("th[data-key]")];
  const orders = {}, everything = orderBy("name");
  let state = new URLSearchParams(location.search), index = null, texts = null, sentences = null;
  const makeRow = rowMaker(names, (i) => sentences?.[i] ?? "");
  const rows = virtualRows($("[data-table]"), (i, at) => makeRow(entries[i], at));
  const updateFacets = facetPanel($("[data-facets]"), columns, FACETS, { closed: CLOSED, pick: (key, value) => go(toggled(state, key, value)) });

  /** All rows by a column, ascending; sorted once. Rows without a value come last. */
  function orderBy(key) {
    if (orders[key]) return orders[key];
    const name = orders.name ? null : entries.map((e) => e.title.toLowerCase());
    orders.name ??= [...entries.keys()].sort((a, b) => (name[a] < name[b] ? -1 : name[a] > name[b] ? 1 : a - b));
    if (key === "problems") return (orders[key] ??= [...orders.name].sort((a, b) => raw.severity[b] - raw.severity[a] || raw.problems[b] - raw.problems[a]));
    if (!columns[key]) return orders.name;
    const column = columns[key], collator = new Intl.Collator(undefined, { numeric: true }), values = column.values.map((_, i) => i);
    values.sort((a, b) => (column.values[a] === "~none") - (column.values[b] === "~none") || collator.compare(column.label(a), column.label(b)));
    const rank = new Uint32Array(values.length);
    values.forEach((value, at) => { rank[value] = at; });
    const place = (i) => { const value = column.of[i]; return typeof value === "number" ? rank[value] : value.length ? rank[value[0]] : values.length; };
    return (orders[key] = [...orders.name].sort((a, b) => place(a) - place(b)));
  }

  /** Makes ready for typing; done in an idle moment, so that the first letter need not wait for it. */
  function readTexts() {
    index ??= prepare(entries);
    texts ??= entries.map((e, i) => fold(`${e.name} ${e.title} ${sentences?.[i] ?? ""} ${raw.tagged[i].map((t) => raw.tags[t]).join(" ")}`));
  }

  /** Rows for the typed text: names first, best first, then those whose sentence or tags have all its words. */
  function matching(text) {
    readTexts();
    const hits = find(index, text, null, false).map((hit) => hit.i), found = new Uint8Array(entries.length), asked = split(text);
    for (const i of hits) found[i] = 1;
    if (asked.length) for (const i of everything) if (!found[i] && asked.every((word) => texts[i].includes(word))) hits.push(i);
    return hits.length ? hits : find(index, text).map((hit) => hit.i);
  }

  function sorted(shown, text) {
    const [key, down] = (state.get("sort") ?? (text ? "" : "name")).split(":");
    if (!key) return shown;
    const flags = new Uint8Array(entries.length);
    for (const i of shown) flags[i] = 1;
    const order = orderBy(key).filter((i) => flags[i]);
    return down ? order.reverse() : order;
  }

  function draw() {
    const text = (state.get("q") ?? "").trim(), chosen = chosenIn(state, columns);
    const { shown, counts } = narrow(text ? matching(text) : everything, columns, chosen), list = sorted(shown, text);
    rows.show(list);
    updateFacets(counts, chosen);
    drawTabs(counts.kind, chosen.kind);
    drawHeads(text);
    chips.replaceChildren(...chosenChips(columns, ["kind", ...FACETS].filter((key) => key !== "kind" || chosen.kind.size > 1), state, (key, value) => go(toggled(state, key, value))));
    status.firstElementChild.textContent = list.length.toLocaleString();
    status.lastChild.textContent = words.entities(list.length);
    none.hidden = list.length > 0;
    wrap.hidden = list.length === 0;
    root.removeAttribute("aria-busy");
  }

  function drawTabs(counts, chosen) {
    const kindOf = (tab) => columns.kind.find(tab.dataset.kind);
    for (const tab of tabs) {
      const current = tab.dataset.kind ? chosen.size === 1 && chosen.has(kindOf(tab)) : chosen.size === 0;
      tab.toggleAttribute("aria-current", current);
      if (current) tab.setAttribute("aria-current", "true");
      tab.querySelector(".cb-count").textContent = (tab.dataset.kind ? counts[kindOf(tab)] ?? 0 : counts.reduce((a, b) => a + b, 0)).toLocaleString();
    }
  }

  function drawHeads(text) {
    const [key, down] = (state.get("sort") ?? (text ? "" : "name")).split(":");
    for (const head of heads) if (head.dataset.key === key) head.setAttribute("aria-sort", down ? "descending" : "ascending"); else head.removeAttribute("aria-sort");
  }

  /** A choice is a step that "back" undoes; typing is not. */
  function go(next, typing = false) {
    next.delete("page");
    state = next;
    history[typing ? "replaceState" : "pushState"](null, "", written(state) || location.pathname);
    draw();
    if (!typing) rows.toTop();
  }

  const set = (key, value) => { const next = new URLSearchParams(state); if (value) next.set(key, value); else next.delete(key); return next; };
  function listen() {
    query.addEventListener("input", () => go(set("q", query.value), true));
    query.addEventListener("keydown", (e) => { if (e.key === "Escape" && query.value) { e.preventDefault(); query.value = ""; go(set("q", ""), true); } });
    query.form?.addEventListener("submit", (e) => e.preventDefault());
    root.addEventListener("click", (e) => {
      const tab = e.target.closest("a[data-kind]"), head = e.target.closest("th[data-key]");
      if (tab && !e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); go(set("kind", tab.dataset.kind)); }
      if (head) go(set("sort", head.ariaSort === "ascending" ? `${head.dataset.key}:down` : head.dataset.key));
      if (e.target.closest("[data-clear]")) { query.value = ""; go(new URLSearchParams()); query.focus(); }
      if (e.target.closest("[data-facets-open]")) toggleFacets(e.target.closest("[data-facets-open]"));
    });
    document.addEventListener("keydown", keys);
    addEventListener("popstate", () => { state = new URLSearchParams(location.search); query.value = state.get("q") ?? ""; draw(); });
    addEventListener("pagehide", () => history.replaceState({ y: scrollY }, ""));
  }

  function toggleFacets(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    $("[data-facets]").toggleAttribute("data-open", open);
  }

  function keys(e) {
    const typing = e.target.closest?.("input, textarea, select"), plain = !e.ctrlKey && !e.metaKey && !e.altKey;
    if (e.key === "f" && plain && !typing && !document.querySelector("dialog[open]")) { e.preventDefault(); query.focus(); query.select(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step || (typing && e.target !== query)) return;
    if (e.target === query ? step > 0 && rows.focus(0) : rows.step(step)) e.preventDefault();
    else if (step < 0 && rows.atFirst()) { e.preventDefault(); query.focus(); }
  }

  return {
    draw,
    describe(table) { if (table.digest === raw.digest) { sentences = table.description; texts = null; } },
    begin() {
      const { y } = history.state ?? {};
      if (query.value && !state.get("q")) state.set("q", query.value); else query.value = state.get("q") ?? "";
      root.querySelector("[data-pager]")?.remove();
      listen();
      draw();
      if (y) scrollTo(0, y);
      root.setAttribute("data-ready", "");
      (window.requestIdleCallback ?? setTimeout)(readTexts);
    },
  };
}
