// virtual-rows.js: the rows of a table. First only those near the window; of up to WHOLE items the others follow in idle moments once the reader
// does anything, and stay, so that the browser's own find has all of them (index.css: content-visibility). All rows are of one height. Rows are
// used again for other items.
import { el } from "./elements.js";

export const WHOLE = 2000;      // items; of longer lists only the rows near the window are in the document, and so many are printed
const AROUND = 11, NEAR = 6, FIRST = 2;      // rows beside the window; how few may be left there; and at first, until an idle moment
const CHUNK = 250, SLICE = 6;      // rows that are added together, as each addition is a layout; and milliseconds of making them at a time
const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 60));

/** `make(tr?)` gives `{row, fill(item)}` for a new row, or for one that the page has; the first link of a row takes the focus. */
export function virtualRows(table, make) {
  const body = table.tBodies[0], before = spacer(), after = spacer();
  let items = [], height = 0, from = 0, slots = [], spare = [], active = -1, waiting = 0, growing = 0, asked = 0, isUsed = false, next = null;

  const number = (slot, at) => { slot.at = at; slot.row.setAttribute("aria-rowindex", String(at + 2)); };
  const isWhole = () => items.length <= WHOLE;

  /** Uses the page's own rows as the first rows of the list, and makes them show what the data says. `atOnce`: the list has its height, too. */
  function adopt(next, atOnce) {
    items = next;
    for (const node of [...body.childNodes]) if (node.nodeType === Node.TEXT_NODE) node.remove();
    for (const row of [...body.rows].slice(items.length)) row.remove();
    slots = [...body.rows].map((row) => make(row));
    slots.forEach((slot, at) => { number(slot, at); slot.fill(items[at]); });
    table.setAttribute("aria-rowcount", String(items.length + 1));
    if (atOnce) { paint(); grow(); } else later();      // a layout in a task of its own
  }

  function show(next) {
    items = next;
    table.setAttribute("aria-rowcount", String(items.length + 1));
    if (body.contains(document.activeElement)) table.focus({ preventScroll: true });
    active = -1;
    for (const slot of slots) slot.at = -1;
    paint(true);
  }

  /** Drops all rows and makes those of other columns. */
  function remake(other) {
    make = other;
    body.replaceChildren();
    slots = [];
    spare = [];
    next = null;
    height = 0;
    show(items);
  }

  /** Brings the rows to where the window is; only when it comes near their end, so that most frames of a scroll change nothing. */
  function paint(fresh = false) {
    if (!height) measure();
    const top = body.getBoundingClientRect().top, last = items.length, seen = Math.floor(-top / height), below = Math.ceil((innerHeight - top) / height), until = from + slots.length;
    const within = (at) => Math.min(Math.max(at, 0), last);
    if (!fresh && from <= within(seen - NEAR) && until >= within(below + NEAR)) return;
    const around = fresh ? FIRST : AROUND;
    let a = Math.min(within(seen - around), Math.max(last - 1, 0)), b = Math.max(within(below + around), Math.min(a + 1, last));
    if (!fresh && isWhole() && a <= until && b >= from) { a = Math.min(a, from); b = Math.max(b, until); }      // they stay
    place(a, b);
    later();
  }

  function later() {
    waiting ||= idle(() => { waiting = 0; paint(); grow(); });
  }

  /** Adds the missing rows of a list that is to be whole, below first. */
  function grow() {
    if (!isUsed || !isWhole() || slots.length >= items.length) return;
    growing ||= idle(() => {
      growing = 0;
      if (slots.length >= items.length || !isWhole()) return;
      next ??= begun();
      for (const end = performance.now() + SLICE; next.at < next.end && performance.now() < end; next.at += 1) {
        const slot = spare.pop() ?? make();
        number(slot, next.at);
        slot.fill(items[next.at]);
        next.part.append(slot.row);
        next.added.push(slot);
      }
      if (next.at === next.end) finish();
      grow();
    });
  }
  /** The rows that are made next: those below the present ones, else those above. */
  function begun() {
    const until = from + slots.length, isBelow = until < items.length, at = isBelow ? until : Math.max(from - CHUNK, 0);
    return { isBelow, start: at, at, end: isBelow ? Math.min(until + CHUNK, items.length) : from, part: document.createDocumentFragment(), added: [] };
  }
  function finish() {
    const { isBelow, start, end, part, added } = next;
    next = null;
    if (isBelow) { after.before(part); slots.push(...added); size(after, items.length - end, "after"); } else { before.after(part); slots.unshift(...added); from = start; size(before, start, "before"); }
  }
  /** Rows that are used again later, for whatever item. */
  function keep(others) {
    for (const slot of others) slot.at = -1;
    spare.push(...others);
  }
  function giveUp() {
    keep(next?.added ?? []);
    next = null;
  }
  const used = () => { isUsed = true; grow(); };
  for (const type of ["keydown", "pointermove", "pointerdown", "touchstart", "wheel", "scroll"]) addEventListener(type, used, { once: true, passive: true });

  /** Has rows for the items from `a` to `b`: those that stay are left alone, the others are used again at the other end. */
  function place(a, b) {
    if (!height) measure();
    giveUp();
    const stays = slots.filter((slot) => slot.at >= a && slot.at < b), kept = new Set(stays), others = slots.filter((slot) => !kept.has(slot));
    const rows = [], old = stays[0]?.at ?? Infinity;
    let taken = 0;
    for (let at = a; at < b; at += 1) rows.push(at >= old && at - old < stays.length ? stays[at - old] : (others[taken++] ?? spare.pop() ?? make()));
    // Out of the way first: else those that stay would have to be moved past them.
    if (!stays.length && others.length > 2 * AROUND + b - a) { for (const slot of others) letGo(slot.row); body.replaceChildren(); } else for (const slot of stays.length ? others : others.slice(taken)) { letGo(slot.row); slot.row.remove(); }
    keep(others.slice(taken, taken + WHOLE - spare.length));
    from = a;
    size(before, a, "before");
    size(after, items.length - b, "after");
    let behind = a ? before : null;
    rows.forEach((slot, i) => {
      const follows = behind ? behind.nextSibling : body.firstChild;
      if (slot.row !== follows) body.insertBefore(slot.row, follows);
      behind = slot.row;
      if (slot.at !== a + i) { letGo(slot.row); number(slot, a + i); slot.fill(items[a + i]); }
    });
    slots = rows;
  }

  /** A row that is moved would take the focus along; the table gets it, and arrow keys continue from there. */
  const letGo = (row) => { if (row.contains(document.activeElement)) table.focus({ preventScroll: true }); };

  function size(row, n, where) {
    if (!n) { row.remove(); return; }
    const tall = `${n * height}px`;
    if (row.firstChild.style.height !== tall) row.firstChild.style.height = tall;
    if (where === "before" ? body.firstChild !== row : body.lastChild !== row) body[where === "before" ? "prepend" : "append"](row);
  }

  function measure() {
    const own = slots.length > 2 ? null : [make(), make(), make()], rows = own ?? slots;
    if (own) { for (const slot of own) { if (items.length) slot.fill(items[0]); body.append(slot.row); } }
    height = rows[2].row.getBoundingClientRect().top - rows[1].row.getBoundingClientRect().top || 53;      // the first row has no line above it
    for (const slot of own ?? []) slot.row.remove();
  }

  function focus(at) {
    if (at < 0 || at >= items.length) return false;
    active = at;
    if (!height) measure();
    const top = body.getBoundingClientRect().top + at * height, space = innerHeight / 6;
    if (top < space) scrollBy({ top: top - space, behavior: "instant" });
    else if (top + height > innerHeight - space) scrollBy({ top: top + height - innerHeight + space, behavior: "instant" });
    paint();
    slots[at - from]?.row.querySelector("a")?.focus({ preventScroll: true });
    return true;
  }

  const focusedAt = () => slots.find((slot) => slot.row.contains(document.activeElement))?.at ?? (document.activeElement === table ? active : -1);
  addEventListener("scroll", () => { asked ||= requestAnimationFrame(() => { asked = 0; paint(); }); }, { passive: true });
  addEventListener("beforeprint", () => place(0, Math.min(items.length, WHOLE)));
  addEventListener("resize", () => { height = 0; if (slots.length < items.length) paint(true); });
  table.tabIndex = -1;
  return {
    adopt, show, remake, focus, step: (by) => { const at = focusedAt(); return at >= 0 && focus(at + by); }, atFirst: () => focusedAt() === 0,
    /** Fills the current rows again after their data has changed, in steps. */
    * refresh() { for (const [i, slot] of [...slots].entries()) { if (i % 50 === 49) yield; if (slot.at >= 0 && slots[slot.at - from] === slot) slot.fill(items[slot.at]); } },
    toTop() { const top = table.getBoundingClientRect().top; if (top < 0) scrollBy({ top: top - innerHeight / 4, behavior: "instant" }); },
  };
}

const spacer = () => el("tr", { class: "cb-spacer", "aria-hidden": "true" }, el("td", { colspan: "2" }));
