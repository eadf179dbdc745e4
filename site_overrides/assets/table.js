// table.js: the catalog's table. Takes over the page's own first rows; all state is in the URL; only visible rows are in the document.
// It is prepared when the browser is idle, and at once on the first interaction.
import { affectedBy } from "./affected.js";
import { bdi, disable, el, memory } from "./elements.js";
import { find, fold, narrow, preparing, words as split } from "./search-core.js";
import { chosenIn, columnsOf, toggled, written } from "./facet-columns.js";
import { chosenChips, facetPanel } from "./facets.js";
import { afterPaint, slowly } from "./idle.js";
import { loadDescriptions, loadNames } from "./names.js";
import { rowMaker } from "./table-row.js";
import { virtualRows } from "./virtual-rows.js";
import { words } from "./words.js";

const FACETS = ["type", "lifecycle", "owner", "problems", "system", "tag", "namespace"], CLOSED = ["system", "tag", "namespace"], AFFECTED = "affected-by";
let format = null;      // to make one takes longer than all the rest of a letter: it is created when the browser is idle
const counted = (n) => (format ??= new Intl.NumberFormat()).format(n);
const TYPED = 300;      // milliseconds after the last letter until the URL is updated: browsers throttle these updates
const root = document.querySelector("[data-catalog]");
if (root) start().catch(plain);

/** If the script fails, the plain list stays, with the rows that are in `noscript`. */
function plain() {
  root.removeAttribute("aria-busy");
  disable(root, words.noData);
  for (const kept of root.querySelectorAll("noscript[data-more-rows]")) kept.replaceWith(...new DOMParser().parseFromString(kept.textContent, "text/html").body.children);
}

async function start() {
  if (location.search) root.setAttribute("aria-busy", "true");
  const wanted = [], query = root.querySelector("[data-q]"), events = ["input", "change", "keydown", "pointerdown", "click"];
  let table = null, work = null, isWanted = Boolean(location.search || query.value), head = null;
  // Interaction before all is ready is kept, and speeds up the preparation.
  const early = (e) => {
    isWanted = true;
    if (e.type === "change" && e.target.closest("[data-facet]")) wanted.push([e.target.name, e.target.value]);
    if (e.type === "click") head = e.target.closest("th[data-key] button") ?? head;
    work?.hurry();
  };
  for (const type of events) root.addEventListener(type, early);
  query.form.addEventListener("submit", (e) => e.preventDefault());
  root.querySelector("[data-facets-open]").addEventListener("click", toggleFacets);
  const names = await loadNames();
  work = slowly(() => { table = catalogTable(names); }, () => table.order(), () => table.drawFilters(), () => table.begin(wanted));
  if (isWanted) work.hurry();
  await work.done;
  for (const type of events) root.removeEventListener(type, early);
  head?.click();
  await slowly(table.readTexts, table.rehearse).done;
}

function toggleFacets({ currentTarget: button }) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  root.querySelector("[data-facets]").toggleAttribute("data-open", open);
}

