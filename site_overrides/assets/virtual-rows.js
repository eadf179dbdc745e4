// virtual-rows.js: a table of any length with only the rows near the window in the document. All rows are of one height (index.css).
import { el } from "./elements.js";

const PRINTED = 500, AROUND = 12, FIRST = 2;      // a new list paints what is seen at once, its surroundings in the next idle moment

/** `make(item, position)` gives a `tr` whose first link takes the focus. */
export function virtualRows(table, make) {
  const body = table.tBodies[0], before = spacer(), after = spacer(), drawn = new Map();
  let items = [], height = 0, from = 0, to = 0, active = -1;

  function show(next) {
    items = next;
    drawn.clear();
    table.setAttribute("aria-rowcount", String(items.length + 1));
    from = to = 0;
    active = -1;
    paint(true);
  }

  function paint(fresh = false) {
    if (!items.length) { body.replaceChildren(); return; }
    if (!height) measure();
    const around = fresh ? FIRST : AROUND, top = body.getBoundingClientRect().top, first = Math.max(Math.floor(-top / height) - around, 0);
    const a = Math.min(first, Math.max(items.length - 1, 0)), b = Math.min(Math.ceil((innerHeight - top) / height) + around, items.length);
    if (fresh) later();
    if (!fresh && a === from && b === to) return;
    from = a;
    to = Math.max(b, Math.min(a + 1, items.length));
    place();
  }

  let waiting = 0;
  function later() {
    const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 60));
    waiting ||= idle(() => { waiting = 0; paint(); });
  }

  function place() {
    const focused = body.contains(document.activeElement), wanted = [];
    for (let at = from; at < to; at += 1) {
      if (!drawn.has(at)) { const row = make(items[at], at); row.setAttribute("aria-rowindex", String(at + 2)); drawn.set(at, row); }
      wanted.push(drawn.get(at));
    }
    for (const at of drawn.keys()) if (at < from || at >= to) drawn.delete(at);
    size(before, from);
    size(after, items.length - to);
    swap([...(from ? [before] : []), ...wanted, ...(to < items.length ? [after] : [])]);
    if (focused && !body.contains(document.activeElement)) table.focus({ preventScroll: true });      // the row scrolled away; arrows go on from it
  }

  /** Puts the rows into the body and leaves those that stay where they are: a row that is moved would lose the focus. */
  function swap(wanted) {
    const keep = new Set(wanted);
    for (const child of [...body.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((row, at) => { if (body.children[at] !== row) body.insertBefore(row, body.children[at] ?? null); });
  }

  const size = (row, n) => { row.firstChild.style.height = `${n * height}px`; };

  function measure() {
    const rows = [0, 1, 2].map((at) => make(items[0], at));      // the first row has no line above it
    body.replaceChildren(...rows);
    height = rows[2].getBoundingClientRect().top - rows[1].getBoundingClientRect().top || 53;
    body.replaceChildren();
  }

  function focus(at) {
    if (at < 0 || at >= items.length) return false;
    active = at;
    const top = body.getBoundingClientRect().top + at * height, space = innerHeight / 6;
    if (top < space) scrollBy({ top: top - space, behavior: "instant" });
    else if (top + height > innerHeight - space) scrollBy({ top: top + height - innerHeight + space, behavior: "instant" });
    paint();
    drawn.get(at)?.querySelector("a")?.focus({ preventScroll: true });
    return true;
  }

  const focusedAt = () => { for (const [at, row] of drawn) if (row.contains(document.activeElement)) return at; return document.activeElement === table ? active : -1; };
  let asked = 0;
  const soon = () => { asked ||= requestAnimationFrame(() => { asked = 0; paint(); }); };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("beforeprint", () => { if (items.length) { from = 0; to = Math.min(items.length, PRINTED); place(); } });
  addEventListener("resize", () => { height = 0; drawn.clear(); paint(true); });
  table.tabIndex = -1;
  return {
    show, focus, step: (by) => { const at = focusedAt(); return at >= 0 && focus(at + by); }, atFirst: () => focusedAt() === 0,
    toTop() { const top = table.getBoundingClientRect().top; if (top < 0) scrollBy({ top: top - innerHeight / 4, behavior: "instant" }); },
  };
}

const spacer = () => el("tr", { class: "cb-spacer", "aria-hidden": "true" }, el("td", { colspan: "6" }));
