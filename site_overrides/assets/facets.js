// facets.js: the filters next to a list: choices with counts, the most frequent first, the rest behind "more".
import { bdi, el } from "./elements.js";
import { NONE } from "./facet-columns.js";
import { words } from "./words.js";

const FIRST = 6, MANY = 14, BOUND = 300;

/** Takes over the facets that the page has (or makes them) below `root`; `pick(key, value)` is called for each change. */
export function facetPanel(root, columns, keys, { closed = [], onlyFound = false, pick }) {
  const panels = keys.map((key) => panel(root, columns[key], { closed: closed.includes(key), onlyFound, pick }));
  return (counts, chosen) => { for (const update of panels) update(counts, chosen); };
}

function panel(root, column, { closed, onlyFound, pick }) {
  const box = root.querySelector(`[data-facet="${column.key}"]`) ?? make(root, column, closed);
  const details = box.closest("details"), legend = box.querySelector("legend"), labels = new Map();
  let all = false, asked = "", drawn = "", last = null;
  const find = el("input", { class: "cb-facet__find", type: "search", placeholder: words.findChoice(column.title), "aria-label": words.findChoice(column.title), autocomplete: "off" });
  const list = el("div", { class: "cb-facet__list" }), more = el("button", { type: "button", class: "cb-linkbutton" });
  find.addEventListener("input", () => { asked = find.value.toLowerCase(); update(...last); });
  more.addEventListener("click", () => { all = !all; asked = find.value = ""; update(...last); if (all && !find.hidden) find.focus(); });
  list.addEventListener("change", (e) => pick(column.key, e.target.value));
  box.replaceChildren(legend, find, list, more);

  details.addEventListener("toggle", () => { if (details.open && last) update(...last); });

  function update(counts, chosen) {
    last = [counts, chosen];
    if (!onlyFound) details.hidden = !chosen[column.key].size && isAlone(column);
    if (!details.open) return;      // choices are rendered when the filter is opened
    const numbers = counts[column.key], mine = chosen[column.key];
    const order = ordered(column, numbers, mine, onlyFound).filter((i) => (onlyFound ? numbers[i] : base(column)[i]) || mine.has(i));
    const wanted = asked ? order.filter((i) => column.label(i).toLowerCase().includes(asked)) : order;
    const shown = wanted.slice(0, all ? BOUND : Math.max(FIRST, mine.size));
    if (onlyFound) details.hidden = order.length < 2 && !mine.size;
    find.hidden = !all || order.length <= MANY;
    more.hidden = order.length <= FIRST;
    more.textContent = all ? words.fewer : words.more(order.length - shown.length);
    list.classList.toggle("cb-facet__list--all", all);
    const now = shown.join();
    if (now !== drawn) { keepFocus(list, () => list.replaceChildren(...shown.map(label))); drawn = now; }
    for (const i of shown) fill(labels.get(i), numbers[i], mine.has(i));
  }
  function label(i) {
    if (!labels.has(i)) {
      const input = el("input", { type: "checkbox", name: column.key, value: column.values[i] }), count = el("span", { class: "cb-count" });
      labels.set(i, el("label", {}, input, el("span", {}, bdi(column.label(i))), count));
    }
    return labels.get(i);
  }
  return update;
}

/** Chosen ones first, then those that would leave something, the most frequent first; "none of these" last. A column may have an order of its own. */
function ordered(column, numbers, mine, onlyFound) {
  const { places, values } = column, all = base(column), last = (i) => values[i] === NONE;
  const order = onlyFound ? [...numbers.keys()].filter((i) => numbers[i] || mine.has(i)) : [...numbers.keys()];
  if (places) return order.sort((a, b) => places[a] - places[b]);
  return order.sort((a, b) => mine.has(b) - mine.has(a) || last(a) - last(b) || Math.sign(numbers[b]) - Math.sign(numbers[a]) || all[b] - all[a] || a - b);
}

/** How many entities have each choice at all; counted once. */
function base(column) {
  if (!column.base) {
    column.base = new Uint32Array(column.size);
    for (const value of column.of) if (typeof value === "number") column.base[value] += 1; else for (const v of value) column.base[v] += 1;
  }
  return column.base;
}

/** One choice for all entities: nothing to choose. */
const isAlone = (column) => (column.alone ??= base(column).filter((n) => n > 0).length < 2);

function fill(label, count, checked) {
  label.firstChild.checked = checked;
  label.lastChild.textContent = count;
  label.toggleAttribute("data-empty", count === 0);
}

/** A box that moves in the document loses the focus; keyboard users continue from there, so it gets the focus back. */
function keepFocus(list, change) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  change();
  if (focused?.isConnected) focused.focus({ preventScroll: true });
}

function make(root, column, closed) {
  const box = el("fieldset", { "data-facet": column.key }, el("legend", { class: "cb-hide" }, column.title));
  root.append(el("details", { class: "cb-facet", open: !closed }, el("summary", {}, column.title), box));
  return box;
}

/** The selected choices as chips that remove them. */
export function chosenChips(columns, keys, state, drop) {
  return keys.flatMap((key) => state.getAll(key).filter(Boolean).map((value) => {
    const column = columns[key], i = column.find(value);
    return el("button", { type: "button", class: "cb-chip", onclick: () => drop(key, value) },
      el("span", { class: "cb-chip__key" }, column.title), bdi(i < 0 ? value : column.label(i)), el("span", { "aria-hidden": "true" }, "×"), el("span", { class: "cb-hide" }, words.removeFilter));
  }));
}