function catalogTable(names) {
  const $ = (s) => root.querySelector(s), { entries, raw } = names, columns = columnsOf(names);
  const query = $("[data-q]"), status = $("[data-status]"), chips = $("[data-chips]"), none = $("[data-none]"), wrap = $("[data-rows]");
  const tabs = [...root.querySelectorAll("[data-kind]")], heads = [...root.querySelectorAll("th[data-key]")], orders = {};
  let state = new URLSearchParams(location.search), index = null, texts = null, sentences = null, readWith = null, asked = null, typed = 0, updateFacets = null, affected = null;
  const rows = virtualRows($("[data-table]"), rowMaker(names, (i) => sentences?.[i] ?? ""));
  const drawRest = afterPaint(drawAround);

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

  /** Makes ready for typing, in steps. */
  function* readTexts() {
    if (!index) index = yield* preparing(entries);
    if (texts && readWith === sentences) return;
    const read = [], said = sentences;
    for (const [i, e] of entries.entries()) {
      if (i % 250 === 249) yield;
      read.push(fold(`${e.name} ${e.title} ${said?.[i] ?? ""} ${raw.tagged[i].map((t) => raw.tags[t]).join(" ")}`));
    }
    texts = read;
    readWith = said;
  }

  /** Loads the sentences: needed only beyond the page's own rows. */
  function readSentences() {
    asked ??= loadDescriptions().then((table) => {
      if (table.digest !== raw.digest) return;
      sentences = table.description;
      rows.refresh();
      return slowly(readTexts).done.then(() => { if (state.get("q")) draw(); });
    }).catch(() => { asked = null; });
  }

  /** Rows for the typed text: names first, best first, then those whose sentence or tags have all its words. */
  function matching(text) {
    if (!index || !texts) for (const step = readTexts(); !step.next().done;);
    const hits = find(index, text, null, false).map((hit) => hit.i), found = new Uint8Array(entries.length), asked = split(text);
    for (const i of hits) found[i] = 1;
    if (asked.length) for (const i of orderBy("name")) if (!found[i] && asked.every((word) => texts[i].includes(word))) hits.push(i);
    return hits.length ? hits : find(index, text).map((hit) => hit.i);
  }

  /** The rows that `?affected-by=` leaves; all of them until they are known, and if they cannot be. */
  function within(list) {
    const ref = (state.get(AFFECTED) ?? "").toLowerCase();
    if (!ref) return list;
    if (affected?.ref !== ref) {
      const asking = affected = { ref, rows: null, failed: false };
      affectedBy(names, ref).then((rows) => { asking.rows = rows; }, () => { asking.failed = true; }).then(() => { if (affected === asking) draw(); });
    }
    return affected.rows ? list.filter((i) => affected.rows.has(i)) : list;
  }

  function affectedChip() {
    const ref = state.get(AFFECTED);
    if (!ref) return [];
    return [el("button", { type: "button", class: "cb-chip", onclick: () => go(set(AFFECTED, "")) },
      el("span", { class: "cb-chip__key" }, affected?.failed ? words.notAffected : words.affectedBy), bdi(names.called(ref.toLowerCase())),
      el("span", { "aria-hidden": "true" }, "×"), el("span", { class: "cb-hide" }, words.removeFilter))];
  }

  function sorted(shown, text) {
    const [key, down] = (state.get("sort") ?? (text ? "" : "name")).split(":");
    if (!key || (key === "name" && !down && !text)) return shown;      // which are in this order already
    const flags = new Uint8Array(entries.length);
    for (const i of shown) flags[i] = 1;
    const order = orderBy(key).filter((i) => flags[i]);
    return down ? order.reverse() : order;
  }

  function found() {
    const text = (state.get("q") ?? "").trim(), chosen = chosenIn(state, columns);
    const { shown, counts } = narrow(within(text ? matching(text) : orderBy("name")), columns, chosen);
    return { list: sorted(shown, text).map((i) => entries[i]), counts, chosen, text };
  }

  /** Rows and their number at once; filters and their counts as soon as these are seen. */
  function draw() {
    const { list, counts, chosen, text } = found();
    rows.show(list);
    status.firstElementChild.textContent = counted(list.length);
    status.lastChild.textContent = words.entities(list.length);
    none.hidden = list.length > 0;
    wrap.hidden = list.length === 0;
    root.removeAttribute("aria-busy");
    drawRest(counts, chosen, text);
  }

  function drawAround(counts, chosen, text) {
    updateFacets(counts, chosen);
    drawTabs(counts.kind, chosen.kind);
    drawHeads(text);
    const keys = ["kind", ...FACETS].filter((key) => key !== "kind" || chosen.kind.size > 1);
    chips.replaceChildren(...affectedChip(), ...chosenChips(columns, keys, state, (key, value) => go(toggled(state, key, value))));
    slowly(readSentences);
  }

  function drawTabs(counts, chosen) {
    const kindOf = (tab) => columns.kind.find(tab.dataset.kind);
    for (const tab of tabs) {
      const current = tab.dataset.kind ? chosen.size === 1 && chosen.has(kindOf(tab)) : chosen.size === 0;
      if (current) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
      tab.querySelector(".cb-count").textContent = counted(tab.dataset.kind ? counts[kindOf(tab)] ?? 0 : counts.reduce((a, b) => a + b, 0));
    }
  }

  function drawHeads(text) {
    const [key, down] = (state.get("sort") ?? (text ? "" : "name")).split(":");
    for (const head of heads) if (head.dataset.key === key) head.setAttribute("aria-sort", down ? "descending" : "ascending"); else head.removeAttribute("aria-sort");
  }

  /** A choice is a step that "back" undoes; typing is not, and is written to the URL after a pause. */
  function go(next, typing = false) {
    next.delete("page");
    clearTimeout(typed);
    state = next;
    if (typing) typed = setTimeout(tell, TYPED); else history.pushState(null, "", written(state) || location.pathname);
    draw();
    if (!typing) rows.toTop();
  }
  function tell(kept = null) {
    clearTimeout(typed);
    history.replaceState(kept, "", written(state) || location.pathname);
  }

  const set = (key, value) => { const next = new URLSearchParams(state); if (value) next.set(key, value); else next.delete(key); return next; };
  function listen() {
    query.addEventListener("input", () => go(set("q", query.value), true));
    query.addEventListener("keydown", (e) => { if (e.key === "Escape" && query.value) { e.preventDefault(); query.value = ""; go(set("q", ""), true); } });
    root.addEventListener("click", (e) => {
      const tab = e.target.closest("a[data-kind]"), head = e.target.closest("th[data-key]");
      if (tab && !e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); go(set("kind", tab.dataset.kind)); }
      if (head) go(set("sort", head.ariaSort === "ascending" ? `${head.dataset.key}:down` : head.dataset.key));
      if (e.target.closest("[data-clear]")) { query.value = ""; go(new URLSearchParams()); query.focus(); }
    });
    document.addEventListener("keydown", keys);
    for (const type of ["pointerdown", "keydown", "wheel", "touchstart", "scroll"]) addEventListener(type, () => slowly(readSentences), { once: true, passive: true });
    addEventListener("popstate", () => { clearTimeout(typed); state = new URLSearchParams(location.search); query.value = state.get("q") ?? ""; draw(); });
    addEventListener("pagehide", () => tell({ y: scrollY }));
  }

  function keys(e) {
    const typing = e.target.closest?.("input, textarea, select"), plain = !e.ctrlKey && !e.metaKey && !e.altKey;
    if (e.key === "f" && plain && memory.get("keys") !== false && !typing && !document.querySelector("dialog[open]")) { e.preventDefault(); query.focus(); query.select(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step || (typing && e.target !== query)) return;
    if (e.target === query ? step > 0 && rows.focus(0) : rows.step(step)) e.preventDefault();
    else if (step < 0 && rows.atFirst()) { e.preventDefault(); query.focus(); }
  }

  return {
    order: () => orderBy("name"),
    /** The page has the open filters already, with the same counts; now they can be used. */
    drawFilters() {
      updateFacets = facetPanel($("[data-facets]"), columns, FACETS, { closed: CLOSED, pick: (key, value) => go(toggled(state, key, value)) });
      const { counts } = narrow(orderBy("name"), columns, {});
      updateFacets(counts, chosenIn(state, columns));
    },
    /** From here on the table is ours. `wanted`: choices `[facet, value]` that were made before. */
    begin(wanted) {
      const { y } = history.state ?? {};
      if (query.value && !state.get("q")) state.set("q", query.value); else query.value = state.get("q") ?? "";
      for (const part of root.querySelectorAll("[data-pager], [data-more-rows]")) part.remove();
      listen();
      rows.adopt(orderBy("name").map((i) => entries[i]));
      if (wanted.length) go(wanted.reduce((next, [key, value]) => toggled(next, key, value), state)); else if ([...state.keys()].length) draw();
      if (y) scrollTo(0, y);
      root.setAttribute("data-ready", "");
    },
    readTexts,
    /** Code that never ran is slow at first: run it before the first letter is typed. */
    * rehearse() { for (const text of ["a", "in", "set", "e", "date", "s"]) { counted(matching(text).length); yield; } },
  };
}
