// search-dialog.js: the dialog: a field, facets as chips, groups of hits, the keys in the foot.
import { el, memory, to } from "./elements.js";
import { engine, FACETS } from "./engine.js";
import { combobox } from "./hits.js";
import { toggled } from "./facet-columns.js";
import { words } from "./words.js";

let dialog = null, state = new URLSearchParams(), list = null;
const kbd = (text) => el("kbd", {}, text);

/** Completes the dialog that search.js has opened. */
function make({ form, input }) {
  const kinds = el("div", { class: "cb-dialog__facets", role: "group", "aria-label": words.kinds }), narrow = el("div", { class: "cb-dialog__facets cb-dialog__narrow", role: "group", "aria-label": words.narrow, hidden: true });
  const hits = el("div", { class: "cb-dialog__hits", role: "listbox", "aria-label": words.results, tabindex: "-1" }), status = el("span", { role: "status" });
  const hint = el("p", { class: "cb-dialog__hint" }, words.hint);
  const all = el("a", { class: "cb-dialog__all", href: to("search/"), hidden: true }, words.everything);
  form.append(el("button", { type: "button", class: "cb-linkbutton", onclick: () => dialog.close() }, words.close));
  dialog.append(kinds, narrow, hint, hits,
    el("p", { class: "cb-dialog__foot" }, status, all, keysButton(), el("span", {}, kbd("↑"), kbd("↓"), ` ${words.choose}`), el("span", {}, kbd("Enter"), ` ${words.open}`), el("span", {}, kbd("Esc"), ` ${words.toClose}`)));
  const drawn = (found) => {
    hint.hidden = found !== null;
    kinds.hidden = found === null;
    narrow.hidden = found === null;
    all.hidden = found === null;
    const query = new URLSearchParams(state);
    query.set("q", input.value.trim());
    all.href = `${to("search/")}?${query}`;
    if (found) { drawKinds(kinds, found); drawNarrow(narrow, found); }
  };
  list = combobox(input, hits, { stateOf: () => state, drawn, status });
  input.addEventListener("keydown", (e) => { if (e.key === "Escape") { e.preventDefault(); dialog.close(); } });      // a search field keeps the first Escape for itself
  dialog.addEventListener("click", (e) => { if (e.target === dialog || e.target.closest("[role=option]")) dialog.close(); });
}

/** Shortcuts of one key can be switched off: who speaks to the computer may press them by accident (WCAG 2.1.4). */
function keysButton() {
  const button = el("button", { type: "button", class: "cb-linkbutton", onclick: () => { memory.set("keys", memory.get("keys") === false); draw(); } }), draw = () => { button.textContent = memory.get("keys") === false ? words.keysOff : words.keysOn; };
  draw();
  return button;
}

/** Presses a chip: the facets change, the field keeps the words, the chip keeps the focus. */
function press(key, value, one = false) {
  if (one) { const had = state.get(key) === value || !value; state.delete(key); if (!had) state.append(key, value); } else state = toggled(state, key, value);
  const at = document.activeElement?.dataset?.chip;
  list.refresh().then(() => { if (at) dialog.querySelector(`[data-chip="${CSS.escape(at)}"]`)?.focus(); });
}

const chip = (key, value, text, count, pressed, one) => el("button", { type: "button", class: "cb-chip", "aria-pressed": String(pressed), "data-chip": `${key}:${value}`, onclick: () => press(key, value, one) },
  el("bdi", {}, text), count === "" ? "" : el("span", { class: "cb-count" }, String(count)));

function drawKinds(box, { counts, chosen, ready, guides }) {
  const column = ready.columns.kind, order = [...counts.kind.keys()].filter((i) => counts.kind[i] || chosen.kind.has(i)).sort((a, b) => column.places[a] - column.places[b]), docs = state.getAll("kind").includes("docs");
  box.replaceChildren(chip("kind", "", words.all, counts.kind.reduce((a, b) => a + b, 0), !chosen.kind.size, true),
    ...order.map((i) => chip("kind", column.values[i], column.label(i), counts.kind[i], chosen.kind.has(i), true)), chip("kind", "docs", words.docs, guides || "", docs, true));
}

/** Choices that would narrow a long list: the most frequent ones, and what is chosen. */
function drawNarrow(box, { total, counts, chosen, ready }) {
  const chips = FACETS.slice(1).flatMap((key) => {
    const column = ready.columns[key], numbers = counts[key], mine = chosen[key];
    const order = [...numbers.keys()].filter((i) => mine.has(i) || (numbers[i] && numbers[i] < total && column.values[i] !== "~none")).sort((a, b) => mine.has(b) - mine.has(a) || numbers[b] - numbers[a]);
    return order.slice(0, Math.max(mine.size, total > 8 ? 3 : 0)).map((i) => chip(key, column.values[i], column.label(i), numbers[i], mine.has(i)));
  });
  box.hidden = !chips.length;
  box.replaceChildren(...chips);
}

/** Shows hits in the dialog that search.js has opened. */
export function open(shell) {
  if (!dialog) { ({ dialog } = shell); make(shell); }
  state = new URLSearchParams();
  engine().catch(() => {});
  list.refresh();
}
